package opm.solve;

/// Decides in what decided-in packages recommend, and what supplements them.
final class WeakSearch {
    /// What one package takes ([Sat#pass]).
    private static final int LOOKED = 256;

    private final State state;
    private final Pool pool;
    private final Sat sat;
    private final WeakDeps weak;
    private final Choose choose;
    private final Branches branches;
    private final Search search;

    /// Whether anything was tried, so that the round has to be done again.
    boolean again;

    WeakSearch(Engine engine, Search search) {
        state = engine.state;
        pool = state.pool;
        sat = state.sat;
        weak = engine.weak;
        choose = engine.choose;
        branches = engine.branches;
        this.search = search;
    }

    int run(int level) {
        again = false;
        var recommended = new IntList();
        var seen = new Bits(pool.count);
        for (int i = 0; i < sat.decisions.size; i++) {
            if (sat.decisions.at[i] > 1) {
                seen.set(sat.decisions.at[i]);
            }
        }
        for (int pkg = seen.next(2); pkg >= 0; pkg = seen.next(pkg + 1)) {
            if (state.flags.addAlreadyRecommended || !state.isInstalled(pkg)) {
                sat.pass(LOOKED);
                recommendedBy(pkg, recommended);
            }
        }
        IntList supplementing = supplementing();
        prune(recommended, supplementing);
        addNew(supplementing, recommended);
        if (recommended.isEmpty()) {
            return level;
        }
        again = true;
        if (recommended.size == 1) {
            return search.decide(level, recommended.at[0], false, 0, Search.WEAKDEP);
        }
        choose.filter(recommended, Choose.Mode.RECOMMEND);
        var best = new Bits(pool.count);
        for (int i = 0; i < recommended.size; i++) {
            best.set(recommended.at[i]);
        }
        return installAll(level, supplementing, best);
    }

    /// Adds what is not there yet, each once.
    private void addNew(IntList some, IntList to) {
        if (some.isEmpty()) {
            return;
        }
        var there = new Bits(pool.count);
        for (int i = 0; i < to.size; i++) {
            there.set(to.at[i]);
        }
        for (int i = 0; i < some.size; i++) {
            if (!there.has(some.at[i])) {
                there.set(some.at[i]);
                to.push(some.at[i]);
            }
        }
    }

    // ---------------------------------------------------------------- collecting

    private void recommendedBy(int pkg, IntList into) {
        for (int at = pool.deps(Pool.RECOMMENDS, pkg); pool.depData[at] != 0; at++) {
            int dep = pool.depData[at];
            if (state.flags.onlyNamespaceRecommended && !weak.hasNamespace(dep)) {
                continue;
            }
            if (pool.isRich(dep)) {
                richCandidates(dep, into, null);
                continue;
            }
            int before = into.size;
            for (int list = pool.provides(dep); pool.data[list] != 0; list++) {
                int other = pool.data[list];
                if (sat.level[other] > 0) {
                    into.truncate(Math.min(before, into.size));
                    break;
                }
                if (sat.level[other] == 0 && !droppedOrphan(other)) {
                    into.pushUnique(other);
                }
            }
        }
    }

    private boolean droppedOrphan(int pkg) {
        return state.processOrphans && state.isInstalled(pkg) && state.dropsOrphan(pkg);
    }

    /// Adds undecided positives of clauses whose negatives are all in and of which no positive is.
    private void richCandidates(
            int dep, IntList into, @org.jspecify.annotations.Nullable Bits only) {
        var clauses = new IntList();
        if (RichDeps.clauses(pool, dep, clauses, 0) != RichDeps.CLAUSES) {
            return;
        }
        for (int at = 0; at < clauses.size; at++) {
            var found = new IntList();
            boolean stop = false;
            boolean met = false;
            for (; clauses.at[at] != 0; at++) {
                int literal = clauses.at[at];
                if (stop) {
                    continue;
                }
                if (literal < 0) {
                    stop = sat.level[-literal] <= 0;
                } else if (sat.level[literal] > 0) {
                    met = true;
                    stop = true;
                } else if (sat.level[literal] == 0
                        && (only != null ? only.has(literal) : !droppedOrphan(literal))) {
                    found.push(literal);
                }
            }
            for (int i = 0; !met && i < found.size; i++) {
                into.pushUnique(found.at[i]);
            }
        }
    }

    private IntList supplementing() {
        var found = new IntList();
        IntList all = pool.supplementing();
        for (int i = 0; i < all.size; i++) {
            int pkg = all.at[i];
            if (sat.level[pkg] == 0
                    && pool.has(Pool.SUPPLEMENTS, pkg)
                    && pool.installable(pkg)
                    && weak.isSupplementing(pkg)
                    && !droppedOrphan(pkg)
                    && !(state.disfavored && state.favorOf(pkg) < 0)
                    && !state.excludeFromWeak.has(pkg)) {
                found.push(pkg);
            }
        }
        return found;
    }

