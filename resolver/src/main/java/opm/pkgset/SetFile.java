package opm.pkgset;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import opm.base.Digest;
import opm.base.Digest.Algorithm;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.base.OpmException.Damaged;
import opm.base.OpmException.Unavailable;
import org.jspecify.annotations.Nullable;

/// The frame of a set: header, section table, sections, digest.
///
/// Header:
///
/// | at | field    | type  | meaning                                                   |
/// |---:|----------|-------|-----------------------------------------------------------|
/// |  0 | magic    | u8[8] | `OPMSET` 0d 0a                                            |
/// |  8 | version  | u32   | 1; a reader refuses a higher one                          |
/// | 12 | sections | u32   | rows of the section table                                 |
/// | 16 | length   | u64   | of the whole file, digest included                        |
/// | 24 | tableCrc | u32   | CRC-32C of bytes 0 to 23 and of the section table         |
/// | 28 | unused   | u32   | 0                                                         |
///
/// Section table, from 32, ascending by id:
///
/// | at | field    | type | meaning                                                     |
/// |---:|----------|------|-------------------------------------------------------------|
/// |  0 | id       | u32  | see `SectionId`                                             |
/// |  4 | version  | u16  | 1; higher: same columns with other meaning                  |
/// |  6 | flags    | u16  | bit 0: required, refuse the file when the id is unknown     |
/// |  8 | rowBytes | u32  | at least 1; more than known: skip the rest of each row      |
/// | 12 | crc      | u32  | CRC-32C of the section                                      |
/// | 16 | rows     | u64  |                                                             |
/// | 24 | offset   | u64  | from the start of the file, a multiple of 8                 |
///
/// The last 32 bytes are the SHA-256 of everything before them: the digest of the set.
///
/// A file whose numbers have their greatest byte first opens, too: [SwappedFile].
final class SetFile {
    static final byte[] MAGIC = {'O', 'P', 'M', 'S', 'E', 'T', 13, 10};
    static final int VERSION = 1;
    static final int HEADER_BYTES = 32;
    static final int TABLE_ROW_BYTES = 32;
    static final int DIGEST_BYTES = 32;
    static final int REQUIRED = 1;

    /// Rows of the section table; format 1 has 16.
    static final int MOST_SECTIONS = 1024;

    private final Bytes all;
    private final Map<SectionId, Section> sections = new EnumMap<>(SectionId.class);
    private final List<PackageSet.SectionInfo> infos = new ArrayList<>();

    private SetFile(Bytes all) {
        this.all = all;
    }

    static Bytes map(Path path) throws OpmException {
        try {
            FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
            try {
                long size = channel.size();
                if (size <= Integer.MAX_VALUE) {
                    // It goes with the last who has the bytes.
                    return Bytes.of(channel.map(MapMode.READ_ONLY, 0, size), channel);
                }
                Bytes large = Bytes.of(channel.map(MapMode.READ_ONLY, 0, size, Arena.ofAuto()));
                channel.close();
                return large;
            } catch (IOException e) {
                channel.close();
                throw e;
            }
        } catch (NoSuchFileException e) {
            throw new BadRequest(
                            path + ": no such package set", "Check the name, or run `opm refresh`.")
                    .because(e);
        } catch (IOException e) {
            throw new Unavailable(
                            path + ": " + e.getMessage(), "Check the disk and the permissions.")
                    .because(e);
        }
    }

    /// Checks the structure: magic, version, lengths, the section table; not the content.
    static SetFile of(Bytes all) throws Damaged {
        long size = all.length();
        if (size < HEADER_BYTES + DIGEST_BYTES) {
            throw damaged(size + " bytes are no package set");
        }
        for (int at = 0; at < MAGIC.length; at++) {
            if (all.u8(at) != MAGIC[at]) {
                throw damaged("the magic bytes are missing");
            }
        }
        var file = new SetFile(SwappedFile.is(all) ? SwappedFile.usual(all) : all);
        file.readTable();
        return file;
    }

    private void readTable() throws Damaged {
        long size = all.length();
        int version = all.u32(8);
        if (version != VERSION) {
            throw newer("format version " + Integer.toUnsignedString(version));
        }
        int count = all.u32(12);
        long length = all.u64(16);
        if (length != size) {
            throw damaged(size + " bytes, expected " + length);
        }
        if (count < 0
                || count > MOST_SECTIONS
                || size < HEADER_BYTES + (long) count * TABLE_ROW_BYTES + DIGEST_BYTES) {
            throw damaged(Integer.toUnsignedString(count) + " sections");
        }
        if (tableCrc(count) != all.u32(24)) {
            throw damaged("the section table does not match its checksum");
        }
        long end = HEADER_BYTES + (long) count * TABLE_ROW_BYTES;
        for (int row = 0; row < count; row++) {
            end = readRow(HEADER_BYTES + (long) row * TABLE_ROW_BYTES, end);
        }
        for (SectionId id : SectionId.values()) {
            if (id.required() && !sections.containsKey(id)) {
                throw damaged("section " + id.word() + " is missing");
            }
        }
    }

