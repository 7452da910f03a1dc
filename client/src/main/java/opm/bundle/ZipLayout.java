package opm.bundle;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/// Where every byte of a bundle lies, as a function of its entries' paths and sizes alone.
///
/// One entry after the other, stored, each with its sizes and CRC in the local header, its data on
/// a multiple of 4096 through the extra field 0xD935 (the one that Android's zipalign writes):
///
/// | at | local file header     | bytes | value                                      |
/// |---:|-----------------------|------:|--------------------------------------------|
/// |  0 | signature             |     4 | 0x04034b50                                 |
/// |  4 | version needed        |     2 | 10, or 45 with Zip64                       |
/// |  6 | flags, method         |   2+2 | 0, 0 (stored)                              |
/// | 10 | time, date            |   2+2 | 0, 0x0021 (1980-01-01 00:00)               |
/// | 14 | CRC-32                |     4 |                                            |
/// | 18 | packed, unpacked size |   4+4 | equal; both 0xffffffff with Zip64          |
/// | 26 | path length, extras   |   2+2 |                                            |
/// | 30 | path                  |       | ASCII                                      |
/// |    | extra 0x0001 (Zip64)  |    20 | both sizes, when the size needs it         |
/// |    | extra 0xD935          |   6.. | u16 4096, then zeros up to the data        |
///
/// Sources: APPNOTE.TXT 6.3.10 (PKWARE), sections 4.3 and 4.5.
final class ZipLayout {
    static final int ALIGNMENT = 4096;
    private static final int LOCAL = 0x04034b50;
    private static final int CENTRAL = 0x02014b50;
    private static final int END = 0x06054b50;
    private static final int END64 = 0x06064b50;
    private static final int LOCATOR64 = 0x07064b50;
    private static final short EXTRA_ALIGN = (short) 0xD935;
    private static final short EXTRA_ZIP64 = 1;
    private static final int LOCAL_BYTES = 30;
    private static final int CENTRAL_BYTES = 46;
    private static final int LOCAL_ZIP64_BYTES = 20;
    private static final int ALIGN_BYTES = 6;
    private static final short DATE_1980 = 0x0021;
    private static final short VERSION = 10;
    private static final short VERSION_64 = 45;
    private static final int MADE_BY_UNIX = 3 << 8;
    private static final int FILE_MODE = 0100644 << 16;

    /// The first value that a 32-bit field cannot hold, because all ones means "see Zip64".
    static final long ZIP64_FROM = 0xffffffffL;

    private final List<String> paths;
    private final long[] sizes;
    private final long[] headersAt;
    private final long[] datasAt;
    private final long directoryAt;
    private final long zip64From;

