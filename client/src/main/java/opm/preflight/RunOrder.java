package opm.preflight;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The order in which rpm takes the packages of one transaction (4.18, lib/order.c): what is needed
/// comes before what needs it; of those that are ready, the one that most wait for, and the one
/// that was named last.
///
/// Only the disks' peak depends on it, so versions of dependencies are not looked at, and a circle
/// is broken at its first package.
final class RunOrder {
    private final List<Parcel> parcels;
    private final int[] waits;
    private final int[] awaited;
    private final List<List<Integer>> after = new ArrayList<>();

    private RunOrder(List<Parcel> parcels) {
        this.parcels = parcels;
        waits = new int[parcels.size()];
        awaited = new int[parcels.size()];
        var byProvide = new HashMap<String, Integer>();
        for (int pkg = 0; pkg < parcels.size(); pkg++) {
            after.add(new ArrayList<>());
            for (String provide : parcels.get(pkg).provides()) {
                byProvide.putIfAbsent(provide, pkg);
            }
        }
        Set<String> paths = new HashSet<>();
        parcels.forEach(
                p -> p.requires().stream().filter(r -> r.startsWith("/")).forEach(paths::add));
        for (int pkg = 0; pkg < parcels.size() && !paths.isEmpty(); pkg++) {
            for (Item item : parcels.get(pkg).items()) {
                if (paths.contains(item.path())) {
                    byProvide.putIfAbsent(item.path(), pkg);
                }
            }
        }
        for (int pkg = 0; pkg < parcels.size(); pkg++) {
            relate(pkg, byProvide);
        }
    }

    private void relate(int pkg, Map<String, Integer> byProvide) {
        var needed = new HashSet<Integer>();
        for (String require : parcels.get(pkg).requires()) {
            Integer other = byProvide.get(require);
            if (other != null && other != pkg && needed.add(other)) {
                waits[pkg]++;
                awaited[other]++;
                after.get(other).addFirst(pkg);
            }
        }
    }

    static List<Parcel> of(List<Parcel> parcels) {
        return new RunOrder(parcels).sorted();
    }

    private List<Parcel> sorted() {
        var queue = new ArrayList<Integer>();
        var done = new boolean[parcels.size()];
        for (int pkg = 0; pkg < waits.length; pkg++) {
            if (waits[pkg] == 0) {
                add(pkg, queue, 0);
            }
        }
        var order = new ArrayList<Parcel>();
        int at = 0;
        while (order.size() < parcels.size()) {
            if (at == queue.size()) {
                int first = 0;
                while (done[first]) {
                    first++;
                }
                queue.add(first); // of a circle
            }
            int pkg = queue.get(at++);
            if (done[pkg]) {
                continue;
            }
            done[pkg] = true;
            order.add(parcels.get(pkg));
            for (int next : after.get(pkg)) {
                if (--waits[next] == 0 && !done[next]) {
                    add(next, queue, at);
                }
            }
        }
        return order;
    }

    /// `addQ`: before the first that no more wait for.
    private void add(int pkg, List<Integer> queue, int from) {
        int at = from;
        while (at < queue.size() && awaited[queue.get(at)] > awaited[pkg]) {
            at++;
        }
        queue.add(at, pkg);
    }
}
