package opm.store;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import opm.base.Digest;
import opm.base.OpmException;
import opm.host.Disk;

/// What this process uses of a store: no collection takes it away until the lease is closed, or the
/// process ends in whatever way.
public final class Lease implements AutoCloseable {
    private final Disk disk;
    private final Path file;
    private final Path lockFile;
    private final Disk.Lock lock;

    Lease(Disk disk, Path file, Path lockFile, Disk.Lock lock) {
        this.disk = disk;
        this.file = file;
        this.lockFile = lockFile;
        this.lock = lock;
    }

    /// Adds objects, whether they are there yet or not. Only then look whether they are.
    synchronized void keep(Collection<Digest> digests) throws OpmException {
        var lines = new StringBuilder();
        for (Digest digest : digests) {
            lines.append(digest.algorithm().word()).append(' ').append(digest.hex()).append('\n');
        }
        byte[] bytes = lines.toString().getBytes(StandardCharsets.US_ASCII);
        try (var out = disk.append(file)) {
            out.write(bytes, 0, bytes.length);
        }
    }

    @Override
    public void close() throws OpmException {
        try {
            disk.delete(file);
            disk.delete(lockFile);
        } finally {
            lock.close();
        }
    }
}
