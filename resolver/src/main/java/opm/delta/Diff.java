package opm.delta;

import java.io.ByteArrayOutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// What differs between two byte arrays, in the manner of bsdiff: pieces of the new one that
/// resemble a piece of the old one, as the difference of each byte, and pieces that resemble
/// nothing.
///
/// Where bsdiff sorts all suffixes, this looks up 16 bytes in a table of every fourth place of the
/// old data, or of fewer in large data: memory is 4 bytes a place, and time is linear.
///
/// Source: Colin Percival, "Naive differences of executable code" (2003).
final class Diff {
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final int SEED_BYTES = 16;
    private static final int MOST_PLACES = 1 << 24;

    /// Longer matches are found in steps, so that no byte is compared too often.
    private static final int MATCH_BYTES = 4096;

    /// How much better a match has to be than going on where we are.
    private static final int BETTER = 8;

    private final byte[] old;
    private final byte[] fresh;
    private final int stride;
    private final int[] places;
    private final int shift;
    private int foundAt;

    private final ByteArrayOutputStream copies = new ByteArrayOutputStream();
    private final ByteArrayOutputStream differences = new ByteArrayOutputStream();
    private final ByteArrayOutputStream extras = new ByteArrayOutputStream();

    /// The result.
    ///
    /// @param copies for each piece three numbers: bytes that resemble the old data, bytes that do
    ///     not, and how far the old data's place then moves
    /// @param differences one byte for each that resembles: new less old
    /// @param extras the others
    @SuppressWarnings("ArrayRecordComponent") // one owner, never compared
    record Result(byte[] copies, byte[] differences, byte[] extras) {}

    private Diff(byte[] old, byte[] fresh) {
        this.old = old;
        this.fresh = fresh;
        int every = 4;
        while (old.length / every > MOST_PLACES) {
            every *= 2;
        }
        stride = every;
        int bits = 32 - Integer.numberOfLeadingZeros(Math.max(1 << 10, 2 * (old.length / stride)));
        shift = 64 - bits;
        places = new int[1 << bits];
    }

    static Result of(byte[] old, byte[] fresh) {
        var diff = new Diff(old, fresh);
        diff.index();
        diff.run();
        return new Result(
                diff.copies.toByteArray(),
                diff.differences.toByteArray(),
                diff.extras.toByteArray());
    }

    private static long seed(byte[] bytes, int at) {
        long first = (long) LONG.get(bytes, at);
        long second = (long) LONG.get(bytes, at + 8);
        return (first * 0x9e3779b97f4a7c15L ^ second) * 0xc2b2ae3d27d4eb4fL;
    }

    private void index() {
        // Backwards, so that of equal places the first stays.
        int last = (old.length - SEED_BYTES) / stride * stride;
        for (int at = last; at >= 0; at -= stride) {
            places[(int) (seed(old, at) >>> shift)] = at + 1;
        }
    }

    /// Finds the old data that is equal from here on.
    ///
    /// @return how many bytes, 0 for nothing; `foundAt` is where
    private int search(int at) {
        if (at > fresh.length - SEED_BYTES) {
            return 0;
        }
        int place = places[(int) (seed(fresh, at) >>> shift)] - 1;
        if (place < 0) {
            return 0;
        }
        foundAt = place;
        return equal(place, at);
    }

    private int equal(int place, int at) {
        int most = Math.min(MATCH_BYTES, Math.min(old.length - place, fresh.length - at));
        int differ = Arrays.mismatch(old, place, place + most, fresh, at, at + most);
        return differ < 0 ? most : differ;
    }

    private void run() {
        int at = 0;
        int length = 0;
        int doneTo = 0; // up to here the new data is described
        int doneOld = 0; // where the last piece began in the old data
        int offset = 0; // from new to old, of the last piece
        while (at < fresh.length) {
            int score = 0; // bytes of [at, scored) that are equal when we go on as before
            int scored = at + length;
            at = scored;
            for (; at < fresh.length; at++) {
                length = search(at);
                for (; scored < at + length; scored++) {
                    score += goesOn(scored, offset) ? 1 : 0;
                }
                if (length == score && length > 0 || length > score + BETTER) {
                    break;
                }
                if (scored > at) {
                    score -= goesOn(at, offset) ? 1 : 0;
                } else {
                    scored = at + 1;
                }
            }
            if (length == score && at < fresh.length) {
                continue;
            }
            int foundHere = foundAt;
            int ahead = ahead(doneTo, doneOld, at);
            int back = at < fresh.length ? back(doneTo, at, foundHere) : 0;
            int overlap = doneTo + ahead - (at - back);
            if (overlap > 0) {
                int keep =
                        split(
                                doneTo + ahead - overlap,
                                doneOld + ahead - overlap,
                                at - back,
                                foundHere - back,
                                overlap);
                ahead += keep - overlap;
                back -= keep;
            }
            int extra = at - back - (doneTo + ahead);
            number(ahead);
            number(extra);
            number(foundHere - back - (doneOld + ahead));
            for (int n = 0; n < ahead; n++) {
                differences.write(fresh[doneTo + n] - old[doneOld + n]);
            }
            extras.write(fresh, doneTo + ahead, extra);
            doneTo = at - back;
            doneOld = foundHere - back;
            offset = foundHere - at;
        }
    }

