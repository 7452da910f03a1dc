package opm.solve;

/// Deals with contradictions that no choice can avoid: names the rules to blame and goes around
/// them.
///
/// A rule of a package or of taste cannot be blamed on anybody, a job or the wish to keep a package
/// can. Weak rules give way first, then packages that may be removed; what is left is a problem for
/// the user, and solving goes on without the blamed rules to find further ones.
final class Unsolved {
    private final State state;
    private final Pool pool;
    private final Sat sat;
    private final Engine engine;

    Unsolved(Engine engine) {
        this.engine = engine;
        state = engine.state;
        pool = state.pool;
        sat = state.sat;
    }

    // ---------------------------------------------------------------- level 1

    /// Decides what single-literal rules say; returns level 1, or -1 when that is hopeless.
    int assertions(boolean onlyFind) {
        assert sat.decisions.isEmpty() : "decisions are left over";
        sat.decide(Pool.SYSTEM, 1, 0);
        sat.reasons.push(0, 0);
        stale = false;
        while (true) {
            while (sat.decisions.size > 1) {
                sat.level[Math.abs(sat.decisions.last())] = 0;
                sat.decisions.truncate(sat.decisions.size - 1);
                sat.why.truncate(sat.why.size - 1);
            }
            sat.pass(sat.assertions.size);
            int answer = strongAssertions(onlyFind);
            if (answer == RETRY) {
                continue;
            }
            if (answer < 0) {
                return answer;
            }
            if (weakAssertions() != RETRY) {
                return 1;
            }
        }
    }

    private static final int RETRY = 0;

    /// Whether rules were turned off since learnt ones were checked.
    private boolean stale;

    private int strongAssertions(boolean onlyFind) {
        for (int i = 0; i < sat.assertions.size; i++) {
            int rule = sat.assertions.at[i];
            if (stale && rule >= sat.learntFrom) {
                sat.checkLearnt();
                stale = false;
            }
            int literal = sat.first(rule);
            if (sat.off[rule]
                    || literal == 0
                    || rule < sat.learntFrom && state.weak.has(rule)
                    || sat.isTrue(literal)) {
                continue;
            }
            if (!sat.isFalse(literal)) {
                sat.decide(literal, 1, rule);
            } else if (rule >= sat.learntFrom) {
                sat.off[rule] = true;
            } else {
                return clash(rule, literal, onlyFind);
            }
        }
        return 1;
    }

    /// An assertion says the opposite of an earlier one.
    private int clash(int rule, int literal, boolean onlyFind) {
        int index = 0;
        while (sat.decisions.at[index] != -literal) {
            index++;
        }
        int other = literal == -Pool.SYSTEM ? 0 : sat.why.at[index];
        var trouble = new State.Trouble();
        boolean update = false;
        if (other < state.pkgEnd) {
            record(trouble, rule);
            update = rule >= state.feature && rule < state.updateEnd;
        } else {
            for (int r = state.pkgEnd; r < sat.learntFrom; r++) {
                if (!sat.off[r]
                        && sat.w2[r] == 0
                        && Math.abs(sat.first(r)) == Math.abs(literal)
                        && !state.weak.has(r)) {
                    record(trouble, r);
                    update |= r >= state.feature && r < state.updateEnd;
                }
            }
        }
        if (update && state.mayUninstall() && uninstall(trouble)) {
            stale = true;
            return RETRY;
        }
        trouble.proof = sat.proofs.size;
        sat.proofs.push(rule);
        if (other != 0) {
            sat.proofs.push(other);
        }
        sat.proofs.push(0);
        state.troubles.add(trouble);
        if (onlyFind) {
            return -1;
        }
        disableAll(trouble);
        stale = true;
        return RETRY;
    }

    private int weakAssertions() {
        if (!state.weak.present()) {
            return 1;
        }
        for (int i = 0; i < sat.assertions.size; i++) {
            int rule = sat.assertions.at[i];
            int literal = sat.first(rule);
            if (sat.off[rule]
                    || rule >= sat.learntFrom
                    || !state.weak.has(rule)
                    || sat.isTrue(literal)) {
                continue;
            }
            if (sat.isFalse(literal)) {
                fix(rule);
                stale = true;
                return RETRY;
            }
            sat.decide(literal, 1, rule);
        }
        return 1;
    }

    // ---------------------------------------------------------------- cores

