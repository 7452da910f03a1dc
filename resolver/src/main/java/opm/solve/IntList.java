package opm.solve;

import java.util.Arrays;

/// A growing list of ints, as plain as an array; the solver's workhorse.
final class IntList {
    int[] at;
    int size;
    private int head;

    IntList() {
        at = new int[16];
    }

    IntList(IntList other) {
        at = Arrays.copyOf(other.at, Math.max(16, other.size));
        size = other.size;
    }

    void push(int value) {
        if (size == at.length) {
            at = Arrays.copyOf(at, size * 2);
        }
        at[size++] = value;
    }

    void push(int one, int two) {
        push(one);
        push(two);
    }

    void push(int one, int two, int three) {
        push(one);
        push(two);
        push(three);
    }

    /// Makes the list longer; what the new ones are is up to who writes them into the array that
    /// this returns.
    int[] grow(int count) {
        size += count;
        if (size > at.length) {
            at = Arrays.copyOf(at, Math.max(size, at.length * 2));
        }
        return at;
    }

    void pushAll(IntList other) {
        for (int i = 0; i < other.size; i++) {
            push(other.at[i]);
        }
    }

    void pushUnique(int value) {
        if (!contains(value)) {
            push(value);
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

    int get(int index) {
        return at[index];
    }

    int last() {
        return at[size - 1];
    }

    /// Removes and returns the first value not yet shifted; there must be one.
    ///
    /// A list is either shifted or indexed, never both, until [#clear].
    int shift() {
        int value = at[head++];
        if (head == size) {
            head = 0;
            size = 0;
        }
        return value;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /// Removes the value at an index and moves the rest down.
    int removeAt(int index) {
        int value = at[index];
        System.arraycopy(at, index + 1, at, index, size - index - 1);
        size--;
        return value;
    }

    void insert(int index, int value) {
        push(0);
        System.arraycopy(at, index, at, index + 1, size - 1 - index);
        at[index] = value;
    }

    /// Removes `count` values from `from` on.
    void remove(int from, int count) {
        System.arraycopy(at, from + count, at, from, size - from - count);
        size -= count;
    }

    void truncate(int newSize) {
        size = newSize;
        if (head > size) {
            head = 0;
        }
    }

    void clear() {
        size = 0;
        head = 0;
    }

    /// Drops the zeros and keeps the order.
    void dropZeros() {
        int kept = 0;
        for (int i = 0; i < size; i++) {
            if (at[i] != 0) {
                at[kept++] = at[i];
            }
        }
        size = kept;
    }

    int[] toArray() {
        return Arrays.copyOf(at, size);
    }

    /// Compares two values.
    interface Order {
        int compare(int one, int two);
    }

    /// Sorts by an order; equal values keep their places.
    void sort(Order order) {
        sort(at, 0, size, order);
    }

    static void sort(int[] values, int from, int to, Order order) {
        if (to - from < 2) {
            return;
        }
        if (to - from <= 12) {
            for (int i = from + 1; i < to; i++) {
                int value = values[i];
                int j = i - 1;
                while (j >= from && order.compare(values[j], value) > 0) {
                    values[j + 1] = values[j];
                    j--;
                }
                values[j + 1] = value;
            }
            return;
        }
        int[] copy = Arrays.copyOfRange(values, from, to);
        merge(copy, values, 0, to - from, from, order);
    }

    /// Sorts `source[low, high)` into `target`, where both hold the same values.
    private static void merge(
            int[] source, int[] target, int low, int high, int shift, Order order) {
        if (high - low <= 12) {
            sort(target, low + shift, high + shift, order);
            return;
        }
        int middle = (low + high) >>> 1;
        mergeBack(target, source, low, middle, shift, order);
        mergeBack(target, source, middle, high, shift, order);
        int one = low;
        int two = middle;
        for (int i = low; i < high; i++) {
            if (two >= high || one < middle && order.compare(source[one], source[two]) <= 0) {
                target[i + shift] = source[one++];
            } else {
                target[i + shift] = source[two++];
            }
        }
    }

    private static void mergeBack(
            int[] shifted, int[] plain, int low, int high, int shift, Order order) {
        if (high - low <= 12) {
            sort(plain, low, high, order);
            return;
        }
        int middle = (low + high) >>> 1;
        merge(plain, shifted, low, middle, shift, order);
        merge(plain, shifted, middle, high, shift, order);
        int one = low;
        int two = middle;
        for (int i = low; i < high; i++) {
            if (two >= high
                    || one < middle
                            && order.compare(shifted[one + shift], shifted[two + shift]) <= 0) {
                plain[i] = shifted[one++ + shift];
            } else {
                plain[i] = shifted[two++ + shift];
            }
        }
    }

    @Override
    public String toString() {
        return Arrays.toString(toArray());
    }
}
