package opm.testcase;

import java.util.Arrays;

/// A growing list of ints.
final class IntBag {
    private static final int[] NONE = {};
    private int[] at = NONE;
    private int size;

    void add(int value) {
        if (size == at.length) {
            at = Arrays.copyOf(at, Math.max(8, size * 2));
        }
        at[size++] = value;
    }

    void addNew(int value) {
        if (!contains(value)) {
            add(value);
        }
    }

    boolean contains(int value) {
        for (int i = 0; i < size; i++) {
            if (at[i] == value) {
                return true;
            }
        }
        return false;
    }

    boolean isEmpty() {
        return size == 0;
    }

    int[] toArray() {
        return size == 0 ? NONE : Arrays.copyOf(at, size);
    }

    void addAll(IntBag other) {
        for (int i = 0; i < other.size; i++) {
            add(other.at[i]);
        }
    }

    /// Removes a value, if it is there, and keeps the order of the others.
    void remove(int value) {
        int kept = 0;
        for (int i = 0; i < size; i++) {
            if (at[i] != value) {
                at[kept++] = at[i];
            }
        }
        size = kept;
    }

    void clear() {
        size = 0;
    }

    int count() {
        return size;
    }

    int get(int index) {
        return at[index];
    }

    void set(int index, int value) {
        at[index] = value;
    }
}
