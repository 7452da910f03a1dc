package opm.pkgset;

import java.util.Arrays;

/// Bytes told by what they share with others, wherever it stands in them.
///
/// How many there are; then, until these are told: how many are new, the new ones, how many are
/// copied, and where from, if any: the step from the end of what was copied before, as twice the
/// step, or below 0 as -1 less twice the step. Numbers as in [VarOutput].
final class ByteDelta {
    /// Shorter matches cost as much as they save.
    private static final int LEAST = 8;

    private static final int MOST_TABLE = 1 << 22;

    private ByteDelta() {}

    static void write(byte[] old, byte[] bytes, VarOutput out) {
        out.number(bytes.length);
        int places = Math.min(MOST_TABLE, Math.max(64, old.length));
        int bits = 32 - Integer.numberOfLeadingZeros(places);
        int[] table = index(old, bits);
        int told = 0;
        int expected = 0;
        int at = 0;
        while (at < bytes.length) {
            int aligned = expected + at - told;
            int found = matches(old, aligned, bytes, at) ? aligned : -1;
            if (found < 0 && at + LEAST <= bytes.length) {
                found = table[hash(bytes, at, bits)] - 1;
                found = matches(old, found, bytes, at) ? found : -1;
            }
            if (found < 0) {
                at++;
                continue;
            }
            int start = at;
            while (start > told && found > 0 && old[found - 1] == bytes[start - 1]) {
                start--;
                found--;
            }
            int length = Arrays.mismatch(old, found, old.length, bytes, start, bytes.length);
            length = length < 0 ? Math.min(old.length - found, bytes.length - start) : length;
            tell(bytes, told, start, out);
            out.number(length);
            int step = found - expected;
            out.number(step << 1 ^ step >> 31);
            told = start + length;
            expected = found + length;
            at = told;
        }
        if (told < bytes.length) {
            tell(bytes, told, bytes.length, out);
            out.number(0);
        }
    }

    private static void tell(byte[] bytes, int from, int to, VarOutput out) {
        out.number(to - from);
        out.bytes(bytes, from, to - from);
    }

    private static boolean matches(byte[] old, int from, byte[] bytes, int at) {
        return from >= 0
                && from <= old.length - LEAST
                && at <= bytes.length - LEAST
                && Arrays.equals(old, from, from + LEAST, bytes, at, at + LEAST);
    }

    /// Returns the last place of each hash, plus 1; of long bytes only some places are noted.
    private static int[] index(byte[] old, int bits) {
        var table = new int[1 << bits];
        int stride = Math.max(1, old.length / MOST_TABLE);
        for (int at = 0; at + LEAST <= old.length; at += stride) {
            table[hash(old, at, bits)] = at + 1;
        }
        return table;
    }

    private static int hash(byte[] bytes, int at, int bits) {
        long word = 0;
        for (int index = 0; index < LEAST; index++) {
            word = word << 8 | bytes[at + index] & 0xff;
        }
        return (int) (word * 0x9E3779B97F4A7C15L >>> 64 - bits);
    }

    /// @param most bytes that it may be
    static byte[] read(VarInput in, byte[] old, int most) {
        var bytes = new byte[in.number(most)];
        int told = 0;
        int expected = 0;
        while (told < bytes.length) {
            int count = in.number(bytes.length - told);
            byte[] plain = in.raw(count);
            System.arraycopy(plain, 0, bytes, told, count);
            told += count;
            int length = in.number(bytes.length - told);
            if (length == 0 && count == 0) {
                throw in.broken("a piece of nothing");
            }
            if (length > 0) {
                int step = in.number(Integer.MAX_VALUE);
                int from = expected + (step >>> 1 ^ -(step & 1));
                if (from < 0 || from > old.length - length) {
                    throw in.broken(length + " bytes from " + from + " of " + old.length);
                }
                System.arraycopy(old, from, bytes, told, length);
                told += length;
                expected = from + length;
            }
        }
        return bytes;
    }
}
