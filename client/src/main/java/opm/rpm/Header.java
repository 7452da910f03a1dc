package opm.rpm;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import opm.base.ByteText;
import opm.base.Limits;
import opm.base.OpmException.Damaged;
import org.jspecify.annotations.Nullable;

/// One rpm header: an index of typed tags and the data they point into. Immutable.
///
/// Big-endian. The intro, only in files (a database blob starts at `entries`):
///
/// | at | field   | type | meaning                                  |
/// |---:|---------|------|------------------------------------------|
/// |  0 | magic   | u32  | 8EADE801                                 |
/// |  4 | unused  | u32  | 0                                        |
/// |  8 | entries | u32  | index entries, 16 bytes each             |
/// | 12 | bytes   | u32  | bytes of data behind the index           |
///
/// One index entry:
///
/// | at | field  | type | meaning                                        |
/// |---:|--------|------|------------------------------------------------|
/// |  0 | tag    | i32  | [Tag]                                          |
/// |  4 | type   | u32  | 1 char 2 i8 3 i16 4 i32 5 i64 6 string 7 bytes 8 strings 9 i18n |
/// |  8 | offset | i32  | into the data, aligned to the type             |
/// | 12 | count  | u32  | how many; bytes for type 7                     |
///
/// Everything is checked when it is made, as rpm does (lib/header.c, `hdrblobVerifyInfo` and
/// `hdrblobVerifyRegion`): afterwards no question can run out of the data.
public final class Header {
    static final int MAGIC = 0x8eade801;
    static final int INTRO_BYTES = 16;
    static final int ENTRY_BYTES = 16;

    private static final int INT16 = 3;
    private static final int INT32 = 4;
    private static final int INT64 = 5;
    private static final int STRING = 6;
    private static final int BIN = 7;
    private static final int STRING_ARRAY = 8;
    private static final int I18NSTRING = 9;
    private static final int[] ALIGN = {1, 1, 1, 2, 4, 8, 1, 1, 1, 1};

    private final byte[] bytes;
    private final ByteBuffer data;
    private final int dataStart;
    private final Entry[] byTag;
    private final String subject;

    private record Entry(int tag, int type, int offset, int count) {}

    private Header(byte[] bytes, int dataStart, Entry[] byTag, String subject) {
        this.bytes = bytes;
        this.data = ByteBuffer.wrap(bytes, dataStart, bytes.length - dataStart).slice();
        this.dataStart = dataStart;
        this.byTag = byTag;
        this.subject = subject;
    }

    /// Reads a header as a database has it: entry count, data length, index, data; no magic.
    ///
    /// @param blob owned by the header from now on
    /// @param subject what this is, for messages
    public static Header ofBlob(byte[] blob, String subject) throws Damaged {
        if (blob.length < 8) {
            throw damaged(subject, blob.length + " bytes", "at least 8");
        }
        var intro = ByteBuffer.wrap(blob);
        int entryCount = intro.getInt();
        int dataBytes = intro.getInt();
        checkSizes(entryCount, dataBytes, subject);
        long expected = 8L + (long) ENTRY_BYTES * entryCount + dataBytes;
        if (blob.length != expected) {
            throw damaged(subject, blob.length + " bytes", String.valueOf(expected));
        }
        return read(blob, 8, entryCount, Region.IMMUTABLE_LOOSE, subject);
    }

    /// What the first entry must be.
    enum Region {
        SIGNATURES(Tag.HEADER_SIGNATURES, false),
        /// Of a package file: the region is the whole header, so that digests cover everything.
        IMMUTABLE_EXACT(Tag.HEADER_IMMUTABLE, true),
        /// Of a database: rpm appends what it learned at install time behind the region.
        IMMUTABLE_LOOSE(Tag.HEADER_IMMUTABLE, false);

        private final int tag;
        private final boolean exact;

        Region(int tag, boolean exact) {
            this.tag = tag;
            this.exact = exact;
        }
    }

    static void checkSizes(int entryCount, int dataBytes, String subject) throws Damaged {
        if (entryCount < 1 || entryCount > Limits.HEADER_TAGS) {
            throw damaged(
                    subject,
                    Integer.toUnsignedString(entryCount) + " tags",
                    "1 to " + Limits.HEADER_TAGS);
        }
        if (dataBytes < 1 || dataBytes > Limits.HEADER_BYTES) {
            throw damaged(
                    subject,
                    Integer.toUnsignedString(dataBytes) + " bytes of data",
                    "1 to " + Limits.HEADER_BYTES);
        }
    }

