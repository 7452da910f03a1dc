package opm.solve;

import org.jspecify.annotations.Nullable;

/// Decides: jobs first, then what is installed, then what is needed, then what is nice to have.
///
/// Each step may fall back to an earlier level, where everything starts over with what was learnt.
/// The order of the steps and of the packages within them is the policy; the clauses only say what
/// is possible. Described in docs/decisions/solver.md.
final class Search {
    /// What a free decision was made for.
    static final int RESOLVE_JOB = 1;

    static final int UPDATE_INSTALLED = 2;
    static final int KEEP_INSTALLED = 3;
    static final int RESOLVE = 4;
    static final int WEAKDEP = 5;
    static final int CLEANDEPS_ERASE = 6;
    static final int RESOLVE_ORPHAN = 7;

    private final State state;
    private final Pool pool;
    private final Sat sat;
    private final Jobs jobs;
    private final Choose choose;
    private final WeakDeps weak;
    private final Candidates candidates;
    private final Branches branches;
    private final Unsolved unsolved;
    private final CleanDeps cleanDeps;
    private final Switches switches;
    private final WeakSearch weakSearch;
    private final InstalledSearch installed;
    private final LeftoverSearch leftovers;

    /// Whether installed packages are not decided yet, so that choices have to look ahead.
    private boolean lookAhead;

    /// Whether contradictions are only to be found, not worked around.
    boolean onlyFind;

    Search(Engine engine) {
        state = engine.state;
        pool = state.pool;
        sat = state.sat;
        jobs = state.jobs;
        choose = engine.choose;
        weak = engine.weak;
        candidates = engine.candidates;
        branches = engine.branches;
        unsolved = engine.unsolved;
        cleanDeps = engine.cleanDeps;
        switches = engine.switches;
        weakSearch = new WeakSearch(engine, this);
        installed = new InstalledSearch(engine, this);
        leftovers = new LeftoverSearch(engine, this);
    }

    /// Takes back all decisions.
    void reset() {
        sat.reset();
        weak.known = -1;
        branches.clear();
    }

    /// Decides everything.
    ///
    /// @param find whether to stop at the first contradiction instead of working around it
    /// @param withWeak whether to look at weak dependencies
    void run(boolean find, boolean withWeak) {
        onlyFind = find;
        installed.restart();
        lookAhead = false;
        int level = 0;
        systemLevel = 1;
        while (level >= 0) {
            if (level == 0) {
                level = unsolved.assertions(onlyFind);
                if (level < 0) {
                    return;
                }
                int failed = sat.propagate(level);
                if (failed != 0) {
                    level = unsolved.analyze(failed, onlyFind, this::reset);
                    continue;
                }
                systemLevel = level + 1;
            }
            if (level < systemLevel) {
                level = system(level);
                if (fell) {
                    continue;
                }
                systemLevel = level;
            }
            int before = level;
            level = dependencies(level, false);
            if (level < before) {
                continue;
            }
            again = false;
            level = extras(level, withWeak);
            if (!again) {
                level = finish();
                if (level == DONE) {
                    return;
                }
            }
        }
    }

    private static final int DONE = Integer.MAX_VALUE;

    /// Whether the step just taken asks for the whole round again.
    private boolean again;

    /// Whether the system step had to fall back.
    private boolean fell;

    /// Below this level the system step has to be done again: one above the level of what it has
    /// decided so far.
    private int systemLevel;

    /// Jobs and installed packages; everything above their level may be redone without them.
    private int system(int start) {
        int level = start;
        boolean any = state.hasInstalled();
        fell = true;
        if (!state.flags.focusInstalled) {
            lookAhead = any;
            level = jobRules(level);
            lookAhead = false;
            if (level < start) {
                return level;
            }
            systemLevel = level + 1;
            if (any && (state.flags.focusNew || state.flags.focusBest)) {
                int before = level;
                lookAhead = true;
                level = dependencies(level, true);
                lookAhead = false;
                if (level < before) {
                    return level;
                }
                systemLevel = level + 1;
            }
        }
        if (any) {
            int before = level;
            level = installed.run(level);
            if (level < before) {
                return level;
            }
            systemLevel = level + 1;
        }
        if (state.flags.focusInstalled) {
            int before = level;
            level = jobRules(level);
            if (level < before) {
                return level;
            }
        }
        fell = false;
        return level;
    }

