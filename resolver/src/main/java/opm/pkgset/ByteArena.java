package opm.pkgset;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import opm.base.OpmException;

/// Bytes that only grow, in pieces, so that growing copies nothing.
final class ByteArena {
    private static final int PIECE_BITS = 20;
    private static final int PIECE = 1 << PIECE_BITS;

    /// One longer than the others holds a single string.
    private final List<byte[]> pieces = new ArrayList<>();

    /// Where each piece but the last one ends.
    private final Ints ends = new Ints();

    private int used = PIECE;
    private long total;

    /// Copies bytes in and returns where they start.
    int add(byte[] from, int start, int length) {
        if (length > PIECE - used) {
            if (pieces.size() >= 1 << (31 - PIECE_BITS)) {
                throw new IllegalStateException("more than 2 GiB of strings");
            }
            if (!pieces.isEmpty()) {
                ends.add(used);
            }
            pieces.add(new byte[Math.max(PIECE, length)]);
            used = 0;
        }
        byte[] piece = pieces.getLast();
        System.arraycopy(from, start, piece, used, length);
        int at = (pieces.size() - 1) << PIECE_BITS | used;
        used += length;
        total += length;
        return at;
    }

    /// Returns the bytes that hold what starts at `at`, from [#offset].
    byte[] piece(int at) {
        return pieces.get(at >>> PIECE_BITS);
    }

    static int offset(int at) {
        return at & PIECE - 1;
    }

    boolean holds(int at, byte[] from, int start, int length) {
        int offset = offset(at);
        return Arrays.equals(piece(at), offset, offset + length, from, start, start + length);
    }

    /// Writes everything that was added, in that order.
    void writeTo(SetOutput out) throws OpmException {
        for (int piece = 0; piece < pieces.size(); piece++) {
            int end = piece < ends.size() ? ends.get(piece) : used;
            out.bytes(pieces.get(piece), 0, end);
        }
    }

    /// Forgets everything, and keeps room for a little.
    void clear() {
        pieces.subList(Math.min(1, pieces.size()), pieces.size()).clear();
        ends.clear();
        used = pieces.isEmpty() ? PIECE : 0;
        total = 0;
    }

    long total() {
        return total;
    }
}
