package opm.solve;

import org.jspecify.annotations.Nullable;

/// Makes the rules that packages themselves ask for: requires, conflicts, obsoletes.
///
/// Rules are made for what a request can reach and no more. The same code tells later why a rule is
/// there: instead of adding rules it then reports those that equal the rule in question.
final class PkgRules {
    private final State state;
    private final Pool pool;
    private final Sat sat;
    private final IntList queue = new IntList();
    private final IntList clauses = new IntList();
    private @Nullable Reasons reasons;

    /// Receives the reasons for one rule.
    interface Reasons {
        /// @param one the first literal, the package that the reason starts from where negative
        /// @param two the second, where there are just two; 0 otherwise
        /// @param others the run of others in an array that ends with 0; absent for two literals
        void reason(Rule kind, int one, int two, int @Nullable [] others, int at, int dep);
    }

    PkgRules(State state) {
        this.state = state;
        pool = state.pool;
        sat = state.sat;
    }

    /// Adds the rules of a package and of all that it leads to.
    void add(int pkg) {
        if (state.added.has(pkg)) {
            return;
        }
        queue.push(pkg);
        while (!queue.isEmpty()) {
            int next = queue.shift();
            if (!state.added.has(next)) {
                state.added.set(next);
                int score = pool.archScore(next);
                if (score != 1 && score != Archs.BEST) {
                    state.odd.push(next);
                }
                rules(next, true);
            }
        }
    }

    /// Reports why a package has the rules that it has.
    void explain(int pkg, Reasons to) {
        reasons = to;
        rules(pkg, false);
        reasons = null;
    }

    private boolean untouched(int pkg) {
        return state.isInstalled(pkg) && !state.fixAll && !state.fix.has(pkg);
    }

    private void rules(int pkg, boolean follow) {
        boolean untouched = untouched(pkg);
        if (!untouched && (pool.isSource(pkg) ? pool.disabled(pkg) : !pool.installable(pkg))) {
            rule(Rule.NOT_INSTALLABLE, -pkg, 0, 0);
        }
        if (pool.mayHaveLinks()) {
            new Links(pool).rules(state, this, pkg, follow ? queue : null);
        }
        requires(pkg, untouched, follow);
        if (state.flags.strongRecommends) {
            recommends(pkg, untouched, follow);
        }
        if (pool.isSource(pkg)) {
            return;
        }
        conflicts(pkg, untouched, follow);
        if (!state.isInstalled(pkg) || !pool.flags.noInstalledObsoletes) {
            obsoletes(pkg, untouched);
            implicitObsoletes(pkg, untouched, follow);
        }
        if (follow) {
            lockStep(pkg);
            if (!state.flags.lean || !state.flags.ignoreRecommended) {
                followWeak(pkg, Pool.RECOMMENDS);
            }
            if (!state.flags.lean) {
                followWeak(pkg, Pool.SUGGESTS);
            }
        }
    }

    private void requires(int pkg, boolean untouched, boolean follow) {
        @Nullable IntList ignored = null;
        for (int at = pool.deps(Pool.REQUIRES, pkg); pool.depData[at] != 0; at++) {
            int dep = pool.depData[at];
            if (dep == pool.preMarker) {
                ignored = state.isInstalled(pkg) ? pool.ignoredOnceInstalled(pkg) : null;
                continue;
            }
            if (ignored != null && ignored.contains(dep)) {
                continue;
            }
            if (pool.isRich(dep)) {
                notePaths(dep);
                rich(pkg, dep, Rule.REQUIRES, untouched, follow);
                continue;
            }
            int list = pool.provides(dep);
            int[] data = pool.data;
            if (data[list] == 0) {
                notePaths(dep);
            }
            if (data[list] == Pool.SYSTEM || untouched && !anyInstalled(list)) {
                continue;
            }
            if (data[list] == 0) {
                rule(Rule.NOTHING_PROVIDES, -pkg, 0, dep);
            } else if (!contains(list, pkg)) {
                rule(Rule.REQUIRES, -pkg, data, list, dep);
                if (follow) {
                    follow(list);
                }
            }
        }
    }

