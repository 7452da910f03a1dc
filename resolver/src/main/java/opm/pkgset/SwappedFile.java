package opm.pkgset;

import java.security.MessageDigest;
import java.util.zip.CRC32C;
import opm.base.Digest;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;

/// Turns a set whose numbers have their greatest byte first, as a machine of that kind may have
/// written it, into the usual bytes in memory: its header, its table and the columns of its rows;
/// what is bytes stays as it is.
///
/// All of it is read once, so its checksums are compared at once, too. The result is what this
/// version writes: sections and columns that it does not know are left behind.
final class SwappedFile {
    private final Bytes all;
    private final SetFrame frame = new SetFrame();

    private SwappedFile(Bytes all) {
        this.all = all;
    }

    /// Tells whether a file of at least a header has its numbers the other way round.
    static boolean is(Bytes all) {
        return Integer.reverseBytes(all.u32(8)) == SetFile.VERSION;
    }

    /// @throws Damaged when it is, or when it has a section that a reader must know and we do not
    static Bytes usual(Bytes all) throws Damaged {
        if (all.length() > 1 << 30) {
            throw SetFile.damaged("more than 1 GiB with its bytes the other way round");
        }
        var file = new SwappedFile(all);
        file.read();
        var copy = new VarOutput();
        try {
            file.frame.writeTo(copy::bytes);
        } catch (OpmException e) {
            throw new IllegalStateException(e); // memory does not fail
        }
        return Bytes.of(copy.toBytes());
    }

    private int u32(long at) {
        return Integer.reverseBytes(all.u32(at));
    }

    private long u64(long at) {
        return Long.reverseBytes(all.u64(at));
    }

    private void read() throws Damaged {
        long size = all.length();
        int count = u32(12);
        if (u64(16) != size
                || count < 0
                || count > SetFile.MOST_SECTIONS
                || size < SetFile.HEADER_BYTES + count * 32L + SetFile.DIGEST_BYTES) {
            throw SetFile.damaged(size + " bytes with " + Integer.toUnsignedString(count)
                    + " sections");
        }
        byte[] bytes = part(0, (int) size);
        long tableEnd = SetFile.HEADER_BYTES + (long) count * SetFile.TABLE_ROW_BYTES;
        var crc = new CRC32C();
        crc.update(bytes, 0, 24);
        crc.update(bytes, SetFile.HEADER_BYTES, (int) tableEnd - SetFile.HEADER_BYTES);
        if ((int) crc.getValue() != u32(24)) {
            throw SetFile.damaged("the section table does not match its checksum");
        }
        checkDigest(bytes);
        for (int row = 0; row < count; row++) {
            readRow(bytes, SetFile.HEADER_BYTES + row * SetFile.TABLE_ROW_BYTES, tableEnd);
        }
    }

    private static void checkDigest(byte[] bytes) throws Damaged {
        int end = bytes.length - SetFile.DIGEST_BYTES;
        MessageDigest sha = Digest.sha256For(end);
        sha.update(bytes, 0, end);
        if (!java.util.Arrays.equals(
                sha.digest(), java.util.Arrays.copyOfRange(bytes, end, bytes.length))) {
            throw SetFile.damaged("the content does not match its digest");
        }
    }

    private void readRow(byte[] bytes, int at, long tableEnd) throws Damaged {
        int number = u32(at);
        // Two numbers of 16 bits stand in the usual order, each with its greatest byte first.
        int version = (bytes[at + 4] & 0xff) << 8 | bytes[at + 5] & 0xff;
        boolean required = (bytes[at + 7] & SetFile.REQUIRED) != 0;
        int stride = u32(at + 8);
        long rows = u64(at + 16);
        long offset = u64(at + 24);
        long most = all.length() - SetFile.DIGEST_BYTES;
        SectionId id = SectionId.ofNumber(number);
        String name = id == null ? Integer.toUnsignedString(number) : id.word();
        if (offset < tableEnd || offset > most || stride < 1 || rows < 0
                || rows > (most - offset) / stride) {
            throw SetFile.damaged("section " + name + " lies outside the file");
        }
        var crc = new CRC32C();
        crc.update(bytes, (int) offset, (int) (rows * stride));
        if ((int) crc.getValue() != u32(at + 12)) {
            throw SetFile.damaged("section " + name + " does not match its checksum");
        }
        if (id == null || version != 1) {
            if (required) {
                throw SetFile.newer("section " + name + " version " + version);
            }
            return;
        }
        if (stride < id.rowBytes() || frame.has(id)) {
            throw SetFile.damaged("section " + name + ": rows of " + stride + " bytes");
        }
        if (id.rowBytes() == 1) {
            frame.add(id, stride, rows, out -> out.bytes(bytes, (int) offset, (int) rows * stride));
        } else {
            frame.add(id, rows, out -> rows(out, id, bytes, (int) offset, (int) rows, stride));
        }
    }

    private static void rows(
            SetOutput out, SectionId id, byte[] bytes, int offset, int rows, int stride)
            throws OpmException {
        for (int row = 0; row < rows; row++) {
            int at = offset + row * stride;
            for (int column = 0; column < id.columnCount(); column++) {
                int width = id.columnBytes(column);
                for (int index = width - 1; index >= 0; index--) {
                    out.u8(bytes[at + index]);
                }
                at += width;
            }
        }
    }

    private byte[] part(long from, int length) {
        var part = new byte[length];
        all.copy(from, part);
        return part;
    }
}