    private boolean goesOn(int at, int offset) {
        long place = (long) at + offset;
        return place >= 0 && place < old.length && old[(int) place] == fresh[at];
    }

    /// Returns how far the last piece goes on with more bytes equal than not.
    private int ahead(int doneTo, int doneOld, int end) {
        int equal = 0;
        int best = 0;
        int length = 0;
        for (int n = 0; doneTo + n < end && doneOld + n < old.length; ) {
            equal += fresh[doneTo + n] == old[doneOld + n] ? 1 : 0;
            n++;
            if (2 * equal - n > best) {
                best = 2 * equal - n;
                length = n;
            }
        }
        return length;
    }

    /// Returns how far before its first equal byte the next piece may begin.
    private int back(int doneTo, int at, int place) {
        int equal = 0;
        int best = 0;
        int length = 0;
        for (int n = 1; at - n >= doneTo && place - n >= 0; n++) {
            equal += fresh[at - n] == old[place - n] ? 1 : 0;
            if (2 * equal - n > best) {
                best = 2 * equal - n;
                length = n;
            }
        }
        return length;
    }

    /// Returns how many bytes of what two pieces want are better with the first.
    private int split(int first, int firstOld, int second, int secondOld, int overlap) {
        assert first == second;
        int score = 0;
        int best = 0;
        int length = 0;
        for (int n = 0; n < overlap; n++) {
            score += fresh[first + n] == old[firstOld + n] ? 1 : 0;
            score -= fresh[second + n] == old[secondOld + n] ? 1 : 0;
            if (score > best) {
                best = score;
                length = n + 1;
            }
        }
        return length;
    }

    /// Seven bits a byte, the lowest first, the sign in the lowest bit of all.
    private void number(int number) {
        int rest = number << 1 ^ number >> 31;
        while ((rest & ~0x7f) != 0) {
            copies.write(rest & 0x7f | 0x80);
            rest >>>= 7;
        }
        copies.write(rest);
    }

    /// Makes the new data again.
    ///
    /// @return nothing when the numbers do not lead to exactly `bytes` bytes of data that is there
    static byte[] applied(byte[] old, Result diff, int bytes) {
        var made = new byte[bytes];
        int[] at = {0};
        int to = 0;
        long oldAt = 0;
        int difference = 0;
        int extra = 0;
        while (at[0] < diff.copies.length) {
            int like = read(diff.copies, at);
            int other = read(diff.copies, at);
            int move = read(diff.copies, at);
            if (like < 0
                    || other < 0
                    || like > bytes - to
                    || other > bytes - to - like
                    || like > diff.differences.length - difference
                    || other > diff.extras.length - extra
                    || oldAt < 0
                    || oldAt + like > old.length) {
                return new byte[0];
            }
            for (int n = 0; n < like; n++) {
                made[to + n] = (byte) (old[(int) oldAt + n] + diff.differences[difference + n]);
            }
            to += like;
            difference += like;
            System.arraycopy(diff.extras, extra, made, to, other);
            to += other;
            extra += other;
            oldAt += like + (long) move;
        }
        boolean whole =
                to == bytes && difference == diff.differences.length && extra == diff.extras.length;
        return whole ? made : new byte[0];
    }

    private static int read(byte[] numbers, int[] at) {
        int number = 0;
        for (int shift = 0; shift < 35 && at[0] < numbers.length; shift += 7) {
            int bits = numbers[at[0]++];
            number |= (bits & 0x7f) << shift;
            if (bits >= 0) {
                break;
            }
        }
        return number >>> 1 ^ -(number & 1);
    }
}
