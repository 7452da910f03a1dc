package opm.engine;

import java.nio.file.Path;
import opm.base.OpmException;
import opm.host.Disk;
import opm.host.Host;

/// A folder of our own that goes when it is closed, whatever happened.
final class TemporaryFolder implements AutoCloseable {
    private static final long LEFT_OVER_MILLIS = 24 * 3600 * 1000L;
    private final Disk disk;
    private final Path path;

    /// Makes one below the state folder: what `/tmp` holds may be on another disk, or be looked at.
    ///
    /// Those of runs that were killed are removed after a day.
    TemporaryFolder(Host host, Path state) throws OpmException {
        disk = host.disk();
        Path all = state.resolve("tmp");
        for (Path old : disk.list(all)) {
            if (disk.modifiedMillis(old) < host.clock().millis() - LEFT_OVER_MILLIS) {
                remove(old);
            }
        }
        path = all.resolve(Long.toHexString(System.nanoTime()));
        disk.createDirectories(path);
    }

    Path path() {
        return path;
    }

    private void remove(Path file) throws OpmException {
        if (disk.isDirectory(file) && disk.linkTarget(file) == null) {
            for (Path inside : disk.list(file)) {
                remove(inside);
            }
        }
        disk.delete(file);
    }

    @Override
    public void close() throws OpmException {
        remove(path);
    }
}
