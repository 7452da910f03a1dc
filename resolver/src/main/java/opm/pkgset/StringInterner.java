package opm.pkgset;

import java.util.Arrays;
import java.util.Random;
import opm.base.ByteText;

/// Gives equal bytes equal numbers, in order of first sight; 0 is the empty string.
final class StringInterner {
    /// Another one in each process: nobody can prepare strings that all have one hash, with which
    /// each would be compared with all before it.
    private static final int FACTOR = new Random().nextInt() << 3 | 5;

    private final ByteArena arena = new ByteArena();

    /// Where each string starts in the arena, above its length: one look for both.
    private final Longs spans = new Longs();

    /// Hash above id; 0 is a free slot. The hash beside the id saves a look at each wrong string.
    private long[] slots = new long[1 << 12];

    StringInterner() {
        spans.add(0);
    }

    int intern(String text) {
        byte[] bytes = ByteText.encode(text);
        return intern(bytes, 0, bytes.length);
    }

    int intern(byte[] bytes, int start, int length) {
        if (length == 0) {
            return 0;
        }
        int hash = hash(bytes, start, length);
        int slot = slot(hash, bytes, start, length);
        if (slots[slot] != 0) {
            return (int) slots[slot];
        }
        int id = append(bytes, start, length);
        slots[slot] = (long) hash << 32 | id;
        if (id * 2L > slots.length) {
            grow();
        }
        return id;
    }

    /// Adds bytes that were not seen before, and cannot be found: for who adds all there are.
    int append(byte[] bytes, int start, int length) {
        spans.add((long) arena.add(bytes, start, length) << 32 | length);
        return spans.size() - 1;
    }

    /// Returns the id of bytes seen before, or -1.
    int find(byte[] bytes, int start, int length) {
        if (length == 0) {
            return 0;
        }
        long found = slots[slot(hash(bytes, start, length), bytes, start, length)];
        return found == 0 ? -1 : (int) found;
    }

    /// Returns the slot that holds these bytes, or the free one where they belong.
    private int slot(int hash, byte[] bytes, int start, int length) {
        int mask = slots.length - 1;
        int slot = hash & mask;
        while (slots[slot] != 0) {
            long seen = slots[slot];
            if ((int) (seen >>> 32) == hash) {
                long span = spans.get((int) seen);
                if ((int) span == length
                        && arena.holds((int) (span >>> 32), bytes, start, length)) {
                    return slot;
                }
            }
            slot = slot + 1 & mask;
        }
        return slot;
    }

    /// Forgets all strings but the empty one.
    void clear() {
        arena.clear();
        spans.clear();
        spans.add(0);
        Arrays.fill(slots, 0);
    }

    /// Gives back what finds them again: from then on nothing may be interned or found.
    void settle() {
        slots = new long[0];
    }

    /// Makes room for some more at once.
    void room(int more) {
        spans.room(more);
        if ((size() + more) * 2L > slots.length) {
            grow((size() + more) * 2);
        }
    }

    private void grow() {
        grow(slots.length * 2);
    }

    private void grow(int least) {
        slots = HashSlots.moved(slots, Integer.highestOneBit(least - 1) << 1);
    }

    static int hash(byte[] bytes, int start, int length) {
        int hash = length;
        boolean zero = false;
        for (int at = start; at < start + length; at++) {
            hash = hash * FACTOR + bytes[at];
            zero |= bytes[at] == 0;
        }
        if (zero) {
            throw new IllegalArgumentException("a string with a zero byte");
        }
        hash *= 0x9E3779B9;
        return hash ^ hash >>> 15;
    }

    int size() {
        return spans.size();
    }

    int length(int id) {
        return (int) spans.get(id);
    }

    private int start(int id) {
        return (int) (spans.get(id) >>> 32);
    }

    /// Returns the bytes that hold a string, from [#offset].
    byte[] piece(int id) {
        return id == 0 ? new byte[0] : arena.piece(start(id));
    }

    int offset(int id) {
        return ByteArena.offset(start(id));
    }

    String string(int id) {
        return id == 0 ? "" : ByteText.decode(piece(id), offset(id), length(id));
    }

    int compare(int one, int two) {
        if (one == 0 || two == 0) {
            return Integer.compare(length(one), length(two));
        }
        int a = offset(one);
        int b = offset(two);
        return Arrays.compareUnsigned(
                piece(one), a, a + length(one), piece(two), b, b + length(two));
    }

    /// Returns all ids sorted by bytes.
    int[] sorted() {
        int[] ids = ContentOrder.asNumbered(size());
        new Sorter().sort(ids, 0, ids.length, 0);
        return ids;
    }

    /// Sorts by four bytes at a time, packed with the id into a long: far fewer string comparisons
    /// than a comparator would need. No string holds a zero byte, so padding with zeros is safe.
    private final class Sorter {
        private static final int FEW = 12;
        private final long[] keys = new long[size()];

        /// @param known how many bytes all of them are known to share
        void sort(int[] ids, int from, int to, int known) {
            if (to - from <= FEW) {
                insertion(ids, from, to);
                return;
            }
            int depth = known + common(ids, from, to, known);
            for (int at = from; at < to; at++) {
                keys[at] = (long) four(ids[at], depth) << 32 | ids[at];
            }
            Arrays.sort(keys, from, to);
            for (int at = from; at < to; at++) {
                ids[at] = (int) keys[at];
            }
            int group = from;
            for (int at = from + 1; at <= to; at++) {
                if (at == to || four(ids[at], depth) != four(ids[group], depth)) {
                    if (at - group > 1) {
                        sort(ids, group, at, depth + 4);
                    }
                    group = at;
                }
            }
        }

        /// Returns how many bytes all of them share from a depth on, as paths do; 0 where they are
        /// fewer than four: looking on would save nothing.
        private int common(int[] ids, int from, int to, int depth) {
            byte[] bytes = piece(ids[from]);
            int start = offset(ids[from]) + depth;
            int common = length(ids[from]) - depth;
            for (int at = from + 1; at < to && common >= 4; at++) {
                int some = Math.min(common, length(ids[at]) - depth);
                int other = offset(ids[at]) + depth;
                int differs =
                        Arrays.mismatch(
                                bytes, start, start + some, piece(ids[at]), other, other + some);
                common = differs < 0 ? some : differs;
            }
            return common < 4 ? 0 : common;
        }

        /// Returns four bytes such that signed comparison orders them as unsigned ones.
        private int four(int id, int depth) {
            int length = length(id);
            if (id == 0 || depth >= length) {
                return Integer.MIN_VALUE;
            }
            byte[] bytes = piece(id);
            int at = offset(id) + depth;
            int left = length - depth;
            int value = (bytes[at] & 0xff) << 24;
            if (left > 1) {
                value |= (bytes[at + 1] & 0xff) << 16;
            }
            if (left > 2) {
                value |= (bytes[at + 2] & 0xff) << 8;
            }
            if (left > 3) {
                value |= bytes[at + 3] & 0xff;
            }
            return value ^ Integer.MIN_VALUE;
        }

        private void insertion(int[] ids, int from, int to) {
            for (int at = from + 1; at < to; at++) {
                int id = ids[at];
                int gap = at;
                while (gap > from && compare(ids[gap - 1], id) > 0) {
                    ids[gap] = ids[gap - 1];
                    gap--;
                }
                ids[gap] = id;
            }
        }
    }
}
