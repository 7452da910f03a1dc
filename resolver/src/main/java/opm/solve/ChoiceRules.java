package opm.solve;

/// Makes weak rules that answer a dependency with what is installed rather than with something new.
///
/// Where a requirement can be met both by installed packages (or their updates) and by packages
/// that would join, a choice rule names only the former.
final class ChoiceRules {
    private final State state;
    private final Pool pool;
    private final Sat sat;
    private final Candidates candidates;
    private final Choose choose;
    private final Bits positives;
    private final IntList checked = new IntList();
    private int checkedFor;
    private boolean checkedFiltered;

    /// The literals of the choice rules made.
    private final IntList found = new IntList();

    ChoiceRules(State state, Candidates candidates, Choose choose) {
        this.state = state;
        pool = state.pool;
        sat = state.sat;
        this.candidates = candidates;
        this.choose = choose;
        positives = new Bits(pool.count);
    }

    void add() {
        state.choice = sat.ruleCount;
        if (pool.installed != null) {
            Bits ruledOut = ruledOut();
            SharedRules shared = state.shared;
            if (shared != null) {
                addFor(shared, ruledOut);
            } else {
                int lastRule = 0;
                for (int rule = 1; rule < state.pkgEnd; rule++) {
                    lastRule = addFor(rule, ruledOut, lastRule);
                }
            }
        }
        state.choiceEnd = sat.ruleCount;
    }

    private void addFor(SharedRules shared, Bits ruledOut) {
        // What others found holds where nothing of this request bears on it.
        boolean holds =
                shared.keeps()
                        && state.infarch == state.dupEnd
                        && !state.flags.allowDowngrade;
        int lastRule = 0;
        for (int i = 0; i < shared.choices.size; i++) {
            int rule = shared.choices.at[i];
            int at = shared.choiceAt.at[i];
            if (at < 0 || !holds) {
                lastRule = addFor(rule, ruledOut, lastRule);
                continue;
            }
            int[] known = shared.base.choiceBy[at];
            if (known == null) {
                int before = lastRule;
                found.clear();
                lastRule = addFor(rule, ruledOut, lastRule);
                shared.base.choiceBy[at] = found.toArray();
                assert !found.isEmpty() || lastRule == before : "a choice of nothing";
            } else if (known.length > 0) {
                var by = new IntList();
                for (int literal : known) {
                    by.push(literal);
                }
                lastRule = addRule(rule, by, negatives(rule), lastRule);
            }
        }
    }

    private int negatives(int rule) {
        int negatives = 0;
        for (int at = sat.start[rule]; sat.lits[at] != 0; at++) {
            negatives += sat.lits[at] < 0 ? 1 : 0;
        }
        return negatives;
    }

    private Bits ruledOut() {
        var map = new Bits(pool.count);
        for (int rule = state.infarch; rule < state.dupEnd; rule++) {
            if (sat.isAssertion(rule) && sat.first(rule) < 0) {
                map.set(-sat.first(rule));
            }
        }
        return map;
    }

    private int addFor(int rule, Bits ruledOut, int lastRule) {
        if (sat.first(rule) >= 0 || !sat.isLong(rule) && sat.second(rule) <= 0) {
            return lastRule;
        }
        var replaced = new IntList();
        var by = new IntList();
        boolean choice = false;
        boolean fromKept = false;
        int negatives = 0;
        for (int at = sat.start[rule]; sat.lits[at] != 0; at++) {
            int literal = sat.lits[at];
            if (literal < 0) {
                negatives++;
                fromKept |= state.isInstalled(-literal) && !state.wantsUpdate(-literal);
                continue;
            }
            if (literal == Pool.SYSTEM) {
                continue;
            }
            int old = candidates.installedFor(literal);
            if (old == 0) {
                choice = true;
            } else if (old == literal
                    || !ruledOut.has(literal) && candidates.illegal(old, literal, 0) == 0) {
                replaced.push(old);
                by.push(literal);
            }
        }
        if (!choice || replaced.isEmpty()) {
            return lastRule;
        }
        mark(rule, true);
        if (!fromKept) {
            dropOutdated(replaced, by);
        }
        boolean needed = !replaced.isEmpty() && !alwaysProvided(replaced);
        mark(rule, false);
        if (!needed) {
            return lastRule;
        }
        found.pushAll(by);
        return addRule(rule, by, negatives, lastRule);
    }

    private void mark(int rule, boolean on) {
        for (int at = sat.start[rule]; sat.lits[at] != 0; at++) {
            if (sat.lits[at] > 0) {
                if (on) {
                    positives.set(sat.lits[at]);
                } else {
                    positives.unset(sat.lits[at]);
                }
            }
        }
    }

