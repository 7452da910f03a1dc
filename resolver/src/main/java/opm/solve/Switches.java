package opm.solve;

/// Turns off the rules of taste that a job overrides, and on again when the job is given up.
final class Switches {
    private static final int UPDATE = 1;
    private static final int INFARCH = 2;
    private static final int DUP = 3;
    private static final int BLACK = 4;
    private static final int PRIORITY = 5;

    /// What one job takes ([Sat#pass]).
    private static final int OVERRIDDEN = 256;

    private final State state;
    private final Pool pool;
    private final Sat sat;
    private final Jobs jobs;
    private final Candidates candidates;
    private final CleanDeps cleanDeps;

    Switches(State state, Candidates candidates, CleanDeps cleanDeps) {
        this.state = state;
        pool = state.pool;
        sat = state.sat;
        jobs = state.jobs;
        this.candidates = candidates;
        this.cleanDeps = cleanDeps;
    }

    /// Turns off all that the jobs in force override.
    void disable() {
        IntList all = ofEnabledJobs();
        if (state.cleandeps.present()) {
            cleanDeps.create(state.cleandeps, false);
            for (int pkg = state.from; pkg < state.to; pkg++) {
                if (state.cleandeps.has(pkg)) {
                    all.push(UPDATE, pkg);
                }
            }
        }
        state.noUpdate.clear();
        for (int i = 0; i < all.size; i += 2) {
            set(all.at[i], all.at[i + 1], true);
        }
    }

    private IntList ofEnabledJobs() {
        var all = new IntList();
        int last = -1;
        for (int rule = state.job; rule < state.jobEnd; rule++) {
            int job = state.ruleToJob.at[rule - state.job];
            if (!sat.off[rule] && job != last) {
                last = job;
                sat.pass(OVERRIDDEN);
                overrides(job, all);
            }
        }
        return all;
    }

    /// Turns on what a job that was just given up had overridden, unless another one does.
    void reenable(int job) {
        var mine = new IntList();
        overrides(job, mine);
        if (mine.isEmpty()) {
            return;
        }
        if (state.cleandeps.present()) {
            cleanDeps.create(state.cleandeps, false);
        }
        IntList others = ofEnabledJobs();
        for (int i = 0; i < mine.size; i += 2) {
            int type = mine.at[i];
            int what = mine.at[i + 1];
            if (!(type == UPDATE && state.cleandeps.has(what))
                    && !containsPair(others, 0, type, what)) {
                set(type, what, false);
            }
        }
    }

    /// Turns the update rule of a package on again that is no longer to be cleaned up.
    void reenableCleaned(int pkg) {
        if (!containsPair(ofEnabledJobs(), 0, UPDATE, pkg)) {
            set(UPDATE, pkg, false);
        }
    }

    private static boolean containsPair(IntList list, int from, int one, int two) {
        for (int i = from; i < list.size; i += 2) {
            if (list.at[i] == one && list.at[i + 1] == two) {
                return true;
            }
        }
        return false;
    }

    private void set(int type, int what, boolean off) {
        switch (type) {
            case UPDATE -> setUpdate(what, off);
            case INFARCH -> setByName(state.infarch, state.infarchEnd, what, off);
            case DUP -> setByName(state.dup, state.dupEnd, what, off);
            case PRIORITY -> setByName(state.strict, state.strictEnd, what, off);
            default -> {
                for (int rule = state.black; rule < state.blackEnd; rule++) {
                    if (sat.first(rule) == -what) {
                        sat.off[rule] = off;
                    }
                }
            }
        }
    }

    private void setByName(int from, int to, int name, boolean off) {
        for (int rule = from; rule < to; rule++) {
            if (sat.first(rule) < 0 && pool.name(-sat.first(rule)) == name) {
                sat.off[rule] = off;
            }
        }
    }

    private void setUpdate(int pkg, boolean off) {
        int update = state.updateRule(pkg);
        int feature = state.featureRule(pkg);
        if (off) {
            state.noUpdate.set(pkg);
            sat.off[update] |= sat.first(update) != 0;
            sat.off[feature] |= sat.first(feature) != 0;
        } else {
            state.noUpdate.unset(pkg);
            sat.off[sat.first(update) != 0 ? update : feature] = false;
        }
        for (int i = state.bestUp - state.best; i < state.bestInfo.size; i++) {
            if (state.bestInfo.at[i] == pkg) {
                sat.off[state.best + i] = off;
            }
        }
    }

