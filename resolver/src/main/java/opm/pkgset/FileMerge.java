package opm.pkgset;

import org.jspecify.annotations.Nullable;

/// Several rows of groups as one, in the order of a [FileList]: of equal places, that of the row
/// that was added first.
final class FileMerge {
    /// Those that have not ended, the one with the least group last, and when each was added.
    private final FileGroups[] open;

    private final int[] added;
    private int count;
    private int addedCount;

    FileMerge(int most) {
        open = new FileGroups[most];
        added = new int[most];
    }

    void add(FileGroups groups) {
        if (groups.ended()) {
            groups.close();
        } else {
            insert(groups, addedCount++);
        }
    }

    /// Returns the groups of which the one at hand comes next; null at the end.
    @Nullable FileGroups least() {
        return count == 0 ? null : open[count - 1];
    }

    /// Puts the groups that [#least] gave where their next group belongs.
    void advance() {
        count--;
        FileGroups groups = open[count];
        if (groups.ended()) {
            groups.close();
        } else if (count == 0 || order(groups, added[count], count - 1) < 0) {
            count++;
        } else {
            insert(groups, added[count]);
        }
    }

    private void insert(FileGroups groups, int number) {
        int from = 0;
        int to = count;
        while (from < to) {
            int middle = (from + to) >>> 1;
            if (order(groups, number, middle) < 0) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        System.arraycopy(open, from, open, from + 1, count - from);
        System.arraycopy(added, from, added, from + 1, count - from);
        open[from] = groups;
        added[from] = number;
        count++;
    }

    private int order(FileGroups groups, int number, int other) {
        int order = groups.order(open[other]);
        return order == 0 ? Integer.compare(number, added[other]) : order;
    }
}
