package opm.planner;

import java.util.ArrayList;
import java.util.List;

/// Groups that have something to do with each other, apart from those that have not: any of these
/// sets can be installed without the others.
///
/// Small ones stand together as long as one run holds them.
final class Clusters {
    private Clusters() {}

    /// Takes groups apart.
    static List<Groups> of(Groups groups, List<Coming> comings, RunSize size) {
        var clusters = new ArrayList<Groups>();
        var small = new ArrayList<Integer>();
        int count = 0;
        long bytes = 0;
        for (List<Integer> cluster : connected(groups)) {
            int more = 0;
            long moreBytes = 0;
            for (int group : cluster) {
                for (int member : groups.members().get(group)) {
                    more++;
                    moreBytes += RunSize.bytes(comings.get(member));
                }
            }
            if (count > 0 && (count + more > size.most() || bytes + moreBytes > size.mostBytes())) {
                clusters.add(some(groups, small));
                small.clear();
                count = 0;
                bytes = 0;
            }
            small.addAll(cluster);
            count += more;
            bytes += moreBytes;
        }
        if (!small.isEmpty()) {
            clusters.add(some(groups, small));
        }
        return clusters;
    }

    /// Returns the sets of groups that no need crosses, each rising, in the order of their first.
    private static List<List<Integer>> connected(Groups groups) {
        int count = groups.members().size();
        int[] root = new int[count];
        for (int group = 0; group < count; group++) {
            root[group] = group;
        }
        for (int group = 0; group < count; group++) {
            for (int other : groups.needs().get(group)) {
                int one = find(root, group);
                int two = find(root, other);
                root[Math.max(one, two)] = Math.min(one, two);
            }
        }
        var sets = new java.util.TreeMap<Integer, List<Integer>>();
        for (int group = 0; group < count; group++) {
            sets.computeIfAbsent(find(root, group), _ -> new ArrayList<>()).add(group);
        }
        return List.copyOf(sets.values());
    }

    private static int find(int[] root, int group) {
        int at = group;
        while (root[at] != at) {
            root[at] = root[root[at]];
            at = root[at];
        }
        return at;
    }

    /// Returns some groups with needs among themselves; all that they need is among them.
    private static Groups some(Groups groups, List<Integer> chosen) {
        var places = new java.util.HashMap<Integer, Integer>();
        for (int at = 0; at < chosen.size(); at++) {
            places.put(chosen.get(at), at);
        }
        var members = new ArrayList<int[]>();
        var needs = new ArrayList<int[]>();
        for (int group : chosen) {
            members.add(groups.members().get(group));
            int[] own = groups.needs().get(group);
            int[] moved = new int[own.length];
            for (int at = 0; at < own.length; at++) {
                moved[at] = java.util.Objects.requireNonNull(places.get(own[at]), "connected");
            }
            needs.add(moved);
        }
        return new Groups(members, needs);
    }
}
