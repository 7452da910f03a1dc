package opm.solve;

import org.jspecify.annotations.Nullable;

/// One solve from jobs to decisions: makes all rules in their order, then searches.
final class Engine {
    final State state;
    final Candidates candidates;
    final WeakDeps weak;
    final Choose choose;
    final Branches branches;
    final CleanDeps cleanDeps;
    final Switches switches;
    final Unsolved unsolved;
    final Search search;
    final PkgRules pkgRules;

    private final Pool pool;
    private final Sat sat;
    private final Jobs jobs;
    private boolean bestInstalls;
    private boolean locks;
    private boolean favors;
    private final Bits installCandidates;

    Engine(Pool pool, Jobs jobs, SolverFlags flags, Budget budget) {
        this.pool = pool;
        this.jobs = jobs;
        state = new State(pool, jobs, flags, budget);
        sat = state.sat;
        candidates = new Candidates(state);
        weak = new WeakDeps(state);
        choose = new Choose(state, weak);
        branches = new Branches(state);
        cleanDeps = new CleanDeps(state, candidates, weak);
        switches = new Switches(state, candidates, cleanDeps);
        unsolved = new Unsolved(this);
        search = new Search(this);
        pkgRules = new PkgRules(state);
        installCandidates = new Bits(pool.count);
        sat.onRevert(
                to -> {
                    branches.reverted(to);
                    if (weak.known > sat.decisions.size) {
                        weak.known = -1;
                    }
                });
    }

    /// Solves.
    ///
    /// @param earlier a solve of the same universe whose package rules stay; absent for none
    void solve(@Nullable Engine earlier) {
        for (int job = 0; job < jobs.size(); job++) {
            if (jobs.action(job) == Jobs.MULTIVERSION) {
                mark(job, state.multiversion);
            }
        }
        addPackageRules(earlier);
        boolean dups = false;
        for (int job = 0; job < jobs.size(); job++) {
            dups |= jobs.action(job) == Jobs.DISTUPGRADE;
        }
        if (dups) {
            new DupMaps(state).create();
        }
        new UpdateRules(state, candidates).add();
        addJobRules();
        if (favors) {
            setFavors();
        }
        var policy = new PolicyRules(state);
        policy.addInfarch();
        policy.addDup();
        updateBuddies();
        new BestRules(state, choose).add(bestInstalls, locks);
        policy.addYumObsoletes(choose);
        policy.addBlack();
        for (int job = 0; job < jobs.size(); job++) {
            if (jobs.action(job) == Jobs.EXCLUDEFROMWEAK) {
                mark(job, state.excludeFromWeak);
            }
        }
        policy.addRecommends();
        policy.addStrictPriority();
        new ChoiceRules(state, candidates, choose).add();
        prepare();
        search.run(false, !state.flags.ignoreRecommended);
    }

    private void mark(int job, Bits map) {
        map.grow(pool.count);
        if (jobs.select(job) == Jobs.ALL) {
            for (int pkg = 2; pkg < pool.count; pkg++) {
                map.set(pkg);
            }
        } else if (jobs.select(job) == Jobs.REPO) {
            Pool.Repo repo = pool.repos.get(jobs.what.at[job]);
            for (int pkg = repo.start; pkg < repo.end; pkg++) {
                map.set(pkg);
            }
        }
        IntList members = jobs.members(job);
        for (int i = 0; i < members.size; i++) {
            map.set(members.at[i]);
        }
    }

    private void prepare() {
        if (!state.weakRules.isEmpty() || state.recommendsRules != null) {
            state.weak.grow(sat.ruleCount);
            for (int i = 0; i < state.weakRules.size; i++) {
                state.weak.set(state.weakRules.at[i]);
            }
            IntList recommended = state.recommendsRules;
            for (int i = 0; recommended != null && i < recommended.size; i++) {
                state.weak.set(recommended.at[i]);
            }
        }
        if (state.cleandepsUpdatePkgs != null) {
            state.cleandeps.grow(pool.count);
        }
        sat.begin();
        switches.disable();
        if (state.processOrphans && !state.orphaned.isEmpty() && state.flags.breakOrphans) {
            breakOrphans();
        }
    }

    // ---------------------------------------------------------------- rules of packages

