package opm.host;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import opm.base.Limits;
import org.jspecify.annotations.Nullable;

/// A socket to a web server, for one request after the other. For one thread at a time.
///
/// It never blocks in the kernel: `SocketChannel` would switch to and fro for each read that has a
/// time limit, four system calls of five.
final class HttpConnection {
    private static final int BUFFER_BYTES = 64 << 10;

    private final SocketChannel channel;
    private final Selector selector;
    private final SelectionKey key;

    /// What came and was not read yet.
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES).limit(0);

    private HttpConnection(SocketChannel channel, Selector selector) throws IOException {
        this.channel = channel;
        this.selector = selector;
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        this.key = channel.register(selector, 0);
    }

    /// Connects. The flag is looked at while the other side is silent, as everywhere.
    static HttpConnection open(InetSocketAddress address, Patience patience) throws IOException {
        var channel = SocketChannel.open();
        var selector = Selector.open();
        boolean open = false;
        try {
            var connection = new HttpConnection(channel, selector);
            long giveUp = patience.end();
            for (boolean there = channel.connect(address);
                    !there;
                    there = channel.finishConnect()) {
                connection.await(SelectionKey.OP_CONNECT, giveUp, patience);
            }
            open = true;
            return connection;
        } finally {
            if (!open) {
                channel.close();
                selector.close();
            }
        }
    }

    private void await(int operation, long giveUp, Patience patience) throws IOException {
        patience.go(giveUp);
        key.interestOps(operation);
        selector.select(Patience.FLAG_MILLIS);
        selector.selectedKeys().clear();
    }

    void close() {
        try {
            channel.close();
            selector.close();
        } catch (IOException _) {
            // Nobody wants its bytes.
        }
    }

    /// Sends a request and reads the head of its answer.
    ///
    /// @return null when the server had closed before the first byte of it
    @Nullable HttpHead ask(byte[] request, Patience patience) throws IOException {
        try {
            var out = ByteBuffer.wrap(request);
            long giveUp = patience.end();
            while (out.hasRemaining()) {
                if (channel.write(out) == 0) {
                    await(SelectionKey.OP_WRITE, giveUp, patience);
                }
            }
            if (!buffer.hasRemaining() && !fill(patience)) {
                return null;
            }
        } catch (StreamFailure e) {
            throw e;
        } catch (IOException _) {
            return null;
        }
        HttpHead head;
        do {
            var lines = new ArrayList<String>();
            int left = Limits.HTTP_HEAD_BYTES;
            for (String line = line(left, patience);
                    !line.isEmpty() || lines.isEmpty();
                    line = line(left, patience)) {
                left -= line.length() + 2;
                lines.add(line);
            }
            try {
                head = HttpHead.parse(lines);
            } catch (IllegalArgumentException e) {
                throw patience.failure("found " + e.getMessage() + ", expected an answer");
            }
        } while (head.status() < 200);
        return head;
    }

    /// Reads a line without its end.
    String line(int limitBytes, Patience patience) throws IOException {
        var line = new StringBuilder();
        while (true) {
            if (!buffer.hasRemaining() && !fill(patience)) {
                throw patience.failure("broke off within a line");
            }
            boolean whole = false;
            while (buffer.hasRemaining() && !whole) {
                int read = buffer.get() & 0xff;
                whole = read == '\n';
                if (!whole) {
                    line.append((char) read);
                }
            }
            if (line.length() > limitBytes) {
                throw patience.failure("found a head of more than " + limitBytes + " bytes");
            }
            if (whole) {
                int length = line.length();
                if (length > 0 && line.charAt(length - 1) == '\r') {
                    line.setLength(length - 1);
                }
                return line.toString();
            }
        }
    }

    /// Tells whether bytes are there that no answer of ours asked for.
    boolean hasMore() {
        return buffer.hasRemaining();
    }

    private boolean fill(Patience patience) throws IOException {
        buffer.clear();
        int read = 0;
        try {
            long giveUp = patience.end();
            for (read = channel.read(buffer); read == 0; read = channel.read(buffer)) {
                await(SelectionKey.OP_READ, giveUp, patience);
            }
        } finally {
            buffer.flip();
        }
        return read > 0;
    }

    /// Passes some bytes on, without a copy; -1 when the server closed.
    int pass(int most, WritableByteChannel out, Patience patience) throws IOException {
        if (!ready(patience)) {
            return -1;
        }
        int count = Math.min(most, buffer.remaining());
        ByteBuffer piece = buffer.slice(buffer.position(), count);
        while (piece.hasRemaining()) {
            out.write(piece);
        }
        buffer.position(buffer.position() + count);
        return count;
    }

    /// @return false when the server closed
    private boolean ready(Patience patience) throws IOException {
        if (!buffer.hasRemaining() && !fill(patience)) {
            return false;
        }
        if (patience.cancelled().getAsBoolean()) {
            patience.go(patience.end());
        }
        return true;
    }

    /// Reads some bytes; -1 when the server closed.
    int read(byte[] bytes, int offset, int length, Patience patience) throws IOException {
        if (!ready(patience)) {
            return -1;
        }
        int count = Math.min(length, buffer.remaining());
        buffer.get(bytes, offset, count);
        return count;
    }
}
