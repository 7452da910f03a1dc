package opm.solve;

/// What else is recommended or suggested once everything is decided, as libsolv offers it to users:
/// also what was taken, and what only a wish to keep out stands against.
///
/// Decisions are as before afterwards.
final class Advice {
    private final Engine engine;
    private final State state;
    private final Pool pool;
    private final Sat sat;

    /// What kept installed packages obsolete.
    private final Bits obsoleted;

    Advice(Engine engine) {
        this.engine = engine;
        state = engine.state;
        pool = state.pool;
        sat = state.sat;
        obsoleted = new Bits(pool.count);
        for (int pkg = state.from; pkg < state.to; pkg++) {
            if (sat.level[pkg] > 0 && !state.multiversion.has(pkg)) {
                for (int at = pool.deps(Pool.OBSOLETES, pkg); pool.depData[at] != 0; at++) {
                    mark(pool.depData[at], obsoleted, false);
                }
            }
        }
    }

    /// Returns the best of what is recommended, and of what supplements, for each name.
    IntList recommended() {
        return advised(Pool.RECOMMENDS, Pool.SUPPLEMENTS);
    }

    /// The same for what is suggested or enhances.
    IntList suggested() {
        return advised(Pool.SUGGESTS, Pool.ENHANCES);
    }

    private IntList advised(int kind, int backKind) {
        int[] levels = sat.level.clone();
        var turnedOff = new IntList();
        for (int rule = state.job; rule < state.jobEnd; rule++) {
            if (!sat.off[rule] && sat.first(rule) < 0) {
                turnedOff.push(rule);
                sat.off[rule] = true;
            }
        }
        if (!turnedOff.isEmpty()) {
            sat.checkLearnt();
            forgetErased();
        }
        var map = new Bits(pool.count);
        if (kind == Pool.RECOMMENDS) {
            markTakenAsWeak(map);
        }
        for (int i = 0; i < sat.decisions.size; i++) {
            int pkg = sat.decisions.at[i];
            for (int at = pkg > 0 ? pool.deps(kind, pkg) : 1; pool.depData[at] != 0; at++) {
                markWanted(pool.depData[at], map);
            }
        }
        engine.weak.known = -1;
        var found = new IntList();
        for (int pkg = Pool.SYSTEM + 1; pkg < pool.count; pkg++) {
            if (sat.level[pkg] >= 0
                    && !obsoleted.has(pkg)
                    && (map.has(pkg) || isAdvisedBack(pkg, backKind))) {
                found.push(pkg);
            }
        }
        engine.choose.filter(found, Choose.Mode.SUGGEST);
        for (int i = 0; i < turnedOff.size; i++) {
            sat.off[turnedOff.at[i]] = false;
        }
        if (!turnedOff.isEmpty()) {
            sat.checkLearnt();
        }
        System.arraycopy(levels, 0, sat.level, 0, levels.length);
        engine.weak.known = -1;
        return found;
    }

    private boolean isAdvisedBack(int pkg, int kind) {
        return pool.has(kind, pkg)
                && pool.installable(pkg)
                && (kind == Pool.SUPPLEMENTS
                        ? engine.weak.isSupplementing(pkg)
                        : engine.weak.isEnhancing(pkg));
    }

    private void markTakenAsWeak(Bits map) {
        for (int i = 1; i < sat.decisions.size; i++) {
            int pkg = sat.decisions.at[i];
            if (pkg > 0 && sat.why.at[i] == 0 && sat.reasons.at[sat.level[pkg]] == Search.WEAKDEP) {
                map.set(pkg);
            }
        }
    }

    /// Marks what a dependency asks for: those that meet it already, else all that could.
    private void markWanted(int dep, Bits map) {
        if (pool.isRich(dep)) {
            markRich(dep, map);
            return;
        }
        boolean met = false;
        for (int at = pool.provides(dep); pool.data[at] != 0; at++) {
            met |= sat.level[pool.data[at]] > 0;
        }
        mark(dep, map, met);
    }

    private void mark(int dep, Bits map, boolean onlyTaken) {
        for (int at = pool.provides(dep); pool.data[at] != 0; at++) {
            if (!onlyTaken || sat.level[pool.data[at]] > 0) {
                map.set(pool.data[at]);
            }
        }
    }

    private void markRich(int dep, Bits map) {
        var clauses = new IntList();
        if (RichDeps.clauses(pool, dep, clauses, 0) != RichDeps.CLAUSES) {
            return;
        }
        int end;
        for (int start = 0; start < clauses.size; start = end + 1) {
            boolean applies = true;
            boolean met = false;
            for (end = start; clauses.at[end] != 0; end++) {
                int literal = clauses.at[end];
                applies &= literal > 0 || sat.level[-literal] > 0;
                met |= literal > 0 && sat.level[literal] > 0;
            }
            for (int at = start; applies && at < end; at++) {
                int literal = clauses.at[at];
                if (literal > 0 && (!met || sat.level[literal] > 0)) {
                    map.set(literal);
                }
            }
        }
    }

    /// Takes back what only the wishes turned off kept out, then draws the conclusions again that
    /// keep packages out.
    private void forgetErased() {
        boolean any = false;
        for (int i = 0; i < sat.decisions.size; i++) {
            int pkg = -sat.decisions.at[i];
            int rule = sat.why.at[i];
            if (pkg > 0 && rule > 0 && sat.off[rule]) {
                sat.level[pkg] = 0;
                any = true;
            }
        }
        while (any) {
            any = false;
            for (int rule = 1; rule < sat.ruleCount; rule++) {
                int open = sat.off[rule] ? 0 : onlyOpen(rule);
                if (open < 0) {
                    sat.level[-open] = -1;
                    any = true;
                }
            }
        }
    }

    /// Returns the only literal of a rule that is not false, if it is open; else 0.
    private int onlyOpen(int rule) {
        int open = 0;
        for (int at = sat.start[rule]; sat.lits[at] != 0; at++) {
            int literal = sat.lits[at];
            if (!sat.isFalse(literal)) {
                if (open != 0 || sat.isTrue(literal)) {
                    return 0;
                }
                open = literal;
            }
        }
        return open;
    }
}
