package opm.planner;

import opm.base.Dep;
import opm.base.DepKind;
import opm.pkgset.PackageRef;

/// rpm's "color" of a package: whether its programs have 32 or 64 bits, or it has none.
///
/// rpm takes it from the ELF files (RPMTAG_HEADERCOLOR) and erases no package of the other color
/// when one of the same name comes in or when one obsoletes it (lib/depends.c, skipColor). Metadata
/// does not have it, but every ELF file brings dependencies on the libraries that it is linked to,
/// and these are marked `(64bit)` or not.
final class Colors {
    private Colors() {}

    /// Tells whether rpm keeps `installed` when `coming`, of its name or obsoleting it, is
    /// installed by `rpm -U`.
    static boolean coexist(PackageRef installed, PackageRef coming) {
        int one = color(installed);
        int two = color(coming);
        return one != 0 && two != 0 && one != two;
    }

    /// Returns 1 for 32 bits, 2 for 64, 0 for neither.
    private static int color(PackageRef pkg) {
        if (pkg.nevra().arch().equals("noarch")) {
            return 0;
        }
        int color = 0;
        for (DepKind kind : new DepKind[] {DepKind.PROVIDES, DepKind.REQUIRES}) {
            for (Dep dep : pkg.deps(kind)) {
                if (dep instanceof Dep.Simple(String name, _, _) && isLibrary(name)) {
                    color = Math.max(color, name.endsWith("(64bit)") ? 2 : 1);
                }
            }
        }
        return color;
    }

    private static boolean isLibrary(String name) {
        int at = name.indexOf(".so");
        return at > 0
                && !name.startsWith("/")
                && (at + 3 == name.length() || ".(".indexOf(name.charAt(at + 3)) >= 0);
    }
}
