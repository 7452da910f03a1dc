package opm.planner;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import opm.base.Dep;
import opm.base.Dep.RichOp;
import opm.base.DepKind;
import opm.pkgset.PackageRef;
import opm.pkgset.PackageSet;

/// Which of some packages need which others of them. A package is named by its place in the list.
///
/// @param needs for each, those that it requires, ascending
/// @param preneeds for each, those that must be there before its scripts run, ascending
record Needs(List<int[]> needs, List<int[]> preneeds) {
    static Needs among(List<PackageRef> pkgs) {
        return new Finder(pkgs).find();
    }

    private record Provide(int at, Dep.Simple dep) {}

    private static final class Finder {
        private final List<PackageRef> pkgs;
        private final Map<String, List<Provide>> provides = new HashMap<>();
        private final Map<PackageSet, Map<Integer, Integer>> places = new HashMap<>();

        Finder(List<PackageRef> pkgs) {
            this.pkgs = pkgs;
            for (int at = 0; at < pkgs.size(); at++) {
                PackageRef pkg = pkgs.get(at);
                places.computeIfAbsent(pkg.set(), _ -> new HashMap<>()).put(pkg.pkg(), at);
                for (Dep dep : pkg.deps(DepKind.PROVIDES)) {
                    if (dep instanceof Dep.Simple simple) {
                        provides.computeIfAbsent(simple.name(), _ -> new ArrayList<>())
                                .add(new Provide(at, simple));
                    }
                }
            }
        }

        Needs find() {
            var needs = new ArrayList<int[]>();
            var preneeds = new ArrayList<int[]>();
            for (int at = 0; at < pkgs.size(); at++) {
                PackageRef pkg = pkgs.get(at);
                needs.add(providers(at, pkg.deps(DepKind.REQUIRES)));
                preneeds.add(providers(at, pkg.prerequires()));
            }
            return new Needs(needs, preneeds);
        }

        private int[] providers(int self, List<Dep> deps) {
            var found = new TreeSet<Integer>();
            for (Dep dep : deps) {
                add(dep, found);
            }
            found.remove(self);
            return found.stream().mapToInt(Integer::intValue).toArray();
        }

        /// Every package that may meet a part of the dependency counts: too many ties make batches
        /// larger, too few would break them.
        private void add(Dep dep, Set<Integer> found) {
            // No switch over the kinds, for the reason given in opm.plan.Step.
            if (dep instanceof Dep.Simple simple) {
                addSimple(simple, found);
            } else if (dep instanceof Dep.Rich(RichOp op, Dep left, Dep right)) {
                add(left, found);
                switch (op) {
                    case AND, OR, WITH, ELSE -> add(right, found);
                    // The condition itself is not needed, but what stands behind its else is.
                    case IF, UNLESS -> {
                        if (right instanceof Dep.Rich(RichOp inner, _, Dep other)
                                && inner == RichOp.ELSE) {
                            add(other, found);
                        }
                    }
                    case WITHOUT -> {}
                }
            }
        }

        private void addSimple(Dep.Simple dep, Set<Integer> found) {
            for (Provide provide : provides.getOrDefault(dep.name(), List.of())) {
                if (Match.meet(dep, provide.dep())) {
                    found.add(provide.at());
                }
            }
            if (dep.name().startsWith("/")) {
                places.forEach(
                        (set, pkgAt) -> {
                            for (int owner : set.owners(dep.name())) {
                                Integer at = pkgAt.get(owner);
                                if (at != null) {
                                    found.add(at);
                                }
                            }
                        });
            }
        }
    }
}
