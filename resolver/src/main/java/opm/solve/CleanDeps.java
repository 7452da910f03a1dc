package opm.solve;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Finds installed packages that nothing needs any more once a request is done.
///
/// First everything goes that the removed packages could have pulled in; then everything comes back
/// that the remaining ones need. What then is missing was there for the removed ones only.
final class CleanDeps {
    private final State state;
    private final Pool pool;
    private final Sat sat;
    private final Jobs jobs;
    private final Candidates candidates;
    private final WeakDeps weak;

    /// Packages that people asked for; later, those that must not come back.
    private Bits user = new Bits();

    /// What is there at the moment of the two passes.
    private Bits there = new Bits();

    private Bits installed = new Bits();
    private IntList queue = new IntList();

    CleanDeps(State state, Candidates candidates, WeakDeps weak) {
        this.state = state;
        pool = state.pool;
        sat = state.sat;
        jobs = state.jobs;
        this.candidates = candidates;
        this.weak = weak;
    }

    /// Fills `map` with what goes; with `unneeded`, everything that people did not ask for and
    /// nothing that they asked for needs.
    void create(Bits map, boolean unneeded) {
        map.clear();
        if (!state.hasInstalled()) {
            return;
        }
        user = new Bits(pool.count);
        there = new Bits(pool.count);
        installed = new Bits(pool.count);
        queue = new IntList();
        IntList erasedSupplements = userInstalled();
        addKept();
        addSeeds(unneeded);
        var seeds = new IntList(queue);
        if (unneeded) {
            queue.clear();
        }
        for (int i = 0; i < queue.size; i++) {
            user.unset(queue.at[i]);
        }
        if (pool.considered != null) {
            for (int pkg = state.from; pkg < state.to; pkg++) {
                if (pool.disabled(pkg)) {
                    user.set(pkg);
                }
            }
        }
        IntList updates = state.cleandepsUpdatePkgs;
        @Nullable IntList updateSeeds = null;
        if (!unneeded && updates != null) {
            updateSeeds = updateSeeds(updates);
            for (int i = 0; i < updates.size; i++) {
                if (!pool.disabled(updates.at[i])) {
                    queue.push(updates.at[i]);
                    user.unset(updates.at[i]);
                }
            }
        }
        for (int pkg = state.from; pkg < state.to; pkg++) {
            installed.set(pkg);
            if (!unneeded || user.has(pkg)) {
                there.set(pkg);
            }
        }
        installed.set(Pool.SYSTEM);
        there.set(Pool.SYSTEM);
        removePass(unneeded, erasedSupplements);
        prepareAddBack(unneeded);
        addBackPass();
        keep(updateSeeds);
        keep(state.cleandepsMistakes);
        keep(seeds);
        for (int pkg = state.from; pkg < state.to; pkg++) {
            if (!there.has(pkg) && !pool.disabled(pkg)) {
                map.set(pkg);
            }
        }
    }

    private void keep(@Nullable IntList pkgs) {
        for (int i = 0; pkgs != null && i < pkgs.size; i++) {
            there.set(pkgs.at[i]);
        }
    }

    // ---------------------------------------------------------------- what people asked for

    /// Marks what people asked for; returns the supplements that erased namespaces made true.
    private IntList userInstalled() {
        var namespaces = new IntList();
        for (int job = 0; job < jobs.size(); job++) {
            if (jobs.action(job) == Jobs.USERINSTALLED) {
                if (jobs.select(job) == Jobs.ALL || jobs.isRepo(job, pool.installed)) {
                    for (int pkg = state.from; pkg < state.to; pkg++) {
                        user.set(pkg);
                    }
                }
                IntList members = jobs.members(job);
                for (int i = 0; i < members.size; i++) {
                    if (state.isInstalled(members.at[i])) {
                        user.set(members.at[i]);
                    }
                }
            }
            if (jobs.action(job) == Jobs.ERASE && jobs.select(job) == Jobs.PROVIDES) {
                int what = jobs.what.at[job];
                if (what < 0 && pool.rels.op(what) == Rels.NAMESPACE) {
                    if (pool.rels.right(what) == 0) {
                        namespaces.pushUnique(pool.rels.left(what));
                    } else if (!pool.isProvided(what)) {
                        namespaces.pushUnique(what);
                    }
                }
            }
        }
        var erased = new IntList();
        for (int pkg = state.from; pkg < state.to && !namespaces.isEmpty(); pkg++) {
            for (int at = pool.deps(Pool.SUPPLEMENTS, pkg); pool.depData[at] != 0; at++) {
                int dep = pool.depData[at];
                if (dep < 0 && holdsWith(namespaces, dep) && !holdsWith(null, dep)) {
                    erased.pushUnique(dep);
                }
            }
        }
        for (int pkg = state.from; pkg < state.to; pkg++) {
            if (pool.nameText(pkg).startsWith("product:")) {
                user.set(pkg);
                int[] buddies = state.buddies;
                int buddy = buddies == null ? 0 : buddies[pkg - state.from];
                if (buddy > 1 && state.isInstalled(buddy)) {
                    user.set(buddy);
                }
            }
        }
        return erased;
    }

