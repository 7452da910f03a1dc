package opm.solve;

/// Makes the rules of taste: best architecture, right repository, black lists, split packages.
final class PolicyRules {
    private final State state;
    private final Pool pool;
    private final Sat sat;

    PolicyRules(State state) {
        this.state = state;
        pool = state.pool;
        sat = state.sat;
    }

    // ---------------------------------------------------------------- architectures

    /// Rules out packages of a worse architecture where a better one is there.
    void addInfarch() {
        state.infarch = sat.ruleCount;
        if (!state.flags.noInfarchCheck) {
            var group = new IntList();
            IntList firsts = oddGroups();
            for (int i = 0; i < firsts.size; i++) {
                int pkg = firsts.at[i];
                if (group(pkg, group) == pkg) {
                    infarchOf(group);
                }
            }
        }
        state.infarchEnd = sat.ruleCount;
    }

    /// Returns the first reached package of each name that has one of an odd architecture,
    /// ascending:
    /// where all are the machine's own or `noarch`, none is inferior.
    private IntList oddGroups() {
        var firsts = new IntList();
        var seen = new Bits(pool.count);
        for (int i = 0; i < state.odd.size; i++) {
            int pkg = state.odd.at[i];
            for (int at = pool.provides(pool.name(pkg)); pool.data[at] != 0; at++) {
                int other = pool.data[at];
                if (pool.name(other) == pool.name(pkg) && state.added.has(other)) {
                    if (!seen.has(other)) {
                        seen.set(other);
                        firsts.push(other);
                    }
                    break;
                }
            }
        }
        firsts.sort(Integer::compare);
        return firsts;
    }

    /// Collects the reached packages of a name, ascending, and returns the first, or 0 when
    /// providers of the name do not include the package.
    private int group(int pkg, IntList group) {
        group.clear();
        boolean self = false;
        for (int at = pool.provides(pool.name(pkg)); pool.data[at] != 0; at++) {
            int other = pool.data[at];
            if (pool.name(other) == pool.name(pkg) && state.added.has(other)) {
                if (!self && other != pkg) {
                    return 0;
                }
                self = true;
                group.push(other);
            }
        }
        return group.isEmpty() ? 0 : group.at[0];
    }

    private void infarchOf(IntList group) {
        boolean colors = pool.flags.implicitObsoleteUsesColors;
        int best = 0;
        int bestArch = 0;
        var allowed = new IntList();
        for (int i = 0; i < group.size; i++) {
            int other = group.at[i];
            int score = pool.archScore(other);
            if (score != 1 && state.isInstalled(other)) {
                if (!state.dupInvolved(other)) {
                    allowed.pushUnique(pool.arch(other));
                }
            } else if (score > 1 && (best == 0 || score < best)) {
                best = score;
                bestArch = pool.arch(other);
            }
        }
        if (best == 0 && allowed.size > 1 && colors) {
            for (int i = 0; i < allowed.size; i++) {
                int score = pool.archs.score(allowed.at[i]);
                if (score > 1 && (best == 0 || score < best)) {
                    best = score;
                }
            }
        }
        if (best == 0) {
            return;
        }
        if (allowed.size == 1 && allowed.at[0] == bestArch) {
            allowed.clear();
        }
        if (!allowed.isEmpty() && colors) {
            allowedWithoutTwins(group, best, allowed);
        }
        for (int i = 0; i < group.size; i++) {
            int other = group.at[i];
            int score = pool.archScore(other);
            if (score == 1 || Archs.alike(score, best)) {
                continue;
            }
            boolean bad = state.isInstalled(other) ? colors : !allows(allowed, pool.arch(other));
            if (bad) {
                ruleOut(other, best, colors);
            }
        }
    }

    private boolean allows(IntList allowed, int arch) {
        int score = pool.archs.score(arch);
        for (int i = 0; i < allowed.size; i++) {
            int other = pool.archs.score(allowed.at[i]);
            if (arch == allowed.at[i] || other != 0 && Archs.alike(score, other)) {
                return true;
            }
        }
        return false;
    }

    /// An inferior architecture may stay only where no better twin of the package is known.
    private void allowedWithoutTwins(IntList group, int best, IntList allowed) {
        allowed.clear();
        for (int i = 0; i < group.size; i++) {
            int other = group.at[i];
            if (!state.isInstalled(other) || state.dupInvolved(other)) {
                continue;
            }
            int score = pool.archScore(other);
            if (score == 0) {
                allowed.pushUnique(pool.arch(other));
            } else if (score != 1 && !Archs.alike(score, best) && twins(other, best).isEmpty()) {
                allowed.pushUnique(pool.arch(other));
            }
        }
    }

