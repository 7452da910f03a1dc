package opm.solve;

/// Policy: which of several packages that would do is the one to take.
final class Choose {
    /// How far to go.
    enum Mode {
        /// Everything.
        FULL,
        /// All that removes, nothing that only orders.
        NO_REORDER,
        /// Priority, architecture and version only.
        RECOMMEND,
        /// The same, with priority within each name.
        SUGGEST,
        /// Only order.
        SUPPLEMENT
    }

    private final State state;
    private final Pool pool;
    private final WeakDeps weak;

    Choose(State state, WeakDeps weak) {
        this.state = state;
        pool = state.pool;
        this.weak = weak;
    }

    /// Prunes a list to what may be chosen, best first.
    void filter(IntList list, Mode mode) {
        if (mode == Mode.SUPPLEMENT) {
            dislikeOld(list);
            sortByCommonDep(list);
            preferSuggested(list);
            preferFavored(list);
            return;
        }
        if (state.favor != null && list.size > 1) {
            for (int i = 1; i < list.size; i++) {
                if (state.favorOf(list.at[i]) != state.favorOf(list.at[0])) {
                    byFavor(list, mode);
                    return;
                }
            }
        }
        filterGroup(list, mode);
    }

    private void filterGroup(IntList list, Mode mode) {
        if (list.size > 1) {
            if (mode == Mode.SUGGEST) {
                pruneToPriorityByName(list);
            } else {
                pruneToPriority(list);
            }
        }
        if (list.size > 1) {
            pruneToBestArch(list);
        }
        if (list.size > 1) {
            pruneToBestVersion(list);
        }
        if (list.size > 1 && (mode == Mode.FULL || mode == Mode.NO_REORDER)) {
            pruneToRecommended(list);
            if (list.size > 1 && mode == Mode.FULL) {
                dislikeOld(list);
                sortByCommonDep(list);
                moveInstalledToFront(list);
                preferSuggested(list);
                preferFavored(list);
            }
        }
    }

    /// Filters each group of equal favour together with those above it, best group first.
    private void byFavor(IntList list, Mode mode) {
        var sorted = new IntList(list);
        preferFavored(sorted);
        list.clear();
        for (int end, start = 0; start < sorted.size; start = end) {
            int favor = state.favorOf(sorted.at[start]);
            end = start + 1;
            while (end < sorted.size && state.favorOf(sorted.at[end]) == favor) {
                end++;
            }
            var group = new IntList(sorted);
            group.truncate(end);
            filterGroup(group, mode);
            for (int i = 0; i < group.size; i++) {
                if (state.favorOf(group.at[i]) == favor) {
                    list.push(group.at[i]);
                }
            }
        }
    }

    // ---------------------------------------------------------------- pruning

    private void pruneToPriority(IntList list) {
        boolean any = false;
        int best = 0;
        for (int i = 0; i < list.size; i++) {
            int pkg = list.at[i];
            if (!state.isInstalled(pkg) && (!any || pool.priority(pkg) > best)) {
                best = pool.priority(pkg);
                any = true;
            }
        }
        if (any) {
            int kept = 0;
            for (int i = 0; i < list.size; i++) {
                int pkg = list.at[i];
                if (state.isInstalled(pkg) || pool.priority(pkg) == best) {
                    list.at[kept++] = pkg;
                }
            }
            list.truncate(kept);
        }
        if (list.size > 1 && state.hasInstalled() && state.anyDup()) {
            pruneInstalledDup(list);
        }
    }

    /// Installed packages that a distribution upgrade is about stay only if a repository has them.
    private void pruneInstalledDup(IntList list) {
        int at = 0;
        while (at < list.size && state.isInstalled(list.at[at])) {
            at++;
        }
        if (at == list.size) {
            return;
        }
        int best = pool.priority(list.at[at]);
        int kept = 0;
        for (int i = 0; i < list.size; i++) {
            int pkg = list.at[i];
            boolean isInstalled = state.isInstalled(pkg);
            if (!isInstalled && pool.priority(pkg) < best) {
                continue;
            }
            if (isInstalled && state.dupInvolved(pkg)) {
                boolean keep = false;
                for (int p = pool.provides(pool.name(pkg)); pool.data[p] != 0; p++) {
                    int other = pool.data[p];
                    if (state.isInstalled(other)
                            || pool.evr(other) != pool.evr(pkg)
                            || pool.priority(other) < best
                            || !pool.identical(pkg, other)) {
                        continue;
                    }
                    keep = true;
                    if (pool.priority(other) > best) {
                        best = pool.priority(other);
                        kept = 0;
                    }
                }
                if (!keep) {
                    continue;
                }
            }
            list.at[kept++] = pkg;
        }
        if (kept > 0) {
            list.truncate(kept);
        }
    }

