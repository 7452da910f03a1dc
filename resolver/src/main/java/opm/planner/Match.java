package opm.planner;

import opm.base.Dep;
import opm.base.Dep.Simple;
import opm.base.Nevra;
import opm.base.Sense;

/// Whether two ranges of versions of one name meet: rpm's `rpmdsCompare`.
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
}
