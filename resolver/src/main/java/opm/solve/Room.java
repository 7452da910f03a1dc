package opm.solve;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The large arrays of one solve. Requests one after the other use the same: of some megabytes each
/// touches few, which then are in the processor's cache.
final class Room {
    /// See [Sat#level]; zeros.
    final int[] level;

    final int[] watches;

    /// Arrays of rules; absent until shared ones were loaded, then of at least its rules.
    @Nullable Rules rules;

    Room(int variables) {
        level = new int[variables];
        watches = new int[2 * variables];
    }

    /// Arrays of rules that begin with shared ones.
    static final class Rules {
        /// Whose literals stand at the beginning of [#lits].
        final RuleBase base;

        int[] start;
        int[] w1;
        int[] w2;
        int[] n1;
        int[] n2;
        boolean[] off;
        int[] lits;
        final int[] moved;
        final int[] slotOf;
        final IntList asking = new IntList();

        Rules(RuleBase base) {
            this.base = base;
            int size = base.allCount + 4096;
            start = new int[size];
            w1 = new int[size];
            w2 = new int[size];
            n1 = new int[size];
            n2 = new int[size];
            off = new boolean[size];
            lits = Arrays.copyOf(base.lits, base.lits.length + (1 << 14));
            moved = new int[base.allCount];
            slotOf = new int[base.asking.length];
        }
    }

    /// Returns arrays of rules that begin with the literals of shared ones.
    Rules rules(RuleBase base) {
        Rules known = rules;
        if (known == null || known.base != base) {
            known = new Rules(base);
            rules = known;
        }
        return known;
    }

    /// Takes back what a solve used, which is over.
    void takeBack(Sat sat) {
        Arrays.fill(level, 0);
        Rules used = rules;
        if (used != null && sat.shared != null) {
            used.start = sat.start;
            used.w1 = sat.w1;
            used.w2 = sat.w2;
            used.n1 = sat.n1;
            used.n2 = sat.n2;
            used.off = sat.off;
            used.lits = sat.lits;
        }
    }
}