    private void pruneToPriorityByName(IntList list) {
        list.sort(this::byNameThenBest);
        var result = new IntList();
        var group = new IntList();
        for (int i = 0; i < list.size; i++) {
            if (!group.isEmpty() && pool.name(group.at[0]) != pool.name(list.at[i])) {
                if (group.size > 2) {
                    pruneToPriority(group);
                }
                result.pushAll(group);
                group.clear();
            }
            group.push(list.at[i]);
        }
        if (group.size > 2) {
            pruneToPriority(group);
        }
        result.pushAll(group);
        list.clear();
        list.pushAll(result);
    }

    private void pruneToBestArch(IntList list) {
        if (!pool.archs.bound()) {
            return;
        }
        int best = 0;
        for (int i = 0; i < list.size; i++) {
            int score = pool.archScore(list.at[i]);
            if (score > 1 && (best == 0 || score < best)) {
                best = score;
            }
        }
        if (best == 0) {
            return;
        }
        int kept = 0;
        for (int i = 0; i < list.size; i++) {
            int score = pool.archScore(list.at[i]);
            if (score == 1 || score != 0 && Archs.alike(score, best)) {
                list.at[kept++] = list.at[i];
            }
        }
        if (kept > 0) {
            list.truncate(kept);
        }
    }

    private int byNameThenBest(int one, int two) {
        if (pool.name(one) != pool.name(two)) {
            return pool.nameText(one).compareTo(pool.nameText(two));
        }
        if (pool.arch(one) != pool.arch(two)) {
            int a = pool.archScore(one);
            int b = pool.archScore(two);
            if (a != b && a > 1 && b > 1) {
                return Integer.compare(a, b);
            }
        }
        if (state.isInstalled(one) != state.isInstalled(two)) {
            return state.isInstalled(one) ? -1 : 1;
        }
        int order = pool.subPriority(two) - pool.subPriority(one);
        return order != 0 ? order : one - two;
    }

    /// Keeps the best version of each name, then drops what another remaining one obsoletes.
    void pruneToBestVersion(IntList list) {
        if (list.size < 2) {
            return;
        }
        list.sort(this::byNameThenBest);
        int kept = 0;
        int best = list.at[0];
        for (int i = 1; i < list.size; i++) {
            int pkg = list.at[i];
            if (pool.name(best) != pool.name(pkg)) {
                list.at[kept++] = best;
                best = pkg;
                continue;
            }
            int order = pool.compareEvr(best, pkg);
            if (order == 0 && pool.mayHaveLinks()) {
                order = new Links(pool).compare(best, pkg);
            }
            if (order < 0) {
                best = pkg;
            }
        }
        list.at[kept++] = best;
        list.truncate(kept);
        if (list.size > 1) {
            Obsoleted.prune(pool, list);
        }
    }

    private void pruneToRecommended(IntList list) {
        int installed = 0;
        for (int i = 0; i < list.size; i++) {
            installed += state.isInstalled(list.at[i]) ? 1 : 0;
        }
        if (list.size - installed < 2) {
            return;
        }
        weak.update();
        var kept = new IntList();
        boolean any = false;
        for (int i = 0; i < list.size; i++) {
            int pkg = list.at[i];
            if (state.isInstalled(pkg)) {
                kept.push(pkg);
            } else if (weak.recommended.has(pkg) || weak.isSupplementing(pkg)) {
                kept.push(pkg);
                any = true;
            }
        }
        if (any) {
            list.clear();
            list.pushAll(kept);
        }
    }

    // ---------------------------------------------------------------- ordering

    private static void toBack(IntList list, int index) {
        int pkg = list.at[index];
        System.arraycopy(list.at, index + 1, list.at, index, list.size - 1 - index);
        list.at[list.size - 1] = pkg;
    }

    /// Brings what is neither installed nor suggested to the back.
    private void preferSuggested(IntList list) {
        weak.update();
        int count = list.size;
        for (int i = 0; i < count; i++) {
            int pkg = list.at[i];
            if (!state.isInstalled(pkg) && !weak.suggested.has(pkg) && !weak.isEnhancing(pkg)) {
                toBack(list, i);
                i--;
                count--;
            }
        }
    }

    void preferFavored(IntList list) {
        if (state.favor != null && list.size > 1) {
            list.sort((one, two) -> Integer.compare(state.favorOf(two), state.favorOf(one)));
        }
    }

    /// Brings packages to the back of which something newer, or of higher priority, is there.
    private void dislikeOld(IntList list) {
        int count = list.size;
        for (int i = 0; i < count; i++) {
            int pkg = list.at[i];
            if (!state.isInstalled(pkg) && isOld(pkg)) {
                toBack(list, i);
                i--;
                count--;
            }
        }
    }