    // ---------------------------------------------------------------- what a job overrides

    private void overrides(int job, IntList into) {
        switch (jobs.action(job)) {
            case Jobs.INSTALL -> ofInstall(job, into);
            case Jobs.ERASE -> ofErase(job, into);
            case Jobs.LOCK -> ofLock(job, into);
            default -> {}
        }
    }

    private void ofInstall(int job, IntList into) {
        int set = install(job);
        if (set == 0) {
            return;
        }
        int select = jobs.select(job);
        int what = jobs.what.at[job];
        IntList members = jobs.members(job);
        if ((set & Jobs.SETARCH) != 0) {
            int start = into.size;
            for (int i = 0; i < members.size; i++) {
                int pkg = members.at[i];
                if (!containsPair(into, start, INFARCH, pool.name(pkg)) && hasInfarch(pkg)) {
                    into.push(INFARCH, pool.name(pkg));
                }
            }
        }
        if ((set & Jobs.SETREPO) != 0) {
            names(members, state.dup < state.dupEnd ? DUP : 0, into);
            names(members, state.strict < state.strictEnd ? PRIORITY : 0, into);
        }
        if ((set & Jobs.SETEVR) != 0 && state.black < state.blackEnd) {
            for (int i = 0; i < members.size; i++) {
                into.push(BLACK, members.at[i]);
            }
        }
        if (!state.hasInstalled()) {
            return;
        }
        int exact = Jobs.SETEVR | Jobs.SETARCH | Jobs.SETVENDOR;
        boolean allSet = (set & exact) == exact;
        if (select == Jobs.PKG && state.isInstalled(what) && !state.bestInfo.isEmpty() && allSet) {
            for (int i = state.bestUp - state.best; i < state.bestInfo.size; i++) {
                if (state.bestInfo.at[i] == what) {
                    into.push(UPDATE, what);
                    break;
                }
            }
            return;
        }
        updatesOf(members, set, allSet, into);
    }

    private void names(IntList members, int type, IntList into) {
        int start = into.size;
        for (int i = 0; type != 0 && i < members.size; i++) {
            int name = pool.name(members.at[i]);
            if (!containsPair(into, start, type, name)) {
                into.push(type, name);
            }
        }
    }

    private boolean hasInfarch(int pkg) {
        for (int rule = state.infarch; rule < state.infarchEnd; rule++) {
            if (sat.first(rule) == -pkg) {
                return true;
            }
        }
        return false;
    }

    /// Returns what an install job fixes by its very form: version, architecture and the like.
    private int install(int job) {
        int set = jobs.how.at[job] & Jobs.SETMASK;
        if ((set & Jobs.NOAUTOSET) != 0) {
            return set & ~Jobs.NOAUTOSET;
        }
        int select = jobs.select(job);
        int what = jobs.what.at[job];
        if (select == Jobs.NAME) {
            set |= Jobs.SETNAME;
        }
        if (select == Jobs.PKG) {
            set |= Jobs.SETNAME | Jobs.SETARCH | Jobs.SETVENDOR | Jobs.SETREPO | Jobs.SETEVR;
        } else if ((select == Jobs.NAME || select == Jobs.PROVIDES) && what < 0) {
            if (pool.rels.op(what) == Rels.EQ && select == Jobs.NAME) {
                int evr = pool.rels.right(what);
                boolean release = pool.deb() || pool.words.text(evr).indexOf('-') >= 0;
                set |= release ? Jobs.SETEVR : Jobs.SETEV;
            }
            if (namesArch(what)) {
                set |= Jobs.SETARCH;
            }
        }
        return set;
    }

    private boolean namesArch(int dep) {
        int inner = dep;
        if (pool.rels.op(inner) <= 7 && pool.rels.left(inner) < 0) {
            inner = pool.rels.left(inner);
        }
        return pool.rels.op(inner) == Rels.ARCH;
    }

