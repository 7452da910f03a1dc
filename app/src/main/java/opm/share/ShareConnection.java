package opm.share;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// One neighbour's connection: requests and answers in turn, until either side has enough.
final class ShareConnection {
    private static final int HEAD_BYTES = 8 << 10;

    private final SocketChannel channel;
    private final Map<String, Path> files;
    private final Pace pace;
    private final AtomicLong sentBytes;
    private final ByteBuffer in = ByteBuffer.allocate(HEAD_BYTES);
    private volatile long movedNanos = System.nanoTime();

    ShareConnection(
            SocketChannel channel, Map<String, Path> files, Pace pace, AtomicLong sentBytes) {
        this.channel = channel;
        this.files = files;
        this.pace = pace;
        this.sentBytes = sentBytes;
    }

    /// Returns for how long nothing has moved.
    long idleNanos(long now) {
        return now - movedNanos;
    }

    void close() {
        try {
            channel.close();
        } catch (IOException _) {
            // Nobody wants its bytes.
        }
    }

    void serve() {
        try (channel) {
            String head = head();
            while (head != null) {
                ShareRequest request = ShareRequest.parse(head);
                if (request == null) {
                    leave("400 Bad Request", "");
                    return;
                }
                answer(request);
                if (!request.keepsOpen()) {
                    return;
                }
                head = head();
            }
        } catch (IOException _) {
            // The neighbour left.
        }
    }

    void refuse(String status, String headers) {
        try (channel) {
            if (head() != null) {
                leave(status, headers);
            }
        } catch (IOException _) {
            // The neighbour left.
        }
    }

    /// Answers and reads what else was sent: closing over unread bytes would take the answer back.
    private void leave(String status, String headers) throws IOException {
        send(words(status, headers + "Connection: close\r\n", 0));
        channel.shutdownOutput();
        int left = 8 * HEAD_BYTES;
        for (int read = 0; read >= 0 && left > 0; left -= read) {
            read = channel.read(in.clear());
        }
    }

    /// Returns the head of the next request, "" when it is too long; null at the end.
    private @Nullable String head() throws IOException {
        while (true) {
            String text =
                    new String(in.array(), 0, in.position(), StandardCharsets.ISO_8859_1);
            int end = text.indexOf("\r\n\r\n");
            if (end >= 0) {
                in.flip().position(end + 4);
                in.compact();
                return text.substring(0, end);
            }
            if (!in.hasRemaining()) {
                return "";
            }
            if (channel.read(in) < 0) {
                return null;
            }
            movedNanos = System.nanoTime();
        }
    }

    private void answer(ShareRequest request) throws IOException {
        Path file = files.get(request.path());
        if (file == null) {
            send(words("404 Not Found", "", 0));
            return;
        }
        try (var content = FileChannel.open(file, StandardOpenOption.READ)) {
            long total = content.size();
            String tag = "\"" + request.path().replace('/', '-') + "\"";
            boolean byDigest = request.path().startsWith("sha256/");
            boolean part =
                    request.from() >= 0
                            && (request.ifRange() == null
                                    || byDigest && request.ifRange().equals(tag));
            if (part && request.from() >= total) {
                send(
                        words(
                                "416 Range Not Satisfiable",
                                "Content-Range: bytes */" + total + "\r\n",
                                0));
                return;
            }
            long from = part ? request.from() : 0;
            long until = part && request.until() >= 0 ? Math.min(total, request.until()) : total;
            // A name that is a digest never means other bytes; others are made anew.
            String headers =
                    "Accept-Ranges: bytes\r\nContent-Type: application/octet-stream\r\n"
                            + (byDigest
                                    ? "ETag: " + tag + "\r\nCache-Control: immutable\r\n"
                                    : "Cache-Control: no-cache\r\n")
                            + (part
                                    ? "Content-Range: bytes " + from + "-" + (until - 1) + "/"
                                            + total + "\r\n"
                                    : "");
            send(words(part ? "206 Partial Content" : "200 OK", headers, until - from));
            if (request.bodyWanted()) {
                send(content, from, until);
            }
        } catch (java.nio.file.NoSuchFileException e) {
            send(words("404 Not Found", "", 0));
        }
    }

    private static byte[] words(String status, String headers, long length) {
        return ("HTTP/1.1 "
                        + status
                        + "\r\n"
                        + headers
                        + "Content-Length: "
                        + length
                        + "\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    private void send(byte[] bytes) throws IOException {
        var out = ByteBuffer.wrap(bytes);
        while (out.hasRemaining()) {
            channel.write(out);
        }
        movedNanos = System.nanoTime();
    }

    private void send(FileChannel content, long from, long until) throws IOException {
        long at = from;
        while (at < until) {
            long sent = content.transferTo(at, Math.min(pace.pieceBytes(), until - at), channel);
            if (sent <= 0) {
                throw new IOException("the file became shorter");
            }
            at += sent;
            sentBytes.addAndGet(sent);
            movedNanos = System.nanoTime();
            pace.sent(sent);
        }
    }
}
