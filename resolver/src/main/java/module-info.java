/// Thinks: package sets, solver, planner. Changes nothing.
module opm.resolver {
    requires transitive opm.client;
    requires static org.jspecify;
    requires java.xml;
    requires com.github.luben.zstd_jni;
    requires org.tukaani.xz;
    requires org.apache.commons.compress;
    requires org.bouncycastle.pg;

    exports opm.imports;
    exports opm.pkgset;
    exports opm.rpmmd;
    exports opm.planner;
    exports opm.delta;
    exports opm.repack;
    exports opm.solve;
    exports opm.testcase;
    exports opm.trust;
}
