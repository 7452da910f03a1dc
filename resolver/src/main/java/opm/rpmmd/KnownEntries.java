package opm.rpmmd;

import java.util.Arrays;

/// Dependencies by the bytes of their tag: most entries of a primary.xml were there before, letter
/// for letter, and need neither attributes nor strings then.
///
/// A fixed table: a new entry takes the place of another that has the same slot.
final class KnownEntries {
    private static final int SLOTS = 1 << 15;

    /// Longer tags are not kept: they are rare, and all slots take 3.5 MB.
    private static final int MOST_BYTES = 112;

    private final byte[] tags = new byte[SLOTS * MOST_BYTES];
    private final int[] lengths = new int[SLOTS];
    private final long[] values = new long[SLOTS];

    /// Returns what was noted for the tag that the scanner looks at, or -1.
    long find(XmlScanner xml, int length) {
        int slot = slot(xml.rawHash());
        int start = xml.rawStart();
        boolean same =
                lengths[slot] == length
                        && Arrays.equals(
                                tags,
                                slot * MOST_BYTES,
                                slot * MOST_BYTES + length,
                                xml.values(),
                                start,
                                start + length);
        return same ? values[slot] : -1;
    }

    /// Notes a value, 0 or more, for the tag that the scanner has looked at and read.
    void note(XmlScanner xml, int length, long value) {
        if (length > MOST_BYTES) {
            return;
        }
        int slot = slot(xml.rawHash());
        System.arraycopy(xml.values(), xml.rawStart(), tags, slot * MOST_BYTES, length);
        lengths[slot] = length;
        values[slot] = value;
    }

    private static int slot(int hash) {
        int mixed = hash * 0x9E3779B9;
        return mixed >>> 17;
    }
}
