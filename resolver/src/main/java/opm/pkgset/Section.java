package opm.pkgset;

import java.util.Arrays;
import java.util.BitSet;

/// One section of a set: rows of equal size, read in place.
///
/// Rows may be longer than this version knows; what follows the known columns is skipped. Every
/// read is checked against the row count, so that a hostile number ends as [BrokenSet].
final class Section {
    private final SectionId id;
    private final Bytes rows;
    private final long stride;
    private final int count;

    Section(SectionId id, Bytes rows, int stride, int count) {
        this.id = id;
        this.rows = rows;
        this.stride = stride;
        this.count = count;
    }

    int count() {
        return count;
    }

    long bytes() {
        return rows.length();
    }

    int stride() {
        return (int) stride;
    }

    /// Returns the bytes of all rows.
    Bytes rows() {
        return rows;
    }

    /// Returns the unsigned number at a byte offset of a row, as the `int` with the same bits.
    int u32(int row, int column) {
        return rows.u32(at(row) + column);
    }

    /// Reads one number of every row, in one loop without a call: a process that asks one question
    /// runs in the interpreter.
    void column(int column, int[] into) {
        if (into.length != count) {
            throw broken(count + " rows, expected " + into.length);
        }
        var piece = new byte[(int) Math.min(count * stride, Math.max(1 << 16, stride))];
        int rowsAtOnce = (int) (piece.length / stride);
        int step = (int) stride;
        for (int first = 0; first < count; first += rowsAtOnce) {
            int some = Math.min(rowsAtOnce, count - first);
            rows.copy(first * stride, piece, 0, (int) (some * stride));
            int at = column;
            for (int row = first; row < first + some; row++) {
                into[row] =
                        piece[at] & 0xff
                                | (piece[at + 1] & 0xff) << 8
                                | (piece[at + 2] & 0xff) << 16
                                | piece[at + 3] << 24;
                at += step;
            }
        }
    }

    /// Goes through rows of one u32 in which each list stands behind its length, in one loop over
    /// the file: pages of a map that was gone through stay resident.
    ///
    /// @param wanted items below `items`
    /// @return the rows where lists begin that have one of them
    BitSet listsWith(BitSet wanted, int items) {
        var found = new BitSet(count);
        long[] words = Arrays.copyOf(wanted.toLongArray(), (items >> 6) + 1);
        var piece = new byte[(int) Math.min(count * stride, 1 << 16)];
        int rowsAtOnce = (int) (piece.length / stride);
        int step = (int) stride;
        int list = 0;
        int left = 0;
        for (int first = 0; first < count; first += rowsAtOnce) {
            int some = Math.min(rowsAtOnce, count - first);
            rows.copy(first * stride, piece, 0, (int) (some * stride));
            int at = 0;
            for (int row = first; row < first + some; row++) {
                int value =
                        piece[at] & 0xff
                                | (piece[at + 1] & 0xff) << 8
                                | (piece[at + 2] & 0xff) << 16
                                | piece[at + 3] << 24;
                at += step;
                if (left == 0) {
                    list = row;
                    left = value;
                } else {
                    left--;
                    if (value < 0 || value >= items) {
                        throw broken("list " + list + " has the item " + value);
                    }
                    if ((words[value >> 6] >>> value & 1) != 0) {
                        found.set(list);
                    }
                }
            }
        }
        if (left != 0) {
            throw broken("list " + list + " goes on behind the end");
        }
        return found;
    }

    long u64(int row, int column) {
        return rows.u64(at(row) + column);
    }

    byte u8(int row) {
        return rows.u8(at(row));
    }

    /// Returns a number that is an index below `bound`.
    int index(int row, int column, int bound) {
        int value = u32(row, column);
        if (value < 0 || value >= bound) {
            throw broken(
                    "row " + row + " names " + Integer.toUnsignedString(value) + " of " + bound);
        }
        return value;
    }

    long at(int row) {
        if (row < 0 || row >= count) {
            throw broken("row " + row + " of " + count);
        }
        return row * stride;
    }

    BrokenSet broken(String what) {
        return new BrokenSet("section " + id.word() + ": " + what);
    }
}
