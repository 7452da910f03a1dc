package opm.base;

import java.util.HexFormat;
import java.util.zip.CRC32;

/// The CRC-32 of each piece of a file, one after the other: which of them are damaged.
///
/// They find what a bad stick did and prove nothing: whoever mends a file by them compares its
/// digest afterwards. Files of one piece have none, so none also says that nobody counted.
///
/// @param digits eight hexadecimal digits for each piece; all pieces but the last have
///     [#CHUNK_BYTES]
public record ChunkSums(String digits) {
    /// A damaged megabyte that begins anywhere costs one and a sixteenth, and the sums of 2 GB are
    /// 250 KB.
    public static final int CHUNK_BYTES = 64 << 10;

    public static final ChunkSums NONE = new ChunkSums("");

    private static final int DIGITS = 8;

    public ChunkSums {
        if (digits.length() % DIGITS != 0 || !digits.matches("[0-9a-f]*")) {
            throw new IllegalArgumentException("these are no sums of pieces");
        }
    }

    /// Tells whether a file of this length has sums.
    public static boolean areFor(long sizeBytes) {
        return sizeBytes > CHUNK_BYTES;
    }

    /// Tells whether there are as many as a file of this length has.
    public boolean fit(long sizeBytes) {
        long chunks = areFor(sizeBytes) ? (sizeBytes + CHUNK_BYTES - 1) / CHUNK_BYTES : 0;
        return count() == chunks;
    }

    public int count() {
        return digits.length() / DIGITS;
    }

    /// Returns the sum of a piece, counted from 0.
    public int crc32(int chunk) {
        return HexFormat.fromHexDigits(digits, chunk * DIGITS, (chunk + 1) * DIGITS);
    }

    /// Counts what passes by.
    public static final class Counter {
        private final StringBuilder digits = new StringBuilder();
        private final CRC32 crc = new CRC32();
        private int pending;

        public void add(byte[] bytes, int offset, int length) {
            for (int at = 0; at < length; ) {
                int more = Math.min(length - at, CHUNK_BYTES - pending);
                crc.update(bytes, offset + at, more);
                at += more;
                pending += more;
                if (pending == CHUNK_BYTES) {
                    close();
                }
            }
        }

        private void close() {
            digits.append(HexFormat.of().toHexDigits((int) crc.getValue()));
            crc.reset();
            pending = 0;
        }

        /// Ends the counting. To be called once.
        public ChunkSums end() {
            if (pending > 0) {
                close();
            }
            return digits.length() <= DIGITS ? NONE : new ChunkSums(digits.toString());
        }
    }
}
