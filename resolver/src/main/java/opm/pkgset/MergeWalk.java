package opm.pkgset;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Goes through the rows of several sources at once, each in ascending order, as if they were one:
/// what several of them have comes once.
final class MergeWalk {
    /// What is merged. Sources are counted from 0, in the order of [#add].
    interface Rows {
        /// Orders a row of one source against a row of another, or of the same.
        int compare(int source, int row, int other, int otherRow);

        /// Takes the next row, from the first source that has it; returns its number.
        int take(int source, int row);

        BrokenSet outOfOrder(int row);
    }

    private final Rows rows;

    /// Where each source keeps the numbers of its rows.
    private final List<int[]> numbers = new ArrayList<>();

    private final Ints starts = new Ints();
    private final Ints ends = new Ints();

    MergeWalk(Rows rows) {
        this.rows = rows;
    }

    /// Adds a source.
    ///
    /// @param into gets the number of each row
    /// @param first its first row
    /// @param end the row behind its last
    void add(int[] into, int first, int end) {
        numbers.add(into);
        starts.add(first);
        ends.add(end);
    }

    void walk() {
        int count = numbers.size();
        var next = Arrays.copyOf(starts.items(), count);
        // Sources by their next rows. Most rows are followed by one of the same source, which is
        // then compared with one other source, however many there are.
        var order = new int[count];
        // Whether the next row of a source equals that of the source before it in this order.
        var equal = new boolean[count];
        int waiting = 0;
        for (int source = 0; source < count; source++) {
            if (next[source] < ends.get(source)) {
                insert(source, next, order, equal, waiting++);
            }
        }
        var taken = new int[count];
        while (waiting > 0) {
            int number = rows.take(order[0], next[order[0]]);
            int some = 1;
            while (some < waiting && equal[order[some]]) {
                some++;
            }
            System.arraycopy(order, 0, taken, 0, some);
            System.arraycopy(order, some, order, 0, waiting - some);
            waiting -= some;
            for (int at = 0; at < some; at++) {
                int source = taken[at];
                int row = next[source]++;
                numbers.get(source)[row] = number;
                if (row + 1 < ends.get(source)) {
                    if (rows.compare(source, row, source, row + 1) >= 0) {
                        throw rows.outOfOrder(row + 1);
                    }
                    insert(source, next, order, equal, waiting++);
                }
            }
        }
    }

    private void insert(int source, int[] next, int[] order, boolean[] equal, int waiting) {
        int at = 0;
        equal[source] = false;
        while (at < waiting) {
            int sign = rows.compare(order[at], next[order[at]], source, next[source]);
            if (sign > 0) {
                break;
            }
            at++;
            if (sign == 0) {
                equal[source] = true;
                break;
            }
        }
        System.arraycopy(order, at, order, at + 1, waiting - at);
        order[at] = source;
    }
}
