package opm.pkgset;

import java.util.Arrays;

/// Numbers that only grow.
final class Ints {
    private int[] items;
    private int size;

    Ints() {
        this(16);
    }

    Ints(int capacity) {
        items = new int[capacity];
    }

    void add(int item) {
        if (size == items.length) {
            items = Arrays.copyOf(items, size + (size >> 1) + 16);
        }
        items[size++] = item;
    }

    /// Adds the first items of an array.
    void add(int[] from, int count) {
        if (items.length - size < count) {
            items = Arrays.copyOf(items, Math.max(size + count, size + (size >> 1) + 16));
        }
        System.arraycopy(from, 0, items, size, count);
        size += count;
    }

    /// Makes room for some more at once.
    void room(int more) {
        if (items.length - size < more) {
            items = Arrays.copyOf(items, size + more);
        }
    }

    int get(int at) {
        assert at < size;
        return items[at];
    }

    void set(int at, int item) {
        assert at < size;
        items[at] = item;
    }

    int size() {
        return size;
    }

    void clear() {
        size = 0;
    }

    /// Sorts what is there and drops doubles.
    void sortUnique() {
        if (ascends()) {
            return;
        }
        Arrays.sort(items, 0, size);
        int kept = 0;
        for (int at = 0; at < size; at++) {
            if (kept == 0 || items[at] != items[kept - 1]) {
                items[kept++] = items[at];
            }
        }
        size = kept;
    }

    private boolean ascends() {
        for (int at = 1; at < size; at++) {
            if (items[at - 1] >= items[at]) {
                return false;
            }
        }
        return true;
    }

    /// Returns the array behind; only the first [#size] items count.
    int[] items() {
        return items;
    }
}
