package opm.solve;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import opm.pkgset.PackageRef;
import org.jspecify.annotations.Nullable;

/// One request on its way: items become jobs, jobs are solved, the outcome becomes a verdict.
final class Asking {
    private final SetPool pool;
    private final Request request;
    private final Policy policy;
    private final Budget budget;
    private final Jobs jobs;
    private final Specs specs;

    /// For each job the item that it came from; absent for those that the policy adds.
    private final Map<Integer, Request.Item> itemOf = new HashMap<>();

    private final List<Problem> unknown = new ArrayList<>();

    /// Repairs taken, in a question that proves them; absent in one that people ask.
    private final @Nullable List<Repair.Act> taken;

    Asking(SetPool pool, Request request, Policy policy, Budget budget) {
        this(pool, request, policy, budget, null);
    }

    private Asking(
            SetPool pool,
            Request request,
            Policy policy,
            Budget budget,
            @Nullable List<Repair.Act> taken) {
        this.taken = taken;
        this.pool = pool;
        this.request = request;
        this.policy = policy;
        this.budget = budget;
        jobs = new Jobs(pool);
        specs = new Specs(pool);
    }

    Verdict answer() {
        addPolicyJobs();
        for (Request.Item item : request.items()) {
            int before = jobs.size();
            if (taken != null && taken.contains(new Repair.Drop(item))) {
                continue;
            }
            if (!add(item) && !item.weak()) {
                var drop = new Repair(List.of(new Repair.Drop(item)));
                var cause = new Cause.NoMatch(item, pool.keepsOut(item.spec()));
                unknown.add(new Problem(List.of(cause), List.of(drop)));
            }
            for (int job = before; job < jobs.size(); job++) {
                itemOf.put(job, item);
            }
        }
        if (!unknown.isEmpty()) {
            return new Verdict.Unsolvable(unknown, missingPaths(null));
        }
        take();
        Engine engine = solve();
        IntList surplus = surplusVersions(engine);
        if (!surplus.isEmpty()) {
            // As a list, since erasing one particular package also rules out others of its name.
            jobs.add(Jobs.ERASE, surplus);
            pool.giveBack(engine.state.sat);
            engine = solve();
        }
        Verdict verdict =
                new Answer(pool, engine, policy, itemOf, first()).verdict(missingPaths(engine));
        if (taken == null) {
            verdict = withHomePaths(verdict, engine);
        }
        pool.giveBack(engine.state.sat);
        if (taken == null && verdict instanceof Verdict.Unsolvable(var problems, var paths)) {
            return new Verdict.Unsolvable(new ProvenRepairs(this::ask).of(problems), paths);
        }
        return verdict instanceof Verdict.Solved solved ? withoutReinstalls(solved) : verdict;
    }

    /// Names further paths where something was not done that a file list could make possible.
    private Verdict withHomePaths(Verdict verdict, Engine engine) {
        if (verdict instanceof Verdict.Solved solved && solved.skippedUpdates().isEmpty()) {
            return verdict; // nearly always; linking the switch takes 5 ms (docs/decisions/0002)
        }
        return switch (verdict) {
            case Verdict.Solved(var changes, var reasons, var skipped, _)
                    when !skipped.isEmpty() -> {
                HomePaths.note(pool, engine.state);
                yield new Verdict.Solved(changes, reasons, skipped, missingPaths(engine));
            }
            case Verdict.Unsolvable(var problems, _) -> {
                HomePaths.note(pool, engine.state);
                yield new Verdict.Unsolvable(problems, missingPaths(engine));
            }
            case Verdict.Solved _, Verdict.GaveUp _ -> verdict;
        };
    }

    /// Answers the request once more with some acts taken, as long as there is work left for it.
    private Verdict ask(List<Repair.Act> acts) {
        try {
            return new Asking(pool, request, policy, budget, acts).answer();
        } catch (Budget.Stop stop) {
            if (stop.cancelled) {
                throw stop;
            }
            return new Verdict.GaveUp(false);
        }
    }

