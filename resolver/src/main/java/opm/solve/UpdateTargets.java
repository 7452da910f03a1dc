package opm.solve;

import org.jspecify.annotations.Nullable;

/// Reads update jobs: which installed packages want an update, and to what.
final class UpdateTargets {
    private final State state;
    private final Pool pool;
    private final Jobs jobs;

    /// Pairs of installed package and target.
    private final IntList pairs = new IntList();

    UpdateTargets(State state) {
        this.state = state;
        pool = state.pool;
        jobs = state.jobs;
    }

    void read(int job) {
        int select = jobs.select(job);
        boolean targeted = jobs.has(job, Jobs.TARGETED);
        if (select == Jobs.ALL || jobs.isRepo(job, pool.installed) && !targeted) {
            updateAll(job);
            return;
        }
        if (select == Jobs.REPO) {
            if (targeted || !state.flags.noAutoTarget) {
                Pool.Repo repo = pool.repos.get(jobs.what.at[job]);
                for (int pkg = repo.start; pkg < repo.end; pkg++) {
                    target(pkg, job);
                }
            }
            return;
        }
        IntList members = jobs.members(job);
        if (!targeted) {
            boolean any = false;
            for (int i = 0; i < members.size; i++) {
                int pkg = members.at[i];
                if (state.isInstalled(pkg)) {
                    any = true;
                    state.updateMap.grow(pool.count);
                    state.updateMap.set(pkg);
                    flags(pkg, job);
                }
            }
            if (any || state.flags.noAutoTarget) {
                return;
            }
        }
        for (int i = 0; i < members.size; i++) {
            target(members.at[i], job);
        }
    }

    private void updateAll(int job) {
        state.updateAll = true;
        state.bestUpdateAll |= jobs.has(job, Jobs.FORCEBEST);
        if (jobs.has(job, Jobs.CLEANDEPS)) {
            for (int pkg = state.from; pkg < state.to; pkg++) {
                state.updatesClean(pkg);
            }
        }
    }

    private void flags(int pkg, int job) {
        if (jobs.has(job, Jobs.FORCEBEST)) {
            state.bestUpdate.grow(pool.count);
            state.bestUpdate.set(pkg);
        }
        if (jobs.has(job, Jobs.CLEANDEPS)) {
            state.updatesClean(pkg);
        }
    }

    /// Marks what a package would update, and the package as what it may become.
    private void target(int pkg, int job) {
        boolean colors = pool.flags.implicitObsoleteUsesColors;
        boolean isInstalled = state.isInstalled(pkg);
        if (isInstalled) {
            pairs.push(pkg, pkg);
        }
        int identical = 0;
        int start = pairs.size;
        for (int at = pool.provides(pool.name(pkg)); pool.data[at] != 0; at++) {
            int other = pool.data[at];
            if (!state.isInstalled(other)
                    || other == pkg
                    || pool.name(other) != pool.name(pkg)
                    || colors && !pool.colorsMeet(pkg, other)) {
                continue;
            }
            if (!isInstalled) {
                flags(other, job);
                if (pool.evr(pkg) == pool.evr(other) && pool.identical(pkg, other)) {
                    identical = other;
                }
            }
            pairs.push(other, pkg);
        }
        if (isInstalled) {
            return;
        }
        for (int at = pool.deps(Pool.OBSOLETES, pkg); pool.depData[at] != 0; at++) {
            int dep = pool.depData[at];
            for (int list = pool.provides(dep); pool.data[list] != 0; list++) {
                int other = pool.data[list];
                if (state.isInstalled(other)
                        && pool.name(other) != pool.name(pkg)
                        && pool.obsoletes(pkg, dep, other)) {
                    flags(other, job);
                    pairs.push(other, pkg);
                }
            }
        }
        if (identical != 0) {
            for (int at = start, end = pairs.size; at < end; at += 2) {
                pairs.push(pairs.at[at], identical);
            }
        }
    }

    /// Stores the targets, ascending, for each installed package that has any.
    void finish() {
        if (pairs.isEmpty()) {
            return;
        }
        @Nullable IntList[] targets = new @Nullable IntList[state.to - state.from];
        state.updateTargets = targets;
        state.updateMap.grow(pool.count);
        for (int i = 0; i < pairs.size; i += 2) {
            int pkg = pairs.at[i];
            IntList mine = targets[pkg - state.from];
            if (mine == null) {
                mine = new IntList();
                targets[pkg - state.from] = mine;
                state.updateMap.set(pkg);
            }
            mine.pushUnique(pairs.at[i + 1]);
        }
        for (IntList mine : targets) {
            if (mine != null) {
                mine.sort(Integer::compare);
            }
        }
    }
}
