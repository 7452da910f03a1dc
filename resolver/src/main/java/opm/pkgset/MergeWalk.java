package opm.pkgset;

import java.util.ArrayList;
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

    private final Ints next = new Ints();
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
        next.add(first);
        ends.add(end);
    }

    void walk() {
        var equal = new Ints();
        int before = -1;
        for (int least = least(equal); least >= 0; least = least(equal)) {
            int row = next.get(least);
            if (before >= 0 && rows.compare(before, next.get(before) - 1, least, row) >= 0) {
                throw rows.outOfOrder(row);
            }
            int number = rows.take(least, row);
            put(least, number);
            for (int at = 0; at < equal.size(); at++) {
                put(equal.get(at), number);
            }
            before = least;
        }
    }

    private void put(int source, int number) {
        int row = next.get(source);
        numbers.get(source)[row] = number;
        next.set(source, row + 1);
    }

    /// Returns the first source whose next row is least, or -1 at the end.
    ///
    /// @param equal gets the other sources that have this row
    private int least(Ints equal) {
        int least = -1;
        equal.clear();
        for (int source = 0; source < next.size(); source++) {
            if (next.get(source) < ends.get(source)) {
                int order =
                        least < 0
                                ? 1
                                : rows.compare(least, next.get(least), source, next.get(source));
                if (order > 0) {
                    least = source;
                    equal.clear();
                } else if (order == 0) {
                    equal.add(source);
                }
            }
        }
        return least;
    }
}
