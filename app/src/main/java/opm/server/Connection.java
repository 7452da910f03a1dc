package opm.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import opm.base.Limits;
import org.jspecify.annotations.Nullable;

/// One stranger's connection: requests and answers in turn, until either side has enough.
final class Connection {
    private static final int SMALL_BYTES = 64 << 10;

    private final Wire wire;
    private final String address;
    private final WebServer server;
    private final DateLine date;
    private final ByteBuffer in = ByteBuffer.allocate(Limits.REQUEST_HEAD_BYTES);
    private volatile long movedNanos;
    private volatile long begunNanos; // of the request that is arriving; 0 between two
    private volatile long staleNanos; // since when it was of little use
    private volatile boolean hasHead;
    private volatile boolean gone;
    private volatile int bodyKilobytes;
    private boolean answering; // guarded by this
    private long sentBytes;

    Connection(Wire wire, String address, WebServer server, DateLine date) {
        this.wire = wire;
        this.address = address;
        this.server = server;
        this.date = date;
        movedNanos = server.nanos();
        staleNanos = movedNanos;
    }

    String address() {
        return address;
    }

    /// Tells whether nothing moves, or a request arrives by drops.
    boolean takesTooLong(long now) {
        long begun = begunNanos;
        int seconds = hasHead ? Limits.REQUEST_SECONDS : Limits.REQUEST_HEAD_SECONDS;
        return begun != 0
                ? now - begun > TimeUnit.SECONDS.toNanos(seconds)
                : !isAnswering()
                        && now - movedNanos > TimeUnit.SECONDS.toNanos(Limits.IDLE_SECONDS);
    }

    private synchronized boolean isAnswering() {
        return answering;
    }

    /// Returns how long it has kept its place without need; 0 while it waits for an answer.
    long staleNanos(long now) {
        return isAnswering() ? 0 : now - staleNanos;
    }

    /// Returns how long a body has been arriving that takes memory; 0 when there is none.
    long arrivingNanos(long now) {
        long begun = begunNanos;
        return bodyKilobytes == 0 || begun == 0 ? 0 : now - begun;
    }

    /// Looks whether the client still waits for the answer that is being made.
    synchronized void look() {
        if (answering && !gone) {
            gone = wire.hasLeft();
        }
    }

    private synchronized void answering(boolean now) {
        answering = now;
        staleNanos = server.nanos();
        movedNanos = staleNanos;
    }

    void close() {
        wire.close();
    }

    /// @param full whether there are too many others
    void serve(boolean full) {
        try (wire) {
            String text = head();
            while (text != null) {
                HttpRequest.Head head =
                        text.isEmpty()
                                ? new HttpRequest.Head(431, null, 0)
                                : HttpRequest.parse(text);
                HttpRequest request = head.request();
                int status = full ? 503 : head.status();
                if (status == 0 && head.bodyBytes() > Limits.REQUEST_BODY_BYTES) {
                    status = 413;
                }
                if (request != null && status == 0 && !server.admits(caller(request))) {
                    status = 429;
                }
                if (request == null || status != 0) {
                    leave(status);
                    return;
                }
                boolean secure = server.isSecure(request);
                request = request.from(new Caller(caller(request), secure, () -> gone));
                try {
                    if (head.bodyBytes() > 0) {
                        hasHead = true;
                        byte[] body = body((int) head.bodyBytes(), request);
                        if (body == null) {
                            return;
                        }
                        request = request.with(body);
                    }
                    begunNanos = 0;
                    hasHead = false;
                    send(request, answer(request));
                } finally {
                    server.free(bodyKilobytes);
                    bodyKilobytes = 0;
                }
                if (!request.keepsOpen()) {
                    return;
                }
                staleNanos = server.nanos();
                text = head();
            }
        } catch (IOException _) {
            // The client left.
        }
    }

    /// A bug of ours costs the one who met it an answer, and is told to whoever runs the server.
    private HttpResponse answer(HttpRequest request) throws IOException {
        answering(true);
        boolean done = false;
        try {
            HttpResponse said = server.answer(request);
            done = true;
            return said;
        } finally {
            answering(false);
            if (!done) {
                leave(500);
            }
        }
    }

    private String caller(HttpRequest request) {
        return server.caller(request, address);
    }

    /// Answers and reads what else was sent: closing over unread bytes would take the answer back.
    private void leave(int status) throws IOException {
        String more =
                switch (status) {
                    case 429 -> "Retry-After: 1\r\n";
                    case 503 -> "Retry-After: 5\r\n";
                    default -> "";
                };
        HttpResponse said =
                HttpResponse.error(
                        status, "", HttpResponse.reason(status), "See docs/formats/presolve.md.");
        write(ByteBuffer.wrap(words(said, more + "Connection: close\r\n")));
        write(ByteBuffer.wrap(said.body()));
        wire.endOutput();
        int left = Limits.REQUEST_BODY_BYTES;
        for (int read = 0; read >= 0 && left > 0; left -= read) {
            read = wire.read(in.clear());
        }
    }

