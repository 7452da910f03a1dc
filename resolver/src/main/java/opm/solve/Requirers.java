package opm.solve;

import java.util.HashMap;
import java.util.Map;

/// For each of some packages, the package decided first that asks for it by one kind of dependency.
///
/// One walk over all decisions answers for all of them.
final class Requirers {
    /// @param place of the one that asks, among the decisions
    /// @param by it
    record First(int place, int by, int dep) {}

    private final Map<Integer, First> found = new HashMap<>();

    Requirers(Pool pool, IntList decisions, int kind, IntList wanted) {
        var open = new Bits(pool.count);
        for (int i = 0; i < wanted.size; i++) {
            open.set(wanted.at[i]);
        }
        int left = wanted.size;
        for (int place = 0; place < decisions.size && left > 0; place++) {
            int by = decisions.at[place];
            if (by <= 1) {
                continue;
            }
            for (int at = pool.deps(kind, by); pool.depData[at] != 0; at++) {
                int dep = pool.depData[at];
                for (int list = pool.provides(dep); pool.data[list] != 0; list++) {
                    int pkg = pool.data[list];
                    // A package that needs itself is not why it comes.
                    if (pkg != by && open.has(pkg)) {
                        open.unset(pkg);
                        left--;
                        found.put(pkg, new First(place, by, dep));
                    }
                }
            }
        }
    }

    @org.jspecify.annotations.Nullable First of(int pkg) {
        return found.get(pkg);
    }
}
