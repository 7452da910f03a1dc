package opm.pkgset;

import java.util.Arrays;

/// Long numbers that only grow.
final class Longs {
    private long[] items = new long[256];
    private int size;

    void add(long item) {
        if (size == items.length) {
            items = Arrays.copyOf(items, size + (size >> 1));
        }
        items[size++] = item;
    }

    /// Makes room for some more at once.
    void room(int more) {
        if (items.length - size < more) {
            items = java.util.Arrays.copyOf(items, size + more);
        }
    }

    long get(int at) {
        assert at < size;
        return items[at];
    }

    void set(int at, long item) {
        assert at < size;
        items[at] = item;
    }

    void clear() {
        size = 0;
    }

    int size() {
        return size;
    }
}
