package opm.solve;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import opm.base.Dep;
import opm.base.DepKind;
import opm.base.Sense;
import opm.pkgset.PackageRef;
import opm.pkgset.PackageSet;
import opm.pkgset.PackageSetBuilder;
import opm.solve.Request.Item;
import opm.solve.Request.Verb;
import org.junit.jupiter.api.Test;
import org.sat4j.core.VecInt;
import org.sat4j.minisat.SolverFactory;
import org.sat4j.specs.ContradictionException;
import org.sat4j.specs.ISolver;
import org.sat4j.specs.TimeoutException;

/// Worlds of some hundred packages, too many for brute force: another SAT solver decides.
class MiddlingWorldsTest {
    private static final int WORLDS = Integer.getInteger("opm.middling", 60);
    private static final long SEED = Long.getLong("opm.seed", 20_261_121L);

    @Test
    void agreesWithSat4j() throws Exception {
        // Solvable exactly where sat4j finds a model of the same world.
        int solved = 0;
        int unsolvable = 0;
        for (int i = 0; i < WORLDS; i++) {
            long seed = SEED + i;
            var world = new World(new Random(seed));
            var universe =
                    new Universe(
                            "x86_64",
                            world.installed,
                            List.of(new Universe.Source("repo", world.repo)));
            var solver = new Solver(universe);
            for (int ask = 0; ask < 6; ask++) {
                List<Item> items = world.items();
                Policy policy = Policy.zypp().withVendorChange(true).withWeakDeps(ask % 2 == 0);
                Verdict verdict = solver.solve(new Request(items), policy);
                boolean possible = world.isPossible(items);
                String title = "-Dopm.seed=" + seed + " ask " + ask + " " + items;
                assertThat(verdict instanceof Verdict.Solved).as(title).isEqualTo(possible);
                // Nothing shows that rules, choices and room were shared with earlier requests.
                Verdict alone = new Solver(universe, false).solve(new Request(items), policy);
                assertThat(verdict).as(title).isEqualTo(alone);
                if (verdict instanceof Verdict.Solved answer) {
                    solved++;
                    var judge = new Judge(Judge.after(answer.changes(), world.installed));
                    assertThat(judge.faults(List.of())).as(title).isEmpty();
                } else {
                    unsolvable++;
                }
            }
        }
        System.out.println(
                WORLDS
                        + " worlds from seed "
                        + SEED
                        + ": "
                        + solved
                        + " solved, "
                        + unsolvable
                        + " unsolvable");
        assertThat(solved).isPositive();
        assertThat(unsolvable).isPositive();
    }

    private static final class World {
        private final Random random;
        private final int names;
        final PackageSet installed;
        final PackageSet repo;
        private final List<PackageRef> all = new ArrayList<>();
        private final Map<String, List<PackageRef>> named = new HashMap<>();
        private final Map<String, List<PackageRef>> providing = new HashMap<>();

        World(Random random) {
            this.random = random;
            names = 30 + random.nextInt(60);
            var repoBuilder = new PackageSetBuilder();
            var seen = new HashSet<String>();
            for (int i = names * 3; i > 0; i--) {
                String nevra = name() + "-" + (1 + random.nextInt(4)) + "-1.noarch";
                if (seen.add(nevra)) {
                    repoBuilder.add(nevra, facts(4));
                }
            }
            repo = repoBuilder.build();
            installed = system();
            for (PackageSet set : List.of(installed, repo)) {
                for (int pkg = 0; pkg < set.packageCount(); pkg++) {
                    PackageRef ref = set.ref(pkg);
                    all.add(ref);
                    put(named, ref.nevra().name(), ref);
                    for (Dep dep : ref.deps(DepKind.PROVIDES)) {
                        put(providing, ((Dep.Simple) dep).name(), ref);
                    }
                }
            }
        }

        private static void put(Map<String, List<PackageRef>> map, String key, PackageRef value) {
            List<PackageRef> list = map.computeIfAbsent(key, k -> new ArrayList<>());
            if (list.isEmpty() || !list.getLast().equals(value)) {
                list.add(value);
            }
        }

        private String name() {
            return "n" + random.nextInt(names);
        }

        private String simple() {
            String[] signs = {"", "", " = ", " < ", " <= ", " > ", " >= "};
            String sign = signs[random.nextInt(signs.length)];
            return name() + (sign.isEmpty() ? "" : sign + (1 + random.nextInt(4)));
        }

        private String[] facts(int most) {
            var facts = new ArrayList<String>();
            for (int i = random.nextInt(most); i > 0; i--) {
                switch (random.nextInt(10)) {
                    case 0 -> facts.add("provides: v" + random.nextInt(6));
                    case 1 -> facts.add("conflicts: " + simple());
                    case 2 -> facts.add("obsoletes: " + name() + " < 2." + random.nextInt(999_999));
                    case 3 -> facts.add("requires: v" + random.nextInt(6));
                    case 4 -> facts.add("recommends: " + simple());
                    case 5 -> facts.add("requires: (" + simple() + " or " + simple() + ")");
                    default -> facts.add("requires: " + simple());
                }
            }
            return facts.toArray(new String[0]);
        }