    /// @param bytes intro, index and data
    /// @param indexStart where the index starts
    static Header read(byte[] bytes, int indexStart, int entryCount, Region region, String subject)
            throws Damaged {
        int dataStart = indexStart + entryCount * ENTRY_BYTES;
        var data = ByteBuffer.wrap(bytes, dataStart, bytes.length - dataStart).slice();
        var index = ByteBuffer.wrap(bytes, indexStart, entryCount * ENTRY_BYTES).slice();
        var entries = new ArrayList<Entry>(entryCount);
        for (int row = 0; row < entryCount; row++) {
            var entry = new Entry(index.getInt(), index.getInt(), index.getInt(), index.getInt());
            boolean first = row == 0;
            if (first && entry.tag == region.tag) {
                checkRegion(entry, entryCount, data, region, subject);
            } else {
                checkEntry(entry, data, subject);
                entries.add(entry);
            }
        }
        entries.sort((a, b) -> Integer.compare(a.tag, b.tag));
        for (int at = 1; at < entries.size(); at++) {
            if (entries.get(at).tag == entries.get(at - 1).tag) {
                throw damaged(subject, "tag " + entries.get(at).tag + " twice", "once");
            }
        }
        return new Header(bytes, dataStart, entries.toArray(new Entry[0]), subject);
    }

    /// Checks the region's own entry and the trailer that it points at.
    private static void checkRegion(
            Entry entry, int entryCount, ByteBuffer data, Region region, String subject)
            throws Damaged {
        boolean fits =
                entry.type == BIN
                        && entry.count == ENTRY_BYTES
                        && entry.offset >= 0
                        && entry.offset <= data.capacity() - ENTRY_BYTES;
        if (!fits) {
            throw damaged(subject, "a region that points outside", "a region trailer in the data");
        }
        int tag = data.getInt(entry.offset);
        int type = data.getInt(entry.offset + 4);
        int back = data.getInt(entry.offset + 8);
        int count = data.getInt(entry.offset + 12);
        // rpm before 4.0.4 wrote HEADERIMAGE behind signatures (lib/header.c says so too).
        boolean tagFits =
                tag == region.tag || region == Region.SIGNATURES && tag == Tag.HEADER_IMAGE;
        if (!tagFits
                || type != BIN
                || count != ENTRY_BYTES
                || back >= 0
                || back % ENTRY_BYTES != 0) {
            throw damaged(subject, "a broken region trailer", "tag " + region.tag);
        }
        long covered = -(long) back / ENTRY_BYTES;
        boolean whole = covered == entryCount && entry.offset + ENTRY_BYTES == data.capacity();
        if (covered > entryCount || region.exact && !whole) {
            throw damaged(
                    subject,
                    "a region of " + covered + " tags",
                    region.exact ? "all " + entryCount : "at most " + entryCount);
        }
    }

    private static void checkEntry(Entry entry, ByteBuffer data, String subject) throws Damaged {
        int size = data.capacity();
        if (entry.type < 1 || entry.type > I18NSTRING) {
            throw damaged(subject, "type " + entry.type + " of tag " + entry.tag, "1 to 9");
        }
        boolean inside = entry.offset >= 0 && entry.offset < size;
        if (!inside || entry.offset % ALIGN[entry.type] != 0) {
            throw damaged(
                    subject,
                    "offset " + entry.offset + " of tag " + entry.tag,
                    "an aligned one below " + size);
        }
        if (entry.count < 1 || entry.count > size || entry.type == STRING && entry.count != 1) {
            throw damaged(
                    subject,
                    Integer.toUnsignedString(entry.count) + " values of tag " + entry.tag,
                    "what the data can hold");
        }
        if (endOf(entry, data) < 0) {
            throw damaged(
                    subject, "tag " + entry.tag + " past the end", "data of " + size + " bytes");
        }
    }

    /// Returns the offset behind the last value, or -1 when that is outside the data.
    private static long endOf(Entry entry, ByteBuffer data) {
        long width =
                switch (entry.type) {
                    case INT16 -> 2;
                    case INT32 -> 4;
                    case INT64 -> 8;
                    case STRING, STRING_ARRAY, I18NSTRING -> 0;
                    default -> 1;
                };
        long end = entry.offset + width * entry.count;
        if (width > 0) {
            return end <= data.capacity() ? end : -1;
        }
        int at = entry.offset;
        for (int left = entry.count; left > 0; left--) {
            while (at < data.capacity() && data.get(at) != 0) {
                at++;
            }
            if (at++ >= data.capacity()) {
                return -1;
            }
        }
        return at;
    }