    /// Returns the packages of the same name and version with a good architecture.
    private IntList twins(int pkg, int best) {
        var found = new IntList();
        for (int at = pool.provides(pool.name(pkg)); pool.data[at] != 0; at++) {
            int other = pool.data[at];
            int score = pool.archScore(other);
            if (other != pkg
                    && pool.name(other) == pool.name(pkg)
                    && pool.evr(other) == pool.evr(pkg)
                    && pool.arch(other) != pool.arch(pkg)
                    && score != 0
                    && (score == 1 || Archs.alike(score, best))) {
                found.push(other);
            }
        }
        return found;
    }

    private void ruleOut(int pkg, int best, boolean colors) {
        if (!colors) {
            sat.add(-pkg, 0);
            return;
        }
        IntList twins = twins(pkg, best);
        boolean installedTwin = false;
        for (int i = 0; i < twins.size; i++) {
            installedTwin |= state.isInstalled(twins.at[i]);
        }
        if (!state.isInstalled(pkg) || installedTwin) {
            sat.add(-pkg, twins);
        }
    }

    // ---------------------------------------------------------------- distribution upgrade

    /// Rules out what the distribution upgrade does not want.
    void addDup() {
        state.dup = sat.ruleCount;
        if (state.anyDup()) {
            var group = new IntList();
            for (int pkg = state.added.next(2); pkg >= 0; pkg = state.added.next(pkg + 1)) {
                if (group(pkg, group) != pkg) {
                    continue;
                }
                for (int i = 0; i < group.size; i++) {
                    int other = group.at[i];
                    if (!state.dupInvolved(other) || state.dupMap.has(other)) {
                        continue;
                    }
                    if (!state.isInstalled(other)) {
                        sat.add(-other, 0);
                    } else if (!pool.disabled(other)) {
                        dupInstalled(other);
                    }
                }
            }
        }
        state.dupEnd = sat.ruleCount;
    }

    private void dupInstalled(int pkg) {
        for (int at = pool.provides(pool.name(pkg)); pool.data[at] != 0; at++) {
            int other = pool.data[at];
            if (state.dupMap.has(other)
                    && pool.evr(other) == pool.evr(pkg)
                    && pool.identical(pkg, other)) {
                state.dupMap.set(pkg);
                return;
            }
        }
        int rule = state.updateRule(pkg);
        if (sat.first(rule) == 0) {
            rule = state.featureRule(pkg);
        }
        if (sat.first(rule) == 0) {
            state.dupMap.set(pkg);
            return;
        }
        if (state.specialUpdaters(pkg) != 0) {
            sat.add(-pkg, pool.data, state.specialUpdaters(pkg));
            return;
        }
        if (sat.first(rule) == pkg && sat.second(rule) == 0) {
            int feature = state.featureRule(pkg);
            if (sat.first(feature) == 0 || sat.second(feature) == 0) {
                state.dupMap.set(pkg);
                return;
            }
        }
        sat.add(-pkg, 0);
    }

    // ---------------------------------------------------------------- black list, priorities

    /// Rules out what only a direct request may bring in.
    void addBlack() {
        state.black = sat.ruleCount;
        var installedNames = new IntList();
        for (int pass = 0; pass < 2; pass++) {
            for (int job = 0; job < state.jobs.size(); job++) {
                if (state.jobs.action(job) != Jobs.BLACKLIST) {
                    continue;
                }
                IntList members = state.jobs.members(job);
                for (int i = 0; i < members.size; i++) {
                    int pkg = members.at[i];
                    if (state.isInstalled(pkg)) {
                        if (pass == 0) {
                            installedNames.pushUnique(pool.name(pkg));
                        }
                    } else if (pass == 1 && !installedNames.contains(pool.name(pkg))) {
                        sat.add(-pkg, 0);
                    }
                }
            }
        }
        state.blackEnd = sat.ruleCount;
    }

    /// Rules out packages of which a repository of higher priority has the name too.
    void addStrictPriority() {
        state.strict = sat.ruleCount;
        if (state.flags.strictRepoPriority) {
            var open = new Bits(state.added);
            for (int pkg = open.next(2); pkg >= 0; pkg = open.next(pkg + 1)) {
                int best = pool.priority(pkg);
                int list = pool.provides(pool.name(pkg));
                for (int at = list; pool.data[at] != 0; at++) {
                    if (pool.name(pool.data[at]) == pool.name(pkg)) {
                        best = Math.max(best, pool.priority(pool.data[at]));
                    }
                }
                for (int at = list; pool.data[at] != 0; at++) {
                    int other = pool.data[at];
                    if (pool.name(other) == pool.name(pkg) && open.has(other)) {
                        open.unset(other);
                        if (!state.isInstalled(other) && pool.priority(other) < best) {
                            sat.add(-other, 0);
                        }
                    }
                }
            }
        }
        state.strictEnd = sat.ruleCount;
    }