        /// Grows a sound system package by package.
        private PackageSet system() {
            var lines = new ArrayList<String[]>();
            PackageSet set = new PackageSetBuilder().installedSystem().build();
            for (int i = 0; i < names / 3; i++) {
                String nevra = "n" + i + "-" + (1 + random.nextInt(4)) + "-1.noarch";
                String[] facts = facts(3);
                var line = new String[facts.length + 1];
                line[0] = nevra;
                System.arraycopy(facts, 0, line, 1, facts.length);
                lines.add(line);
                var builder = new PackageSetBuilder().installedSystem();
                for (String[] one : lines) {
                    builder.add(one[0], java.util.Arrays.copyOfRange(one, 1, one.length));
                }
                PackageSet next = builder.build();
                if (new Judge(Judge.after(List.of(), next)).faults(List.of()).isEmpty()) {
                    set = next;
                } else {
                    lines.removeLast();
                }
            }
            return set;
        }

        List<Item> items() {
            var items = new ArrayList<Item>();
            var asked = new HashSet<String>();
            for (int i = 1 + random.nextInt(4); i > 0; i--) {
                PackageRef pkg = all.get(random.nextInt(all.size()));
                boolean remove = pkg.set() == installed && random.nextBoolean();
                if (asked.add(pkg.nevra().name())) {
                    items.add(new Item(remove ? Verb.REMOVE : Verb.INSTALL, pkg.nevra().name()));
                }
            }
            return items;
        }

        boolean isPossible(List<Item> items) throws TimeoutException {
            ISolver sat = SolverFactory.newDefault();
            sat.newVar(all.size());
            try {
                for (PackageRef pkg : all) {
                    clauses(sat, pkg);
                }
                for (Item item : items) {
                    List<PackageRef> these = named.getOrDefault(item.spec(), List.of());
                    if (item.verb() == Verb.INSTALL) {
                        sat.addClause(literals(0, these));
                    } else {
                        for (PackageRef pkg : these) {
                            sat.addClause(new VecInt(new int[] {-id(pkg)}));
                        }
                    }
                }
                for (int i = 0; i < installed.packageCount(); i++) {
                    PackageRef old = installed.ref(i);
                    if (!items.contains(new Item(Verb.REMOVE, old.nevra().name()))) {
                        sat.addClause(literals(0, heirs(old)));
                    }
                }
            } catch (ContradictionException e) {
                return false;
            }
            return sat.isSatisfiable();
        }

        private int id(PackageRef pkg) {
            return (pkg.set() == installed ? 0 : installed.packageCount()) + pkg.pkg() + 1;
        }

        private VecInt literals(int first, List<PackageRef> pkgs) {
            var clause = new VecInt();
            if (first != 0) {
                clause.push(first);
            }
            pkgs.forEach(pkg -> clause.push(id(pkg)));
            return clause;
        }

        private void clauses(ISolver sat, PackageRef pkg) throws ContradictionException {
            for (Dep dep : pkg.deps(DepKind.REQUIRES)) {
                List<PackageRef> who = who(dep);
                if (!who.contains(pkg)) {
                    sat.addClause(literals(-id(pkg), who));
                }
            }
            for (Dep dep : pkg.deps(DepKind.CONFLICTS)) {
                for (PackageRef other : who(dep)) {
                    exclude(sat, pkg, other);
                }
            }
            for (Dep dep : pkg.deps(DepKind.OBSOLETES)) {
                for (PackageRef other : obsoleted((Dep.Simple) dep)) {
                    exclude(sat, pkg, other);
                }
            }
            for (PackageRef other : named.getOrDefault(pkg.nevra().name(), List.of())) {
                exclude(sat, pkg, other);
            }
        }

        private void exclude(ISolver sat, PackageRef one, PackageRef two)
                throws ContradictionException {
            if (!one.equals(two)) {
                sat.addClause(new VecInt(new int[] {-id(one), -id(two)}));
            }
        }

        private List<PackageRef> who(Dep dep) {
            var found = new ArrayList<PackageRef>();
            if (dep instanceof Dep.Rich(_, var left, var right)) {
                found.addAll(who(left));
                found.addAll(who(right));
            } else if (dep instanceof Dep.Simple simple) {
                for (PackageRef pkg : providing.getOrDefault(simple.name(), List.of())) {
                    if (new Judge(List.of(pkg)).met(simple)) {
                        found.add(pkg);
                    }
                }
            }
            return found;
        }

        private List<PackageRef> obsoleted(Dep.Simple dep) {
            var found = new ArrayList<PackageRef>();
            for (PackageRef pkg : named.getOrDefault(dep.name(), List.of())) {
                if (dep.sense() == Sense.NONE
                        || dep.sense().accepts(pkg.nevra().evr().matches(dep.evr()))) {
                    found.add(pkg);
                }
            }
            return found;
        }

        /// Returns what may stand in for an installed package: itself, not lower versions, those
        /// that obsolete it.
        private List<PackageRef> heirs(PackageRef old) {
            var found = new ArrayList<PackageRef>();
            for (PackageRef pkg : all) {
                boolean same = pkg.nevra().name().equals(old.nevra().name());
                if (same
                        ? pkg.nevra().evr().compareTo(old.nevra().evr()) >= 0
                        : pkg.deps(DepKind.OBSOLETES).stream()
                                .anyMatch(dep -> obsoleted((Dep.Simple) dep).contains(old))) {
                    found.add(pkg);
                }
            }
            return found;
        }
    }
}
