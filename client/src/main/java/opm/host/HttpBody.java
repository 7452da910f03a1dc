package opm.host;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.WritableByteChannel;
import opm.base.Limits;
import org.jspecify.annotations.Nullable;

/// The body of an answer on a connection: as long as its head says, in chunks, or to the end.
///
/// Its connection goes back when all of it was read, and is closed otherwise.
final class HttpBody extends InputStream {
    /// So much is read away to keep a connection: an error page, not a package.
    private static final int DRAIN_BYTES = 16 << 10;

    private static final byte[] NOTHING = {};

    private static final long TO_THE_END = Long.MAX_VALUE;

    private final HttpConnection connection;
    private final Patience patience;
    private final Runnable giveBack;
    private final boolean keepsOpen;
    private final boolean chunked;

    /// Bytes that are still to come, of this chunk where there are chunks.
    private long left;

    private boolean ended;
    private boolean closed;

    /// @param giveBack run when the connection can take another request
    HttpBody(HttpConnection connection, HttpHead head, Patience patience, Runnable giveBack) {
        this.connection = connection;
        this.patience = patience;
        this.giveBack = giveBack;
        this.chunked = head.isChunked() && !head.isBare();
        String length = head.header("content-length");
        if (head.isBare() || chunked) {
            this.left = 0;
        } else {
            this.left = length == null ? TO_THE_END : Long.parseLong(length);
        }
        // Chunks and a length at once are what a smuggler sends: that connection is not used again.
        this.keepsOpen = head.keepsOpen() && left != TO_THE_END && (!chunked || length == null);
        if (!chunked && left == 0) {
            end();
        }
    }

    private void end() {
        ended = true;
        if (!closed) {
            closed = true;
            if (keepsOpen) {
                giveBack.run();
            } else {
                connection.close();
            }
        }
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        return length == 0 ? 0 : some(bytes, offset, length, null);
    }

    /// Passes bytes on as they come: what a server relays is not copied by this program.
    void pass(long bytes, WritableByteChannel out) throws IOException {
        for (long more = bytes; more > 0; ) {
            int passed = some(NOTHING, 0, (int) Math.min(more, Integer.MAX_VALUE), out);
            if (passed < 0) {
                throw patience.failure("broke off: closed before the end");
            }
            more -= passed;
        }
    }

    /// @param out null where `bytes` take them
    private int some(byte[] bytes, int offset, int length, @Nullable WritableByteChannel out)
            throws IOException {
        if (closed && !ended) {
            throw patience.failure("cancelled");
        }
        try {
            if (chunked && left == 0 && !ended) {
                beginChunk();
            }
            if (ended) {
                return -1;
            }
            int most = (int) Math.min(length, left);
            int read =
                    out == null
                            ? connection.read(bytes, offset, most, patience)
                            : connection.pass(most, out, patience);
            if (read < 0) {
                if (left == TO_THE_END) {
                    end();
                    return -1;
                }
                throw patience.failure("broke off: closed before the end");
            }
            count(read);
            return read;
        } catch (StreamFailure e) {
            close();
            throw e;
        } catch (IOException e) {
            close();
            throw patience.failure("broke off: " + Failures.words(e));
        }
    }

    private void count(int read) throws IOException {
        if (left == TO_THE_END) {
            return;
        }
        left -= read;
        if (left == 0 && !chunked) {
            end();
        } else if (left == 0) {
            requireLine("");
        }
    }

    private void beginChunk() throws IOException {
        String line = connection.line(Limits.HTTP_HEAD_BYTES, patience);
        int extension = line.indexOf(';');
        String size = (extension < 0 ? line : line.substring(0, extension)).strip();
        if (!size.matches("[0-9a-fA-F]{1,15}")) {
            throw patience.failure("broke off: found a chunk without a size");
        }
        left = Long.parseLong(size, 16);
        if (left == 0) {
            int room = Limits.HTTP_HEAD_BYTES;
            for (String trailer = connection.line(room, patience);
                    !trailer.isEmpty();
                    trailer = connection.line(room, patience)) {
                room = Math.max(0, room - trailer.length() - 2);
            }
            end();
        }
    }

    private void requireLine(String expected) throws IOException {
        if (!connection.line(Limits.HTTP_HEAD_BYTES, patience).equals(expected)) {
            throw patience.failure("broke off: found a chunk longer than it says");
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        if (keepsOpen && !chunked && left <= DRAIN_BYTES && !patience.cancelled().getAsBoolean()) {
            try {
                var soon = new Patience(1, patience.cancelled(), patience.subject());
                var waste = new byte[(int) left];
                for (int read = 0; read >= 0 && !closed; ) {
                    read = connection.read(waste, 0, (int) left, soon);
                    count(Math.max(0, read));
                }
            } catch (IOException _) {
                // It is closed below.
            }
        }
        if (!closed) {
            closed = true;
            connection.close();
        }
    }
}
