package opm.planner;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import opm.base.Nevra;
import opm.host.LocalDisk;
import opm.pkgset.PackageRef;
import opm.pkgset.PackageSet;
import opm.plan.Batch;
import opm.plan.Plan;
import opm.plan.PlanText;
import opm.plan.Step;
import opm.rpmmd.Importer;
import opm.rpmmd.Shared;
import opm.solve.Change;
import opm.solve.Policy;
import opm.solve.Request;
import opm.solve.Request.Verb;
import opm.solve.Solver;
import opm.solve.Universe;
import opm.solve.Verdict;
import org.junit.jupiter.api.Test;

/// Real verdicts over a release-sized universe become plans that end where they say.
class UniversePlanTest {
    private static Universe universe(Path folder) throws Exception {
        var importer = new Importer(new LocalDisk());
        var repos = new ArrayList<Universe.Source>();
        for (String id : List.of("base", "updates")) {
            repos.add(new Universe.Source(id, importer.folder(folder.resolve(id), false).build()));
        }
        return new Universe(
                "x86_64", importer.folder(folder.resolve("installed"), true).build(), repos);
    }

    // An upgrade of everything, installations and removals: each plan's boundaries start at what is
    // installed and end at the verdict, and the same request gives the same bytes.
    @Test
    void endsWhereTheVerdictSays() throws Exception {
        Universe universe = universe(Shared.path("universe/sample2000"));
        Policy policy = Policy.dnf().withErasing(true).withCleanDeps(true);
        var requests = new ArrayList<Request>();
        requests.add(Request.all(Verb.UPGRADE));
        requests.add(Request.all(Verb.DISTRO_SYNC));
        PackageSet base = universe.repositories().getFirst().set();
        for (int pkg = 0; pkg < base.packageCount(); pkg += 97) {
            requests.add(Request.of(Verb.INSTALL, base.nevra(pkg).name()));
        }
        PackageSet installed = universe.installed();
        assert installed != null;
        for (int pkg = 0; pkg < installed.packageCount(); pkg += 41) {
            requests.add(Request.of(Verb.REMOVE, installed.nevra(pkg).name()));
        }
        var solver = new Solver(universe);
        int planned = 0;
        for (Request request : requests) {
            if (solver.solve(request, policy) instanceof Verdict.Solved solved) {
                planned += solved.changes().isEmpty() ? 0 : 1;
                Plan plan = check(universe, solved);
                assertThat(PlanText.write(check(universe, solved))).isEqualTo(PlanText.write(plan));
            }
        }
        assertThat(planned).isGreaterThan(20);
    }

    /// Parts of an upgrade of 1,858 packages: within the budget, closed, worth no less than what
    /// greed takes, and solved by themselves nothing else comes.
    @Test
    void partsOfAnUpgrade() throws Exception {
        Universe universe = universe(Shared.path("universe"));
        var solver = new Solver(universe);
        var solved =
                (Verdict.Solved) solver.solve(Request.all(Verb.UPGRADE), Policy.dnf());
        List<Unit> units = Unit.of(solved, universe);
        var updates = new TreeSet<Nevra>();
        for (Change change : solved.changes()) {
            if (change instanceof Change.Replacement) {
                updates.add(change.pkg().nevra());
            }
        }
        var parts = new ArrayList<Choice.Part>();
        long all = 0;
        for (Unit unit : units) {
            long bytes = unit.packages().stream().mapToLong(PackageRef::packageBytes).sum();
            all += bytes;
            int grave = unit.packages().getFirst().nevra().name().hashCode() & 7;
            long old = unit.packages().stream().filter(p -> updates.contains(p.nevra())).count();
            parts.add(
                    new Choice.Part(
                            bytes, List.of(grave == 0 ? 1 : 0, (int) old), unit.needs()));
        }
        assertThat(units).hasSizeGreaterThan(50);
        for (int percent : List.of(10, 30, 60)) {
            long budget = all * percent / 100;
            BitSet chosen = Choice.best(parts, budget);
            BitSet greed = greed(parts, budget);
            assertThat(sum(parts, chosen, 2)).isLessThanOrEqualTo(budget).isPositive();
            assertThat(sum(parts, chosen, 0)).isGreaterThanOrEqualTo(sum(parts, greed, 0));
            if (sum(parts, chosen, 0) == sum(parts, greed, 0)) {
                assertThat(sum(parts, chosen, 1)).isGreaterThanOrEqualTo(sum(parts, greed, 1));
            }
            var wanted = new TreeSet<Nevra>();
            for (int at : chosen.stream().toArray()) {
                assertThat(parts.get(at).needs()).allMatch(chosen::get);
                units.get(at).packages().forEach(pkg -> wanted.add(pkg.nevra()));
            }
            var asked = new TreeSet<>(wanted);
            asked.retainAll(updates);
            var items =
                    asked.stream().map(pkg -> new Request.Item(Verb.UPGRADE, pkg.full())).toList();
            Policy alone = Policy.dnf().withWeakDeps(false);
            Verdict verdict = solver.solve(new Request(items), alone);
            assertThat(verdict).isInstanceOf(Verdict.Solved.class);
            var part = (Verdict.Solved) verdict;
            var comes = new TreeSet<Nevra>();
            for (Change change : part.changes()) {
                PackageRef pkg = change.comes();
                if (pkg != null) {
                    comes.add(pkg.nevra());
                }
            }
            assertThat(wanted).containsAll(comes);
            assertThat(comes).containsAll(asked);
            check(universe, part);
        }
    }

