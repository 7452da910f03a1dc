package opm.solve;

/// Finds out what a distribution upgrade is about and which packages it accepts.
final class DupMaps {
    private final State state;
    private final Pool pool;
    private final Jobs jobs;

    DupMaps(State state) {
        this.state = state;
        pool = state.pool;
        jobs = state.jobs;
    }

    void create() {
        state.dupMap.grow(pool.count);
        for (int job = 0; job < jobs.size(); job++) {
            if (jobs.action(job) == Jobs.DISTUPGRADE) {
                create(job);
            }
        }
        if (state.dupInvolvedMap.present()) {
            state.dupInvolvedMap.unset(Pool.SYSTEM);
        }
        if (state.dupInvolvedAll) {
            state.updateAll = true;
        } else if (!state.updateAll && state.dupInvolvedMap.present()) {
            for (int pkg = state.from; pkg < state.to; pkg++) {
                if (state.dupInvolvedMap.has(pkg)) {
                    state.updateMap.grow(pool.count);
                    state.updateMap.set(pkg);
                }
            }
        }
    }

    private void create(int job) {
        int select = jobs.select(job);
        boolean asked = jobs.has(job, Jobs.TARGETED);
        if (select == Jobs.REPO) {
            Pool.Repo repo = pool.repos.get(jobs.what.at[job]);
            boolean other = repo != pool.installed;
            if (other && !asked && state.flags.noAutoTarget) {
                return;
            }
            for (int pkg = repo.start; pkg < repo.end; pkg++) {
                if (!other || pool.installable(pkg)) {
                    add(pkg, job, other || asked);
                }
            }
        } else if (select == Jobs.ALL) {
            createAll(job);
        } else {
            IntList members = jobs.members(job);
            boolean targeted = asked;
            if (!asked && !state.flags.noAutoTarget) {
                targeted = true;
                for (int i = 0; i < members.size; i++) {
                    targeted &= !state.isInstalled(members.at[i]);
                }
            }
            for (int i = 0; i < members.size; i++) {
                int pkg = members.at[i];
                if (state.isInstalled(pkg) || targeted && pool.installable(pkg)) {
                    add(pkg, job, targeted);
                }
            }
        }
    }

    private void createAll(int job) {
        state.dupInvolvedAll = true;
        for (int pkg = 2; pkg < pool.count; pkg++) {
            if (!state.isInstalled(pkg) && pool.installable(pkg)) {
                state.dupMap.set(pkg);
            }
        }
        if (jobs.has(job, Jobs.FORCEBEST)) {
            state.bestUpdateAll = true;
        }
        if (jobs.has(job, Jobs.CLEANDEPS)) {
            for (int pkg = state.from; pkg < state.to; pkg++) {
                state.updatesClean(pkg);
            }
        }
    }

    private void add(int pkg, int job, boolean targeted) {
        state.dupInvolvedMap.grow(pool.count);
        state.dupInvolvedMap.set(pkg);
        if (targeted) {
            state.dupMap.set(pkg);
        }
        for (int at = pool.provides(pool.name(pkg)); pool.data[at] != 0; at++) {
            int other = pool.data[at];
            if (pool.name(other) != pool.name(pkg)) {
                continue;
            }
            involve(other, job, targeted);
            if (!targeted && !state.isInstalled(other)) {
                state.dupMap.set(other);
            }
        }
        if (state.isInstalled(pkg)) {
            for (int at = pool.obsoleters(pkg); pool.obsoleterData()[at] != 0; at++) {
                int other = pool.obsoleterData()[at];
                if (!state.isInstalled(other)) {
                    state.dupInvolvedMap.set(other);
                    if (!targeted) {
                        state.dupMap.set(other);
                    }
                }
            }
        } else if (targeted) {
            for (int at = pool.deps(Pool.OBSOLETES, pkg); pool.depData[at] != 0; at++) {
                int dep = pool.depData[at];
                for (int p = pool.provides(dep); pool.data[p] != 0; p++) {
                    if (pool.obsoletes(pkg, dep, pool.data[p])) {
                        involve(pool.data[p], job, true);
                    }
                }
            }
        }
    }

    private void involve(int pkg, int job, boolean targeted) {
        state.dupInvolvedMap.set(pkg);
        if (!state.isInstalled(pkg)) {
            return;
        }
        if (targeted) {
            for (int at = pool.obsoleters(pkg); pool.obsoleterData()[at] != 0; at++) {
                if (!state.isInstalled(pool.obsoleterData()[at])) {
                    state.dupInvolvedMap.set(pool.obsoleterData()[at]);
                }
            }
        }
        if (jobs.has(job, Jobs.FORCEBEST) && !state.bestUpdateAll) {
            state.bestUpdate.grow(pool.count);
            state.bestUpdate.set(pkg);
        }
        if (jobs.has(job, Jobs.CLEANDEPS)) {
            state.updatesClean(pkg);
        }
    }
}
