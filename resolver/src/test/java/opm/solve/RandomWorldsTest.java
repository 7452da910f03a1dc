package opm.solve;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import opm.base.Dep;
import opm.base.DepKind;
import opm.base.Sense;
import opm.pkgset.PackageRef;
import opm.pkgset.PackageSet;
import opm.pkgset.PackageSetBuilder;
import opm.solve.Request.Item;
import opm.solve.Request.Verb;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Small random worlds, where brute force knows every possible system.
class RandomWorldsTest {
    /// 2,500 of them in each run; `-Dopm.worlds=100000 -Dopm.seed=7` for more and others.
    private static final int WORLDS = Integer.getInteger("opm.worlds", 2500);

    private static final long SEED = Long.getLong("opm.seed", 20_261_121L);

    @Test
    void agreesWithBruteForce() {
        // Solvable exactly where some system would do, and then that system is sound.
        var counts = new int[2];
        for (int world = 0; world < WORLDS; world++) {
            long seed = SEED + world;
            try {
                new World(new Random(seed)).check(counts);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("world of -Dopm.seed=" + seed + ": " + e, e);
            }
        }
        System.out.println(
                WORLDS
                        + " worlds from seed "
                        + SEED
                        + ": "
                        + counts[0]
                        + " solved, "
                        + counts[1]
                        + " unsolvable");
        assertThat(counts[0]).isGreaterThan(WORLDS / 4);
        assertThat(counts[1]).isGreaterThan(WORLDS / 50);
    }

    private static final class World {
        private static final String NAMES = "abcdef";
        private final Random random;
        private final List<String> log = new ArrayList<>();
        private final @Nullable PackageSet installed;
        private final PackageSet repo;
        private int obsoletes;

        World(Random random) {
            this.random = random;
            var repoBuilder = new PackageSetBuilder();
            int repoCount = 3 + random.nextInt(6);
            var seen = new HashSet<String>();
            for (int i = 0; i < repoCount; i++) {
                add(repoBuilder, "repo", seen);
            }
            repo = repoBuilder.build();
            installed = random.nextInt(3) == 0 ? null : system();
        }

        /// Makes an installed system that is sound; fewer packages when that is hard.
        private PackageSet system() {
            int mark = log.size();
            for (int count = random.nextInt(5); ; count--) {
                while (log.size() > mark) {
                    log.removeLast();
                }
                var builder = new PackageSetBuilder().installedSystem();
                var seen = new HashSet<String>();
                for (int i = 0; i < count; i++) {
                    add(builder, "system", seen);
                }
                PackageSet set = builder.build();
                if (new Judge(Judge.after(List.of(), set)).faults(List.of()).isEmpty()) {
                    return set;
                }
            }
        }

        private void add(PackageSetBuilder builder, String where, Set<String> seen) {
            String name = name();
            String nevra = name + "-" + (1 + random.nextInt(3)) + "-1.x86_64";
            if (!seen.add(where.equals("system") ? name : nevra)) {
                return;
            }
            var facts = new ArrayList<String>();
            for (int i = random.nextInt(3); i > 0; i--) {
                switch (random.nextInt(9)) {
                    case 0 -> facts.add("provides: " + "pq".charAt(random.nextInt(2)));
                    case 1 -> facts.add("conflicts: " + conflict(name));
                    case 2 -> obsolete(name, facts);
                    case 3 -> facts.add("recommends: " + dep(1));
                    case 4 -> facts.add("supplements: " + simple());
                    default -> facts.add("requires: " + dep(2));
                }
            }
            log.add(where + " " + nevra + " " + facts);
            builder.add(nevra, facts.toArray(new String[0]));
        }

        private String name() {
            return "" + NAMES.charAt(random.nextInt(NAMES.length()));
        }

        /// Each one differs, so that none of them counts as a split of a package.
        private void obsolete(String own, List<String> facts) {
            String name = name();
            if (!name.equals(own)) {
                facts.add("obsoletes: " + name + " < 2." + obsoletes++);
            }
        }

        private String any(PackageSet set) {
            int count = set.packageCount();
            return count == 0 ? "" : set.nevra(random.nextInt(count)).name();
        }

        private String conflict(String own) {
            String dep = dep(1);
            return dep.contains(own) || dep.contains("p") || dep.contains("q") ? "zz" : dep;
        }

        private String simple() {
            if (random.nextInt(5) == 0) {
                return "" + "pq".charAt(random.nextInt(2));
            }
            String[] signs = {"", " = ", " < ", " <= ", " > ", " >= "};
            String sign = signs[random.nextInt(signs.length)];
            return name() + (sign.isEmpty() ? "" : sign + (1 + random.nextInt(3)));
        }

        private String dep(int depth) {
            if (depth == 0 || random.nextInt(3) > 0) {
                return simple();
            }
            String[] ops = {"and", "or", "if", "unless", "with", "without"};
            String op = ops[random.nextInt(ops.length)];
            boolean flat = op.startsWith("with");
            String left = flat ? simple() : dep(depth - 1);
            String right = flat ? simple() : dep(depth - 1);
            boolean hasElse = (op.equals("if") || op.equals("unless")) && random.nextBoolean();
            String otherwise = hasElse ? " else " + simple() : "";
            return "(" + left + " " + op + " " + right + otherwise + ")";
        }