    /// Drops pairs whose installed package is to be updated to something that no longer provides.
    private void dropOutdated(IntList replaced, IntList by) {
        boolean downgrades =
                state.flags.allowDowngrade || state.anyDup() && state.flags.dupAllowDowngrade;
        int kept = 0;
        for (int i = 0; i < replaced.size; i++) {
            int old = replaced.at[i];
            boolean downgrade =
                    downgrades
                            && pool.name(old) == pool.name(by.at[i])
                            && pool.compareEvr(old, by.at[i]) > 0;
            if ((downgrade || state.wantsUpdate(old)) && updateLoses(old)) {
                continue;
            }
            replaced.at[kept] = old;
            by.at[kept++] = by.at[i];
        }
        replaced.truncate(kept);
        by.truncate(kept);
    }

    /// Tells whether the best updates of a package do not meet the dependency any more.
    private boolean updateLoses(int pkg) {
        if (checkedFor != pkg) {
            checked.clear();
            checkedFor = 0;
            int rule = state.updateRule(pkg);
            if (sat.first(rule) == 0) {
                rule = state.featureRule(pkg);
            }
            if (sat.first(rule) == 0) {
                return false;
            }
            checkedFor = pkg;
            checkedFiltered = false;
            for (int at = sat.start[rule]; sat.lits[at] != 0; at++) {
                if (sat.lits[at] > 0) {
                    checked.push(sat.lits[at]);
                }
            }
        }
        if (checked.isEmpty()) {
            return true;
        }
        if (checked.size > 1 && !checkedFiltered) {
            boolean all = true;
            for (int i = 0; i < checked.size; i++) {
                all &= positives.has(checked.at[i]);
            }
            if (all) {
                return false;
            }
            choose.filter(checked, Choose.Mode.FULL);
            checkedFiltered = true;
        }
        for (int i = 0; i < checked.size; i++) {
            if (positives.has(checked.at[i])) {
                return false;
            }
        }
        return true;
    }

    /// Tells whether whatever the installed packages become meets the dependency.
    private boolean alwaysProvided(IntList replaced) {
        for (int i = 0; i < replaced.size; i++) {
            int rule = state.updateRule(replaced.at[i]);
            if (sat.first(rule) == 0) {
                rule = state.featureRule(replaced.at[i]);
            }
            for (int at = sat.start[rule]; sat.lits[at] != 0; at++) {
                if (!positives.has(sat.lits[at])) {
                    return false;
                }
            }
        }
        return true;
    }

    private int addRule(int rule, IntList by, int negatives, int lastRule) {
        int first = sat.first(rule);
        var others = new IntList();
        if (negatives > 1) {
            for (int at = sat.start[rule]; sat.lits[at] != 0; at++) {
                if (sat.lits[at] < 0 && sat.lits[at] != first) {
                    others.push(sat.lits[at]);
                }
            }
        }
        others.pushAll(by);
        if (lastRule != 0 && sat.first(lastRule) == first && sameOthers(lastRule, others)) {
            return lastRule;
        }
        int added = sat.add(first, others);
        state.weakRules.push(added);
        state.choiceInfo.push(rule);
        return added;
    }

    private boolean sameOthers(int rule, IntList others) {
        int at = sat.start[rule] + 1;
        for (int i = 0; i < others.size; i++) {
            if (sat.lits[at++] != others.at[i]) {
                return false;
            }
        }
        return sat.lits[at] == 0;
    }

    /// Turns a choice rule off, and those that favour the packages that it kept out.
    static void disable(State state, int rule) {
        Sat sat = state.sat;
        sat.off[rule] = true;
        var excluded = new Bits(state.pool.count);
        int from = state.choiceInfo.at[rule - state.choice];
        for (int at = sat.start[from]; sat.lits[at] != 0; at++) {
            if (sat.lits[at] > 0) {
                excluded.set(sat.lits[at]);
            }
        }
        for (int at = sat.start[rule]; sat.lits[at] != 0; at++) {
            if (sat.lits[at] > 0) {
                excluded.unset(sat.lits[at]);
            }
        }
        for (int other = state.choice; other < state.choiceEnd; other++) {
            if (sat.off[other]) {
                continue;
            }
            int original = state.choiceInfo.at[other - state.choice];
            for (int at = sat.start[original]; sat.lits[at] != 0; at++) {
                if (sat.lits[at] > 0 && excluded.has(sat.lits[at])) {
                    sat.off[other] = true;
                    break;
                }
            }
        }
    }

    /// Turns off choice rules that the decisions show to be of no use; tells whether there were
    /// any.
    static boolean disableUseless(State state) {
        Sat sat = state.sat;
        boolean any = false;
        for (int rule = state.choice; rule < state.choiceEnd; rule++) {
            int original = state.choiceInfo.at[rule - state.choice];
            if (sat.off[rule] || sat.off[original]) {
                continue;
            }
            for (int at = sat.start[original]; sat.lits[at] != 0; at++) {
                int literal = sat.lits[at];
                if (literal > 0 && sat.level[literal] > 0 && !contains(sat, rule, literal)) {
                    disable(state, rule);
                    any = true;
                    break;
                }
            }
        }
        return any;
    }

    private static boolean contains(Sat sat, int rule, int literal) {
        for (int at = sat.start[rule]; sat.lits[at] != 0; at++) {
            if (sat.lits[at] == literal) {
                return true;
            }
        }
        return false;
    }
}
