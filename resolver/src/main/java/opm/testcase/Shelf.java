package opm.testcase;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.zip.CRC32C;
import opm.base.OpmException.Damaged;
import opm.solve.TagsPool;
import org.jspecify.annotations.Nullable;

/// Repositories that were read already, found by their bytes: testcases of one suite share theirs,
/// and to read them is half of the work.
///
/// For several threads; what lies here is never changed. The repositories used last stay, as long
/// as their files have no more than [#ROOM] bytes together.
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

    private final Map<Content, FutureTask<Read>> kept = new LinkedHashMap<>(16, 0.75f, true);
    private long size;

    /// Makes an empty shelf.
    public Shelf() {}

    /// Reads a file into the last repository of a pool.
    void read(byte[] file, TagsPool into) throws Damaged {
        into.addPackages(get(file).pool);
    }

    /// Reads a file that will be needed; what is wrong with it is said when it is.
    void ahead(byte[] file) {
        try {
            get(file);
        } catch (Damaged _) {
            // Said when the test is run.
        }
    }

    private Read get(byte[] file) throws Damaged {
        var content = new Content(file);
        var mine = new FutureTask<>(() -> parse(file));
        FutureTask<Read> task;
        synchronized (this) {
            task = kept.get(content);
            if (task == null) {
                task = mine;
                kept.put(content, task);
            }
        }
        task.run();
        try {
            Read read = task.get();
            if (task == mine) {
                makeRoom(read.size);
            }
            return read;
        } catch (ExecutionException e) {
            synchronized (this) {
                kept.remove(content, task);
            }
            if (e.getCause() instanceof Damaged damaged) {
                throw damaged;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return parse(file);
        }
    }

    private static Read parse(byte[] file) throws Damaged {
        byte[] plain = Script.plain(file);
        return new Read(TagsReader.alone(plain), Math.max(plain.length, LEAST));
    }

    /// Drops what was used longest ago, but for what is being read.
    private synchronized void makeRoom(int more) {
        size += more;
        var eldest = kept.entrySet().iterator();
        while (size > ROOM && eldest.hasNext()) {
            FutureTask<Read> task = eldest.next().getValue();
            if (task.state() == Future.State.SUCCESS) {
                size -= task.resultNow().size;
                eldest.remove();
            }
        }
    }
}