    /// A distro-sync would put in again what the repositories hold of the same version from
    /// another build. dnf keeps what is installed (4.14, `dnf distro-sync` on rebuilt packages).
    private Verdict withoutReinstalls(Verdict.Solved solved) {
        boolean syncs =
                request.items().stream().anyMatch(i -> i.verb() == Request.Verb.DISTRO_SYNC);
        if (!syncs || policy.style() != Policy.Style.DNF) {
            return solved;
        }
        var changes = new ArrayList<Change>();
        var kept = new HashSet<PackageRef>();
        for (Change change : solved.changes()) {
            boolean same =
                    change instanceof Change.Reinstall(var from, var pkg)
                            && from.nevra().equals(pkg.nevra());
            if (same) {
                kept.add(change.pkg());
            } else {
                changes.add(change);
            }
        }
        return new Verdict.Solved(
                changes,
                solved.reasons().stream().filter(r -> !kept.contains(r.pkg())).toList(),
                solved.skippedUpdates(),
                solved.missingPaths());
    }

    private Request.Item first() {
        return request.items().isEmpty()
                ? new Request.Item(Request.Verb.VERIFY, "")
                : request.items().getFirst();
    }

    private void take() {
        for (Repair.Act act : taken == null ? List.<Repair.Act>of() : taken) {
            switch (act) {
                case Repair.Drop _ -> {}
                case Repair.Erase(var pkg) -> jobs.add(Jobs.ERASE | Jobs.PKG, pool.pkg(pkg));
                case Repair.Replace(_, var by) -> jobs.add(Jobs.INSTALL | Jobs.PKG, pool.pkg(by));
                case Repair.Accept(var pkg) -> jobs.add(Jobs.INSTALL | Jobs.PKG, pool.pkg(pkg));
            }
        }
    }

    private List<String> missingPaths(@Nullable Engine engine) {
        var found = new TreeSet<String>();
        for (Request.Item item : request.items()) {
            String spec = item.spec();
            if (spec.startsWith("/") && !pool.isProvided(pool.words.id(spec))) {
                found.add(spec);
            }
        }
        if (engine != null) {
            IntList paths = engine.state.emptyPaths;
            for (int i = 0; i < paths.size; i++) {
                found.add(pool.words.text(paths.at[i]));
            }
        }
        found.removeIf(path -> !pool.mayBeHidden(path));
        return List.copyOf(found);
    }

    private Engine solve() {
        var engine = new Engine(pool, jobs, flags(), budget);
        engine.solve(null);
        return engine;
    }

    private SolverFlags flags() {
        var flags = new SolverFlags();
        flags.lean = true;
        flags.allowVendorChange = policy.allowVendorChange();
        flags.allowDowngrade = policy.allowDowngrade();
        flags.ignoreRecommended = !policy.weakDeps();
        if (policy.style() == Policy.Style.DNF) {
            flags.bestObeyPolicy = true;
            flags.yumObsoletes = true;
            flags.keepOrphans = true;
            flags.keepExplicitObsoletes = true;
        } else {
            flags.dupAllowVendorChange = policy.allowVendorChange();
            flags.dupAllowDowngrade = true;
            flags.keepOrphans = true;
            flags.splitProvides = true;
        }
        return flags;
    }

    // ---------------------------------------------------------------- what the policy asks for

    private void addPolicyJobs() {
        for (String name : policy.installOnly()) {
            int word = pool.words.id(name);
            if (pool.isProvided(word)) {
                jobs.add(Jobs.MULTIVERSION | Jobs.PROVIDES, word);
            }
        }
        for (String spec : policy.locks()) {
            specs.add(jobs, Jobs.LOCK, spec);
        }
        if (policy.declined() && policy.weakDeps()) {
            jobs.add(Jobs.EXCLUDEFROMWEAK, pool.doneWithout());
        }
        for (String name : policy.userInstalled()) {
            jobs.add(Jobs.USERINSTALLED | Jobs.NAME, pool.words.id(name));
        }
        if (!policy.userInstalled().isEmpty()) {
            IntList running = pool.running(policy.running());
            for (int i = 0; i < running.size; i++) {
                jobs.add(Jobs.USERINSTALLED | Jobs.PKG, running.at[i]);
            }
        }
        Pool.Repo installed = pool.installed;
        if (policy.allowErasing() && installed != null) {
            var free = new IntList();
            for (int pkg = installed.start; pkg < installed.end; pkg++) {
                if (!policy.protectedNames().contains(pool.nameText(pkg))) {
                    free.push(pkg);
                }
            }
            jobs.add(Jobs.ALLOWUNINSTALL, free);
        }
    }