        void check(int[] counts) {
            var universe =
                    new Universe("x86_64", installed, List.of(new Universe.Source("repo", repo)));
            var items = new ArrayList<Item>();
            var asked = new HashSet<String>();
            for (int i = random.nextInt(3); i >= 0; i--) {
                boolean remove = installed != null && random.nextInt(4) == 0;
                String name = installed != null && remove ? any(installed) : any(repo);
                if (!name.isEmpty() && asked.add(name)) {
                    items.add(new Item(remove ? Verb.REMOVE : Verb.INSTALL, name));
                }
            }
            boolean erasing = random.nextInt(4) == 0;
            Policy policy =
                    (random.nextBoolean() ? Policy.dnf() : Policy.zypp())
                            .withErasing(erasing)
                            .withVendorChange(true)
                            .withWeakDeps(random.nextBoolean());
            log.add(items + " " + policy);
            Verdict verdict = new Solver(universe).solve(new Request(items), policy);
            log.add(verdict.toString());
            switch (verdict) {
                case Verdict.Solved solved -> {
                    counts[0]++;
                    List<PackageRef> after = Judge.after(solved.changes(), installed);
                    assertThat(wrong(after, items, erasing)).as(log.toString()).isEmpty();
                }
                case Verdict.Unsolvable unsolvable -> {
                    boolean unknown =
                            unsolvable.problems().getFirst().causes().getFirst()
                                    instanceof Cause.NoMatch;
                    if (!unknown) {
                        counts[1]++;
                        assertThat(anySystem(items, erasing)).as(log.toString()).isNull();
                        repairsWork(unsolvable, items, policy, universe);
                    }
                }
                case Verdict.GaveUp _ -> throw new AssertionError(log.toString());
            }
        }

        /// Every proposed repair solves, where there is one problem.
        private void repairsWork(
                Verdict.Unsolvable unsolvable, List<Item> items, Policy policy, Universe universe) {
            for (Problem problem : unsolvable.problems()) {
                assertThat(problem.repairs()).as(log.toString()).isNotEmpty();
                if (unsolvable.problems().size() > 1) {
                    continue;
                }
                for (Repair repair : problem.repairs()) {
                    var left = new ArrayList<>(items);
                    for (Repair.Act act : repair.acts()) {
                        switch (act) {
                            case Repair.Drop(var item) -> left.removeIf(item::equals);
                            case Repair.Erase(var pkg) ->
                                    left.add(new Item(Verb.REMOVE, pkg.nevra().toString()));
                            case Repair.Replace(_, var by) ->
                                    left.add(new Item(Verb.INSTALL, by.nevra().toString()));
                            case Repair.Accept(var pkg) ->
                                    left.add(new Item(Verb.INSTALL, pkg.nevra().toString()));
                        }
                    }
                    Verdict again = new Solver(universe).solve(new Request(left), policy);
                    assertThat(again)
                            .as(log + " after " + repair)
                            .isInstanceOf(Verdict.Solved.class);
                }
            }
        }

        private List<PackageRef> all() {
            var all = new ArrayList<PackageRef>();
            for (int pkg = 0; installed != null && pkg < installed.packageCount(); pkg++) {
                all.add(installed.ref(pkg));
            }
            for (int pkg = 0; pkg < repo.packageCount(); pkg++) {
                all.add(repo.ref(pkg));
            }
            return all;
        }

        private @Nullable List<PackageRef> anySystem(List<Item> items, boolean erasing) {
            List<PackageRef> all = all();
            for (int bits = 0; bits < 1 << all.size(); bits++) {
                var some = new ArrayList<PackageRef>();
                for (int i = 0; i < all.size(); i++) {
                    if ((bits & 1 << i) != 0) {
                        some.add(all.get(i));
                    }
                }
                if (wrong(some, items, erasing).isEmpty()) {
                    return some;
                }
            }
            return null;
        }

        /// Returns what is wrong with a system as an answer to the items.
        private List<String> wrong(List<PackageRef> system, List<Item> items, boolean erasing) {
            for (Item item : items) {
                boolean there =
                        system.stream().anyMatch(pkg -> pkg.nevra().name().equals(item.spec()));
                if (there != (item.verb() == Verb.INSTALL)) {
                    return List.of("not as asked: " + item);
                }
            }
            if (!erasing && lost(system, items)) {
                return List.of("something installed is gone");
            }
            return new Judge(system).faults(List.of());
        }

        private boolean lost(List<PackageRef> system, List<Item> items) {
            for (int i = 0; installed != null && i < installed.packageCount(); i++) {
                PackageRef old = installed.ref(i);
                boolean asked = items.contains(new Item(Verb.REMOVE, old.nevra().name()));
                if (!asked && system.stream().noneMatch(pkg -> replaces(pkg, old))) {
                    return true;
                }
            }
            return false;
        }

        private static boolean replaces(PackageRef pkg, PackageRef old) {
            if (pkg.equals(old)) {
                return true;
            }
            if (pkg.nevra().name().equals(old.nevra().name())) {
                return pkg.nevra().evr().compareTo(old.nevra().evr()) >= 0;
            }
            for (Dep dep : pkg.deps(DepKind.OBSOLETES)) {
                if (dep instanceof Dep.Simple(var name, var sense, var evr)
                        && name.equals(old.nevra().name())
                        && (sense == Sense.NONE || sense.accepts(old.nevra().evr().matches(evr)))) {
                    return true;
                }
            }
            return false;
        }
    }
}
