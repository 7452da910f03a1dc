package opm.solve;

/// Makes the rules that keep installed packages: each stays, or an update takes its place.
///
/// A feature rule allows every replacement there is, an update rule those that policy likes. Only
/// the update rule is on at first; the feature rule is what a repair may fall back to.
final class UpdateRules {
    private final State state;
    private final Pool pool;
    private final Sat sat;
    private final Candidates candidates;

    UpdateRules(State state, Candidates candidates) {
        this.state = state;
        pool = state.pool;
        sat = state.sat;
        this.candidates = candidates;
    }

    void add() {
        SharedRules shared = state.shared;
        if (shared != null && isPlain()) {
            shared.addKeeping(state);
            return;
        }
        state.feature = sat.ruleCount;
        for (int pkg = state.from; pkg < state.to; pkg++) {
            addFeature(pkg);
        }
        state.featureEnd = sat.ruleCount;
        state.update = sat.ruleCount;
        for (int pkg = state.from; pkg < state.to; pkg++) {
            addUpdate(pkg);
            int update = sat.ruleCount - 1;
            int feature = state.featureRule(pkg);
            if (sat.first(update) == 0) {
                sat.empty(feature);
                continue;
            }
            if (!state.processOrphans && sat.first(feature) == pkg && sat.second(feature) == 0) {
                state.orphaned.push(pkg);
            }
            if (sat.compare(update, feature) == 0) {
                sat.empty(feature);
            } else if (sat.first(feature) != 0) {
                sat.off[feature] = true;
            }
        }
        state.updateEnd = sat.ruleCount;
    }

    /// Tells whether nothing of the request bears on these rules.
    private boolean isPlain() {
        return !state.updateAll
                && !state.updateMap.present()
                && !state.anyDup()
                && !state.processOrphans
                && !state.dropOrphanedAll
                && !state.dropOrphaned.present()
                && state.buddies == null;
    }

    private void addFeature(int pkg) {
        if (isLinkedPseudo(pkg)) {
            sat.add(0, 0);
            return;
        }
        IntList updates = candidates.updates(pkg, Candidates.Breadth.EVERYTHING);
        if (state.dupInvolved(pkg) && !mayKeep(pkg)) {
            boolean orphan = true;
            for (int i = 0; i < updates.size && orphan; i++) {
                orphan = state.isInstalled(updates.at[i]) && !mayKeep(updates.at[i]);
            }
            if (orphan) {
                sat.add(0, 0);
                return;
            }
        }
        sat.add(pkg, updates);
    }

    private boolean isLinkedPseudo(int pkg) {
        int[] buddies = state.buddies;
        if (buddies == null || buddies[pkg - state.from] == 0) {
            return false;
        }
        String name = pool.nameText(pkg);
        return name.startsWith("pattern:") || name.startsWith("application:");
    }

    /// Tells whether an installed package is, or equals, one that a distribution upgrade may keep.
    private boolean mayKeep(int pkg) {
        if (state.dupMap.has(pkg)) {
            return true;
        }
        for (int at = pool.provides(pool.name(pkg)); pool.data[at] != 0; at++) {
            int other = pool.data[at];
            if (pool.evr(other) == pool.evr(pkg)
                    && (state.dupMap.present()
                            ? state.dupMap.has(other)
                            : !state.isInstalled(other))
                    && pool.identical(pkg, other)) {
                return true;
            }
        }
        return false;
    }

    private void addUpdate(int pkg) {
        if (pool.disabled(pkg)) {
            sat.add(pkg, 0);
            return;
        }
        if (sat.first(state.featureRule(pkg)) == 0) {
            if (isLinkedPseudo(pkg)) {
                sat.add(0, 0);
                return;
            }
            state.orphaned.push(pkg);
            sat.add(keepsOrphan(pkg) ? pkg : 0, 0);
            return;
        }
        boolean dup = state.dupInvolved(pkg);
        IntList updates =
                candidates.updates(
                        pkg, dup ? Candidates.Breadth.DISTUPGRADE : Candidates.Breadth.POLICY);
        IntList single = withoutMultiversion(pkg, updates);
        if (single.size < updates.size) {
            if (single.isEmpty() && dup && !mayKeep(pkg)) {
                state.orphaned.push(pkg);
                setSpecial(pkg, updates);
                if (keepsOrphan(pkg)) {
                    sat.add(pkg, 0);
                    return;
                }
                single = updates;
            } else if (state.wantsUpdate(pkg)) {
                setSpecial(pkg, updates);
            }
        }
        sat.add(pkg, single);
    }

    private boolean keepsOrphan(int pkg) {
        return state.flags.keepOrphans && !state.dropsOrphan(pkg);
    }

    private void setSpecial(int pkg, IntList updates) {
        int[] special = state.specialUpdaters;
        if (special == null) {
            special = new int[state.to - state.from];
            state.specialUpdaters = special;
        }
        special[pkg - state.from] = pool.store(updates);
    }

    /// Leaves out what would stand beside the package instead of replacing it.
    private IntList withoutMultiversion(int pkg, IntList updates) {
        if (!state.multiversion.present()) {
            return updates;
        }
        var kept = new IntList();
        for (int i = 0; i < updates.size; i++) {
            int other = updates.at[i];
            if (!state.multiversion.has(other)
                    || state.flags.keepExplicitObsoletes && saysObsolete(other, pkg)
                    || pool.name(other) == pool.name(pkg)
                            && pool.evr(other) == pool.evr(pkg)
                            && pool.arch(other) == pool.arch(pkg)) {
                kept.push(other);
            }
        }
        return kept;
    }

    private boolean saysObsolete(int pkg, int other) {
        return pool.has(Pool.OBSOLETES, pkg) && candidates.obsoletes(pkg, other);
    }
}