    private boolean isOld(int pkg) {
        for (int at = pool.provides(pool.name(pkg)); pool.data[at] != 0; at++) {
            int other = pool.data[at];
            if (other == pkg
                    || pool.name(other) != pool.name(pkg)
                    || pool.arch(other) != pool.arch(pkg)) {
                continue;
            }
            int mine = pool.priority(pkg);
            int its = pool.priority(other);
            if (mine != its) {
                if (mine < its) {
                    return true;
                }
            } else if (pool.compareEvr(other, pkg) > 0) {
                return true;
            }
        }
        return false;
    }

    /// Where candidates provide the same name at different versions, the lower ones are worse.
    private void sortByCommonDep(IntList list) {
        var entries = new IntList();
        for (int i = 0; i < list.size; i++) {
            int pkg = list.at[i];
            for (int at = pool.deps(Pool.PROVIDES, pkg); pool.depData[at] != 0; at++) {
                int dep = pool.depData[at];
                if (dep >= 0) {
                    continue;
                }
                int op = pool.rels.op(dep);
                int evr = pool.rels.right(dep);
                boolean versioned = op == Rels.EQ || op == (Rels.EQ | Rels.LT) || op == Rels.LT;
                if (versioned && evr > 0 && !(op == Rels.EQ && isHash(pool.words.text(evr)))) {
                    entries.push(i, pool.rels.left(dep), op == Rels.LT ? -evr : evr);
                }
            }
        }
        int count = entries.size / 3;
        if (count < 2) {
            return;
        }
        var order = new IntList();
        for (int entry = 0; entry < count; entry++) {
            order.push(entry);
        }
        order.sort((one, two) -> compareEntries(entries, one, two));
        int[] badness = new int[list.size];
        boolean any = false;
        int bad = 0;
        for (int i = 0; i < count; i++) {
            int entry = order.at[i];
            int name = entries.at[entry * 3 + 1];
            if (i > 0 && entries.at[order.at[i - 1] * 3 + 1] == name) {
                int before = order.at[i - 1];
                if (entries.at[before * 3] != entries.at[entry * 3]
                        && compareEntries(entries, before, entry) == -1) {
                    bad++;
                    any = true;
                }
            } else {
                bad = 0;
            }
            badness[entries.at[entry * 3]] += bad;
        }
        if (any) {
            sortByBadness(list, badness);
        }
    }

    private void sortByBadness(IntList list, int[] badness) {
        for (int i = 0; i < list.size; i++) {
            if (state.isInstalled(list.at[i])) {
                badness[i] = 0;
            }
        }
        for (int i = 1; i < list.size; i++) {
            for (int j = i; j > 0 && badness[j - 1] > badness[j]; j--) {
                int swap = badness[j - 1];
                badness[j - 1] = badness[j];
                badness[j] = swap;
                swap = list.at[j - 1];
                list.at[j - 1] = list.at[j];
                list.at[j] = swap;
            }
        }
    }

    private int compareEntries(IntList entries, int one, int two) {
        int order = Integer.compare(entries.at[one * 3 + 1], entries.at[two * 3 + 1]);
        if (order != 0) {
            return order;
        }
        int a = entries.at[one * 3 + 2];
        int b = entries.at[two * 3 + 2];
        if (a == b) {
            return 0;
        }
        order =
                a == -b
                        ? 0
                        : pool.order.match(
                                pool.words.text(Math.abs(b)), pool.words.text(Math.abs(a)));
        if (order == 0 && (a < 0 || b < 0)) {
            return b >= 0 ? 1 : a >= 0 ? -1 : 0;
        }
        return order;
    }

    private static boolean isHash(String text) {
        if (text.length() < 4) {
            return false;
        }
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            if (!(c >= 'a' && c <= 'f' || c >= '0' && c <= '9')) {
                return false;
            }
        }
        return true;
    }

    private void moveInstalledToFront(IntList list) {
        if (!state.hasInstalled()) {
            return;
        }
        int front = 0;
        for (int i = 0; i < list.size; i++) {
            int pkg = list.at[i];
            if (!hasInstalledName(pkg)) {
                continue;
            }
            if (i != front) {
                System.arraycopy(list.at, front, list.at, front + 1, i - front);
                list.at[front] = pkg;
            } else if (front + 2 == list.size) {
                break;
            }
            front++;
        }
    }

    private boolean hasInstalledName(int pkg) {
        if (state.isInstalled(pkg)) {
            return true;
        }
        for (int at = pool.provides(pool.name(pkg)); pool.data[at] != 0; at++) {
            int other = pool.data[at];
            if (pool.name(other) == pool.name(pkg) && state.isInstalled(other)) {
                return true;
            }
        }
        return false;
    }
}
