package opm.planner;

import java.util.ArrayList;
import java.util.List;

/// Packages that need each other in a circle, as one: the strongly connected sets, each with those
/// that it needs. Tarjan's algorithm with a stack of its own, because chains are thousands long.
///
/// @param members of each group: places, in the order of installation
/// @param needs for each group, the groups that it needs; never itself
record Groups(List<int[]> members, List<int[]> needs) {
    static Groups of(Needs ties) {
        return new Tarjan(ties).run();
    }

    private static final class Tarjan {
        private final Needs ties;
        private final int count;
        private final int[] index;
        private final int[] low;
        private final int[] next;
        private final int[] groupOf;
        private final int[] stack;
        private final int[] path;
        private final List<int[]> members = new ArrayList<>();
        private int stackSize;
        private int clock;

        Tarjan(Needs ties) {
            this.ties = ties;
            count = ties.needs().size();
            index = new int[count];
            low = new int[count];
            next = new int[count];
            groupOf = new int[count];
            stack = new int[count];
            path = new int[count];
            java.util.Arrays.fill(groupOf, -1);
        }

        Groups run() {
            for (int at = 0; at < count; at++) {
                if (index[at] == 0) {
                    visit(at);
                }
            }
            var needs = new ArrayList<int[]>();
            for (int group = 0; group < members.size(); group++) {
                var needed = new java.util.TreeSet<Integer>();
                for (int member : members.get(group)) {
                    for (int other : ties.needs().get(member)) {
                        needed.add(groupOf[other]);
                    }
                }
                needed.remove(group);
                needs.add(needed.stream().mapToInt(Integer::intValue).toArray());
            }
            return new Groups(members, needs);
        }

        private void visit(int root) {
            int depth = 0;
            path[0] = enter(root);
            while (depth >= 0) {
                int at = path[depth];
                int[] needs = ties.needs().get(at);
                if (next[at] < needs.length) {
                    int other = needs[next[at]++];
                    if (index[other] == 0) {
                        path[++depth] = enter(other);
                    } else if (groupOf[other] < 0) {
                        low[at] = Math.min(low[at], index[other]);
                    }
                    continue;
                }
                if (low[at] == index[at]) {
                    close(at);
                }
                if (--depth >= 0) {
                    low[path[depth]] = Math.min(low[path[depth]], low[at]);
                }
            }
        }

        private int enter(int at) {
            index[at] = low[at] = ++clock;
            stack[stackSize++] = at;
            return at;
        }

        private void close(int root) {
            var group = new ArrayList<Integer>();
            int member;
            do {
                member = stack[--stackSize];
                groupOf[member] = members.size();
                group.add(member);
            } while (member != root);
            group.sort(null);
            members.add(inOrder(group));
        }

        /// Orders a circle: what scripts need before them goes first, as far as that has no circle
        /// of its own; otherwise by name.
        private int[] inOrder(List<Integer> group) {
            var left = new ArrayList<>(group);
            var placed = new java.util.LinkedHashSet<Integer>();
            while (!left.isEmpty()) {
                int chosen = 0;
                for (int at = 0; at < left.size(); at++) {
                    if (isReady(left.get(at), left)) {
                        chosen = at;
                        break;
                    }
                }
                placed.add(left.remove(chosen));
            }
            return placed.stream().mapToInt(Integer::intValue).toArray();
        }

        private boolean isReady(int member, List<Integer> left) {
            for (int pre : ties.preneeds().get(member)) {
                if (java.util.Collections.binarySearch(left, pre) >= 0) {
                    return false;
                }
            }
            return true;
        }
    }
}