    private void recommends(int pkg, boolean untouched, boolean follow) {
        int start = sat.ruleCount;
        for (int at = pool.deps(Pool.RECOMMENDS, pkg); pool.depData[at] != 0; at++) {
            int dep = pool.depData[at];
            if (pool.isRich(dep)) {
                rich(pkg, dep, Rule.RECOMMENDS_PKG, untouched, follow);
                continue;
            }
            int list = pool.provides(dep);
            int first = pool.data[list];
            if (first == Pool.SYSTEM || first == 0 || contains(list, pkg)) {
                continue;
            }
            rule(Rule.RECOMMENDS_PKG, -pkg, pool.data, list, dep);
            if (follow) {
                follow(list);
            }
        }
        if (reasons == null && start < sat.ruleCount) {
            IntList marked = state.recommendsRules;
            if (marked == null) {
                marked = new IntList();
                state.recommendsRules = marked;
            }
            for (int rule = start; rule < sat.ruleCount; rule++) {
                marked.push(rule);
            }
        }
    }

    /// Remembers paths that nothing provides: a file list may know more.
    private void notePaths(int dep) {
        if (dep < 0) {
            if (pool.rels.op(dep) >= 8) {
                notePaths(pool.rels.left(dep));
                notePaths(pool.rels.right(dep));
            }
        } else if (pool.words.text(dep).startsWith("/") && !pool.isProvided(dep)) {
            state.emptyPaths.pushUnique(dep);
        }
    }

    private boolean anyInstalled(int list) {
        for (int at = list; pool.data[at] != 0; at++) {
            if (state.isInstalled(pool.data[at])) {
                return true;
            }
        }
        return false;
    }

    private boolean contains(int list, int pkg) {
        for (int at = list; pool.data[at] != 0; at++) {
            if (pool.data[at] == pkg) {
                return true;
            }
        }
        return false;
    }

    private void follow(int list) {
        for (int at = list; pool.data[at] != 0; at++) {
            if (!state.added.has(pool.data[at])) {
                queue.push(pool.data[at]);
            }
        }
    }

    private void followWeak(int pkg, int kind) {
        for (int at = pool.deps(kind, pkg); pool.depData[at] != 0; at++) {
            int dep = pool.depData[at];
            if (pool.isRich(dep)) {
                RichDeps.positives(pool, dep, queue, state.added, false);
            } else {
                follow(pool.provides(dep));
            }
        }
    }

    /// Brings in the better twin of a package: both architectures have to go in step.
    private void lockStep(int pkg) {
        int score = pool.archScore(pkg);
        if (!pool.flags.implicitObsoleteUsesColors || score <= 1) {
            return;
        }
        for (int at = pool.provides(pool.name(pkg)); pool.data[at] != 0; at++) {
            int other = pool.data[at];
            if (pool.name(other) == pool.name(pkg)
                    && pool.evr(other) == pool.evr(pkg)
                    && !state.added.has(other)
                    && pool.archScore(other) > 1
                    && pool.archScore(other) < score) {
                queue.push(other);
            }
        }
    }