    /// Lays out entries after `scriptBytes` bytes of script.
    ///
    /// @param sizes bytes of each entry, in the order of `paths`
    /// @param zip64From [#ZIP64_FROM]; tests pass less, which is as valid and needs no 4 GiB
    ZipLayout(long scriptBytes, List<String> paths, long[] sizes, long zip64From) {
        this.paths = List.copyOf(paths);
        this.sizes = sizes.clone();
        this.zip64From = zip64From;
        headersAt = new long[sizes.length];
        datasAt = new long[sizes.length];
        long at = scriptBytes;
        for (int entry = 0; entry < sizes.length; entry++) {
            headersAt[entry] = at;
            long least =
                    at + LOCAL_BYTES + paths.get(entry).length() + zip64Bytes(entry) + ALIGN_BYTES;
            datasAt[entry] = (least + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
            at = datasAt[entry] + sizes[entry];
        }
        directoryAt = at;
    }

    int count() {
        return sizes.length;
    }

    long headerAt(int entry) {
        return headersAt[entry];
    }

    long dataAt(int entry) {
        return datasAt[entry];
    }

    long sizeBytes(int entry) {
        return sizes[entry];
    }

    long directoryAt() {
        return directoryAt;
    }

    /// Returns the local header of an entry with its padding: all bytes up to its data.
    byte[] header(int entry, int crc32) {
        var bytes = littleEndian(Math.toIntExact(datasAt[entry] - headersAt[entry]));
        boolean big = sizes[entry] >= zip64From;
        int size = big ? -1 : (int) sizes[entry];
        byte[] path = paths.get(entry).getBytes(US_ASCII);
        bytes.putInt(LOCAL).putShort(big ? VERSION_64 : VERSION).putShort((short) 0);
        bytes.putShort((short) 0).putShort((short) 0).putShort(DATE_1980).putInt(crc32);
        bytes.putInt(size).putInt(size).putShort((short) path.length);
        bytes.putShort((short) (bytes.capacity() - LOCAL_BYTES - path.length)).put(path);
        if (big) {
            bytes.putShort(EXTRA_ZIP64)
                    .putShort((short) 16)
                    .putLong(sizes[entry])
                    .putLong(sizes[entry]);
        }
        bytes.putShort(EXTRA_ALIGN).putShort((short) (bytes.remaining() - 2));
        bytes.putShort((short) ALIGNMENT);
        return bytes.array();
    }

    /// Returns the number of bytes of [#header] that say something; zeros follow.
    int headerBytesUsed(int entry) {
        return LOCAL_BYTES + paths.get(entry).length() + zip64Bytes(entry) + ALIGN_BYTES;
    }

    /// Returns the central directory and its end records, up to the comment's length included.
    ///
    /// @param crcs one CRC-32 for each entry
    /// @param commentBytes length of the comment that will follow
    byte[] directory(int[] crcs, int commentBytes) {
        List<byte[]> rows = new ArrayList<>();
        long directoryBytes = 0;
        for (int entry = 0; entry < sizes.length; entry++) {
            byte[] row = directoryRow(entry, crcs[entry]);
            rows.add(row);
            directoryBytes += row.length;
        }
        boolean many = sizes.length >= 0xffff;
        boolean far = directoryAt >= zip64From;
        boolean wide = directoryBytes >= zip64From;
        boolean big = many || far || wide;
        var bytes = littleEndian(Math.toIntExact(directoryBytes + (big ? 56 + 20 : 0) + 22));
        rows.forEach(bytes::put);
        if (big) {
            bytes.putInt(END64).putLong(44).putShort((short) (MADE_BY_UNIX | VERSION_64));
            bytes.putShort(VERSION_64).putInt(0).putInt(0).putLong(sizes.length);
            bytes.putLong(sizes.length).putLong(directoryBytes).putLong(directoryAt);
            bytes.putInt(LOCATOR64).putInt(0).putLong(directoryAt + directoryBytes).putInt(1);
        }
        short count = many ? -1 : (short) sizes.length;
        bytes.putInt(END).putShort((short) 0).putShort((short) 0).putShort(count).putShort(count);
        bytes.putInt(wide ? -1 : (int) directoryBytes).putInt(far ? -1 : (int) directoryAt);
        bytes.putShort((short) commentBytes);
        return bytes.array();
    }

    private byte[] directoryRow(int entry, int crc32) {
        boolean big = sizes[entry] >= zip64From;
        boolean far = headersAt[entry] >= zip64From;
        int extraBytes = big || far ? 4 + (big ? 16 : 0) + (far ? 8 : 0) : 0;
        byte[] path = paths.get(entry).getBytes(US_ASCII);
        var row = littleEndian(CENTRAL_BYTES + path.length + extraBytes);
        short version = big || far ? VERSION_64 : VERSION;
        int size = big ? -1 : (int) sizes[entry];
        row.putInt(CENTRAL).putShort((short) (MADE_BY_UNIX | version)).putShort(version);
        row.putShort((short) 0).putShort((short) 0).putShort((short) 0).putShort(DATE_1980);
        row.putInt(crc32).putInt(size).putInt(size);
        row.putShort((short) path.length).putShort((short) extraBytes).putShort((short) 0);
        row.putShort((short) 0).putShort((short) 0).putInt(FILE_MODE);
        row.putInt(far ? -1 : (int) headersAt[entry]).put(path);
        if (extraBytes > 0) {
            row.putShort(EXTRA_ZIP64).putShort((short) (extraBytes - 4));
            if (big) {
                row.putLong(sizes[entry]).putLong(sizes[entry]);
            }
            if (far) {
                row.putLong(headersAt[entry]);
            }
        }
        return row.array();
    }

    private int zip64Bytes(int entry) {
        return sizes[entry] >= zip64From ? LOCAL_ZIP64_BYTES : 0;
    }

    private static ByteBuffer littleEndian(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
