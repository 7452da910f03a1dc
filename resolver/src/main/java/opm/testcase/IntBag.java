package opm.testcase;

import java.util.Arrays;

/// A growing list of ints.
final class IntBag {
    private int[] at = new int[8];
    private int size;

    void add(int value) {
        if (size == at.length) {
            at = Arrays.copyOf(at, size * 2);
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
        return Arrays.copyOf(at, size);
    }
}
