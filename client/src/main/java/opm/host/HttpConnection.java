package opm.host;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.concurrent.locks.LockSupport;
import opm.base.Limits;
import org.jspecify.annotations.Nullable;

/// A socket to a web server, for one request after the other. For one thread at a time.
final class HttpConnection {
    private static final int BUFFER_BYTES = 8 << 10;
    private static final long FIRST_LOOK_NANOS = 50_000;
    private static final long NEXT_LOOK_NANOS = 20_000_000;

    private final SocketChannel channel;
    private final InputStream in;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int at;
    private int end;

    private HttpConnection(SocketChannel channel) throws IOException {
        this.channel = channel;
        channel.socket().setSoTimeout(Patience.FLAG_MILLIS);
        this.in = channel.socket().getInputStream();
    }

    /// Connects. The flag is looked at while the other side is silent, as everywhere.
    static HttpConnection open(InetSocketAddress address, Patience patience) throws IOException {
        var channel = SocketChannel.open();
        boolean open = false;
        try {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.configureBlocking(false);
            long giveUp = patience.end();
            long look = FIRST_LOOK_NANOS;
            for (boolean there = channel.connect(address); !there; there = channel.finishConnect()) {
                patience.go(giveUp);
                LockSupport.parkNanos(look);
                look = Math.min(2 * look, NEXT_LOOK_NANOS);
            }
            channel.configureBlocking(true);
            var connection = new HttpConnection(channel);
            open = true;
            return connection;
        } finally {
            if (!open) {
                channel.close();
            }
        }
    }

    void close() {
        try {
            channel.close();
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
            while (out.hasRemaining()) {
                channel.write(out);
            }
            if (at == end && !fill(patience)) {
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
            if (at == end && !fill(patience)) {
                throw patience.failure("broke off within a line");
            }
            int from = at;
            while (at < end && buffer[at] != '\n') {
                at++;
            }
            line.append(new String(buffer, from, at - from, StandardCharsets.ISO_8859_1));
            if (line.length() > limitBytes) {
                throw patience.failure("found a head of more than " + limitBytes + " bytes");
            }
            if (at < end) {
                at++;
                int length = line.length();
                if (length > 0 && line.charAt(length - 1) == '\r') {
                    line.setLength(length - 1);
                }
                return line.toString();
            }
        }
    }

    private boolean fill(Patience patience) throws IOException {
        at = 0;
        end = Math.max(0, receive(buffer, 0, buffer.length, patience));
        return end > 0;
    }

    /// Reads some bytes; -1 when the server closed.
    int read(byte[] bytes, int offset, int length, Patience patience) throws IOException {
        if (at == end) {
            return receive(bytes, offset, length, patience);
        }
        int count = Math.min(length, end - at);
        System.arraycopy(buffer, at, bytes, offset, count);
        at += count;
        return count;
    }

    private int receive(byte[] bytes, int offset, int length, Patience patience)
            throws IOException {
        long giveUp = patience.end();
        while (true) {
            patience.go(giveUp);
            try {
                return in.read(bytes, offset, length);
            } catch (SocketTimeoutException _) {
                // The flag, or the time, ends it.
            }
        }
    }
}
