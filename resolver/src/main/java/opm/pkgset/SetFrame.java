package opm.pkgset;

import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32C;
import opm.base.Digest;
import opm.base.OpmException;

/// Writes the frame of a set around sections: header, table, sections, digest.
///
/// Every section is produced twice, once for its checksum and once for the file, so that none has
/// to lie in memory. Two threads share the checksums, and one hashes what the other writes.
final class SetFrame {
    /// Produces the rows of one section.
    interface Rows {
        void to(SetOutput out) throws OpmException;
    }

    private record Planned(
            int id, String name, boolean required, int rowBytes, long rows, Rows content) {
        long bytes() {
            return rows * rowBytes;
        }
    }

    /// Bytes below which threads beside cost more than they save.
    private static final int SMALL = 1 << 18;

    private final List<Planned> sections = new ArrayList<>();
    private final int threads;

    SetFrame(int threads) {
        this.threads = threads;
    }

    SetFrame() {
        this(Runtime.getRuntime().availableProcessors());
    }

    void add(SectionId id, long rows, Rows content) {
        add(id, id.rowBytes(), rows, content);
    }

    /// Adds a section; they are written by their numbers.
    void add(SectionId id, int rowBytes, long rows, Rows content) {
        sections.add(new Planned(id.number(), id.word(), id.required(), rowBytes, rows, content));
    }

    boolean has(SectionId id) {
        return sections.stream().anyMatch(section -> section.id() == id.number());
    }

    private static long aligned(long at) {
        return at + 7 & ~7L;
    }

    long length() {
        long at = SetFile.HEADER_BYTES + (long) sections.size() * SetFile.TABLE_ROW_BYTES;
        for (Planned section : sections) {
            at = aligned(at) + section.bytes();
        }
        return aligned(at) + SetFile.DIGEST_BYTES;
    }

    void writeTo(ByteSink sink) throws OpmException {
        // Not Comparator.comparingInt, whose lambda no AOT cache keeps.
        sections.sort((one, two) -> Integer.compare(one.id(), two.id()));
        MessageDigest sha = Digest.sha256For(length());
        byte[] digest;
        if (isSmall()) {
            write(
                    (bytes, offset, length) -> {
                        sha.update(bytes, offset, length);
                        sink.write(bytes, offset, length);
                    });
            digest = sha.digest();
        } else {
            try (var hash = new HashAside(sha)) {
                write(
                        (bytes, offset, length) -> {
                            hash.write(bytes, offset, length);
                            sink.write(bytes, offset, length);
                        });
                digest = hash.digest();
            }
        }
        sink.write(digest, 0, digest.length);
    }

    /// Tells whether one thread does it all.
    private boolean isSmall() {
        return threads < 2 || length() < SMALL;
    }

    /// Writes all but the digest.
    private void write(ByteSink sink) throws OpmException {
        int[] crcs = crcs();
        var out = new SetOutput(sink, length());
        var crc = new CRC32C();
        var head = new SetOutput(both(crc::update, out), SetFile.HEADER_BYTES);
        head.bytes(SetFile.MAGIC, 0, SetFile.MAGIC.length);
        head.u32(SetFile.VERSION);
        head.u32(sections.size());
        head.u64(length());
        head.flush();
        // The table counts into the checksum that stands before it.
        var table = new java.io.ByteArrayOutputStream();
        var rows = new SetOutput(table::write, (long) crcs.length * SetFile.TABLE_ROW_BYTES);
        writeTable(rows, crcs);
        rows.flush();
        crc.update(table.toByteArray());
        out.u32((int) crc.getValue());
        out.u32(0);
        out.bytes(table.toByteArray(), 0, table.size());
        for (Planned section : sections) {
            out.align();
            section.content().to(out);
        }
        out.align();
        out.flush();
    }

    /// Returns the checksum of every section; two threads take one after the other.
    private int[] crcs() {
        var crcs = new int[sections.size()];
        if (isSmall()) {
            for (int at = 0; at < crcs.length; at++) {
                crcs[at] = crc(sections.get(at));
            }
            return crcs;
        }
        var next = new AtomicInteger();
        Runnable work =
                () -> {
                    for (int at = next.getAndIncrement();
                            at < crcs.length;
                            at = next.getAndIncrement()) {
                        crcs[at] = crc(sections.get(at));
                    }
                };
        var aside = new Beside("checksums", work, true);
        try {
            work.run();
        } finally {
            aside.join();
        }
        return crcs;
    }

    private static int crc(Planned section) {
        var crc = new CRC32C();
        var content = new SetOutput(crc::update, section.bytes());
        try {
            section.content().to(content);
            content.flush();
        } catch (OpmException e) {
            throw new IllegalStateException(e); // nothing is written
        }
        if (content.position() != section.bytes()) {
            throw new IllegalStateException(
                    section.name() + " has " + content.position() + " of " + section.bytes());
        }
        return (int) crc.getValue();
    }

    private void writeTable(SetOutput rows, int[] crcs) throws OpmException {
        long at = SetFile.HEADER_BYTES + (long) sections.size() * SetFile.TABLE_ROW_BYTES;
        for (int index = 0; index < crcs.length; index++) {
            Planned section = sections.get(index);
            at = aligned(at);
            rows.u32(section.id());
            rows.u32(1 | (section.required() ? SetFile.REQUIRED << 16 : 0));
            rows.u32(section.rowBytes());
            rows.u32(crcs[index]);
            rows.u64(section.rows());
            rows.u64(at);
            at += section.bytes();
        }
    }

    private static ByteSink both(ByteSink one, SetOutput two) {
        return (bytes, offset, length) -> {
            one.write(bytes, offset, length);
            two.bytes(bytes, offset, length);
        };
    }
}