    /// The update rules of installed packages that any of the job's packages would push out.
    private void updatesOf(IntList members, int set, boolean allSet, IntList into) {
        for (int i = 0; i < members.size; i++) {
            int pkg = members.at[i];
            if (state.isInstalled(pkg)
                    || state.multiversion.has(pkg) && !state.flags.keepExplicitObsoletes) {
                return;
            }
        }
        var pushed = new IntList();
        for (int i = 0; i < members.size; i++) {
            candidates.intersectObsoleted(members.at[i], pushed, 0);
            if (pushed.isEmpty()) {
                return;
            }
        }
        for (int i = 0; i < pushed.size; i++) {
            if (allSet || !anyIllegal(pushed.at[i], members, set)) {
                into.push(UPDATE, pushed.at[i]);
            }
        }
    }

    private boolean anyIllegal(int installed, IntList members, int set) {
        int ignore =
                ((set & Jobs.SETEVR) != 0 ? Candidates.DOWNGRADE : 0)
                        | ((set & Jobs.SETNAME) != 0 ? Candidates.NAME_CHANGE : 0)
                        | ((set & Jobs.SETARCH) != 0 ? Candidates.ARCH_CHANGE : 0)
                        | ((set & Jobs.SETVENDOR) != 0 ? Candidates.VENDOR_CHANGE : 0);
        for (int i = 0; i < members.size; i++) {
            int pkg = members.at[i];
            int illegal = candidates.illegal(installed, pkg, ignore);
            if (illegal == Candidates.DOWNGRADE
                    && (set & Jobs.SETEV) != 0
                    && pool.order.compareVersions(pool.evrText(installed), pool.evrText(pkg))
                            != 0) {
                illegal = 0;
            }
            if (illegal != 0) {
                return true;
            }
        }
        return false;
    }

    private void ofErase(int job, IntList into) {
        if (pool.installed == null) {
            return;
        }
        boolean colors = pool.flags.implicitObsoleteUsesColors && state.infarch < state.infarchEnd;
        int set = jobs.how.at[job] & Jobs.SETMASK;
        int select = jobs.select(job);
        int what = jobs.what.at[job];
        if ((set & (Jobs.NOAUTOSET | Jobs.SETARCH)) == 0
                && colors
                && (select == Jobs.PKG
                        || (select == Jobs.NAME || select == Jobs.PROVIDES)
                                && what < 0
                                && namesArch(what))) {
            set |= Jobs.SETARCH;
        }
        if (select == Jobs.ALL || jobs.isRepo(job, pool.installed)) {
            for (int pkg = state.from; pkg < state.to; pkg++) {
                into.push(UPDATE, pkg);
            }
        }
        IntList members = jobs.members(job);
        for (int i = 0; i < members.size; i++) {
            int pkg = members.at[i];
            if (!state.isInstalled(pkg)) {
                continue;
            }
            into.push(UPDATE, pkg);
            if ((set & Jobs.SETARCH) != 0 && colors && inLockStep(pkg)) {
                into.push(INFARCH, pool.name(pkg));
            }
            int[] buddies = state.buddies;
            if (buddies != null && buddies[pkg - state.from] > 1) {
                into.push(UPDATE, buddies[pkg - state.from]);
            }
        }
    }

    private boolean inLockStep(int pkg) {
        for (int rule = state.infarch; rule < state.infarchEnd; rule++) {
            if (sat.first(rule) < 0 && state.isInstalled(-sat.first(rule))) {
                for (int at = sat.start[rule]; sat.lits[at] != 0; at++) {
                    if (sat.lits[at] == pkg) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    private void ofLock(int job, IntList into) {
        if (pool.installed == null) {
            return;
        }
        var kept = new IntList();
        if (jobs.select(job) == Jobs.ALL || jobs.isRepo(job, pool.installed)) {
            for (int pkg = state.from; pkg < state.to; pkg++) {
                kept.push(pkg);
            }
        }
        IntList members = jobs.members(job);
        for (int i = 0; i < members.size; i++) {
            if (state.isInstalled(members.at[i])) {
                kept.push(members.at[i]);
            }
        }
        names(kept, DUP, into);
    }
}
