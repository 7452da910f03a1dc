package opm.pkgset;

import java.util.Arrays;
import opm.base.ByteText;

/// A word that is looked for in bytes, where upper and lower case letters of ASCII count as equal.
///
/// Its last byte is looked at first, and where that fits nowhere the whole word moves on (Horspool
/// 1980): of four letters a fourth of the bytes is read.
final class SearchWord {
    private static final byte[] LOWER = new byte[256];

    static {
        for (int b = 0; b < 256; b++) {
            LOWER[b] = (byte) (b >= 'A' && b <= 'Z' ? b + 32 : b);
        }
    }

    private final byte[] lower;

    /// By the byte that stands where the last one should, upper case as lower: how far to go on.
    private final byte[] shifts = new byte[256];

    SearchWord(String word) {
        lower = ByteText.encode(word);
        for (int at = 0; at < lower.length; at++) {
            lower[at] = LOWER[lower[at] & 0xff];
        }
        int most = Math.min(lower.length, Byte.MAX_VALUE);
        Arrays.fill(shifts, (byte) most);
        for (int at = 0; at < lower.length - 1; at++) {
            byte shift = (byte) Math.min(most, lower.length - 1 - at);
            shifts[lower[at] & 0xff] = shift;
            if (lower[at] >= 'a' && lower[at] <= 'z') {
                shifts[lower[at] - 32] = shift;
            }
        }
    }

    /// Returns how many bytes it has.
    int length() {
        return lower.length;
    }

    /// Returns the next place from `at` on where the word stands, up to `end`; -1 when there is
    /// none.
    int next(byte[] bytes, int at, int end) {
        byte[] word = lower;
        byte[] steps = shifts;
        int tail = word.length - 1;
        byte last = word[tail];
        for (int here = at + tail; here < end; ) {
            byte one = bytes[here];
            if (LOWER[one & 0xff] == last && stands(bytes, here - tail)) {
                return here - tail;
            }
            here += steps[one & 0xff];
        }
        return -1;
    }

    private boolean stands(byte[] bytes, int at) {
        for (int index = 0; index < lower.length - 1; index++) {
            if (LOWER[bytes[at + index] & 0xff] != lower[index]) {
                return false;
            }
        }
        return true;
    }

    /// Tells whether the word stands in a text.
    boolean isIn(String text) {
        byte[] bytes = ByteText.encode(text);
        return next(bytes, 0, bytes.length) >= 0;
    }
}
