package opm.pkgset;

import opm.base.ByteText;

/// The strings of a set. Sections `string_offsets` and `string_bytes`.
///
/// String `id` has the bytes from `offset(id)` to `offset(id + 1)`. Ids below [#nameCount] are the
/// names of packages and dependencies, ids from there on all other strings; each part is sorted
/// bytewise and no string stands twice. Id 0 is the empty string.
final class StringPool {
    private final Section offsets;
    private final Bytes bytes;
    private final int count;
    private final int nameCount;

    StringPool(Section offsets, Section bytes, int nameCount) {
        this.offsets = offsets;
        this.bytes = bytes.rows();
        count = offsets.count() - 1;
        this.nameCount = nameCount;
        if (nameCount < 1 || count < nameCount || length(0) != 0) {
            throw offsets.broken(count + " strings, " + nameCount + " names");
        }
    }

    int count() {
        return count;
    }

    int nameCount() {
        return nameCount;
    }

    String string(int id) {
        int length = length(id);
        if (length == 0) {
            return "";
        }
        var copy = new byte[length];
        bytes.copy(start(id), copy);
        return ByteText.decode(copy);
    }

    /// Returns where the bytes of a string start in [#bytes].
    long start(int id) {
        return Integer.toUnsignedLong(offsets.u32(id, 0));
    }

    /// Returns the length in bytes; start and end lie inside [#bytes].
    int length(int id) {
        long start = start(id);
        long end = start(id + 1);
        if (start > end || end > bytes.length() || end - start > Integer.MAX_VALUE) {
            throw offsets.broken("string " + id + " from " + start + " to " + end);
        }
        return (int) (end - start);
    }

    /// Returns where each string starts in [#allBytes], and where the last one ends.
    int[] offsets() {
        for (int id = 0; id < count; id++) {
            length(id);
        }
        var starts = new int[count + 1];
        offsets.column(0, starts);
        return starts;
    }

    /// Returns the bytes of all strings.
    byte[] allBytes() {
        if (bytes.length() > Integer.MAX_VALUE - 8) {
            throw new IllegalStateException("more than 2 GiB of strings");
        }
        var all = new byte[(int) bytes.length()];
        bytes.copy(0, all);
        return all;
    }

    Bytes bytes() {
        return bytes;
    }

    int find(String text) {
        return find(encode(text));
    }

    int findName(String text) {
        Bytes wanted = encode(text);
        return findIn(0, nameCount, wanted, 0, (int) wanted.length());
    }

    int lowerBoundName(String text) {
        Bytes wanted = encode(text);
        return lowerBound(0, nameCount, wanted, 0, (int) wanted.length());
    }

    int translate(StringPool from, int id) {
        int length = from.length(id);
        int found = findIn(0, nameCount, from.bytes, from.start(id), length);
        return found >= 0 ? found : findIn(nameCount, count, from.bytes, from.start(id), length);
    }

    int translateName(StringPool from, int id) {
        return findIn(0, nameCount, from.bytes, from.start(id), from.length(id));
    }

    /// Returns the id of the string with these bytes, or -1.
    int find(Bytes wanted) {
        int length = (int) wanted.length();
        int found = findIn(0, nameCount, wanted, 0, length);
        return found >= 0 ? found : findIn(nameCount, count, wanted, 0, length);
    }

    private int findIn(int low, int high, Bytes wanted, long at, int length) {
        int id = lowerBound(low, high, wanted, at, length);
        return id < high && compare(id, wanted, at, length) == 0 ? id : -1;
    }

    private int lowerBound(int from, int to, Bytes wanted, long at, int length) {
        int low = from;
        int high = to;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (compare(middle, wanted, at, length) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private int compare(int id, Bytes wanted, long at, int length) {
        int own = length(id);
        long start = start(id);
        int shared = Math.min(own, length);
        for (int i = 0; i < shared; i++) {
            int order =
                    Byte.compareUnsigned(
                            bytes.u8(start + i),
                            wanted.u8(at + i));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(own, length);
    }

    /// Orders texts by their bytes.
    static int compare(String one, String two) {
        return java.util.Arrays.compareUnsigned(ByteText.encode(one), ByteText.encode(two));
    }

    int compareIds(int one, int two) {
        return compare(one, bytes, start(two), length(two));
    }

    static Bytes encode(String text) {
        return Bytes.of(ByteText.encode(text));
    }
}
