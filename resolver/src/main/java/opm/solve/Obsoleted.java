package opm.solve;

/// Drops packages of a list that another one of a different name in the list obsoletes.
///
/// Where packages obsolete each other in a ring, the ring that the first of them belongs to stays:
/// Tarjan's strong components, kept as libsolv keeps them, so that both choose alike.
final class Obsoleted {
    private final Pool pool;
    private final IntList list;

    /// For each package its component, -1 once it is obsoleted, 0 while unseen.
    private final int[] low;

    private final int[] stack;
    private int stacked;
    private int first;
    private int next = 1;

    private Obsoleted(Pool pool, IntList list) {
        this.pool = pool;
        this.list = list;
        low = new int[list.size];
        stack = new int[list.size * 2 + 2];
    }

    static void prune(Pool pool, IntList list) {
        var work = new Obsoleted(pool, list);
        for (int i = 0; i < list.size; i++) {
            if (work.low[i] != 0) {
                continue;
            }
            if (pool.has(Pool.OBSOLETES, list.at[i])) {
                work.first = work.next;
                work.stacked = work.next;
                work.visit(i);
            } else {
                int index = work.next++;
                work.low[i] = index;
                work.stack[index] = i;
            }
        }
        int kept = 0;
        for (int i = 0; i < list.size; i++) {
            if (work.low[i] >= 0) {
                list.at[kept++] = list.at[i];
            }
        }
        list.truncate(kept);
    }

    private void visit(int node) {
        int mine = next++;
        low[node] = mine;
        int stackStart = stacked++;
        stack[stackStart] = node;
        int pkg = list.at[node];
        for (int at = pool.deps(Pool.OBSOLETES, pkg); pool.depData[at] != 0; at++) {
            int dep = pool.depData[at];
            for (int p = pool.provides(dep); pool.data[p] != 0; p++) {
                int other = pool.data[p];
                if (pool.name(other) == pool.name(pkg) || !pool.obsoletes(pkg, dep, other)) {
                    continue;
                }
                for (int i = 0; i < list.size; i++) {
                    if (i != node && list.at[i] == other) {
                        edge(node, i);
                    }
                }
            }
        }
        if (low[node] == mine) {
            int component = mine == first ? mine : -1;
            for (int i = stackStart; i < stacked; i++) {
                low[stack[i]] = component;
            }
            stacked = stackStart;
        }
    }

    private void edge(int node, int to) {
        if (low[to] == 0) {
            if (!pool.has(Pool.OBSOLETES, list.at[to])) {
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
            for (int at = component; low[stack[at]] == component; at++) {
                low[stack[at]] = -1;
            }
        } else if (component < low[node]) {
            low[node] = component;
        }
    }
}
