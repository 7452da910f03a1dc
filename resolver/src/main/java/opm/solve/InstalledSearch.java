package opm.solve;

/// Decides about installed packages one by one: update those that shall be, keep the others, update
/// what could not be kept.
final class InstalledSearch {
    private final State state;
    private final Pool pool;
    private final Sat sat;
    private final Choose choose;
    private final Search search;

    /// Where looking goes on; 0 from the first.
    private int installedAt;

    InstalledSearch(Engine engine, Search search) {
        state = engine.state;
        pool = state.pool;
        sat = state.sat;
        choose = engine.choose;
        this.search = search;
    }

    /// Begins with the first package again.
    void restart() {
        installedAt = 0;
    }

    private static final int WANTED = 0;
    private static final int KEEP = 1;
    private static final int REST = 2;

    int run(int start) {
        int level = start;
        int position = installedAt == 0 ? state.from : installedAt;
        int first = state.updateAll ? REST : state.updateMap.present() ? WANTED : KEEP;
        var list = new IntList();
        for (int pass = first; pass <= REST; ) {
            needsRest = false;
            int passLevel = level;
            int at = position;
            int seen = state.from;
            for (; seen < state.to; at++, seen++) {
                if (at == state.to) {
                    at = state.from;
                }
                level = installedPackage(level, at, pass, list);
                if (!redo) {
                    continue;
                }
                if (level < passLevel) {
                    break;
                }
                if (redoAll) {
                    seen = state.from;
                }
                at--;
                seen--;
            }
            if (seen < state.to) {
                position = at;
                if (level < start) {
                    break;
                }
                pass = first;
                continue;
            }
            position = state.from;
            pass++;
            if (pass == REST && !needsRest) {
                break;
            }
        }
        installedAt = position;
        return level;
    }

    /// Whether a last pass has to update what could not be kept.
    private boolean needsRest;

    /// Whether the decision just made did not stand, so that the package has to be looked at again.
    private boolean redo;

    /// Whether earlier decisions fell with it, so that all packages have to be.
    private boolean redoAll;

    private int judge(int level, int before) {
        redo = level <= before;
        redoAll = level < before;
        return level;
    }

    private int installedPackage(int start, int pkg, int pass, IntList list) {
        redo = false;
        int special = state.specialUpdaters(pkg);
        if (sat.level[pkg] > 0 && special == 0
                || pass == WANTED && state.updateMap.present() && !state.updateMap.has(pkg)) {
            return start;
        }
        int update = state.updateRule(pkg);
        int rule = update;
        if (sat.first(rule) == 0 || sat.off[rule]) {
            rule = state.featureRule(pkg);
        }
        if (sat.first(rule) == 0) {
            rule = update;
        }
        if (sat.first(rule) == 0) {
            return start;
        }
        int level = start;
        if (!state.noUpdate.has(pkg) && (sat.level[pkg] < 0 || state.wantsUpdate(pkg))) {
            if (pass == KEEP) {
                needsRest = true;
                return level;
            }
            list.clear();
            if (special != 0) {
                specialUpdates(pkg, special, list);
                if (!list.isEmpty()) {
                    level =
                            search.choose(
                                    start, list, state.widestRule(pkg), Search.UPDATE_INSTALLED);
                    if (judge(level, start) <= start) {
                        return level;
                    }
                    list.clear();
                }
            }
            if (!openUpdates(rule, pkg, list)) {
                list.clear();
            }
            if (!list.isEmpty()) {
                int before = level;
                level = search.choose(level, list, rule, Search.UPDATE_INSTALLED);
                if (judge(level, before) <= before) {
                    return level;
                }
            }
        }
        if (sat.level[pkg] == 0 && !state.cleandeps.has(pkg)) {
            int before = level;
            level = judge(
                            search.decide(
                                    level, pkg, !search.onlyFind, update, Search.KEEP_INSTALLED),
                            before);
        }
        return level;
    }

    /// Collects undecided updates; false when one is already in.
    private boolean openUpdates(int rule, int pkg, IntList list) {
        for (int at = sat.start[rule]; sat.lits[at] != 0; at++) {
            int literal = sat.lits[at];
            if (sat.level[literal] > 0) {
                return false;
            }
            if (sat.level[literal] == 0) {
                list.push(literal);
            }
        }
        IntList targets = state.targets(pkg);
        if (targets != null) {
            BestRules.keepOnly(list, targets);
        }
        return true;
    }

    /// Of packages that would stand beside the installed one, takes the best, if that is not it.
    private void specialUpdates(int pkg, int special, IntList list) {
        if (sat.level[pkg] >= 0) {
            list.push(pkg);
        }
        for (int at = special; pool.data[at] != 0; at++) {
            if (sat.level[pool.data[at]] >= 0) {
                list.push(pool.data[at]);
            }
        }
        for (int i = 0; i < list.size; i++) {
            int other = list.at[i];
            if (!state.isInstalled(other)) {
                continue;
            }
            for (int at = special; pool.data[at] != 0; at++) {
                int twin = pool.data[at];
                if (sat.level[twin] < 0
                        && !state.isInstalled(twin)
                        && pool.identical(twin, other)) {
                    list.push(twin);
                }
            }
        }
        IntList targets = state.targets(pkg);
        if (targets != null) {
            BestRules.keepOnly(list, targets);
        }
        if (!list.isEmpty()) {
            choose.filter(list, Choose.Mode.FULL);
            int best = list.at[0];
            list.truncate(best != pkg && sat.level[best] == 0 ? 1 : 0);
        }
    }
}
