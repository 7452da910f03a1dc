package opm.bundle;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import opm.base.OpmException;
import opm.host.Disk;
import org.jspecify.annotations.Nullable;

/// A damaged file, read from front to back as far as its medium gives it.
final class OwnBytes implements AutoCloseable {
    private final Disk disk;
    private final Path file;
    private @Nullable InputStream in;
    private long position;

    OwnBytes(Disk disk, Path file) {
        this.disk = disk;
        this.file = file;
    }

    /// Returns these bytes; null where the file is shorter, or the medium does not give them.
    byte @Nullable [] read(long at, int length) {
        try {
            InputStream open = in;
            if (open == null || position != at) {
                close();
                open = disk.read(file, at);
                in = open;
                position = at;
            }
            byte[] bytes = open.readNBytes(length);
            position += bytes.length;
            return bytes.length == length ? bytes : null;
        } catch (IOException | OpmException e) {
            close(); // as if the bytes were damaged
            return null;
        }
    }

    @Override
    public void close() {
        InputStream open = in;
        in = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException _) {
                // Nothing was written through it.
            }
        }
    }
}