    // ---------------------------------------------------------------- items

    private boolean add(Request.Item item) {
        int flags = item.weak() ? Jobs.WEAK : 0;
        int best = policy.best() ? Jobs.FORCEBEST : 0;
        String spec = item.spec();
        return switch (item.verb()) {
            case INSTALL -> specs.add(jobs, Jobs.INSTALL | flags | best, spec);
            case REMOVE -> remove(spec, flags);
            case UPGRADE -> update(Jobs.UPDATE | flags | best, spec);
            case DISTRO_SYNC -> update(Jobs.DISTUPGRADE | flags | best, spec);
            case DOWNGRADE -> downgrade(spec, flags);
            case REINSTALL -> reinstall(spec, flags);
            case AUTOREMOVE -> autoremove();
            case LOCK -> specs.add(jobs, Jobs.LOCK | flags, spec);
            case FAVOR -> specs.add(jobs, Jobs.FAVOR, spec);
            case DISFAVOR -> specs.add(jobs, Jobs.DISFAVOR, spec);
            case VERIFY -> update(Jobs.VERIFY, spec);
        };
    }

    /// Returns the installed packages that a spec means, ascending.
    private IntList installed(String spec) {
        var found = new IntList();
        IntList all = matches(spec);
        for (int i = 0; i < all.size; i++) {
            if (pool.isInstalled(all.at[i])) {
                found.push(all.at[i]);
            }
        }
        return found;
    }

    private IntList matches(String spec) {
        var found = new IntList();
        var own = new Jobs(pool);
        specs.add(own, Jobs.NOOP, spec);
        for (int job = 0; job < own.size(); job++) {
            IntList members = own.members(job);
            for (int i = 0; i < members.size; i++) {
                found.pushUnique(members.at[i]);
            }
        }
        found.sort(Integer::compare);
        return found;
    }

    private boolean remove(String spec, int flags) {
        IntList found = installed(spec);
        int clean = policy.cleanDeps() ? Jobs.CLEANDEPS : 0;
        for (int i = 0; i < found.size; i++) {
            jobs.add(Jobs.ERASE | Jobs.PKG | flags | clean, found.at[i]);
        }
        return !found.isEmpty();
    }

    private boolean update(int action, String spec) {
        if (spec.isEmpty()) {
            jobs.add(action | Jobs.ALL, 0);
            return true;
        }
        IntList found = installed(spec);
        IntList all = matches(spec);
        if (!found.isEmpty()) {
            jobs.add(action, onlyInstalled(all) ? all : found);
            return true;
        }
        // A version that is not installed, or a package that takes another's place, is a target.
        boolean any = false;
        for (int i = 0; i < all.size && !any; i++) {
            any = updatesAny(all.at[i]);
        }
        if (any) {
            jobs.add(action, all);
        }
        return any;
    }

    private boolean updatesAny(int pkg) {
        if (hasInstalled(pool.name(pkg), 0, pkg)) {
            return true;
        }
        for (int at = pool.deps(Pool.OBSOLETES, pkg); pool.depData[at] != 0; at++) {
            int dep = pool.depData[at];
            if (hasInstalled(dep, dep, pkg)) {
                return true;
            }
        }
        return false;
    }

    /// Tells whether an installed package has the name of `pkg`, or is obsoleted by it.
    ///
    /// @param obsoletes the dependency by which `pkg` obsoletes; 0 to look for its name
    private boolean hasInstalled(int word, int obsoletes, int pkg) {
        for (int at = pool.provides(word); pool.data[at] != 0; at++) {
            int other = pool.data[at];
            boolean meant =
                    obsoletes == 0
                            ? pool.name(other) == pool.name(pkg)
                            : pool.obsoletes(pkg, obsoletes, other);
            if (meant && pool.isInstalled(other)) {
                return true;
            }
        }
        return false;
    }