    /// Takes what fits, the most for a byte first, each with all that it needs.
    private static BitSet greed(List<Choice.Part> parts, long budget) {
        var order = new ArrayList<Integer>();
        for (int at = 0; at < parts.size(); at++) {
            order.add(at);
        }
        for (int kind = 1; kind >= 0; kind--) {
            int by = kind;
            order.sort(
                    Comparator.comparingDouble(
                            at -> -parts.get(at).worth().get(by) / (1.0 + parts.get(at).bytes())));
        }
        var taken = new BitSet();
        for (int at : order) {
            var with = (BitSet) taken.clone();
            var open = new ArrayList<>(List.of(at));
            while (!open.isEmpty()) {
                int next = open.removeLast();
                if (!with.get(next)) {
                    with.set(next);
                    open.addAll(parts.get(next).needs());
                }
            }
            if (sum(parts, with, 2) <= budget) {
                taken = with;
            }
        }
        return taken;
    }

    /// @param what the kind of worth, or 2 for bytes
    private static long sum(List<Choice.Part> parts, BitSet chosen, int what) {
        return chosen.stream()
                .mapToLong(
                        at ->
                                what == 2
                                        ? parts.get(at).bytes()
                                        : parts.get(at).worth().get(what))
                .sum();
    }

    private static Plan check(Universe universe, Verdict.Solved solved) throws Exception {
        var target = new Plan.Target("d", "1", "x86_64", World.digest("base"));
        Plan plan =
                Planner.plan(
                                solved,
                                universe,
                                target,
                                List.of(),
                                List.of(),
                                _ -> false,
                                RunSize.USUAL)
                        .plan();
        assertThat(PlanText.read(PlanText.write(plan))).isEqualTo(plan);
        PackageSet installed = universe.installed();
        assert installed != null;
        var before = new ArrayList<Nevra>();
        for (int pkg = 0; pkg < installed.packageCount(); pkg++) {
            before.add(installed.nevra(pkg));
        }
        var expected = new TreeSet<>(before);
        for (Change change : solved.changes()) {
            switch (change) {
                case Change.Install(var pkg, _) -> expected.add(pkg.nevra());
                case Change.Upgrade(var from, var pkg) ->
                        replace(expected, from.nevra(), pkg.nevra());
                case Change.Downgrade(var from, var pkg) ->
                        replace(expected, from.nevra(), pkg.nevra());
                case Change.Reinstall(var from, var pkg) ->
                        replace(expected, from.nevra(), pkg.nevra());
                case Change.Obsoleted(var pkg, _) -> expected.remove(pkg.nevra());
                case Change.Erase(var pkg) -> expected.remove(pkg.nevra());
            }
        }
        assertThat(plan.boundaries(before).getLast()).isEqualTo(List.copyOf(expected));
        requireHomogeneous(plan, before);
        return plan;
    }

    /// Each batch is one run of rpm: what comes beside others of its name is with its like.
    private static void requireHomogeneous(Plan plan, List<Nevra> before) {
        List<List<Nevra>> boundaries = plan.boundaries(before);
        for (int at = 0; at < plan.batches().size(); at++) {
            Batch batch = plan.batches().get(at);
            var names = new HashSet<String>();
            boundaries.get(at).forEach(pkg -> names.add(pkg.name()));
            var leaving = new HashSet<>(batch.goes());
            var kinds = new HashSet<Boolean>();
            for (Step step : batch.steps()) {
                if (step instanceof Step.Install(var pkg, _, _)) {
                    kinds.add(
                            boundaries.get(at).stream()
                                    .anyMatch(
                                            p ->
                                                    p.name().equals(pkg.name())
                                                            && !leaving.contains(p)));
                } else if (!(step instanceof Step.Replaced) && !batch.erases()) {
                    kinds.add(false);
                }
            }
            assertThat(kinds).hasSizeLessThan(2);
        }
    }

    private static void replace(Set<Nevra> set, Nevra from, Nevra to) {
        set.remove(from);
        set.add(to);
    }
}