    private void addPackageRules(@Nullable Engine earlier) {
        int before = 1;
        if (earlier != null) {
            before = copyRules(earlier);
        }
        @Nullable SharedRules shared = null;
        if (state.hasInstalled()) {
            readEarlyJobs();
            RuleBase base = earlier == null && pool instanceof SetPool sets ? base(sets) : null;
            if (base == null) {
                addInstalled();
            } else {
                shared = new SharedRules(base, sat);
                state.added.copy(base.added);
                state.odd.pushAll(base.odd);
            }
        }
        for (int job = 0; job < jobs.size(); job++) {
            if (jobs.action(job) == Jobs.INSTALL) {
                IntList members = jobs.members(job);
                for (int i = 0; i < members.size; i++) {
                    installCandidates.set(members.at[i]);
                    pkgRules.add(members.at[i]);
                }
            }
            if (jobs.action(job) == Jobs.DISTUPGRADE && jobs.select(job) == Jobs.ALL) {
                state.processOrphans = true;
            }
        }
        addSupplementing();
        if (pool.mayHaveLinks()) {
            addLinked();
        }
        if (shared != null) {
            shared.merge();
            state.shared = shared;
        } else if (sat.ruleCount > before) {
            var marks = new Bits(sat.ruleCount);
            IntList recommended = state.recommendsRules;
            for (int i = 0; recommended != null && i < recommended.size; i++) {
                marks.set(recommended.at[i]);
            }
            sat.sortAndUnify(marks);
            if (recommended != null) {
                recommended.clear();
                for (int rule = marks.next(0); rule >= 0; rule = marks.next(rule + 1)) {
                    recommended.push(rule);
                }
            }
        }
        state.pkgEnd = sat.ruleCount;
    }

    private void addInstalled() {
        for (int pkg = state.from; pkg < state.to; pkg++) {
            pkgRules.add(pkg);
        }
        for (int pkg = state.from; pkg < state.to; pkg++) {
            IntList updates = candidates.updates(pkg, Candidates.Breadth.EVERYTHING);
            for (int i = 0; i < updates.size; i++) {
                pkgRules.add(updates.at[i]);
            }
        }
    }

    /// Returns the rules that this request shares with others, made when first needed; absent when
    /// it repairs installed packages, which then have rules of their own.
    private @Nullable RuleBase base(SetPool sets) {
        if (!sets.shares
                || state.fixAll
                || state.fix.present()
                || state.flags.strongRecommends) {
            return null;
        }
        var key = new StringBuilder();
        key.append(state.flags.lean).append(state.flags.ignoreRecommended);
        key.append(state.flags.keepExplicitObsoletes);
        key.append(state.flags.allowDowngrade).append(state.flags.allowVendorChange);
        for (int job = 0; job < jobs.size(); job++) {
            if (jobs.action(job) == Jobs.MULTIVERSION) {
                key.append(' ').append(jobs.how.at[job]).append(':').append(jobs.what.at[job]);
            }
        }
        return sets.base(
                key.toString(),
                () -> {
                    // Not of this request's budget: the next one finds it made.
                    var free = new Budget(Long.MAX_VALUE, () -> false);
                    var own = new Engine(pool, jobs, state.flags, free);
                    own.state.multiversion.grow(pool.count);
                    own.state.multiversion.copyOrClear(state.multiversion);
                    own.addInstalled();
                    own.addSupplementing();
                    own.sat.sortAndUnify(new Bits(own.sat.ruleCount));
                    new UpdateRules(own.state, own.candidates).add();
                    return new RuleBase(own.state, candidates);
                });
    }

    private int copyRules(Engine earlier) {
        Sat from = earlier.sat;
        for (int rule = 1; rule < earlier.state.pkgEnd; rule++) {
            sat.add(from.first(rule), from.lits, from.start[rule] + 1);
        }
        state.added.copy(earlier.state.added);
        return sat.ruleCount;
    }

    /// Packages that could supplement or enhance something, again and again from the first.
    private void addSupplementing() {
        boolean lean = state.flags.lean;
        if (lean && state.flags.ignoreRecommended) {
            return;
        }
        IntList all = pool.supplementing();
        for (int i = 0; i < all.size; i++) {
            int pkg = all.at[i];
            if (!state.added.has(pkg)
                    && (state.isInstalled(pkg) || pool.installable(pkg))
                    && (weak.anyPossible(pkg, Pool.SUPPLEMENTS, state.added)
                            || !lean && weak.anyPossible(pkg, Pool.ENHANCES, state.added))) {
                pkgRules.add(pkg);
                i = -1;
            }
        }
    }

    private void addLinked() {
        var links = new Links(pool);
        for (int pkg = 2; pkg < pool.count; pkg++) {
            if (state.added.has(pkg)
                    || state.isInstalled(pkg)
                    || !links.isLinked(pkg)
                    || !pool.installable(pkg)) {
                continue;
            }
            IntList real = links.realOf(pkg);
            for (int i = 0; i < real.size; i++) {
                if (state.added.has(real.at[i])) {
                    pkgRules.add(pkg);
                    break;
                }
            }
        }
    }