    /// A rule failed at level 1: finds all rules that lead there; returns 0 to start over or -1.
    int analyze(int failed, boolean onlyFind, Runnable reset) {
        sat.step();
        var trouble = new State.Trouble();
        int proof = sat.proofs.size;
        var involved = new Bits(pool.count);
        var learnt = new Bits(sat.ruleCount);
        var weak = new IntList();
        sat.pass(pool.count / 64 + sat.ruleCount / 64 + sat.decisions.size);
        sat.proofs.push(failed);
        blame(failed, trouble, weak, learnt);
        for (int at = sat.start[failed]; sat.lits[at] != 0; at++) {
            involved.set(Math.abs(sat.lits[at]));
        }
        for (int index = sat.decisions.size - 1; index >= 0; index--) {
            int variable = Math.abs(sat.decisions.at[index]);
            if (!involved.has(variable) || variable == Pool.SYSTEM) {
                continue;
            }
            int rule = sat.why.at[index];
            sat.proofs.push(rule);
            blame(rule, trouble, weak, learnt);
            for (int at = sat.start[rule]; sat.lits[at] != 0; at++) {
                if (!sat.isTrue(sat.lits[at])) {
                    involved.set(Math.abs(sat.lits[at]));
                }
            }
        }
        if (!weak.isEmpty()) {
            sat.proofs.truncate(proof);
            disableWeak(weak);
            reset.run();
            return 0;
        }
        if (state.mayUninstall() && uninstall(trouble)) {
            sat.proofs.truncate(proof);
            reset.run();
            return 0;
        }
        sat.proofs.push(0);
        trouble.proof = proof;
        state.troubles.add(trouble);
        if (!onlyFind && !trouble.items.isEmpty()) {
            disableAll(trouble);
            reset.run();
            return 0;
        }
        return -1;
    }

    private void blame(int rule, State.Trouble trouble, IntList weak, Bits learnt) {
        if (rule >= sat.learntFrom) {
            if (!learnt.has(rule)) {
                learnt.set(rule);
                for (int at = sat.learntWhy.at[rule - sat.learntFrom];
                        sat.proofs.at[at] != 0;
                        at++) {
                    blame(sat.proofs.at[at], trouble, weak, learnt);
                }
            }
            return;
        }
        if (state.weak.has(rule)) {
            weak.push(rule);
        }
        if (rule >= state.pkgEnd) {
            record(trouble, rule);
        }
    }

    private void disableWeak(IntList weak) {
        int last = 0;
        for (int i = 0; i < weak.size; i++) {
            last = Math.max(last, weak.at[i]);
        }
        if (last >= state.recommends && last < state.recommendsEnd) {
            last = 0;
            for (int i = 0; i < weak.size; i++) {
                if (weak.at[i] < state.recommends) {
                    last = Math.max(last, weak.at[i]);
                }
            }
            if (last < state.pkgEnd) {
                disableRecommends(weak);
                return;
            }
        }
        IntList recommended = state.recommendsRules;
        if (last < state.pkgEnd
                && state.flags.strongRecommends
                && recommended != null
                && recommended.contains(last)) {
            disableRecommends(weak);
        } else if (last >= state.choice && last < state.choiceEnd) {
            ChoiceRules.disable(state, last);
        } else {
            fix(last);
        }
    }

    private void disableRecommends(IntList weak) {
        IntList recommended = state.recommendsRules;
        for (int i = 0; i < weak.size; i++) {
            int rule = weak.at[i];
            if (rule >= state.recommends && rule < state.recommendsEnd
                    || recommended != null && recommended.contains(rule)) {
                sat.off[rule] = true;
            }
        }
    }

    // ---------------------------------------------------------------- items of a problem

    /// Turns a rule into the item that stands for it: job rules into their job (negative), rules of
    /// one name group into the first.
    int item(int rule) {
        if (rule >= state.job && rule < state.jobEnd) {
            return -(state.ruleToJob.at[rule - state.job] + 1);
        }
        if (rule >= state.best && rule < state.bestUp && state.bestInfo.at[rule - state.best] < 0) {
            int jobRule = -state.bestInfo.at[rule - state.best];
            return -(state.ruleToJob.at[jobRule - state.job] + 1);
        }
        if (rule > state.infarch && rule < state.infarchEnd) {
            return groupStart(rule, state.infarch);
        }
        if (rule > state.dup && rule < state.dupEnd) {
            return groupStart(rule, state.dup);
        }
        return rule;
    }

    private int nameOf(int rule) {
        return pool.name(-sat.first(rule));
    }

    int groupStart(int rule, int areaStart) {
        int start = rule;
        while (start > areaStart && nameOf(start - 1) == nameOf(rule)) {
            start--;
        }
        return start;
    }

