package opm.planner;

import java.util.List;
import opm.base.Dep;
import opm.pkgset.PackageRef;
import opm.pkgset.PackageSet;

/// Who meets a dependency, for rooms that ask what a plan relies on.
public final class Meets {
    private Meets() {}

    /// Returns the packages of a set that meet a dependency, by what they provide or hold.
    public static List<PackageRef> installed(PackageSet installed, Dep.Simple dep) {
        return Match.providers(installed, dep);
    }
}
