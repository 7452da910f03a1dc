package opm.solve;

/// Makes the rules that insist on the best version, where a job asks for that.
final class BestRules {
    private final State state;
    private final Pool pool;
    private final Sat sat;
    private final Choose choose;
    private final Bits locked = new Bits();

    BestRules(State state, Choose choose) {
        this.state = state;
        pool = state.pool;
        sat = state.sat;
        this.choose = choose;
    }

    void add(boolean installs, boolean locks) {
        state.best = sat.ruleCount;
        if (installs || state.bestUpdateAll || state.bestUpdate.present()) {
            if (locks) {
                findLocked();
            }
            if (installs) {
                addInstalls();
            }
        }
        state.bestUp = sat.ruleCount;
        if (state.bestUpdateAll || state.bestUpdate.present()) {
            for (int pkg = state.from; pkg < state.to; pkg++) {
                if (state.wantsUpdate(pkg) && (state.bestUpdateAll || state.bestUpdate.has(pkg))) {
                    addUpdate(pkg);
                }
            }
        }
        state.bestEnd = sat.ruleCount;
    }

    private void findLocked() {
        locked.grow(pool.count);
        for (int rule = state.job; rule < state.jobEnd; rule++) {
            int job = state.ruleToJob.at[rule - state.job];
            if (sat.isAssertion(rule) && state.jobs.action(job) == Jobs.LOCK) {
                locked.set(Math.abs(sat.first(rule)));
            }
        }
    }

    private void addInstalls() {
        for (int job = 0; job < state.jobs.size(); job++) {
            if (state.jobs.action(job) != Jobs.INSTALL || !state.jobs.has(job, Jobs.FORCEBEST)) {
                continue;
            }
            for (int i = 0; i < state.ruleToJob.size; i++) {
                if (state.ruleToJob.at[i] == job) {
                    addInstall(job, state.job + i);
                }
            }
        }
    }

    private void addInstall(int job, int rule) {
        var candidates = new IntList();
        var negatives = new IntList();
        for (int at = sat.start[rule]; sat.lits[at] != 0; at++) {
            (sat.lits[at] > 0 ? candidates : negatives).push(sat.lits[at]);
        }
        pruneDisabled(candidates);
        if (candidates.isEmpty()) {
            return;
        }
        int before = candidates.size;
        choose.filter(candidates, Choose.Mode.RECOMMEND);
        if (candidates.size == before) {
            return;
        }
        if (locked.present()) {
            var free = new IntList();
            for (int at = sat.start[rule]; sat.lits[at] != 0; at++) {
                int pkg = sat.lits[at];
                if (pkg <= 0) {
                    continue;
                }
                if (state.isInstalled(pkg)) {
                    if (locked.has(pkg)) {
                        candidates.pushUnique(pkg);
                    }
                } else if (locked.has(pkg)) {
                    continue;
                }
                free.push(pkg);
            }
            pruneDisabled(free);
            choose.filter(free, Choose.Mode.RECOMMEND);
            addUnique(candidates, free);
        }
        negatives.pushAll(candidates);
        int added = sat.add(negatives.removeAt(0), negatives);
        if (state.jobs.has(job, Jobs.WEAK)) {
            state.weakRules.push(added);
        }
        state.bestInfo.push(-rule);
    }

    private void pruneDisabled(IntList list) {
        if (!pool.flags.whatProvidesWithDisabled) {
            return;
        }
        int kept = 0;
        for (int i = 0; i < list.size; i++) {
            if (state.isInstalled(list.at[i]) || !pool.disabled(list.at[i])) {
                list.at[kept++] = list.at[i];
            }
        }
        list.truncate(kept);
    }

    private static void addUnique(IntList into, IntList from) {
        for (int i = 0; i < from.size; i++) {
            into.pushUnique(from.at[i]);
        }
    }

    private void addUpdate(int pkg) {
        int rule = state.flags.bestObeyPolicy ? state.updateRule(pkg) : state.widestRule(pkg);
        var candidates = new IntList();
        int special = state.specialUpdaters(pkg);
        if (special != 0 && rule == state.updateRule(pkg)) {
            if (sat.first(rule) == pkg) {
                candidates.push(pkg);
            }
            for (; pool.data[special] != 0; special++) {
                candidates.push(pool.data[special]);
            }
        } else {
            positives(rule, candidates);
        }
        var all = new IntList(candidates);
        prune(pkg, candidates);
        if (candidates.isEmpty()) {
            return;
        }
        if (locked.present()) {
            addLocked(pkg, all, candidates);
        }
        if (state.flags.bestObeyPolicy && sat.first(state.featureRule(pkg)) != 0) {
            var wide = new IntList();
            positives(state.featureRule(pkg), wide);
            var free = new IntList();
            for (int i = 0; i < wide.size; i++) {
                if (state.isInstalled(wide.at[i]) || !locked.has(wide.at[i])) {
                    free.push(wide.at[i]);
                }
            }
            prune(pkg, wide);
            addUnique(candidates, wide);
            if (locked.present()) {
                prune(pkg, free);
                addUnique(candidates, free);
            }
        }
        if (state.mayUninstall(pkg)) {
            addNegatives(pkg, candidates);
            return;
        }
        sat.add(candidates.removeAt(0), candidates);
        state.bestInfo.push(pkg);
    }

    private void positives(int rule, IntList into) {
        for (int at = sat.start[rule]; sat.lits[at] != 0; at++) {
            if (sat.lits[at] > 0) {
                into.push(sat.lits[at]);
            }
        }
    }

    private void addLocked(int pkg, IntList all, IntList candidates) {
        if (locked.has(pkg)) {
            all.pushUnique(pkg);
        }
        int kept = 0;
        for (int i = 0; i < all.size; i++) {
            int other = all.at[i];
            if (state.isInstalled(other) && locked.has(other)) {
                candidates.pushUnique(other);
            }
            if (state.isInstalled(other) || !locked.has(other)) {
                all.at[kept++] = other;
            }
        }
        all.truncate(kept);
        prune(pkg, all);
        addUnique(candidates, all);
    }

    private void prune(int pkg, IntList list) {
        IntList targets = state.targets(pkg);
        if (targets != null) {
            keepOnly(list, targets);
        }
        if (state.dupInvolvedMap.has(pkg)) {
            int kept = 0;
            for (int i = 0; i < list.size; i++) {
                if (state.dupMap.has(list.at[i])) {
                    list.at[kept++] = list.at[i];
                }
            }
            list.truncate(kept);
        }
        choose.filter(list, Choose.Mode.RECOMMEND);
    }

    static void keepOnly(IntList list, IntList allowed) {
        int kept = 0;
        for (int i = 0; i < list.size; i++) {
            if (allowed.contains(list.at[i])) {
                list.at[kept++] = list.at[i];
            }
        }
        list.truncate(kept);
    }

    /// A package that may go: whatever else would take its place needs one of the best too.
    private void addNegatives(int pkg, IntList candidates) {
        int rule = state.widestRule(pkg);
        for (int at = 0; sat.lits[sat.start[rule] + at] != 0; at++) {
            int other = sat.lits[sat.start[rule] + at];
            if (!candidates.contains(other)) {
                sat.add(-other, candidates);
                state.bestInfo.push(pkg);
            }
        }
    }
}