    // ---------------------------------------------------------------- pruning

    private void prune(IntList recommended, IntList supplementing) {
        keep(
                recommended,
                pkg ->
                        !(state.disfavored && state.favorOf(pkg) < 0)
                                && !state.excludeFromWeak.has(pkg));
        if ((!recommended.isEmpty() || !supplementing.isEmpty()) && state.hasInstalled()) {
            Bits obsoleted = obsoletedByKept();
            keep(recommended, pkg -> !obsoleted.has(pkg));
            keep(supplementing, pkg -> !obsoleted.has(pkg));
        }
        if (!state.flags.addAlreadyRecommended || state.flags.onlyNamespaceRecommended) {
            keep(supplementing, weak::isNewlySupplementing);
        }
        if (state.multiversion.present()) {
            keep(supplementing, pkg -> !state.multiversion.has(pkg) || !decidedIn(pkg, false));
        }
        if (pool.flags.implicitObsoleteUsesColors) {
            keep(supplementing, pkg -> !decidedIn(pkg, true));
        }
    }

    private interface Test {
        boolean holds(int pkg);
    }

    private static void keep(IntList list, Test test) {
        int kept = 0;
        for (int i = 0; i < list.size; i++) {
            if (test.holds(list.at[i])) {
                list.at[kept++] = list.at[i];
            }
        }
        list.truncate(kept);
    }

    /// Tells whether a package of the name is in already, of another architecture if so asked.
    private boolean decidedIn(int pkg, boolean otherArch) {
        for (int at = pool.provides(pool.name(pkg)); pool.data[at] != 0; at++) {
            int other = pool.data[at];
            if (sat.level[other] > 0
                    && pool.name(other) == pool.name(pkg)
                    && (!otherArch || pool.arch(other) != pool.arch(pkg))) {
                return true;
            }
        }
        return false;
    }

    private Bits obsoletedByKept() {
        var map = new Bits(pool.count);
        for (int pkg = state.from; pkg < state.to; pkg++) {
            if (sat.level[pkg] <= 0
                    || !state.flags.keepExplicitObsoletes && state.multiversion.has(pkg)) {
                continue;
            }
            for (int at = pool.deps(Pool.OBSOLETES, pkg); pool.depData[at] != 0; at++) {
                int dep = pool.depData[at];
                for (int list = pool.provides(dep); pool.data[list] != 0; list++) {
                    if (pool.obsoletes(pkg, dep, pool.data[list])) {
                        map.set(pool.data[list]);
                    }
                }
            }
        }
        return map;
    }

    // ---------------------------------------------------------------- deciding

    private int installAll(int start, IntList supplementing, Bits best) {
        int level = start;
        int kept = 0;
        for (int i = 0; i < supplementing.size; i++) {
            if (best.has(supplementing.at[i])) {
                supplementing.at[kept++] = supplementing.at[i];
            }
        }
        supplementing.truncate(kept);
        if (supplementing.size > 1) {
            choose.filter(supplementing, Choose.Mode.SUPPLEMENT);
        }
        int decided = sat.decisions.size;
        for (int i = 0; i < supplementing.size; i++) {
            int pkg = supplementing.at[i];
            if (sat.level[pkg] != 0) {
                continue;
            }
            int before = level;
            level = search.decide(level, pkg, false, 0, Search.WEAKDEP);
            if (level <= before) {
                return level;
            }
        }
        if (sat.decisions.size < decided) {
            return level;
        }
        for (int i = 0; i < decided; i++) {
            int pkg = sat.decisions.at[i];
            if (pkg <= 1 || !state.flags.addAlreadyRecommended && state.isInstalled(pkg)) {
                continue;
            }
            sat.pass(LOOKED);
            for (int at = pool.deps(Pool.RECOMMENDS, pkg); pool.depData[at] != 0; at++) {
                int before = level;
                level = installOne(level, pkg, pool.depData[at], best);
                if (level < before || failed || sat.decisions.size < decided) {
                    return level;
                }
            }
        }
        return level;
    }

    /// Whether the decision of [#installOne] did not stand.
    private boolean failed;

    private int installOne(int level, int by, int dep, Bits best) {
        failed = false;
        var open = new IntList();
        if (pool.isRich(dep)) {
            richCandidates(dep, open, best);
        } else {
            for (int list = pool.provides(dep); pool.data[list] != 0; list++) {
                int pkg = pool.data[list];
                if (sat.level[pkg] > 0) {
                    return level;
                }
                if (sat.level[pkg] == 0 && best.has(pkg)) {
                    open.push(pkg);
                }
            }
        }
        if (open.isEmpty()) {
            return level;
        }
        if (open.size > 1) {
            choose.filter(open, Choose.Mode.FULL);
        }
        if (open.size > 1) {
            branches.open(level, open, by, dep);
        }
        int next = search.decide(level, open.at[0], false, 0, Search.WEAKDEP);
        failed = next <= level;
        return next;
    }
}