    /// Reads one row of the section table; sections follow each other in its order.
    private long readRow(long at, long minOffset) throws Damaged {
        int number = all.u32(at);
        int version = all.u32(at + 4) & 0xffff;
        boolean required = (all.u32(at + 4) >>> 16 & REQUIRED) != 0;
        int rowBytes = all.u32(at + 8);
        long rows = all.u64(at + 16);
        long offset = all.u64(at + 24);
        SectionId id = SectionId.ofNumber(number);
        String name = id == null ? Integer.toUnsignedString(number) : id.word();
        long most = all.length() - DIGEST_BYTES;
        if (offset < minOffset || offset > most || (offset & 7) != 0) {
            throw damaged("section " + name + " starts at " + offset);
        }
        if (rowBytes < 1 || rows < 0 || rows > (most - offset) / rowBytes) {
            throw damaged("section " + name + ": " + rows + " rows of " + rowBytes + " bytes");
        }
        long bytes = rows * rowBytes;
        infos.add(new PackageSet.SectionInfo(name, rowBytes, (int) rows, bytes, required));
        if (id == null || version != 1) {
            if (required) {
                throw newer("section " + name + " version " + version);
            }
            return offset + bytes;
        }
        if (rowBytes < id.rowBytes() || sections.containsKey(id)) {
            throw damaged("section " + name + ": rows of " + rowBytes + " bytes");
        }
        Bytes slice = all.slice(offset, bytes);
        if (!id.isBytes() && rows > Integer.MAX_VALUE - 8) {
            throw damaged("section " + name + ": " + rows + " rows");
        }
        sections.put(id, new Section(id, slice, rowBytes, id.isBytes() ? 0 : (int) rows));
        return offset + bytes;
    }

    private int tableCrc(int count) {
        var crc = new CRC32C();
        crc.update(bytes(0, 24));
        crc.update(bytes(HEADER_BYTES, (long) count * TABLE_ROW_BYTES));
        return (int) crc.getValue();
    }

    /// Returns a part of at most a megabyte.
    private ByteBuffer bytes(long offset, long length) {
        return all.buffer(offset, (int) length);
    }

    Section section(SectionId id) {
        Section section = sections.get(id);
        if (section == null) {
            throw new BrokenSet("section " + id.word() + " is missing");
        }
        return section;
    }

    @Nullable Section optional(SectionId id) {
        return sections.get(id);
    }

    Digest digest() {
        var raw = new byte[DIGEST_BYTES];
        all.copy(bytes() - DIGEST_BYTES, raw);
        return Digest.of(Algorithm.SHA256, raw);
    }

    long bytes() {
        return all.length();
    }

    List<PackageSet.SectionInfo> infos() {
        return List.copyOf(infos);
    }

    /// Checks the checksum of every section, then the digest.
    void check() throws Damaged {
        int count = all.u32(12);
        for (int row = 0; row < count; row++) {
            long at = HEADER_BYTES + (long) row * TABLE_ROW_BYTES;
            long bytes = all.u64(at + 16) * all.u32(at + 8);
            long offset = all.u64(at + 24);
            var crc = new CRC32C();
            forEachPiece(offset, bytes, crc::update);
            if ((int) crc.getValue() != all.u32(at + 12)) {
                throw damaged("section " + infos.get(row).name() + " does not match its checksum");
            }
        }
        MessageDigest sha = Digest.sha256For(bytes());
        forEachPiece(0, bytes() - DIGEST_BYTES, sha::update);
        if (!Digest.of(Algorithm.SHA256, sha.digest()).equals(digest())) {
            throw damaged("the content does not match its digest");
        }
    }

    void copyTo(ByteSink sink) throws OpmException {
        var piece = new byte[1 << 18];
        for (long at = 0; at < bytes(); at += piece.length) {
            if (bytes() - at < piece.length) {
                piece = new byte[(int) (bytes() - at)];
            }
            all.copy(at, piece);
            sink.write(piece, 0, piece.length);
        }
    }

    private void forEachPiece(
            long offset, long length, java.util.function.Consumer<ByteBuffer> use) {
        for (long at = 0; at < length; at += 1 << 20) {
            use.accept(bytes(offset + at, Math.min(1 << 20, length - at)));
        }
    }

    void writeTo(ByteSink sink) throws OpmException {
        var piece = new byte[1 << 16];
        for (long at = 0; at < bytes(); at += piece.length) {
            int length = (int) Math.min(piece.length, bytes() - at);
            bytes(at, length).get(piece, 0, length);
            sink.write(piece, 0, length);
        }
    }

    static Damaged damaged(String what) {
        return new Damaged("package set: " + what, "Run `opm refresh` to build the set again.");
    }

    static Damaged newer(String what) {
        return new Damaged(
                "package set: " + what + " is newer than this opm, which reads format " + VERSION,
                "Upgrade opm, or run `opm refresh` to build the set again.");
    }
}
