package opm.bundle;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import opm.base.OpmException;
import opm.host.Disk;
import opm.host.Net;
import opm.host.StreamFailure;
import org.jspecify.annotations.Nullable;

/// A file of which any bytes can be had: on a disk, or behind an address that knows ranges.
interface ByteSource {
    /// Returns what it is called, for people.
    String name();

    /// Returns how long it is; -1 when it is not there.
    long sizeBytes() throws OpmException;

    /// Returns exactly these bytes; null where it has not got them.
    byte @Nullable [] read(long at, int length) throws OpmException;

    /// A file of a disk.
    record OnDisk(Disk disk, Path file) implements ByteSource {
        @Override
        public String name() {
            return file.toString();
        }

        @Override
        public long sizeBytes() throws OpmException {
            return disk.exists(file) && !disk.isDirectory(file) ? disk.size(file) : -1;
        }

        @Override
        public byte @Nullable [] read(long at, int length) throws OpmException {
            try (InputStream in = disk.read(file, at)) {
                byte[] bytes = in.readNBytes(length);
                return bytes.length == length ? bytes : null;
            } catch (IOException e) {
                throw StreamFailure.of(e, file.toString());
            }
        }
    }

    /// A file of a server. One that answers with more than was asked for is not asked again.
    final class OnWeb implements ByteSource {
        private final Net net;
        private final URI uri;
        private long sizeBytes = -2;

        OnWeb(Net net, URI uri) {
            this.net = net;
            this.uri = uri;
        }

        @Override
        public String name() {
            return uri.toString();
        }

        @Override
        public long sizeBytes() throws OpmException {
            if (sizeBytes == -2) {
                read(0, 1);
            }
            return sizeBytes;
        }

        @Override
        public byte @Nullable [] read(long at, int length) throws OpmException {
            if (sizeBytes == -1) {
                return null;
            }
            var request = new Net.Request(uri, at, at + length, Map.of(), () -> false);
            try (Net.Response response = net.get(request)) {
                boolean isAll = response.status() == 200 && response.totalBytes() == length;
                if (response.status() != 206 && !(isAll && at == 0)
                        || response.startsAtByte() != at) {
                    sizeBytes = -1;
                    return null;
                }
                sizeBytes = response.totalBytes();
                byte[] bytes = response.body().readNBytes(length);
                return bytes.length == length ? bytes : null;
            } catch (IOException e) {
                throw StreamFailure.of(e, uri.toString());
            }
        }
    }
}