    /// What is left once the system is consistent; sets [#again] when it did something.
    private int extras(int start, boolean withWeak) {
        int level = start;
        leftovers.again = false;
        if (state.cleandeps.present()) {
            level = leftovers.eraseCleaned(level);
        }
        if (!leftovers.again && withWeak) {
            level = weakSearch.run(level);
            leftovers.again = weakSearch.again;
        }
        if (!leftovers.again && (!state.orphaned.isEmpty() || state.brokenOrphanRules != null)) {
            level = leftovers.orphans(level);
        }
        if (!leftovers.again) {
            level = leftovers.dropUndecided(level);
        }
        again = leftovers.again;
        return level;
    }

    // ---------------------------------------------------------------- deciding

    /// Decides a literal and draws the conclusions; returns the new level, -1 when hopeless.
    ///
    /// @param rule the rule that the choice is for; 0 for none
    int decide(int from, int literal, boolean disable, int rule, int reason) {
        int level = from + 1;
        sat.step();
        sat.decide(literal, level, -rule);
        sat.reasons.push(reason);
        return conclude(level, disable);
    }

    private int conclude(int from, boolean disable) {
        int level = from;
        while (true) {
            int failed = sat.propagate(level);
            if (failed == 0) {
                return level;
            }
            if (level == 1) {
                return unsolved.analyze(failed, !disable, this::reset);
            }
            int learnt = sat.learn(level, failed);
            level = sat.learntLevel;
            sat.decide(sat.first(learnt), level, learnt);
        }
    }

    /// Chooses one of several packages and decides it in.
    int choose(int level, IntList list, int rule, int reason) {
        if (list.size > 1) {
            choose.filter(list, Choose.Mode.FULL);
        }
        if (list.size > 1 && lookAhead) {
            pruneToFutureInstalled(list);
            if (list.size > 1) {
                orderByFutureInstalled(level, list);
            }
        }
        if (list.size > 1 && state.yumobs < state.yumobsEnd) {
            pruneYumObsoletes(list);
        }
        if (list.size > 1) {
            branches.open(level, list, 0, rule);
        }
        return decide(level, list.at[0], !onlyFind, rule, reason);
    }

    private void pruneToFutureInstalled(IntList list) {
        int kept = 0;
        var copy = new IntList(list);
        for (int i = 0; i < copy.size; i++) {
            if (candidates.replacesInstalled(copy.at[i])) {
                list.at[kept++] = copy.at[i];
            }
        }
        if (kept > 0) {
            list.truncate(kept);
        }
    }

    /// While jobs are resolved, installed packages are not kept yet: pretend that they are, and
    /// order by what they would recommend and suggest.
    private void orderByFutureInstalled(int level, IntList list) {
        int decided = sat.decisions.size;
        boolean any = false;
        for (int pkg = state.from; pkg < state.to; pkg++) {
            if (!state.noUpdate.has(pkg) && sat.level[pkg] == 0) {
                if (pool.has(Pool.RECOMMENDS, pkg) || pool.has(Pool.SUGGESTS, pkg)) {
                    sat.decisions.push(pkg);
                }
                sat.level[pkg] = level + 1;
                any = true;
            }
        }
        if (!any) {
            return;
        }
        weak.update();
        var good = new IntList();
        var rest = new IntList();
        for (int i = 0; i < list.size; i++) {
            int pkg = list.at[i];
            boolean suggested =
                    state.isInstalled(pkg) || weak.suggested.has(pkg) || weak.isEnhancing(pkg);
            (suggested ? good : rest).push(pkg);
        }
        good.pushAll(rest);
        list.clear();
        rest.clear();
        for (int i = 0; i < good.size; i++) {
            int pkg = good.at[i];
            boolean recommended =
                    state.isInstalled(pkg)
                            || weak.recommended.has(pkg)
                            || weak.isSupplementing(pkg);
            (recommended ? list : rest).push(pkg);
        }
        list.pushAll(rest);
        for (int pkg = state.from; pkg < state.to; pkg++) {
            if (sat.level[pkg] == level + 1) {
                sat.level[pkg] = 0;
            }
        }
        if (sat.decisions.size != decided) {
            weak.known = -1;
            sat.decisions.truncate(decided);
        }
        choose.preferFavored(list);
    }

