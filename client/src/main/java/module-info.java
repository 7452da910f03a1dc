/// Acts: everything that a machine needs which has a plan but no metadata.
module opm.client {
    requires java.net.http;
    requires static org.jspecify;

    exports opm.base;
    exports opm.bundle;
    exports opm.apply;
    exports opm.history;
    exports opm.host;
    exports opm.fetch;
    exports opm.plan;
    exports opm.preflight;
    exports opm.profile;
    exports opm.rpm;
    exports opm.sign;
    exports opm.store;
    exports opm.thin;
}
