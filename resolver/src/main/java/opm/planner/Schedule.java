package opm.planner;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/// Puts groups of packages into runs of rpm: what is needed goes before what needs it, and one run
/// either upgrades or installs beside, because rpm's command line cannot do both.
///
/// A run ends when it has enough packages. That the machine is whole then is what the ties promise
/// that the groups were made from: [Bonds].
final class Schedule {
    private final Groups groups;
    private final List<Coming> comings;
    private final RunSize size;
    private final int[] open;
    private final List<List<Integer>> neededBy = new ArrayList<>();
    private final PriorityQueue<Integer> ready;
    private final PriorityQueue<Integer> readyBeside;

    private Schedule(Groups groups, List<Coming> comings, RunSize size) {
        this.groups = groups;
        this.size = size;
        this.comings = comings;
        int count = groups.members().size();
        open = new int[count];
        // By first member: members are sorted by name, so the order is the same on every machine.
        Comparator<Integer> byName =
                (one, two) ->
                        Integer.compare(groups.members().get(one)[0], groups.members().get(two)[0]);
        ready = new PriorityQueue<>(Math.max(1, count), byName);
        readyBeside = new PriorityQueue<>(Math.max(1, count), byName);
        for (int group = 0; group < count; group++) {
            neededBy.add(new ArrayList<>());
        }
        for (int group = 0; group < count; group++) {
            open[group] = groups.needs().get(group).length;
            for (int needed : groups.needs().get(group)) {
                neededBy.get(needed).add(group);
            }
        }
        for (int group = 0; group < count; group++) {
            if (open[group] == 0) {
                queue(group).add(group);
            }
        }
    }

    /// Returns the runs, each with the places of its packages in order.
    static List<int[]> runs(Groups groups, List<Coming> comings, RunSize size) {
        return new Schedule(groups, comings, size).run();
    }

    private List<int[]> run() {
        var runs = new ArrayList<int[]>();
        boolean beside = false;
        while (!ready.isEmpty() || !readyBeside.isEmpty()) {
            PriorityQueue<Integer> queue = beside ? readyBeside : ready;
            var places = new ArrayList<Integer>();
            long bytes = 0;
            boolean full = false;
            while (!queue.isEmpty()) {
                int next = java.util.Objects.requireNonNull(queue.peek());
                long more = bytes(next);
                int[] members = groups.members().get(next);
                full = size.endsBefore(places.size(), bytes, members.length, more);
                if (full) {
                    break;
                }
                bytes += more;
                int group = queue.remove();
                for (int member : groups.members().get(group)) {
                    places.add(member);
                }
                for (int other : neededBy.get(group)) {
                    if (--open[other] == 0) {
                        queue(other).add(other);
                    }
                }
            }
            if (!places.isEmpty()) {
                runs.add(places.stream().mapToInt(Integer::intValue).toArray());
            }
            beside ^= !full;
        }
        return runs;
    }

    private long bytes(int group) {
        long bytes = 0;
        for (int member : groups.members().get(group)) {
            bytes += RunSize.bytes(comings.get(member));
        }
        return bytes;
    }

    private PriorityQueue<Integer> queue(int group) {
        return isBeside(group) ? readyBeside : ready;
    }

    private boolean isBeside(int group) {
        return comings.get(groups.members().get(group)[0]).beside();
    }
}