    private void conflicts(int pkg, boolean untouched, boolean follow) {
        int at = pool.deps(Pool.CONFLICTS, pkg);
        if (pool.depData[at] == 0) {
            return;
        }
        boolean patch = pool.nameText(pkg).startsWith("patch:");
        for (; pool.depData[at] != 0; at++) {
            int dep = pool.depData[at];
            if (!patch && pool.isRich(dep)) {
                rich(pkg, dep, Rule.CONFLICTS, untouched, follow);
                continue;
            }
            for (int list = pool.provides(dep); pool.data[list] != 0; list++) {
                int other = pool.data[list];
                if (patch && !pool.matchesName(other, dep)
                        || untouched && state.isInstalled(other)) {
                    continue;
                }
                if (other == pkg) {
                    if (pool.flags.forbidSelfConflicts && !isOtherProviders(dep)) {
                        rule(Rule.SELF_CONFLICT, -pkg, 0, dep);
                    }
                    continue;
                }
                if (patch && dep < 0 && state.multiversion.has(other)) {
                    IntList others = patchConflict(other, dep);
                    if (others.size > 1) {
                        others.push(0);
                        rule(Rule.CONFLICTS, -pkg, others.at, 0, dep);
                        continue;
                    }
                }
                rule(Rule.CONFLICTS, -pkg, other == Pool.SYSTEM ? 0 : -other, dep);
            }
        }
    }

    private boolean isOtherProviders(int dep) {
        return dep < 0
                && pool.rels.op(dep) == Rels.NAMESPACE
                && pool.rels.left(dep) == pool.otherProviders;
    }

    /// A patch is also content when another version of the package is there that it accepts.
    private IntList patchConflict(int pkg, int dep) {
        var found = new IntList();
        found.push(-pkg);
        for (int at = pool.provides(pool.name(pkg)); pool.data[at] != 0; at++) {
            int other = pool.data[at];
            if (pool.name(other) == pool.name(pkg)
                    && pool.arch(other) == pool.arch(pkg)
                    && state.multiversion.has(other)
                    && !pool.matchesName(other, dep)) {
                found.push(other);
            }
        }
        return found;
    }

    private void obsoletes(int pkg, boolean untouched) {
        if (state.multiversion.has(pkg) && !state.flags.keepExplicitObsoletes) {
            return;
        }
        boolean isInstalled = state.isInstalled(pkg);
        for (int at = pool.deps(Pool.OBSOLETES, pkg); pool.depData[at] != 0; at++) {
            int dep = pool.depData[at];
            for (int list = pool.provides(dep); pool.data[list] != 0; list++) {
                int other = pool.data[list];
                if (other == pkg
                        || isInstalled && untouched && state.isInstalled(other)
                        || !pool.obsoletes(pkg, dep, other)) {
                    continue;
                }
                rule(
                        isInstalled ? Rule.INSTALLED_OBSOLETES : Rule.OBSOLETES,
                        -pkg,
                        other == Pool.SYSTEM ? 0 : -other,
                        dep);
            }
        }
    }

    private void implicitObsoletes(int pkg, boolean untouched, boolean follow) {
        boolean isInstalled = state.isInstalled(pkg);
        if (isInstalled && untouched) {
            return;
        }
        boolean multi = state.multiversion.has(pkg);
        for (int at = pool.provides(pool.name(pkg)); pool.data[at] != 0; at++) {
            int other = pool.data[at];
            if (other == pkg || isInstalled && !state.isInstalled(other)) {
                continue;
            }
            boolean sameName = pool.name(pkg) == pool.name(other);
            if (multi
                    && (!sameName
                            || pool.evr(pkg) != pool.evr(other)
                            || pool.arch(pkg) != pool.arch(other))
                    && (isInstalled
                            || !state.isInstalled(other)
                            || state.multiversion.has(other))) {
                continue;
            }
            if (!sameName && !pool.flags.implicitObsoleteUsesProvides
                    || pool.flags.implicitObsoleteUsesColors && !pool.colorsMeet(pkg, other)) {
                continue;
            }
            int literal = other == Pool.SYSTEM ? 0 : -other;
            if (!sameName) {
                rule(Rule.IMPLICIT_OBSOLETES, -pkg, literal, pool.name(pkg));
            } else if (!follow
                    || literal == 0
                    || state.isInstalled(other)
                    || !state.added.has(other)
                    || pool.isSource(other)
                    || state.multiversion.has(other)) {
                rule(Rule.SAME_NAME, -pkg, literal, 0);
            }
        }
    }