    private @Nullable Entry find(int tag) {
        int low = 0;
        int high = byTag.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = Integer.compare(byTag[middle].tag, tag);
            if (order == 0) {
                return byTag[middle];
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return null;
    }

    /// Tells whether a tag is there.
    public boolean has(int tag) {
        return find(tag) != null;
    }

    /// Returns the tags that are there, ascending, without the region's own.
    public int[] tags() {
        return Arrays.stream(byTag).mapToInt(Entry::tag).toArray();
    }

    /// Returns how many values a tag has; 0 when it is absent.
    public int count(int tag) {
        Entry entry = find(tag);
        return entry == null ? 0 : entry.count;
    }

    /// Returns the first string of a tag, the untranslated one; null when it is absent.
    ///
    /// @throws Damaged when the tag is not text
    public @Nullable String string(int tag) throws Damaged {
        Entry entry = find(tag);
        if (entry == null) {
            return null;
        }
        checkText(entry);
        return stringAt(entry.offset, endOfString(entry.offset));
    }

    /// Returns the first string of a tag, or `absent`.
    public String string(int tag, String absent) throws Damaged {
        String value = string(tag);
        return value == null ? absent : value;
    }

    /// Returns all strings of a tag; none when it is absent.
    public List<String> strings(int tag) throws Damaged {
        Entry entry = find(tag);
        if (entry == null) {
            return List.of();
        }
        checkText(entry);
        var values = new ArrayList<String>(entry.count);
        int at = entry.offset;
        for (int left = entry.count; left > 0; left--) {
            int end = endOfString(at);
            values.add(stringAt(at, end));
            at = end + 1;
        }
        return values;
    }

    private int endOfString(int start) {
        int at = start;
        while (data.get(at) != 0) {
            at++;
        }
        return at;
    }

    private String stringAt(int start, int end) {
        return ByteText.decode(bytes, dataStart + start, end - start);
    }

    private void checkText(Entry entry) throws Damaged {
        if (entry.type != STRING && entry.type != STRING_ARRAY && entry.type != I18NSTRING) {
            throw damaged(subject, "numbers in tag " + entry.tag, "text");
        }
    }

    /// Returns the first number of a tag, unsigned below 64 bits, or `absent`.
    ///
    /// @throws Damaged when the tag is not numbers
    public long number(int tag, long absent) throws Damaged {
        Entry entry = find(tag);
        return entry == null ? absent : numberAt(entry, 0);
    }

    /// Returns all numbers of a tag, unsigned below 64 bits; none when it is absent.
    public long[] numbers(int tag) throws Damaged {
        Entry entry = find(tag);
        if (entry == null) {
            return new long[0];
        }
        var values = new long[entry.count];
        for (int at = 0; at < values.length; at++) {
            values[at] = numberAt(entry, at);
        }
        return values;
    }

    private long numberAt(Entry entry, int at) throws Damaged {
        return switch (entry.type) {
            case 1, 2 -> data.get(entry.offset + at) & 0xffL;
            case INT16 -> data.getShort(entry.offset + 2 * at) & 0xffffL;
            case INT32 -> data.getInt(entry.offset + 4 * at) & 0xffffffffL;
            case INT64 -> data.getLong(entry.offset + 8 * at);
            default -> throw damaged(subject, "text in tag " + entry.tag, "numbers");
        };
    }

    /// Returns the bytes of a binary tag; null when it is absent.
    ///
    /// @throws Damaged when the tag is not bytes
    public byte @Nullable [] binary(int tag) throws Damaged {
        Entry entry = find(tag);
        if (entry == null) {
            return null;
        }
        if (entry.type != BIN) {
            throw damaged(subject, "type " + entry.type + " in tag " + tag, "bytes");
        }
        int start = dataStart + entry.offset;
        return Arrays.copyOfRange(bytes, start, start + entry.count);
    }

    /// Returns what messages call this.
    String subject() {
        return subject;
    }

    static Damaged damaged(String subject, String found, String expected) {
        return new Damaged(
                subject + ": found " + found + ", expected " + expected,
                "The package is damaged; get it again.");
    }
}
