package opm.solve;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// Finds the shortest chain from something that people asked for to a package that is there.
///
/// Requirements come before recommendations, lower packages before higher ones, so that the answer
/// is always the same.
final class Why {
    private final SetPool pool;
    private final List<String> askedFor;
    private final DepWriter words;

    Why(SetPool pool, List<String> askedFor) {
        this.pool = pool;
        this.askedFor = askedFor;
        words = new DepWriter(pool);
    }

    /// Returns one reason for each package of the chain, from the package itself to the one that
    /// was
    /// asked for. Where nobody is known to have asked, the chain ends with what nothing pulls in.
    List<Reason> chain(int pkg) {
        Pool.Repo system = pool.installed;
        if (system == null || !pool.isInstalled(pkg)) {
            return List.of();
        }
        int[] by = new int[pool.count];
        int[] dep = new int[pool.count];
        int[] kind = new int[pool.count];
        var queue = new IntList();
        by[pkg] = pkg;
        queue.push(pkg);
        int last = pkg;
        for (int at = 0; at < queue.size; at++) {
            int next = queue.at[at];
            if (isAskedFor(next)) {
                last = next;
                break;
            }
            int before = queue.size;
            for (int pulls : new int[] {Pool.REQUIRES, Pool.RECOMMENDS}) {
                for (int other = system.start; other < system.end; other++) {
                    int how = by[other] != 0 ? 0 : reaches(other, pulls, next);
                    if (how != 0) {
                        by[other] = next;
                        dep[other] = how;
                        kind[other] = pulls;
                        queue.push(other);
                    }
                }
            }
            if (queue.size == before && askedFor.isEmpty()) {
                last = next;
                break;
            }
        }
        return write(pkg, last, by, dep, kind);
    }

    private boolean isAskedFor(int pkg) {
        return askedFor.contains(pool.nameText(pkg));
    }

    private List<Reason> write(int pkg, int last, int[] by, int[] dep, int[] kind) {
        var reasons = new ArrayList<Reason>();
        if (isAskedFor(last)) {
            reasons.add(
                    new Reason(pool.ref(last), Reason.Kind.REQUESTED, null, pool.nameText(last)));
        }
        for (int at = last; at != pkg; at = by[at]) {
            reasons.add(
                    new Reason(
                            pool.ref(by[at]),
                            kind[at] == Pool.REQUIRES
                                    ? Reason.Kind.REQUIRED
                                    : Reason.Kind.RECOMMENDED,
                            pool.ref(at),
                            words.write(dep[at])));
        }
        Collections.reverse(reasons);
        return reasons;
    }

    private int reaches(int from, int kind, int to) {
        for (int at = pool.deps(kind, from); pool.depData[at] != 0; at++) {
            int wanted = pool.depData[at];
            for (int list = pool.provides(wanted); pool.data[list] != 0; list++) {
                if (pool.data[list] == to) {
                    return wanted;
                }
            }
        }
        return 0;
    }
}