    /// Copies rules of recommendations without the disfavoured, and turns the originals off.
    void addRecommends() {
        state.recommends = sat.ruleCount;
        IntList rules = state.recommendsRules;
        if (rules != null && state.disfavored && state.flags.strongRecommends) {
            for (int i = 0; i < rules.size; i++) {
                int rule = rules.at[i];
                var kept = new IntList();
                boolean dropped = false;
                boolean positive = false;
                for (int at = sat.start[rule]; sat.lits[at] != 0; at++) {
                    int literal = sat.lits[at];
                    if (literal > 0 && state.favorOf(literal) < 0) {
                        dropped = true;
                    } else {
                        positive |= literal > 0;
                        kept.push(literal);
                    }
                }
                if (dropped) {
                    sat.off[rule] = true;
                    if (positive && kept.size > 1) {
                        sat.add(kept.removeAt(0), kept);
                        state.recommendsInfo.push(rule);
                    }
                }
            }
        }
        state.recommendsEnd = sat.ruleCount;
    }

    // ---------------------------------------------------------------- split packages

    /// Where several packages obsolete the same installed one, takes one of each name.
    void addYumObsoletes(Choose choose) {
        state.yumobs = sat.ruleCount;
        if (state.flags.yumObsoletes && state.hasInstalled()) {
            IntList deps = sharedObsoletes();
            for (int i = 0; i < deps.size; i++) {
                yumObsoletesOf(deps.at[i], choose);
            }
        }
        state.yumobsEnd = sat.ruleCount;
    }

    private IntList sharedObsoletes() {
        var found = new IntList();
        boolean colors = anyColors();
        for (int pkg = state.from; pkg < state.to; pkg++) {
            for (int list = pool.obsoleters(pkg); pool.obsoleterData()[list] != 0; list++) {
                int by = pool.obsoleterData()[list];
                for (int at = pool.deps(Pool.OBSOLETES, by); pool.depData[at] != 0; at++) {
                    int dep = pool.depData[at];
                    for (int p = pool.provides(dep); pool.data[p] != 0; p++) {
                        int other = pool.data[p];
                        if (state.isInstalled(other)
                                && (pool.flags.obsoleteUsesProvides || pool.matchesName(other, dep))
                                && (!colors || pool.colorsMeet(pkg, other))) {
                            found.pushUnique(dep);
                            break;
                        }
                    }
                }
            }
        }
        return found;
    }

    private boolean anyColors() {
        return pool.flags.obsoleteUsesColors || pool.flags.implicitObsoleteUsesColors;
    }

    private void yumObsoletesOf(int dep, Choose choose) {
        IntList groups = obsoleteGroups(dep, choose);
        int group = 0;
        for (int i = 0; i < groups.size; i++) {
            int pkg = groups.at[i];
            if (pkg == 0) {
                group++;
                continue;
            }
            if (state.isInstalled(pkg)) {
                continue;
            }
            int start = 0;
            int other = 0;
            for (int end = 0; end < groups.size; end++) {
                if (groups.at[end] != 0) {
                    continue;
                }
                if (other != group && end > start) {
                    sat.add(-pkg, groups.at, start);
                    state.yumobsInfo.push(dep);
                }
                start = end + 1;
                other++;
            }
        }
    }

    /// Returns the packages that carry exactly this obsoletes, by name, each name ended by 0; none
    /// when there is just one name.
    private IntList obsoleteGroups(int dep, Choose choose) {
        var found = new IntList();
        for (int list = pool.provides(dep); pool.data[list] != 0; list++) {
            int old = pool.data[list];
            if (!state.isInstalled(old)
                    || !pool.flags.obsoleteUsesProvides && !pool.matchesName(old, dep)) {
                continue;
            }
            for (int at = pool.obsoleters(old); pool.obsoleterData()[at] != 0; at++) {
                carrier(pool.obsoleterData()[at], old, dep, found);
            }
            for (int at = pool.provides(pool.name(old)); pool.data[at] != 0; at++) {
                if (pool.name(pool.data[at]) == pool.name(old)) {
                    carrier(pool.data[at], old, dep, found);
                }
            }
        }
        var best = new IntList(found);
        choose.pruneToBestVersion(best);
        var groups = new IntList();
        if (best.size == 1) {
            return groups;
        }
        int names = 0;
        for (int i = 0; i < best.size; i++) {
            int before = groups.size;
            for (int j = 0; j < found.size; j++) {
                if (pool.name(found.at[j]) == pool.name(best.at[i])) {
                    groups.push(found.at[j]);
                }
            }
            if (groups.size > before) {
                groups.push(0);
                names++;
            }
        }
        if (names <= 1) {
            groups.clear();
        }
        return groups;
    }

    private void carrier(int pkg, int old, int dep, IntList into) {
        if (anyColors() && !pool.colorsMeet(old, pkg)) {
            return;
        }
        for (int at = pool.deps(Pool.OBSOLETES, pkg); pool.depData[at] != 0; at++) {
            if (pool.depData[at] == dep) {
                into.pushUnique(pkg);
                return;
            }
        }
    }
}
