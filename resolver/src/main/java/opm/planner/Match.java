package opm.planner;

import java.util.ArrayList;
import java.util.List;
import opm.base.Dep;
import opm.base.Dep.Simple;
import opm.base.Nevra;
import opm.base.Sense;
import opm.pkgset.PackageRef;
import opm.pkgset.PackageSet;
import org.jspecify.annotations.Nullable;

/// Whether two ranges of versions of one name meet: rpm's `rpmdsCompare`. And so, who meets a
/// dependency.
final class Match {
    private Match() {}

    static boolean meet(Simple one, Simple two) {
        if (!one.name().equals(two.name())) {
            return false;
        }
        if (one.sense() == Sense.NONE || two.sense() == Sense.NONE) {
            return true;
        }
        int order = one.evr().matches(two.evr());
        int a = one.sense().bits();
        int b = two.sense().bits();
        if (order == 0) {
            return (a & b) != 0;
        }
        // The lower one must reach up, or the higher one down.
        return order < 0
                ? (a & Sense.GT.bits()) != 0 || (b & Sense.LT.bits()) != 0
                : (a & Sense.LT.bits()) != 0 || (b & Sense.GT.bits()) != 0;
    }

    /// Tells whether an obsoletes names a package: by its name, never by what it provides.
    static boolean obsoletes(Dep obsoletes, Nevra pkg) {
        return obsoletes instanceof Simple simple
                && meet(simple, new Simple(pkg.name(), Sense.EQ, pkg.evr()));
    }

    /// Returns the installed packages that meet a dependency, by what they provide or hold.
    static List<PackageRef> providers(@Nullable PackageSet installed, Dep.Simple dep) {
        var found = new ArrayList<PackageRef>();
        if (installed == null) {
            return found;
        }
        int name = installed.nameId(dep.name());
        if (name >= 0) {
            for (int row = installed.providersStart(name);
                    row < installed.providersEnd(name);
                    row++) {
                if (installed.dep(installed.providerRelation(row)) instanceof Dep.Simple provide
                        && meet(dep, provide)) {
                    found.add(installed.ref(installed.provider(row)));
                }
            }
        }
        if (dep.name().startsWith("/")) {
            for (int owner : installed.owners(dep.name())) {
                found.add(installed.ref(owner));
            }
        }
        return found;
    }
}
