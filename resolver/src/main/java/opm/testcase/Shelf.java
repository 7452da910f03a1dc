package opm.testcase;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32C;
import opm.base.OpmException.Damaged;
import opm.solve.TagsPool;
import org.jspecify.annotations.Nullable;

/// Repositories that were read already, found by their bytes: testcases of one suite share theirs,
/// and to read them is half of the work.
///
/// For one thread; what lies here is never changed. The repositories used last stay, as long as
/// their files have no more than [#ROOM] bytes together.
public final class Shelf {
    /// Bytes of files, unpacked, whose repositories are kept: in memory they take about as much.
    private static final long ROOM = 32 << 20;

    /// What a repository of one line counts: the tables of an empty pool.
    private static final int LEAST = 1 << 17;

    /// The bytes of a file, packed or not, equal where they are.
    private static final class Content {
        private final byte[] bytes;
        private final int crc;

        Content(byte[] bytes) {
            this.bytes = bytes;
            var sum = new CRC32C();
            sum.update(bytes);
            crc = (int) sum.getValue();
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Content content
                    && crc == content.crc
                    && Arrays.equals(bytes, content.bytes);
        }

        @Override
        public int hashCode() {
            return crc;
        }
    }

    private record Read(TagsPool pool, int size) {}

    private final Map<Content, Read> kept = new LinkedHashMap<>(16, 0.75f, true);
    private long size;

    /// Makes an empty shelf.
    public Shelf() {}

    /// Reads a file into the last repository of a pool.
    void read(byte[] file, TagsPool into) throws Damaged {
        var content = new Content(file);
        Read read = kept.get(content);
        if (read == null) {
            byte[] plain = Script.plain(file);
            read = new Read(TagsReader.alone(plain), Math.max(plain.length, LEAST));
            kept.put(content, read);
            size += read.size;
            makeRoom();
        }
        into.addPackages(read.pool);
    }

    private void makeRoom() {
        var eldest = kept.entrySet().iterator();
        while (size > ROOM) {
            size -= eldest.next().getValue().size;
            eldest.remove();
        }
    }
}
