package opm.planner;

import java.util.ArrayList;
import java.util.List;
import opm.pkgset.PackageRef;
import opm.solve.Universe;
import opm.solve.Verdict;

/// Packages of an answer that only come together, and which others of it must be there for them.
///
/// Any choice of units that holds, for each unit, all that it needs, leaves the machine whole: so
/// say the ties of [Bonds]. Whoever takes a part of an answer solves once more for that part all
/// the same, because erasures are not among the units.
///
/// @param packages what comes in, at least one
/// @param needs places of the units that must come before this one or with it; no circles
public record Unit(List<PackageRef> packages, List<Integer> needs) {
    public Unit {
        packages = List.copyOf(packages);
        needs = List.copyOf(needs);
    }

    /// Takes an answer apart.
    ///
    /// @return what is needed before what needs it
    public static List<Unit> of(Verdict.Solved verdict, Universe universe) {
        var changes = new Changes(verdict, universe);
        List<PackageRef> coming = changes.comings.stream().map(Coming::pkg).toList();
        Needs bonds =
                Bonds.of(
                        changes.comings,
                        Needs.among(coming),
                        universe.installed(),
                        changes.takers(),
                        changes.alone());
        Groups groups = Groups.of(bonds);
        var units = new ArrayList<Unit>();
        for (int group = 0; group < groups.members().size(); group++) {
            var packages = new ArrayList<PackageRef>();
            for (int member : groups.members().get(group)) {
                packages.add(coming.get(member));
            }
            var needs = new ArrayList<Integer>();
            for (int other : groups.needs().get(group)) {
                needs.add(other);
            }
            units.add(new Unit(packages, needs));
        }
        return units;
    }
}