    private boolean holdsWith(@Nullable IntList namespaces, int dep) {
        if (dep < 0) {
            int left = pool.rels.left(dep);
            int right = pool.rels.right(dep);
            switch (pool.rels.op(dep)) {
                case Rels.AND:
                    return holdsWith(namespaces, left) && holdsWith(namespaces, right);
                case Rels.OR:
                    return holdsWith(namespaces, left) || holdsWith(namespaces, right);
                case Rels.NAMESPACE:
                    if (left == pool.splitProvides) {
                        return false;
                    }
                    if (namespaces != null
                            && (namespaces.contains(dep) || namespaces.contains(left))) {
                        return true;
                    }
                    break;
                default:
            }
        }
        for (int at = pool.provides(dep); pool.data[at] != 0; at++) {
            if (pool.data[at] == Pool.SYSTEM || state.isInstalled(pool.data[at])) {
                return true;
            }
        }
        return false;
    }

    /// What jobs without the flag name counts as asked for.
    private void addKept() {
        for (int rule = state.job; rule < state.jobEnd; rule++) {
            if (sat.off[rule] || jobs.has(jobOf(rule), Jobs.CLEANDEPS)) {
                continue;
            }
            for (int at = sat.start[rule]; sat.lits[at] != 0; at++) {
                if (sat.lits[at] > 0 && state.isInstalled(sat.lits[at])) {
                    user.set(sat.lits[at]);
                }
            }
        }
    }

    private int jobOf(int rule) {
        return state.ruleToJob.at[rule - state.job];
    }

    // ---------------------------------------------------------------- where to start

    private void addSeeds(boolean unneeded) {
        for (int rule = state.job; rule < state.jobEnd; rule++) {
            if (sat.off[rule]) {
                continue;
            }
            int first = sat.first(rule);
            boolean cleans = jobs.has(jobOf(rule), Jobs.CLEANDEPS);
            if (first < 0 && sat.isAssertion(rule)) {
                if (state.isInstalled(-first)) {
                    user.unset(-first);
                    if (!unneeded && cleans && jobs.action(jobOf(rule)) == Jobs.ERASE) {
                        queue.push(-first);
                    }
                }
            } else if (first > 0 && !unneeded && cleans) {
                addReplaced(rule);
            }
        }
    }

    /// Adds the installed packages that every literal of an install rule would push out.
    private void addReplaced(int rule) {
        if (sat.isAssertion(rule) && state.isInstalled(sat.first(rule))) {
            return;
        }
        if (state.multiversion.present() && !state.flags.keepExplicitObsoletes) {
            for (int at = sat.start[rule]; sat.lits[at] != 0; at++) {
                if (sat.lits[at] > 0 && state.multiversion.has(sat.lits[at])) {
                    return;
                }
            }
        }
        int start = queue.size;
        for (int at = sat.start[rule]; sat.lits[at] != 0; at++) {
            int pkg = sat.lits[at];
            if (pkg < 0) {
                queue.truncate(start);
                return;
            }
            if (state.isInstalled(pkg)) {
                boolean known = queue.size == start;
                for (int i = start; i < queue.size; i++) {
                    known |= queue.at[i] == pkg;
                }
                queue.truncate(start);
                if (known) {
                    queue.push(pkg);
                }
            } else {
                candidates.intersectObsoleted(pkg, queue, start);
            }
            if (queue.size == start) {
                return;
            }
        }
    }

    /// Of packages to be updated, those that no other one of them pulls in, and those that people
    /// asked for.
    private IntList updateSeeds(IntList updates) {
        var found = new IntList();
        for (int i = 0; i < updates.size; i++) {
            if (state.isInstalled(updates.at[i]) && !isPseudo(updates.at[i])) {
                found.push(updates.at[i]);
            }
        }
        new Unneeded(state, weak).filter(found, true);
        int kept = 0;
        for (int i = 0; i < found.size; i++) {
            if (!user.has(found.at[i])) {
                found.at[kept++] = found.at[i];
            }
        }
        found.truncate(kept);
        for (int i = 0; i < updates.size; i++) {
            int pkg = updates.at[i];
            if (state.isInstalled(pkg) && (isPseudo(pkg) || user.has(pkg))) {
                found.push(pkg);
            }
        }
        return found;
    }

    private boolean isPseudo(int pkg) {
        String name = pool.nameText(pkg);
        return name.startsWith("pattern:") || name.startsWith("application:");
    }