    private void updateBuddies() {
        int[] buddies = state.buddies;
        if (buddies == null || !state.updateMap.present()) {
            return;
        }
        var links = new Links(pool);
        for (int pkg = state.from; pkg < state.to; pkg++) {
            int buddy = buddies[pkg - state.from];
            if (state.updateMap.has(pkg)
                    && buddy > 1
                    && links.isLinked(pkg)
                    && state.isInstalled(buddy)) {
                state.updateMap.set(buddy);
            }
        }
    }

    // ---------------------------------------------------------------- jobs known early

    private void readEarlyJobs() {
        var targets = new UpdateTargets(state);
        for (int job = 0; job < jobs.size(); job++) {
            boolean all = jobs.select(job) == Jobs.ALL || jobs.isRepo(job, pool.installed);
            switch (jobs.action(job)) {
                case Jobs.VERIFY -> {
                    state.fixAll |= all;
                    markInstalled(job, state.fix);
                }
                case Jobs.UPDATE -> targets.read(job);
                case Jobs.DROP_ORPHANED -> {
                    state.dropOrphanedAll |= all;
                    markInstalled(job, state.dropOrphaned);
                }
                case Jobs.ALLOWUNINSTALL -> {
                    state.allowUninstallAll |= all;
                    markInstalled(job, state.allowUninstall);
                }
                default -> {}
            }
        }
        targets.finish();
    }

    private void markInstalled(int job, Bits map) {
        IntList members = jobs.members(job);
        for (int i = 0; i < members.size; i++) {
            if (state.isInstalled(members.at[i])) {
                map.grow(pool.count);
                map.set(members.at[i]);
            }
        }
    }

    // ---------------------------------------------------------------- job rules

    private void addJobRules() {
        state.job = sat.ruleCount;
        for (int job = 0; job < jobs.size(); job++) {
            switch (jobs.action(job)) {
                case Jobs.INSTALL -> addInstall(job);
                case Jobs.ERASE -> addErase(job);
                case Jobs.WEAKENDEPS -> weaken(job);
                case Jobs.LOCK -> addLock(job);
                case Jobs.FAVOR, Jobs.DISFAVOR -> favors = true;
                default -> {}
            }
        }
        state.jobEnd = sat.ruleCount;
    }

    private void jobRule(int rule, int job) {
        state.ruleToJob.push(job);
        if (jobs.has(job, Jobs.WEAK)) {
            state.weakRules.push(rule);
        }
    }

    private void cleans(int job) {
        if (jobs.has(job, Jobs.CLEANDEPS) && state.hasInstalled()) {
            state.cleandeps.grow(pool.count);
        }
    }

    private boolean isRich(int job) {
        int select = jobs.select(job);
        return (select == Jobs.PROVIDES || select == Jobs.NAME) && pool.isRich(jobs.what.at[job]);
    }

    private void addInstall(int job) {
        cleans(job);
        int select = jobs.select(job);
        int what = jobs.what.at[job];
        if (isRich(job)) {
            int flags = select == Jobs.NAME ? RichDeps.BY_NAME : 0;
            bestInstalls |= addRich(job, flags) && jobs.has(job, Jobs.FORCEBEST);
            return;
        }
        var others = new IntList(jobs.members(job));
        if (others.isEmpty()) {
            if (select == Jobs.ONE_OF) {
                return;
            }
            others.push(-Pool.SYSTEM);
        }
        int first = others.removeAt(0);
        if (select == Jobs.PROVIDES
                && others.isEmpty()
                && Math.abs(first) == Pool.SYSTEM
                && what < 0
                && pool.rels.op(what) == Rels.NAMESPACE) {
            first = Pool.SYSTEM;
            state.installSupplements.pushUnique(
                    pool.rels.right(what) == 0 ? pool.rels.left(what) : what);
        }
        jobRule(sat.add(first, others), job);
        bestInstalls |= jobs.has(job, Jobs.FORCEBEST);
    }

    private boolean addRich(int job, int flags) {
        var clauses = new IntList();
        int answer = RichDeps.clauses(pool, jobs.what.at[job], clauses, flags);
        if (answer == RichDeps.NEVER) {
            jobRule(sat.add(-Pool.SYSTEM, 0), job);
        }
        if (answer != RichDeps.CLAUSES) {
            return false;
        }
        for (int at = 0; at < clauses.size; at++) {
            if (clauses.at[at] != 0) {
                jobRule(sat.add(clauses.at[at], clauses.at, at + 1), job);
                while (clauses.at[at] != 0) {
                    at++;
                }
            }
        }
        return true;
    }