    /// Returns the head of the next request, "" when it is too long; null at the end.
    private @Nullable String head() throws IOException {
        int looked = 0;
        while (true) {
            byte[] bytes = in.array();
            for (int at = Math.max(0, looked - 3); at + 3 < in.position(); at++) {
                if (bytes[at] == '\r'
                        && bytes[at + 1] == '\n'
                        && bytes[at + 2] == '\r'
                        && bytes[at + 3] == '\n') {
                    var text = new String(bytes, 0, at, StandardCharsets.ISO_8859_1);
                    in.flip().position(at + 4);
                    in.compact();
                    return text;
                }
            }
            looked = in.position();
            if (!in.hasRemaining()) {
                return "";
            }
            if (wire.read(in) < 0) {
                return null;
            }
            movedNanos = server.nanos();
            if (begunNanos == 0) {
                begunNanos = movedNanos;
            }
        }
    }

    private byte @Nullable [] body(int length, HttpRequest request) throws IOException {
        if ("100-continue".equalsIgnoreCase(request.header("expect"))) {
            write(
                    ByteBuffer.wrap(
                            "HTTP/1.1 100 Continue\r\n\r\n"
                                    .getBytes(StandardCharsets.ISO_8859_1)));
        }
        // Grows with what comes: who only says that much is coming costs nothing.
        var out = new java.io.ByteArrayOutputStream(Math.min(length, SMALL_BYTES));
        in.flip();
        int there = Math.min(length, in.remaining());
        out.write(in.array(), in.position(), there);
        in.position(in.position() + there);
        in.compact();
        var piece = ByteBuffer.allocate(SMALL_BYTES);
        while (out.size() < length) {
            piece.clear().limit(Math.min(SMALL_BYTES, length - out.size()));
            int read = wire.read(piece);
            if (read < 0) {
                return null;
            }
            if (!room(out.size() + read)) {
                leave(503);
                return null;
            }
            out.write(piece.array(), 0, read);
            movedNanos = server.nanos();
        }
        return out.toByteArray();
    }

    /// Takes its part of what all bodies may take together.
    private boolean room(int bytes) {
        int kilobytes = (bytes + 1023) / 1024;
        int more = kilobytes - bodyKilobytes;
        if (more > 0 && !server.take(more, this)) {
            return false;
        }
        bodyKilobytes = Math.max(bodyKilobytes, kilobytes);
        return true;
    }

    private void send(HttpRequest request, HttpResponse response) throws IOException {
        String more = request.keepsOpen() ? "" : "Connection: close\r\n";
        boolean bodyless = request.method().equals("HEAD") || response.status() == 304;
        byte[] head = words(response, more);
        HttpResponse.Flow flow = response.flow();
        if (bodyless) {
            write(ByteBuffer.wrap(head));
        } else if (flow != null) {
            write(ByteBuffer.wrap(head));
            flow.to(new Paced());
        } else if (response.file() == null) {
            write(together(head, response.body()));
        } else {
            try (var content = FileChannel.open(response.file(), StandardOpenOption.READ)) {
                long length = response.until() - response.from();
                if (length <= SMALL_BYTES) {
                    var all = ByteBuffer.allocate(head.length + (int) length).put(head);
                    while (all.hasRemaining()) {
                        long at = response.from() + all.position() - head.length;
                        if (content.read(all, at) < 0) {
                            throw new IOException("the file became shorter");
                        }
                    }
                    write(all.flip());
                    return;
                }
                write(ByteBuffer.wrap(head));
                long at = response.from();
                while (at < response.until()) {
                    long sent = wire.send(content, at, Math.min(1 << 20, response.until() - at));
                    if (sent <= 0) {
                        throw new IOException("the file became shorter");
                    }
                    at += sent;
                    moved(sent);
                }
            }
        }
    }

    private static ByteBuffer together(byte[] head, byte[] body) {
        return ByteBuffer.allocate(head.length + body.length).put(head).put(body).flip();
    }

    private byte[] words(HttpResponse response, String more) {
        var out = new StringBuilder(256);
        out.append("HTTP/1.1 ").append(response.status()).append(' ');
        out.append(HttpResponse.reason(response.status())).append("\r\nDate: ");
        out.append(date.line()).append("\r\n");
        for (String header : response.headers()) {
            out.append(header).append("\r\n");
        }
        if (response.status() != 304) {
            out.append("Content-Length: ").append(response.bytes()).append("\r\n");
        }
        out.append(more).append("\r\n");
        return out.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private void write(ByteBuffer out) throws IOException {
        while (out.hasRemaining()) {
            ByteBuffer piece =
                    out.slice(out.position(), Math.min(SMALL_BYTES, out.remaining()));
            wire.write(piece);
            out.position(out.position() + piece.position());
            moved(piece.position());
        }
    }

    private void moved(long bytes) {
        movedNanos = server.nanos();
        sentBytes += bytes;
        if (sentBytes >= SMALL_BYTES) {
            sentBytes = 0;
            staleNanos = movedNanos;
        }
    }

    /// The client's end of bytes that come from elsewhere.
    private final class Paced implements WritableByteChannel {
        @Override
        public int write(ByteBuffer out) throws IOException {
            int written = out.remaining();
            Connection.this.write(out);
            return written;
        }

        @Override
        public boolean isOpen() {
            return wire.isOpen();
        }

        @Override
        public void close() {
            // The connection closes itself.
        }
    }
}
