package opm.solve;

import java.util.Arrays;

/// A fixed number of bits; none at all until it is given a size.
final class Bits {
    private long[] words;
    private int size;

    Bits() {
        words = new long[0];
    }

    Bits(int size) {
        words = new long[(size + 63) >>> 6];
        this.size = size;
    }

    Bits(Bits other) {
        words = other.words.clone();
        size = other.size;
    }

    /// Tells whether it was given a size: an absent map says no to everything.
    boolean present() {
        return size != 0;
    }

    int size() {
        return size;
    }

    void grow(int newSize) {
        if (newSize > size) {
            words = Arrays.copyOf(words, (newSize + 63) >>> 6);
            size = newSize;
        }
    }

    /// Sets a bit that there may be no room for yet.
    void add(int index) {
        if (index >= size) {
            grow(Math.max(index + 1, 2 * size));
        }
        set(index);
    }

    boolean has(int index) {
        return index < size && (words[index >>> 6] & 1L << index) != 0;
    }

    void set(int index) {
        words[index >>> 6] |= 1L << index;
    }

    void unset(int index) {
        words[index >>> 6] &= ~(1L << index);
    }

    void clear() {
        Arrays.fill(words, 0);
    }

    /// Copies another of the same size.
    void copy(Bits other) {
        System.arraycopy(other.words, 0, words, 0, words.length);
    }

    /// Copies another of the same size, or clears all when that has no size yet.
    void copyOrClear(Bits other) {
        if (other.present()) {
            copy(other);
        } else {
            clear();
        }
    }

    /// Returns the first set index from `from` on, or -1.
    int next(int from) {
        int word = from >>> 6;
        if (word >= words.length) {
            return -1;
        }
        long rest = words[word] & -1L << from;
        while (rest == 0) {
            if (++word == words.length) {
                return -1;
            }
            rest = words[word];
        }
        return (word << 6) + Long.numberOfTrailingZeros(rest);
    }
}