    // ---------------------------------------------------------------- out

    private void removePass(boolean unneeded, IntList erasedSupplements) {
        while (true) {
            if (queue.isEmpty()) {
                if (!unneeded) {
                    dropUnsupplemented(erasedSupplements);
                }
                if (queue.isEmpty()) {
                    return;
                }
            }
            int pkg = queue.shift();
            if (!there.has(pkg) || !installed.has(pkg) || user.has(pkg)) {
                continue;
            }
            there.unset(pkg);
            for (int kind : List.of(Pool.REQUIRES, Pool.RECOMMENDS)) {
                for (int at = pool.deps(kind, pkg); pool.depData[at] != 0; at++) {
                    queuePulled(pool.depData[at]);
                }
            }
        }
    }

    private void queuePulled(int dep) {
        if (dep == pool.preMarker) {
            return;
        }
        if (pool.isRich(dep)) {
            var clauses = new IntList();
            if (RichDeps.clauses(pool, dep, clauses, 0) != RichDeps.CLAUSES) {
                return;
            }
            for (int at = 0; at < clauses.size; at++) {
                boolean dead = false;
                for (; clauses.at[at] != 0; at++) {
                    int literal = clauses.at[at];
                    dead |= literal < 0 && !installed.has(-literal);
                    if (!dead && literal > 1 && there.has(literal)) {
                        queue.push(literal);
                    }
                }
            }
            return;
        }
        for (int at = pool.provides(dep); pool.data[at] != 0; at++) {
            if (pool.data[at] != Pool.SYSTEM && there.has(pool.data[at])) {
                queue.push(pool.data[at]);
            }
        }
    }

    /// Queues packages whose supplements were true and are true no more; what those looked at
    /// stays.
    private void dropUnsupplemented(IntList erasedSupplements) {
        for (int pkg = state.from; pkg < state.to; pkg++) {
            if (!there.has(pkg)
                    || user.has(pkg)
                    || !pool.has(Pool.SUPPLEMENTS, pkg)
                    || weak.anyPossible(pkg, Pool.SUPPLEMENTS, there)) {
                continue;
            }
            for (int at = pool.deps(Pool.SUPPLEMENTS, pkg); pool.depData[at] != 0; at++) {
                int dep = pool.depData[at];
                if (weak.isPossible(dep, installed) || erasedSupplements.contains(dep)) {
                    var looked = new IntList();
                    lookedAt(dep, there, looked);
                    for (int i = 0; i < looked.size; i++) {
                        if (state.isInstalled(looked.at[i])) {
                            user.set(looked.at[i]);
                        }
                    }
                    queue.push(pkg);
                }
            }
        }
    }

    /// Adds the packages that a dependency looks at.
    private void lookedAt(int dep, Bits map, IntList into) {
        Unneeded.lookedAt(pool, dep, map, into);
    }

    // ---------------------------------------------------------------- and back

    private void prepareAddBack(boolean unneeded) {
        user.clear();
        for (int rule = state.job; rule < state.jobEnd; rule++) {
            int first = sat.first(rule);
            if (first < 0 && sat.isAssertion(rule) && !sat.off[rule]) {
                there.unset(-first);
                if (state.isInstalled(-first)) {
                    user.set(-first);
                }
            }
        }
        IntList updates = state.cleandepsUpdatePkgs;
        if (!unneeded && updates != null) {
            for (int i = 0; i < updates.size; i++) {
                if (state.isInstalled(updates.at[i])) {
                    user.set(updates.at[i]);
                }
            }
        }
        there.set(Pool.SYSTEM);
        for (int pkg = state.from; pkg < state.to; pkg++) {
            if (there.has(pkg)) {
                queue.push(pkg);
            }
        }
        for (int rule = state.job; rule < state.jobEnd; rule++) {
            if (!sat.off[rule]) {
                for (int at = sat.start[rule]; sat.lits[at] != 0; at++) {
                    if (sat.lits[at] > 0) {
                        queue.push(sat.lits[at]);
                    }
                }
            }
        }
        for (int job = 0; job < jobs.size(); job++) {
            if (jobs.action(job) == Jobs.USERINSTALLED
                    && jobs.select(job) == Jobs.PKG
                    && !state.isInstalled(jobs.what.at[job])) {
                queue.push(jobs.what.at[job]);
            }
        }
    }

    private void addBackPass() {
        while (true) {
            if (queue.isEmpty()) {
                for (int pkg = state.from; pkg < state.to; pkg++) {
                    if (!user.has(pkg)
                            && !there.has(pkg)
                            && weak.anyPossible(pkg, Pool.SUPPLEMENTS, there)) {
                        addBack(pkg);
                    }
                }
                if (queue.isEmpty()) {
                    return;
                }
            }
            int pkg = queue.shift();
            if (state.isInstalled(pkg) && pool.flags.implicitObsoleteUsesColors) {
                addTwin(pkg);
            }
            for (int kind : List.of(Pool.REQUIRES, Pool.RECOMMENDS)) {
                for (int at = pool.deps(kind, pkg); pool.depData[at] != 0; at++) {
                    addNeeded(pkg, pool.depData[at]);
                }
            }
        }
    }