    private void addErase(int job) {
        cleans(job);
        int select = jobs.select(job);
        int what = jobs.what.at[job];
        int start = sat.ruleCount;
        if (isRich(job)) {
            int flags = RichDeps.TO_DNF | RichDeps.INVERT;
            addRich(job, select == Jobs.NAME ? flags | RichDeps.BY_NAME : flags);
            return;
        }
        boolean specific = select == Jobs.PKG || select == Jobs.NAME && what < 0;
        int only = 0;
        int matches = 0;
        IntList members = select == Jobs.ALL || select == Jobs.REPO ? all(job) : jobs.members(job);
        for (int i = 0; i < members.size; i++) {
            int pkg = members.at[i];
            jobRule(sat.add(-pkg, 0), job);
            if (state.isInstalled(pkg)) {
                only = pkg;
                matches++;
                int[] buddies = state.buddies;
                if (buddies != null && buddies[pkg - state.from] > 1) {
                    jobRule(sat.add(-buddies[pkg - state.from], 0), job);
                }
            }
        }
        if (specific && matches == 1) {
            eraseOtherVersions(job, only, start);
        }
    }

    /// Who erases one particular package does not want another version of it instead.
    private void eraseOtherVersions(int job, int erased, int start) {
        int end = sat.ruleCount;
        for (int at = pool.provides(pool.name(erased)); pool.data[at] != 0; at++) {
            int pkg = pool.data[at];
            if (pool.name(pkg) != pool.name(erased)
                    || state.isInstalled(pkg)
                    || installCandidates.has(pkg)
                    || pool.flags.implicitObsoleteUsesColors && !pool.colorsMeet(erased, pkg)) {
                continue;
            }
            boolean known = false;
            for (int rule = start; rule < end; rule++) {
                known |= sat.first(rule) == -pkg;
            }
            if (!known) {
                jobRule(sat.add(-pkg, 0), job);
            }
        }
    }

    private IntList all(int job) {
        var found = new IntList();
        boolean everything = jobs.select(job) == Jobs.ALL;
        Pool.Repo repo = everything ? null : pool.repos.get(jobs.what.at[job]);
        int from = repo == null ? 2 : repo.start;
        int to = repo == null ? pool.count : repo.end;
        for (int pkg = from; pkg < to; pkg++) {
            found.push(pkg);
        }
        return found;
    }

    private void weaken(int job) {
        if (jobs.select(job) != Jobs.PKG) {
            return;
        }
        for (int rule = 1; rule < state.pkgEnd; rule++) {
            if (sat.first(rule) == -jobs.what.at[job]
                    && (sat.isLong(rule) || sat.second(rule) >= 0)) {
                state.weakRules.push(rule);
            }
        }
    }

    private void addLock(int job) {
        int start = sat.ruleCount;
        int select = jobs.select(job);
        IntList members = select == Jobs.ALL || select == Jobs.REPO ? all(job) : jobs.members(job);
        for (int i = 0; i < members.size; i++) {
            int pkg = members.at[i];
            boolean isInstalled = state.isInstalled(pkg);
            jobRule(sat.add(isInstalled ? pkg : -pkg, 0), job);
            int[] buddies = state.buddies;
            if (isInstalled && buddies != null && buddies[pkg - state.from] > 1) {
                jobRule(sat.add(buddies[pkg - state.from], 0), job);
            }
        }
        locks |= sat.ruleCount > start;
    }

    private void setFavors() {
        int[] favor = new int[pool.count];
        state.favor = favor;
        for (int job = 0; job < jobs.size(); job++) {
            int action = jobs.action(job);
            if (action != Jobs.FAVOR && action != Jobs.DISFAVOR) {
                continue;
            }
            int value = action == Jobs.FAVOR ? job + 1 : -(job + 1);
            IntList members = jobs.select(job) == Jobs.REPO ? all(job) : jobs.members(job);
            for (int i = 0; i < members.size; i++) {
                favor[members.at[i]] = value;
            }
            state.disfavored |= value < 0 && !members.isEmpty();
        }
    }

    // ---------------------------------------------------------------- orphans

    /// Turns off the requirements of packages that no repository has any more.
    private void breakOrphans() {
        if (state.dropOrphanedAll) {
            return;
        }
        var kept = new Bits(pool.count);
        for (int i = 0; i < state.orphaned.size; i++) {
            int pkg = state.orphaned.at[i];
            if (state.isInstalled(pkg) && !state.dropOrphaned.has(pkg)) {
                kept.set(pkg);
            }
        }
        var broken = new IntList();
        for (int rule = 1; rule < state.pkgEnd; rule++) {
            if (sat.first(rule) >= 0 || !sat.isLong(rule) && sat.second(rule) < 0) {
                continue;
            }
            for (int at = sat.start[rule]; sat.lits[at] < 0; at++) {
                if (kept.has(-sat.lits[at])) {
                    broken.push(rule);
                    sat.off[rule] = true;
                    break;
                }
            }
        }
        state.brokenOrphanRules = broken.isEmpty() ? null : broken;
    }
}