    /// Drops packages that split rules tie to an earlier one: all of them come, in any order.
    private void pruneYumObsoletes(IntList list) {
        for (int i = 0; i < list.size - 1; i++) {
            int pkg = list.at[i];
            if (pkg == 0 || !pool.has(Pool.OBSOLETES, pkg)) {
                continue;
            }
            var tied = new Bits(pool.count);
            for (int rule = state.yumobs; rule < state.yumobsEnd; rule++) {
                if (sat.first(rule) == -pkg) {
                    for (int at = sat.start[rule]; sat.lits[at] != 0; at++) {
                        if (sat.lits[at] > 0) {
                            tied.set(sat.lits[at]);
                        }
                    }
                }
            }
            for (int j = i + 1; j < list.size; j++) {
                if (tied.has(list.at[j])) {
                    list.at[j] = 0;
                }
            }
        }
        list.dropZeros();
    }

    // ---------------------------------------------------------------- jobs

    private int jobRules(int start) {
        int level = start;
        var open = new IntList();
        for (int rule = state.job; rule < state.jobEnd; rule++) {
            if (sat.off[rule] || !openLiterals(rule, open)) {
                continue;
            }
            pruneToInstalled(open, state.ruleToJob.at[rule - state.job]);
            int before = level;
            level = choose(level, open, rule, RESOLVE_JOB);
            if (level > before) {
                continue;
            }
            if (level < start) {
                return level;
            }
            rule = level == before ? rule - 1 : state.job - 1;
        }
        return level;
    }

    /// Collects the undecided positive literals; false when the rule needs no decision.
    private boolean openLiterals(int rule, IntList open) {
        open.clear();
        for (int at = sat.start[rule]; sat.lits[at] != 0; at++) {
            int literal = sat.lits[at];
            if (literal < 0) {
                if (sat.level[-literal] <= 0) {
                    return false;
                }
            } else if (sat.level[literal] > 0) {
                return false;
            } else if (sat.level[literal] == 0) {
                open.push(literal);
            }
        }
        return !open.isEmpty();
    }

    /// Unless something is to be updated, what is installed is good enough.
    private void pruneToInstalled(IntList open, int job) {
        if (open.size < 2
                || !state.hasInstalled()
                || state.updateAll
                || state.flags.installAlsoUpdates
                || jobs.has(job, Jobs.ORUPDATE)) {
            return;
        }
        var kept = new IntList();
        for (int i = 0; i < open.size; i++) {
            int pkg = open.at[i];
            if (state.isInstalled(pkg)) {
                if (state.updateMap.has(pkg)) {
                    return;
                }
                kept.push(pkg);
            }
        }
        if (!kept.isEmpty()) {
            open.clear();
            open.pushAll(kept);
        }
    }

    // ---------------------------------------------------------------- dependencies

    /// Resolves all rules that still need a choice, the clear ones first.
    private int dependencies(int start, boolean onlyNew) {
        int level = start;
        var open = new IntList();
        OpenRules rules = openRules();
        rules.follow();
        // Each round begins behind the last decision and ends where it began.
        int begin = 0;
        boolean wrapped = false;
        int postponed = NONE;
        boolean mayPostpone = true;
        int looked = 0;
        int slot = 0;
        while (true) {
            slot = rules.next(slot);
            if (slot < 0 && !wrapped) {
                wrapped = true;
                slot = 0;
                continue;
            }
            if (slot < 0 || wrapped && slot >= begin) {
                if (postponed == NONE) {
                    return level;
                }
                begin = postponed;
                postponed = NONE;
                mayPostpone = false;
                wrapped = false;
                slot = begin;
                continue;
            }
            if ((++looked & 255) == 0) {
                sat.pass(LOOKED);
            }
            int rule = rules.rule(slot);
            if (onlyNew && rule >= state.feature
                    || !rules.isOpen(slot, open)
                    || onlyNew && sat.isLong(rule) && !isNew(rule)) {
                slot++;
                continue;
            }
            assert open.size > 1 : "a unit rule was not propagated";
            if (state.cleandeps.present()) {
                pruneToCleaned(open);
            }
            if (open.size > 1 && mayPostpone) {
                choose.filter(open, Choose.Mode.NO_REORDER);
                if (open.size > 1) {
                    postponed = postponed == NONE ? slot : postponed;
                    slot++;
                    continue;
                }
            }
            level = choose(level, open, rule, RESOLVE);
            if (level < start) {
                return level;
            }
            rules.follow();
            slot++;
            begin = slot;
            wrapped = false;
        }
    }