    private boolean onlyInstalled(IntList all) {
        for (int i = 0; i < all.size; i++) {
            if (!pool.isInstalled(all.at[i])) {
                return false;
            }
        }
        return true;
    }

    /// Brings each installed package to the highest lower version, or to the one that is named.
    private boolean downgrade(String spec, int flags) {
        IntList all = matches(spec);
        boolean any = false;
        var done = new IntList();
        for (int i = 0; i < all.size; i++) {
            int name = pool.name(all.at[i]);
            if (done.contains(name)) {
                continue;
            }
            done.push(name);
            for (int at = pool.provides(name); pool.data[at] != 0; at++) {
                int old = pool.data[at];
                if (pool.isInstalled(old) && pool.name(old) == name) {
                    int best = bestBelow(old, all);
                    if (best != 0) {
                        jobs.add(Jobs.INSTALL | Jobs.PKG | flags, best);
                        any = true;
                    }
                }
            }
        }
        return any;
    }

    private int bestBelow(int old, IntList all) {
        int best = 0;
        for (int i = 0; i < all.size; i++) {
            int pkg = all.at[i];
            if (!pool.isInstalled(pkg)
                    && pool.name(pkg) == pool.name(old)
                    && pool.arch(pkg) == pool.arch(old)
                    && pool.compareEvr(pkg, old) < 0
                    && pool.installable(pkg)
                    && (best == 0 || pool.compareEvr(pkg, best) > 0)) {
                best = pkg;
            }
        }
        return best;
    }

    private boolean reinstall(String spec, int flags) {
        IntList found = installed(spec);
        boolean any = false;
        for (int i = 0; i < found.size; i++) {
            int old = found.at[i];
            for (int at = pool.provides(pool.name(old)); pool.data[at] != 0; at++) {
                int pkg = pool.data[at];
                if (!pool.isInstalled(pkg)
                        && pool.name(pkg) == pool.name(old)
                        && pool.evr(pkg) == pool.evr(old)
                        && pool.arch(pkg) == pool.arch(old)
                        && pool.installable(pkg)) {
                    jobs.add(Jobs.INSTALL | Jobs.PKG | flags, pkg);
                    any = true;
                    break;
                }
            }
        }
        return any;
    }

    /// Removes what nobody asked for and nothing needs, once the rest of the request is done.
    private boolean autoremove() {
        Engine engine = solve();
        var unneeded = new Bits(pool.count);
        engine.cleanDeps.create(unneeded, true);
        for (int pkg = unneeded.next(0); pkg >= 0; pkg = unneeded.next(pkg + 1)) {
            jobs.add(Jobs.ERASE | Jobs.PKG | Jobs.WEAK, pkg);
        }
        return true;
    }

    // ---------------------------------------------------------------- several versions

    /// Returns installed packages of which more versions would stay than the policy allows, the
    /// oldest first, and the kernel that runs never.
    private IntList surplusVersions(Engine engine) {
        var surplus = new IntList();
        State state = engine.state;
        if (policy.installOnlyLimit() <= 0
                || !state.troubles.isEmpty()
                || !state.multiversion.present()) {
            return surplus;
        }
        IntList running = pool.running(policy.running());
        var done = new IntList();
        for (int i = 0; i < state.sat.decisions.size; i++) {
            int pkg = state.sat.decisions.at[i];
            if (pkg <= Pool.SYSTEM
                    || state.isInstalled(pkg)
                    || !state.multiversion.has(pkg)
                    || done.contains(pool.name(pkg))) {
                continue;
            }
            done.push(pool.name(pkg));
            var kept = new IntList();
            int count = 0;
            for (int at = pool.provides(pool.name(pkg)); pool.data[at] != 0; at++) {
                int other = pool.data[at];
                if (pool.name(other) == pool.name(pkg) && state.sat.level[other] > 0) {
                    count++;
                    if (state.isInstalled(other) && !running.contains(other)) {
                        kept.push(other);
                    }
                }
            }
            kept.sort(pool::compareEvr);
            for (int j = 0; j < kept.size && count > policy.installOnlyLimit(); j++, count--) {
                surplus.push(kept.at[j]);
            }
        }
        return surplus;
    }
}
