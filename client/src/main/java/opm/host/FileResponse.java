package opm.host;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import org.jspecify.annotations.Nullable;

/// A file that answers as a web server would.
record FileResponse(
        int status,
        InputStream body,
        long startsAtByte,
        long bodyBytes,
        long totalBytes,
        URI finalUri)
        implements Net.Response {

    static Net.Response open(Net.Request request) throws OpmException {
        URI uri = request.uri();
        Path path = pathOf(uri);
        if (!Files.isRegularFile(path)) {
            return empty(404, uri);
        }
        if (!Files.isReadable(path)) {
            return empty(403, uri);
        }
        try {
            var channel = FileChannel.open(path, StandardOpenOption.READ);
            long total = channel.size();
            if (request.isPartial() && request.fromByte() >= total) {
                channel.close();
                return empty(416, uri);
            }
            channel.position(request.fromByte());
            long until = request.untilByte() < 0 ? total : Math.min(total, request.untilByte());
            long length = until - request.fromByte();
            return new FileResponse(
                    request.isPartial() ? 206 : 200,
                    new Slice(Channels.newInputStream(channel), length, request, path),
                    request.fromByte(),
                    length,
                    total,
                    uri);
        } catch (IOException e) {
            throw Failures.reading(e, path.toString());
        }
    }

    private static Path pathOf(URI uri) throws BadRequest {
        String host = uri.getHost();
        try {
            if (uri.getPath() == null || host != null && !host.equals("localhost")) {
                throw new IllegalArgumentException("a host");
            }
            return Path.of(uri.getPath());
        } catch (IllegalArgumentException e) {
            throw (BadRequest)
                    new BadRequest(
                                    uri + ": not the address of a file",
                                    "Write it as file:///folder/file.")
                            .because(e);
        }
    }

    private static FileResponse empty(int status, URI uri) {
        return new FileResponse(status, InputStream.nullInputStream(), 0, 0, -1, uri);
    }

    @Override
    public @Nullable String header(String name) {
        return name.toLowerCase(Locale.ROOT).equals("content-length")
                ? Long.toString(bodyBytes)
                : null;
    }

    @Override
    public void close() {
        try {
            body.close();
        } catch (IOException _) {
            // It was only read.
        }
    }

    /// At most `left` bytes of a file; a file that shrank meanwhile is a failure, not an end.
    private static final class Slice extends InputStream {
        private final InputStream in;
        private final Net.Request request;
        private final Path path;
        private long left;

        Slice(InputStream in, long left, Net.Request request, Path path) {
            this.in = in;
            this.left = left;
            this.request = request;
            this.path = path;
        }

        @Override
        public int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (left == 0 || length == 0) {
                return length == 0 ? 0 : -1;
            }
            if (request.cancelled().getAsBoolean()) {
                throw broken("cancelled");
            }
            int count;
            try {
                count = in.read(bytes, offset, (int) Math.min(length, left));
            } catch (IOException e) {
                throw new StreamFailure(Failures.reading(e, path.toString()));
            }
            if (count < 0) {
                throw broken("ended " + left + " bytes early");
            }
            left -= count;
            return count;
        }

        private StreamFailure broken(String words) {
            return new StreamFailure(
                    new OpmException.Unavailable(path + ": " + words, "Try again."));
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
