package opm.solve;

/// Decides what is left once the system is consistent: what is cleaned up, orphans, and what nobody
/// decided about.
final class LeftoverSearch {
    private final State state;
    private final Sat sat;
    private final Choose choose;
    private final Search search;

    /// Whether anything was tried, so that the round has to be done again.
    boolean again;

    LeftoverSearch(Engine engine, Search search) {
        state = engine.state;
        sat = state.sat;
        choose = engine.choose;
        this.search = search;
    }

    int eraseCleaned(int start) {
        int level = start;
        for (int pkg = state.from; pkg < state.to; pkg++) {
            if (sat.level[pkg] == 0 && state.cleandeps.has(pkg)) {
                int before = level;
                level = search.decide(level, -pkg, false, 0, Search.CLEANDEPS_ERASE);
                if (level < before) {
                    again = true;
                    return level;
                }
            }
        }
        return level;
    }

    int orphans(int start) {
        int level = start;
        for (int i = 0; i < state.orphaned.size; i++) {
            int pkg = state.orphaned.at[i];
            if (sat.level[pkg] == 0 && !state.dropsOrphan(pkg)) {
                int before = level;
                level = search.decide(level, pkg, false, 0, Search.RESOLVE_ORPHAN);
                again = true;
                if (level < before) {
                    return level;
                }
            }
        }
        if (again) {
            return level;
        }
        for (int i = 0; i < state.orphaned.size; i++) {
            int pkg = state.orphaned.at[i];
            if (sat.level[pkg] == 0) {
                int before = level;
                level = search.decide(level, -pkg, false, 0, Search.RESOLVE_ORPHAN);
                if (level < before) {
                    again = true;
                    return level;
                }
            }
        }
        return brokenOrphans(level);
    }

    /// Brings in what broken orphans would like to have, as far as that goes.
    private int brokenOrphans(int start) {
        IntList rules = state.brokenOrphanRules;
        if (rules == null) {
            return start;
        }
        var wanted = new IntList();
        for (int i = 0; i < rules.size; i++) {
            addMissing(rules.at[i], wanted);
        }
        if (wanted.isEmpty()) {
            return start;
        }
        choose.filter(wanted, Choose.Mode.FULL);
        int level = start;
        for (int i = 0; i < wanted.size; i++) {
            int before = level;
            level = search.decide(level, wanted.at[i], false, 0, Search.RESOLVE_ORPHAN);
            if (level < before) {
                break;
            }
        }
        again = true;
        return level;
    }

    private void addMissing(int rule, IntList wanted) {
        for (int at = sat.start[rule]; sat.lits[at] != 0; at++) {
            int literal = sat.lits[at];
            boolean settled =
                    literal < 0
                            ? sat.level[-literal] <= 0
                            : sat.level[literal] > 0 && !state.isInstalled(literal);
            if (settled) {
                return;
            }
        }
        for (int at = sat.start[rule]; sat.lits[at] != 0; at++) {
            int literal = sat.lits[at];
            if (literal > 0 && sat.level[literal] == 0 && !state.isInstalled(literal)) {
                wanted.pushUnique(literal);
            }
        }
    }

    int dropUndecided(int start) {
        int level = start;
        for (int pkg = state.from; pkg < state.to; pkg++) {
            if (sat.level[pkg] == 0) {
                int before = level;
                level = search.decide(level, -pkg, false, 0, Search.CLEANDEPS_ERASE);
                if (level < before) {
                    again = true;
                    return level;
                }
            }
        }
        return level;
    }
}