    private static final int NONE = -1;

    /// What 256 slots cost ([Sat#pass]).
    private static final int LOOKED = 4096;

    private @Nullable OpenRules openRules;

    private OpenRules openRules() {
        OpenRules rules = openRules;
        if (rules == null) {
            rules = new OpenRules(sat, state);
            openRules = rules;
        }
        return rules;
    }

    /// For focusing on new packages: one of the negatives is new, and, unless the best is asked
    /// for, no positive is installed.
    private boolean isNew(int rule) {
        boolean found = false;
        for (int at = sat.start[rule]; sat.lits[at] != 0; at++) {
            int literal = sat.lits[at];
            if (literal < 0) {
                found |= sat.level[-literal] > 0 && !state.isInstalled(-literal);
            } else if (!state.flags.focusBest && literal > 1 && state.isInstalled(literal)) {
                return false;
            }
        }
        return found;
    }

    /// Packages that would be cleaned up otherwise win.
    private void pruneToCleaned(IntList open) {
        boolean updates = false;
        for (int i = 0; i < open.size; i++) {
            int pkg = open.at[i];
            if (!state.isInstalled(pkg) || !state.cleandeps.has(pkg)) {
                continue;
            }
            if (!state.wantsUpdate(pkg)) {
                open.clear();
                open.push(pkg);
                return;
            }
            updates = true;
        }
        if (updates) {
            pruneToCleanedUpdates(open);
        }
    }

    private void pruneToCleanedUpdates(IntList open) {
        var marked = new Bits(pool.count);
        for (int i = 0; i < open.size; i++) {
            int pkg = open.at[i];
            if (!state.isInstalled(pkg) || !state.cleandeps.has(pkg)) {
                continue;
            }
            var updates = new IntList();
            int special = state.specialUpdaters(pkg);
            if (special != 0) {
                for (; pool.data[special] != 0; special++) {
                    updates.push(pool.data[special]);
                }
            } else {
                int rule = state.updateRule(pkg);
                for (int at = sat.start[rule]; sat.lits[at] != 0; at++) {
                    updates.push(sat.lits[at]);
                }
            }
            IntList targets = state.targets(pkg);
            if (targets != null) {
                BestRules.keepOnly(updates, targets);
            }
            marked.set(pkg);
            for (int j = 0; j < updates.size; j++) {
                if (sat.level[updates.at[j]] >= 0) {
                    marked.set(updates.at[j]);
                }
            }
        }
        int kept = 0;
        for (int i = 0; i < open.size; i++) {
            if (marked.has(open.at[i])) {
                open.at[kept++] = open.at[i];
            }
        }
        open.truncate(kept);
    }

    // ---------------------------------------------------------------- what is left

    /// Looks whether something turned out better or worse than thought: then starts over.
    private int finish() {
        if (state.cleandeps.present() && cleanDeps.takeBackMistakes(switches)) {
            reset();
            return 0;
        }
        if (state.choice < state.choiceEnd && ChoiceRules.disableUseless(state)) {
            reset();
            return 0;
        }
        int better = branches.findBetter(weak, candidates);
        if (better < 0) {
            return DONE;
        }
        int level = branches.level();
        int pkg = branches.take();
        sat.revert(level);
        branches.restore();
        int rule = -sat.why.at[sat.why.size];
        int reason = sat.reasons.at[level + 1];
        return decide(level, pkg, !onlyFind, rule, reason);
    }
}
