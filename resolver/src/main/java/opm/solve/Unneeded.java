package opm.solve;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Of a list of installed packages, finds those that no other one of the list pulls in.
///
/// Edges are requires, recommends and supplements; of a ring, its first member stays. Runs twice:
/// with all edges, then without requires, to lose what was there for a recommendation only.
final class Unneeded {
    private final State state;
    private final Pool pool;
    private final WeakDeps weak;
    private IntList[] hard = new IntList[0];
    private IntList[] soft = new IntList[0];
    private int[] low = new int[0];
    private int[] stack = new int[0];
    private int stacked;
    private int first;
    private int next;
    private boolean withHard;

    Unneeded(State state, WeakDeps weak) {
        this.state = state;
        pool = state.pool;
        this.weak = weak;
    }

    /// Prunes the list.
    ///
    /// @param onlyLonely whether an edge counts only where nothing else installed would do
    void filter(IntList list, boolean onlyLonely) {
        if (list.size < 2) {
            return;
        }
        int[] index = new int[pool.count];
        var installed = new Bits(pool.count);
        for (int i = 0; i < list.size; i++) {
            index[list.at[i]] = i + 1;
        }
        for (int pkg = state.from; pkg < state.to; pkg++) {
            installed.set(pkg);
        }
        hard = new IntList[list.size];
        soft = new IntList[list.size];
        for (int i = 0; i < list.size; i++) {
            hard[i] = edges(list.at[i], Pool.REQUIRES, index, onlyLonely);
            soft[i] = edges(list.at[i], Pool.RECOMMENDS, index, onlyLonely);
        }
        for (int i = 0; i < list.size; i++) {
            supplementEdges(list.at[i], i, index, installed, onlyLonely);
        }
        for (boolean all : List.of(true, false)) {
            withHard = all;
            low = new int[list.size];
            stack = new int[list.size * 2 + 2];
            next = 1;
            for (int i = 0; i < list.size; i++) {
                if (list.at[i] == 0) {
                    low[i] = -1;
                }
            }
            for (int i = 0; i < list.size; i++) {
                if (low[i] != 0) {
                    continue;
                }
                if (leaf(i)) {
                    low[i] = next;
                    stack[next++] = i;
                } else {
                    first = next;
                    stacked = next;
                    visit(i);
                }
            }
            for (int i = 0; i < list.size; i++) {
                if (low[i] <= 0) {
                    list.at[i] = 0;
                }
            }
        }
        list.dropZeros();
    }

    private IntList edges(int pkg, int kind, int[] index, boolean onlyLonely) {
        var found = new IntList();
        for (int at = pool.deps(kind, pkg); pool.depData[at] != 0; at++) {
            int dep = pool.depData[at];
            if (pool.isRich(dep)) {
                richEdges(pkg, dep, index, found);
                continue;
            }
            int count = 0;
            for (int p = pool.provides(dep); pool.data[p] != 0; p++) {
                count += pool.data[p] != pkg && state.isInstalled(pool.data[p]) ? 1 : 0;
            }
            if (onlyLonely && count != 1) {
                continue;
            }
            for (int p = pool.provides(dep); pool.data[p] != 0; p++) {
                edge(pkg, pool.data[p], index, found);
            }
        }
        return found;
    }

    private static void edge(int pkg, int other, int[] index, IntList into) {
        int to = index[other] - 1;
        if (other != pkg && to >= 0 && (into.isEmpty() || into.last() != to)) {
            into.push(to);
        }
    }

    private void richEdges(int pkg, int dep, int[] index, IntList into) {
        var clauses = new IntList();
        if (RichDeps.clauses(pool, dep, clauses, 0) != RichDeps.CLAUSES) {
            return;
        }
        for (int at = 0; at < clauses.size; at++) {
            boolean dead = false;
            for (; clauses.at[at] != 0; at++) {
                int literal = clauses.at[at];
                dead |= literal < 0 && !state.isInstalled(-literal);
                if (!dead && literal > 0) {
                    edge(pkg, literal, index, into);
                }
            }
        }
    }

    private void supplementEdges(
            int pkg, int node, int[] index, Bits installed, boolean onlyLonely) {
        for (int at = pool.deps(Pool.SUPPLEMENTS, pkg); pool.depData[at] != 0; at++) {
            if (!weak.isPossible(pool.depData[at], installed)) {
                continue;
            }
            var looked = new IntList();
            lookedAt(pool, pool.depData[at], null, looked);
            if (onlyLonely && looked.size != 1) {
                continue;
            }
            for (int i = 0; i < looked.size; i++) {
                int from = index[looked.at[i]] - 1;
                if (looked.at[i] != pkg && from >= 0) {
                    soft[from].insert(0, node);
                }
            }
        }
    }

    /// Adds the packages that a dependency looks at, those of a map only where one is given.
    static void lookedAt(Pool pool, int dep, @Nullable Bits map, IntList into) {
        if (dep < 0) {
            int left = pool.rels.left(dep);
            int right = pool.rels.right(dep);
            switch (pool.rels.op(dep)) {
                case Rels.AND -> {
                    lookedAt(pool, left, map, into);
                    lookedAt(pool, right, map, into);
                    return;
                }
                case Rels.COND, Rels.UNLESS -> {
                    lookedAt(pool, left, map, into);
                    if (pool.rels.hasElse(dep)) {
                        lookedAt(pool, pool.rels.right(right), map, into);
                    }
                    return;
                }
                case Rels.NAMESPACE -> {
                    if (left == pool.splitProvides) {
                        return;
                    }
                }
                default -> {}
            }
        }
        for (int at = pool.provides(dep); pool.data[at] != 0; at++) {
            if (map == null || map.has(pool.data[at])) {
                into.push(pool.data[at]);
            }
        }
    }

    private boolean leaf(int node) {
        return soft[node].isEmpty() && (!withHard || hard[node].isEmpty());
    }

    private void visit(int node) {
        int mine = next++;
        low[node] = mine;
        int stackStart = stacked++;
        stack[stackStart] = node;
        if (withHard) {
            for (int i = 0; i < hard[node].size; i++) {
                follow(node, hard[node].at[i]);
            }
        }
        for (int i = 0; i < soft[node].size; i++) {
            follow(node, soft[node].at[i]);
        }
        if (low[node] == mine) {
            int component = mine == first ? mine : -1;
            for (int i = stackStart; i < stacked; i++) {
                low[stack[i]] = component;
            }
            stacked = stackStart;
        }
    }

    private void follow(int node, int to) {
        if (low[to] == 0) {
            if (leaf(to)) {
                next++;
                low[to] = -1;
                return;
            }
            visit(to);
        }
        int component = low[to];
        if (component < 0) {
            return;
        }
        if (component < first) {
            for (int i = 0; i < low.length; i++) {
                if (low[i] == component) {
                    low[i] = -1;
                }
            }
        } else if (component < low[node]) {
            low[node] = component;
        }
    }
}
