package opm.rpmmd;

import java.util.List;
import opm.base.Dep;
import opm.base.DepKind;
import opm.base.RpmDep;
import opm.pkgset.PackageSet;
import opm.pkgset.PackageSetBuilder;
import opm.pkgset.TextKind;
import opm.profile.InstalledPackage;
import opm.profile.SystemProfile;

/// Makes the set of a machine's installed packages from its profile.
public final class InstalledSet {
    private InstalledSet() {}

    /// Returns the set; dependencies that cannot be understood stay as names with their text, as
    /// in repositories.
    public static PackageSet of(SystemProfile profile) {
        return of(profile.packages());
    }

    /// Returns the set of some installed packages.
    public static PackageSet of(List<InstalledPackage> packages) {
        var builder = new PackageSetBuilder().installedSystem();
        for (InstalledPackage pkg : packages) {
            builder.begin(pkg.nevra())
                    .vendor(pkg.vendor())
                    .buildSeconds(pkg.buildTimeSeconds())
                    .sizes(0, pkg.sizeBytes(), 0)
                    .text(TextKind.SOURCERPM, pkg.sourceRpm())
                    .installed(pkg.installTimeSeconds(), reason(pkg));
            for (DepKind kind : DepKind.values()) {
                for (RpmDep dep : pkg.dependencies(kind)) {
                    add(builder, kind, dep);
                }
            }
            pkg.files().forEach(builder::file);
            builder.end();
        }
        return builder.build();
    }

    private static String reason(InstalledPackage pkg) {
        return pkg.reason() == InstalledPackage.Reason.UNKNOWN ? "" : pkg.reason().word();
    }

    private static void add(PackageSetBuilder builder, DepKind kind, RpmDep dep) {
        try {
            add(builder, kind, dep.isPre(), dep.toDep());
        } catch (IllegalArgumentException e) {
            String words = dep.name().isEmpty() ? "(unnamed)" : dep.toString();
            add(builder, kind, dep.isPre(), Dep.on(words));
        }
    }

    private static void add(PackageSetBuilder builder, DepKind kind, boolean pre, Dep dep) {
        if (pre && kind == DepKind.REQUIRES) {
            builder.prerequire(dep);
        } else {
            builder.dep(kind, dep);
        }
    }
}