    private void rich(int pkg, int dep, Rule kind, boolean untouched, boolean follow) {
        clauses.clear();
        int answer =
                RichDeps.clauses(
                        pool,
                        dep,
                        clauses,
                        kind == Rule.CONFLICTS ? RichDeps.TO_DNF | RichDeps.INVERT : 0);
        if (answer == RichDeps.NEVER && !untouched) {
            rule(kind == Rule.REQUIRES ? Rule.NOTHING_PROVIDES : kind, -pkg, 0, dep);
        }
        if (answer != RichDeps.CLAUSES) {
            return;
        }
        for (int at = 0, end; at < clauses.size; at = end + 1) {
            end = at;
            while (clauses.at[end] != 0) {
                end++;
            }
            clause(pkg, dep, kind, untouched, follow, at, end);
        }
    }

    private void clause(
            int pkg, int dep, Rule kind, boolean untouched, boolean follow, int at, int end) {
        if (at == end) {
            return;
        }
        if (untouched && !holdsNow(at, end)) {
            return;
        }
        if (end == at + 1 && clauses.at[at] == -pkg) {
            if (kind != Rule.CONFLICTS) {
                rule(kind, -pkg, 0, dep);
            } else if (pool.flags.forbidSelfConflicts && !isOtherProviders(dep)) {
                rule(Rule.SELF_CONFLICT, -pkg, 0, dep);
            }
            return;
        }
        var literals = new IntList();
        boolean placed = false;
        for (int i = at; i < end; i++) {
            int literal = clauses.at[i];
            if (literal == pkg) {
                return;
            }
            if (!placed && literal >= -pkg) {
                placed = true;
                if (literal != -pkg) {
                    literals.push(-pkg);
                }
            }
            literals.push(literal);
        }
        if (!placed) {
            literals.push(-pkg);
        }
        if (literals.size == 2) {
            int other = literals.at[0] == -pkg ? literals.at[1] : literals.at[0];
            rule(kind, -pkg, other, dep);
        } else {
            literals.push(0);
            richRule(pkg, kind, literals, dep);
        }
        if (follow) {
            for (int i = at; i < end; i++) {
                if (clauses.at[i] > 0 && !state.added.has(clauses.at[i])) {
                    queue.push(clauses.at[i]);
                }
            }
        }
    }

    private boolean holdsNow(int at, int end) {
        for (int i = at; i < end; i++) {
            int literal = clauses.at[i];
            if (literal > 0 == state.isInstalled(Math.abs(literal))) {
                return true;
            }
        }
        return false;
    }

    /// Passes a rule on; the reason starts from the package, wherever its literal stands.
    private void richRule(int pkg, Rule kind, IntList literals, int dep) {
        Reasons to = reasons;
        if (to == null || literals.at[0] == -pkg) {
            rule(kind, literals.at[0], literals.at, 1, dep);
            return;
        }
        reasons = (k, one, two, others, at, d) -> to.reason(k, one, -pkg, others, at, d);
        rule(kind, literals.at[0], literals.at, 1, dep);
        reasons = to;
    }

    /// Adds a rule of one or two literals.
    void rule(Rule kind, int one, int two, int dep) {
        Reasons to = reasons;
        if (to != null) {
            to.reason(kind, one, two, null, 0, dep);
            return;
        }
        if (one == -two) {
            return;
        }
        if (two != 0 && one > two) {
            sat.add(two, one);
        } else {
            sat.add(one, two);
        }
    }

    /// Adds a rule of a literal and a run of others.
    void rule(Rule kind, int one, int[] others, int at, int dep) {
        if (others[at] == 0 || others[at + 1] == 0) {
            rule(kind, one, others[at], dep);
            return;
        }
        Reasons to = reasons;
        if (to != null) {
            to.reason(kind, one, 0, others, at, dep);
            return;
        }
        for (int i = at; others[i] != 0; i++) {
            if (others[i] == -one) {
                return;
            }
        }
        sat.add(one, others, at);
    }
}
