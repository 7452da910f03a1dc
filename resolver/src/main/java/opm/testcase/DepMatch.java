package opm.testcase;

import java.util.function.IntPredicate;
import opm.solve.Rels;
import opm.solve.TagsPool;

/// Tells whether two dependencies may mean the same, whatever packages there are.
final class DepMatch {
    private DepMatch() {}

    /// Tells whether a dependency of a package meets a wanted one.
    static boolean matches(TagsPool pool, int dep, int wanted) {
        if (dep == wanted) {
            return true;
        }
        if (isRich(pool, dep)) {
            return anyPart(pool, dep, part -> matches(pool, part, wanted));
        }
        if (isRich(pool, wanted)) {
            return anyPart(pool, wanted, part -> matches(pool, dep, part));
        }
        if (dep >= 0) {
            return wanted < 0 && matches(pool, dep, pool.left(wanted));
        }
        if (wanted >= 0) {
            return matches(pool, pool.left(dep), wanted);
        }
        return matches(pool, pool.left(dep), pool.left(wanted))
                && pool.rangesMeet(
                        pool.op(dep), pool.right(dep), pool.op(wanted), pool.right(wanted));
    }

    static boolean isRich(TagsPool pool, int dep) {
        if (dep >= 0) {
            return false;
        }
        return switch (pool.op(dep)) {
            case Rels.AND, Rels.OR, Rels.WITH, Rels.WITHOUT, Rels.COND, Rels.UNLESS -> true;
            default -> false;
        };
    }

    /// Asks the parts of a rich dependency that packages are looked for; conditions are not.
    static boolean anyPart(TagsPool pool, int rich, IntPredicate ask) {
        if (ask.test(pool.left(rich))) {
            return true;
        }
        int op = pool.op(rich);
        int right = pool.right(rich);
        if (op == Rels.COND || op == Rels.UNLESS) {
            return right < 0 && pool.op(right) == Rels.ELSE && ask.test(pool.right(right));
        }
        return op != Rels.WITHOUT && ask.test(right);
    }
}
