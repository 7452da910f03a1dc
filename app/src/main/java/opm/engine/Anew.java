package opm.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import opm.apply.Beforehand;
import opm.apply.Outcome;
import opm.apply.Progress;
import opm.base.Evr;
import opm.base.InstalledList;
import opm.base.Limits;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.bundle.BundleReader;
import opm.bundle.Entry;
import opm.history.Change;
import opm.history.StateFolder;
import opm.host.Disk;
import opm.plan.Batch;
import opm.plan.Plan;
import opm.plan.PlanText;
import opm.plan.Reason;
import opm.plan.Step;
import opm.planner.Planned;
import opm.planner.Planner;
import opm.planner.RunSize;
import opm.profile.SystemProfile;
import opm.solve.Policy;
import opm.solve.Request;
import opm.solve.Verdict;
import org.jspecify.annotations.Nullable;

/// A bundle on a machine that is no longer as in its profile: what its plan was for is asked once
/// more, of this machine and with nothing but what the bundle holds.
///
/// | step of the plan                  | what is asked now                                      |
/// |-----------------------------------|--------------------------------------------------------|
/// | a package that somebody wanted    | have it                                                |
/// | one that only others needed       | nothing: it comes when they still need it              |
/// | another version of a package      | that version, where the package is there and is older  |
/// |                                   | (newer, for a downgrade)                               |
/// | one that takes another's place    | that, where the other is still there                   |
/// | an erasure                        | that, where the package is still there                 |
///
/// So what was removed by hand stays away, what was upgraded by hand stays, and locks and excludes
/// of the machine count. The answer is a plan like any other: for what is installed now.
public final class Anew {
    private final Engine engine;
    private final BundleReader bundle;
    private @Nullable Solution solution;

    public Anew(Engine engine, BundleReader bundle) {
        this.engine = engine;
        this.bundle = bundle;
    }

    /// Returns the answer for the machine as it is; solved once.
    public Solution solve() throws OpmException {
        if (solution == null) {
            solution = solved();
        }
        return solution;
    }

    private Solution solved() throws OpmException {
        Plan plan = bundle.plan();
        Request request = request(plan);
        Policy policy =
                Policies.of(engine.configuration(), engine.installed(), engine.options(), request);
        try (var folder = new TemporaryFolder(engine.host(), engine.options().state())) {
            engine.host().disk().createDirectories(folder.path().resolve("repodata"));
            for (Entry entry : bundle.entries()) {
                if (entry.path().startsWith("repodata/")) {
                    bundle.extract(entry, folder.path().resolve(entry.path()));
                }
            }
            var filters = ConfiguredFilters.of(engine.configuration(), List.of());
            BundleAlone alone = BundleAlone.solve(engine, folder.path(), request, policy, filters);
            Planned planned =
                    alone.verdict() instanceof Verdict.Solved solved
                            ? Planner.plan(
                                    solved,
                                    alone.universe(),
                                    target(plan),
                                    plan.sources(),
                                    plan.asked(),
                                    plan.unsigned()::contains,
                                    engine.options().oneBatch() ? RunSize.ALL : RunSize.USUAL)
                            : null;
            return new Solution(policy, alone.universe(), request, alone.verdict(), planned);
        }
    }

    /// Tells whether locks or excludes of the machine, which may be newer than its profile, forbid
    /// what the bundle's plan does.
    public boolean isLocked() throws OpmException {
        SystemProfile machine = engine.configuration();
        if (machine.locks().isEmpty() && machine.excludes().isEmpty()) {
            return false;
        }
        Solution answer = solve();
        var comes = new HashSet<Nevra>();
        for (Batch batch : bundle.plan().batches()) {
            comes.addAll(batch.comes());
        }
        return !answer.coming().keySet().equals(comes);
    }

    /// The bundle is for this distribution and architecture: whoever looked at it has seen to that.
    private Plan.Target target(Plan plan) throws OpmException {
        return new Plan.Target(
                plan.target().distro(),
                plan.target().release(),
                plan.target().arch(),
                engine.machine().installedDigest());
    }

    private Request request(Plan plan) throws OpmException {
        Map<String, List<Evr>> there = new HashMap<>();
        for (Nevra pkg : engine.installedNames()) {
            there.computeIfAbsent(pkg.nameArch(), _ -> new ArrayList<>()).add(pkg.evr());
        }
        var items = new ArrayList<Request.Item>();
        for (Batch batch : plan.batches()) {
            for (Step step : batch.steps()) {
                add(step, there, items);
            }
        }
        return new Request(items);
    }

    private static void add(
            Step step, Map<String, List<Evr>> there, List<Request.Item> items) {
        Nevra goes = step.goes();
        boolean has = goes != null && there.containsKey(goes.nameArch());
        if (step instanceof Step.Install(var pkg, _, var reason)) {
            if (reason == Reason.USER || reason == Reason.GROUP) {
                // By name: where a newer one is there, that will do.
                items.add(new Request.Item(Request.Verb.INSTALL, pkg.nameArch()));
            }
        } else if (step instanceof Step.Upgrade(var from, var to, _)) {
            if (has && has(there, from, evr -> evr.compareTo(to.evr()) < 0)) {
                items.add(new Request.Item(Request.Verb.UPGRADE, to.nameArch()));
            }
        } else if (step instanceof Step.Downgrade(var from, var to, _)) {
            if (has && has(there, from, evr -> evr.compareTo(to.evr()) > 0)) {
                items.add(new Request.Item(Request.Verb.DOWNGRADE, to.full()));
            }
        } else if (step instanceof Step.Reinstall(var pkg, _)) {
            if (has && has(there, pkg, evr -> evr.equals(pkg.evr()))) {
                items.add(new Request.Item(Request.Verb.REINSTALL, pkg.full()));
            }
        } else if (step instanceof Step.Replaced(var pkg, var by)) {
            if (has && !pkg.name().equals(by.name())) {
                items.add(new Request.Item(Request.Verb.UPGRADE, by.full(), true));
            }
        } else if (step instanceof Step.Erase(var pkg) && has) {
            items.add(new Request.Item(Request.Verb.REMOVE, pkg.nameArch()));
        }
    }

    private interface Test {
        boolean holds(Evr evr);
    }

    private static boolean has(Map<String, List<Evr>> there, Nevra pkg, Test test) {
        return there.getOrDefault(pkg.nameArch(), List.of()).stream().anyMatch(test::holds);
    }

    /// Does what such a plan says, with packages of the bundle.
    public Outcome apply(Plan plan, Progress progress, BooleanSupplier stop) throws OpmException {
        List<Nevra> there = engine.installedNames(plan);
        return new FromBundle(engine, bundle, plan, there)
                .apply(progress, stop, Beforehand.NOTHING);
    }

    /// Goes on with an interrupted change: the bundle's own, or one that was solved anew from it.
    Outcome resume(Change open, Progress progress, BooleanSupplier stop) throws OpmException {
        if (PlanText.digest(bundle.plan()).equals(open.plan())) {
            return engine.from(bundle).apply(progress, stop, Beforehand.NOTHING);
        }
        Plan plan = engine.planOf(open);
        if (plan == null || !open.seal().equals(bundle.seal().hex())) {
            return new Outcome.OtherChangeOpen(open.number());
        }
        Disk disk = engine.host().disk();
        StateFolder state = StateFolder.in(engine.rpm().root());
        byte[] list = disk.readAll(state.installed(open.number()), Limits.PROFILE_BYTES);
        List<Nevra> there = InstalledList.parse(list);
        return new FromBundle(engine, bundle, plan, there)
                .apply(progress, stop, Beforehand.NOTHING);
    }
}
