package opm.planner;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import opm.base.Dep;
import opm.base.DepKind;
import opm.pkgset.PackageRef;
import opm.pkgset.PackageSet;
import org.jspecify.annotations.Nullable;

/// What must be together or in order so that the machine is whole after every run of rpm, not only
/// after the last: the needs among what comes, and what old packages need, conflict with and share.
///
/// That `a` needs `b` means here: `b` comes in a run before `a`'s, or in the same.
///
/// | tie                      | because                                                           |
/// |--------------------------|-------------------------------------------------------------------|
/// | a needs b                | a requires what b provides                                        |
/// | a needs b                | b takes away what a conflicts with, or who conflicts with a       |
/// | a needs b                | with a goes what b's old version required, and a has it no more   |
/// | a needs b                | with a goes what an unchanged package required, and b has it      |
/// | a needs b, b needs a     | they are of one source: files move between such packages, and     |
/// |                          | rpm refuses a file that an old one still has                      |
///
/// More ties than needed only make runs larger.
final class Bonds {
    private final List<Coming> comings;
    private final @Nullable PackageSet installed;

    /// Which coming package takes an installed one along, by place.
    private final Map<Integer, Integer> takers = new HashMap<>();

    /// Installed packages that are erased by themselves: before or after all that comes.
    private final Set<Integer> alone;

    private final List<TreeSet<Integer>> needs = new ArrayList<>();
    private final Map<String, List<Provide>> provides = new HashMap<>();

    private record Provide(int at, Dep.Simple dep) {}

    private Bonds(List<Coming> comings, @Nullable PackageSet installed, Set<Integer> alone) {
        this.comings = comings;
        this.installed = installed;
        this.alone = alone;
    }

    /// Finds the ties.
    ///
    /// @param needs those among what comes alone
    /// @param takers the places of the coming packages that take installed ones along
    /// @param alone installed packages that leave by themselves
    static Needs of(
            List<Coming> comings,
            Needs needs,
            @Nullable PackageSet installed,
            Map<PackageRef, Integer> takers,
            Set<PackageRef> alone) {
        var numbers = new HashSet<Integer>();
        alone.forEach(pkg -> numbers.add(pkg.pkg()));
        var bonds = new Bonds(comings, installed, numbers);
        takers.forEach((pkg, at) -> bonds.takers.put(pkg.pkg(), at));
        for (int at = 0; at < comings.size(); at++) {
            var own = new TreeSet<Integer>();
            for (int other : needs.needs().get(at)) {
                own.add(other);
            }
            bonds.needs.add(own);
        }
        bonds.find();
        var all = new ArrayList<int[]>();
        for (int at = 0; at < comings.size(); at++) {
            bonds.needs.get(at).remove(at);
            all.add(bonds.needs.get(at).stream().mapToInt(Integer::intValue).toArray());
        }
        return new Needs(all, needs.preneeds());
    }

    private void find() {
        for (int at = 0; at < comings.size(); at++) {
            for (Dep dep : comings.get(at).pkg().deps(DepKind.PROVIDES)) {
                if (dep instanceof Dep.Simple simple) {
                    provides.computeIfAbsent(simple.name(), _ -> new ArrayList<>())
                            .add(new Provide(at, simple));
                }
            }
        }
        sources();
        if (installed != null) {
            for (int at = 0; at < comings.size(); at++) {
                int self = at;
                parts(comings.get(at).pkg().deps(DepKind.CONFLICTS), d -> clears(self, d));
            }
            for (int pkg = 0; pkg < installed.packageCount(); pkg++) {
                if (!alone.contains(pkg)) {
                    old(installed.ref(pkg));
                }
            }
        }
    }

    /// Ties the packages of one source to each other, old and new.
    private void sources() {
        var first = new HashMap<String, Integer>();
        for (int at = 0; at < comings.size(); at++) {
            source(comings.get(at).pkg(), at, first);
        }
        if (installed != null) {
            for (var taken : new java.util.TreeMap<>(takers).entrySet()) {
                source(installed.ref(taken.getKey()), taken.getValue(), first);
            }
        }
    }

    private void source(PackageRef pkg, int at, Map<String, Integer> first) {
        String source = pkg.sourceRpm();
        if (!source.isEmpty()) {
            // rpm cannot install the one beside others and upgrade to the other in one run.
            String key = comings.get(at).beside() + " " + source;
            int other = first.computeIfAbsent(key, _ -> at);
            needs.get(at).add(other);
            needs.get(other).add(at);
        }
    }

    /// `at` conflicts with this: whoever takes away an installed package that provides it.
    private void clears(int at, Dep.Simple conflict) {
        for (PackageRef provider : Match.providers(installed, conflict)) {
            int pkg = provider.pkg();
            Integer taker = takers.get(pkg);
            if (taker != null) {
                needs.get(at).add(taker);
            }
        }
    }

    /// Ties what an installed package that is there for a while, or stays, has to do with.
    private void old(PackageRef pkg) {
        Integer taker = takers.get(pkg.pkg());
        parts(pkg.deps(DepKind.REQUIRES), dep -> loses(dep, taker));
        if (taker != null) {
            parts(
                    pkg.deps(DepKind.CONFLICTS),
                    dep -> {
                        for (Provide provide : provides.getOrDefault(dep.name(), List.of())) {
                            if (Match.meet(dep, provide.dep())) {
                                needs.get(provide.at()).add(taker);
                            }
                        }
                    });
        }
    }

    /// @param taker who takes the package along that requires this, null when it stays
    private void loses(Dep.Simple dep, @Nullable Integer taker) {
        var losers = new TreeSet<Integer>();
        for (PackageRef provider : Match.providers(installed, dep)) {
            int pkg = provider.pkg();
            Integer by = takers.get(pkg);
            boolean stays = by == null && !alone.contains(pkg);
            if (stays || by != null && (by.equals(taker) || meets(by, dep))) {
                // There throughout; or until the one that requires it goes, in the same run.
                return;
            }
            if (by != null) {
                losers.add(by);
            }
        }
        for (int loser : losers) {
            if (taker != null) {
                needs.get(loser).add(taker);
            } else {
                needs.get(loser).addAll(comingProviders(dep));
            }
        }
    }

    private boolean meets(int at, Dep.Simple dep) {
        return comingProviders(dep).contains(at);
    }

    private Set<Integer> comingProviders(Dep.Simple dep) {
        var found = new TreeSet<Integer>();
        for (Provide provide : provides.getOrDefault(dep.name(), List.of())) {
            if (Match.meet(dep, provide.dep())) {
                found.add(provide.at());
            }
        }
        if (dep.name().startsWith("/")) {
            for (int at = 0; at < comings.size(); at++) {
                PackageRef pkg = comings.get(at).pkg();
                for (int owner : pkg.set().owners(dep.name())) {
                    if (owner == pkg.pkg()) {
                        found.add(at);
                    }
                }
            }
        }
        return found;
    }

    /// Every simple part of some dependencies counts as if it stood alone.
    private static void parts(List<Dep> deps, Consumer<Dep.Simple> each) {
        for (Dep dep : deps) {
            part(dep, each);
        }
    }

    private static void part(Dep dep, Consumer<Dep.Simple> each) {
        switch (dep) {
            case Dep.Simple simple -> each.accept(simple);
            case Dep.Rich(_, Dep left, Dep right) -> {
                part(left, each);
                part(right, each);
            }
        }
    }
}