    private void record(State.Trouble trouble, int rule) {
        trouble.items.pushUnique(item(rule));
    }

    void disable(int item) {
        set(item, true);
    }

    void enable(int item) {
        if (item >= state.feature && item < state.featureEnd) {
            if (!sat.off[item - state.feature + state.update]) {
                return;
            }
        }
        set(item, false);
        if (item >= state.update && item < state.updateEnd) {
            int feature = item - state.update + state.feature;
            sat.off[feature] = sat.first(feature) != 0;
        }
    }

    private void set(int item, boolean off) {
        if (item > 0) {
            if (item >= state.infarch && item < state.infarchEnd) {
                setGroup(item, state.infarch, state.infarchEnd, off);
            } else if (item >= state.dup && item < state.dupEnd) {
                setGroup(item, state.dup, state.dupEnd, off);
            } else {
                sat.off[item] = off;
            }
            return;
        }
        int job = -item - 1;
        for (int rule = state.best; rule < state.bestUp; rule++) {
            int info = state.bestInfo.at[rule - state.best];
            if (info < 0 && state.ruleToJob.at[-info - state.job] == job) {
                sat.off[rule] = off;
            }
        }
        for (int rule = state.job; rule < state.jobEnd; rule++) {
            if (state.ruleToJob.at[rule - state.job] == job) {
                sat.off[rule] = off;
            }
        }
    }

    private void setGroup(int rule, int from, int to, boolean off) {
        int name = nameOf(rule);
        for (int r = groupStart(rule, from); r < to && nameOf(r) == name; r++) {
            sat.off[r] = off;
        }
    }

    void disableAll(State.Trouble trouble) {
        for (int i = 0; i < trouble.items.size; i++) {
            disable(trouble.items.at[i]);
        }
    }

    /// Turns a rule's item off, and what its job had overridden on.
    private void fix(int rule) {
        int item = item(rule);
        disable(item);
        if (item < 0) {
            engine.switches.reenable(-item - 1);
        }
    }

    // ---------------------------------------------------------------- removing packages

    /// Lets one installed package of a problem go, if that is allowed.
    private boolean uninstall(State.Trouble trouble) {
        int lastSame = 0;
        int lastOther = 0;
        boolean cleans = false;
        boolean anyJob = false;
        for (int i = 0; i < trouble.items.size; i++) {
            int item = trouble.items.at[i];
            if (item < 0) {
                boolean cleandeps = state.jobs.has(-item - 1, Jobs.CLEANDEPS);
                cleans = anyJob ? cleans && cleandeps : cleandeps;
                anyJob = true;
            }
            if (item < state.update || item >= state.updateEnd) {
                continue;
            }
            int pkg = state.from + item - state.update;
            if (!state.mayUninstall(pkg) || pool.disabled(pkg) || hasBest(trouble, pkg)) {
                continue;
            }
            if (sat.first(state.featureRule(pkg)) != 0) {
                lastOther = Math.max(lastOther, item);
                continue;
            }
            lastSame = Math.max(lastSame, item);
            if (state.flags.keepOrphans && sat.isAssertion(item) && sat.first(item) == pkg) {
                lastSame = item;
                lastOther = 0;
                break;
            }
        }
        int item = lastOther != 0 ? lastOther : lastSame;
        if (item == 0) {
            return false;
        }
        disable(item);
        if (anyJob && cleans && state.cleandeps.present()) {
            int pkg = sat.first(item);
            IntList known = state.cleandepsUpdatePkgs;
            if (pkg > 0 && (known == null || !known.contains(pkg))) {
                state.updatesClean(pkg);
                engine.switches.disable();
            }
        }
        return true;
    }

    private boolean hasBest(State.Trouble trouble, int pkg) {
        for (int i = 0; i < trouble.items.size; i++) {
            int item = trouble.items.at[i];
            if (item >= state.best
                    && item < state.bestEnd
                    && state.bestInfo.at[item - state.best] == pkg) {
                return true;
            }
        }
        return false;
    }

    /// Turns all weak rules on again.
    void enableWeak() {
        if (!state.weak.present()) {
            return;
        }
        for (int rule = 1; rule < sat.learntFrom; rule++) {
            if (sat.off[rule] && state.weak.has(rule)) {
                sat.off[rule] = false;
            }
        }
        IntList broken = state.brokenOrphanRules;
        for (int i = 0; broken != null && i < broken.size; i++) {
            sat.off[broken.at[i]] = true;
        }
    }
}