    private void addBack(int pkg) {
        there.set(pkg);
        queue.push(pkg);
    }

    private void addNeeded(int pkg, int dep) {
        if (pool.isRich(dep)) {
            addNeededRich(pkg, dep);
            return;
        }
        int list = pool.provides(dep);
        for (int at = list; pool.data[at] != 0; at++) {
            if (pool.data[at] == pkg) {
                return;
            }
        }
        for (int at = list; pool.data[at] != 0; at++) {
            int other = pool.data[at];
            if (!there.has(other) && installed.has(other) && !user.has(other)) {
                addBack(other);
            }
        }
    }

    private void addNeededRich(int pkg, int dep) {
        var clauses = new IntList();
        if (RichDeps.clauses(pool, dep, clauses, 0) != RichDeps.CLAUSES) {
            return;
        }
        for (int start = 0, end; start < clauses.size; start = end + 1) {
            boolean counts = true;
            for (end = start; clauses.at[end] != 0; end++) {
                int literal = clauses.at[end];
                counts &= literal < 0 ? installed.has(-literal) : literal != pkg;
            }
            for (int at = start; counts && at < end; at++) {
                int other = clauses.at[at];
                if (other > 0 && !there.has(other) && installed.has(other) && !user.has(other)) {
                    addBack(other);
                }
            }
        }
    }

    private void addTwin(int pkg) {
        int best = 0;
        for (int at = pool.provides(pool.name(pkg)); pool.data[at] != 0; at++) {
            int other = pool.data[at];
            int score = pool.archScore(other);
            if (pool.name(other) == pool.name(pkg)
                    && !state.isInstalled(other)
                    && score > 1
                    && (best == 0 || score < best)) {
                best = score;
            }
        }
        if (best == 0 || pool.archScore(pkg) == best) {
            return;
        }
        for (int at = pool.provides(pool.name(pkg)); pool.data[at] != 0; at++) {
            int other = pool.data[at];
            if (state.isInstalled(other)
                    && pool.name(other) == pool.name(pkg)
                    && pool.evr(other) == pool.evr(pkg)
                    && pool.arch(other) != pool.arch(pkg)
                    && pool.archScore(other) == best
                    && !there.has(other)) {
                addBack(other);
            }
        }
    }

    // ---------------------------------------------------------------- mistakes

    /// Takes packages out of the map that turned out to be needed; tells whether there were any.
    boolean takeBackMistakes(Switches switches) {
        weak.update();
        boolean any = false;
        for (int pkg = state.from; pkg < state.to; pkg++) {
            if (sat.level[pkg] > 0) {
                any |= requiresCleaned(pkg, switches);
            }
            if (state.cleandeps.has(pkg) && isMistake(pkg)) {
                mistake(pkg, switches);
                any = true;
            }
        }
        return any;
    }

    private boolean requiresCleaned(int pkg, Switches switches) {
        boolean any = false;
        for (int at = pool.deps(Pool.REQUIRES, pkg); pool.depData[at] != 0; at++) {
            for (int list = pool.provides(pool.depData[at]); pool.data[list] != 0; list++) {
                int other = pool.data[list];
                if (state.isInstalled(other)
                        && other != pkg
                        && sat.level[other] <= 0
                        && state.cleandeps.has(other)) {
                    mistake(other, switches);
                    any = true;
                }
            }
        }
        return any;
    }

    private void mistake(int pkg, Switches switches) {
        state.cleandepsMistakes.push(pkg);
        state.cleandeps.unset(pkg);
        switches.reenableCleaned(pkg);
    }

    private boolean isMistake(int pkg) {
        int widest = state.widestRule(pkg);
        if (sat.first(widest) == 0) {
            return false;
        }
        if (!holds(widest)) {
            return weak.recommended.has(pkg) || weak.isSupplementing(pkg);
        }
        int update = state.updateRule(pkg);
        if (sat.first(update) != 0 && update != widest && !holds(update)) {
            return true;
        }
        for (int i = state.bestUp - state.best; i < state.bestInfo.size; i++) {
            if (state.bestInfo.at[i] == pkg && !holds(state.best + i)) {
                return true;
            }
        }
        return false;
    }

    private boolean holds(int rule) {
        for (int at = sat.start[rule]; sat.lits[at] != 0; at++) {
            if (sat.lits[at] > 0 && sat.level[sat.lits[at]] > 0) {
                return true;
            }
        }
        return false;
    }
}
