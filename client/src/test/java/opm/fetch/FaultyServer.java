package opm.fetch;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A web server on the loopback interface that misbehaves when told to.
///
/// Each file has a queue of faults; a request takes the first, and when none is left the server is
/// honest. One request a connection.
final class FaultyServer implements AutoCloseable {
    /// What goes wrong with one request.
    sealed interface Fault {
        /// Nothing.
        record Honest() implements Fault {}

        /// A status, with a header line or none.
        record Status(int status, String header) implements Fault {}

        /// The connection is reset after some bytes of the body.
        record Reset(int afterBytes) implements Fault {}

        /// The body ends early, the connection politely.
        record CutOff(int afterBytes) implements Fault {}

        /// Every byte of the body is another one.
        record WrongBytes() implements Fault {}

        /// The whole, whatever range was asked.
        record IgnoreRange() implements Fault {}

        /// 206, but of other bytes than asked.
        record WrongRange() implements Fault {}

        /// After some bytes nothing more comes, and the connection stays open.
        record Stall(int afterBytes) implements Fault {}

        /// Another file, of zeros.
        record OtherFile(int length) implements Fault {}
    }

    /// One request as it came.
    ///
    /// @param fromByte 0 when the whole was asked
    record Request(String path, long fromByte, Map<String, String> headers) {}

    private static final int PIECE_BYTES = 16 << 10;

    private final ServerSocket socket;
    private final Map<String, byte[]> files = new ConcurrentHashMap<>();
    private final Map<String, ArrayDeque<Fault>> faults = new ConcurrentHashMap<>();
    private final List<Request> requests = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch closed = new CountDownLatch(1);
    private final AtomicLong bodyBytes = new AtomicLong();
    private final Map<String, AtomicLong> sentBytes = new ConcurrentHashMap<>();
    private final Set<String> liedAbout = ConcurrentHashMap.newKeySet();
    private final AtomicLong spoiledBytes = new AtomicLong();
    private volatile Supplier<Fault> weather = Fault.Honest::new;

    FaultyServer() throws IOException {
        socket = new ServerSocket(0, 512, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    URI serve(String path, byte[] bytes, Fault... first) {
        files.put(path, bytes);
        faults.put(path, new ArrayDeque<>(List.of(first)));
        return uri(path);
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + socket.getLocalPort() + path);
    }

    List<Request> requests() {
        return List.copyOf(requests);
    }

    /// Lets `next` decide about every request to a file without faults of its own.
    void weather(Supplier<Fault> next) {
        weather = next;
    }

    /// Returns how many bytes of bodies were handed to the network.
    long bodyBytes() {
        return bodyBytes.get();
    }

    /// Returns the same of one file.
    long sentBytes(String path) {
        AtomicLong sent = sentBytes.get(path);
        return sent == null ? 0 : sent.get();
    }

    /// Tells whether a request for a file was ever answered with other bytes than asked.
    boolean liedAbout(String path) {
        return liedAbout.contains(path);
    }

    private void spoil(String path, long bytes) {
        liedAbout.add(path);
        spoiledBytes.addAndGet(bytes);
    }

    /// Returns the most that has to be sent again because of lies: a file with one wrong byte as a
    /// whole, what was there when a range was ignored, the body of a wrong range.
    long spoiledBytes() {
        return spoiledBytes.get();
    }

    private void accept() {
        while (true) {
            try {
                Socket connection = socket.accept();
                // Little waits between the two programs, so that what was sent has arrived.
                connection.setSendBufferSize(PIECE_BYTES);
                Thread.ofVirtual().start(() -> answer(connection));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void answer(Socket connection) {
        try (connection) {
            Request request = read(connection.getInputStream());
            if (request != null) {
                requests.add(request);
                answer(connection, request);
            }
        } catch (IOException e) {
            // The client went away.
        }
    }

    private static @Nullable Request read(InputStream raw) throws IOException {
        var in = new BufferedInputStream(raw);
        var lines = new ArrayList<String>();
        var line = new StringBuilder();
        for (int b = in.read(); b >= 0; b = in.read()) {
            if (b != '\n') {
                line.append((char) b);
                continue;
            }
            if (line.toString().isBlank()) {
                break;
            }
            lines.add(line.toString().strip());
            line.setLength(0);
        }
        if (lines.isEmpty()) {
            return null;
        }
        var headers = new java.util.TreeMap<String, String>();
        for (String header : lines.subList(1, lines.size())) {
            int colon = header.indexOf(':');
            headers.put(
                    header.substring(0, colon).toLowerCase(Locale.ROOT),
                    header.substring(colon + 1).strip());
        }
        String range = headers.getOrDefault("range", "");
        long from =
                range.matches("bytes=\\d+-\\d*")
                        ? Long.parseLong(range.substring(6, range.indexOf('-')))
                        : 0;
        return new Request(lines.getFirst().split(" ")[1], from, headers);
    }

    private Fault nextFault(String path) {
        ArrayDeque<Fault> queue = faults.get(path);
        if (queue == null) {
            return new Fault.Honest();
        }
        synchronized (queue) {
            return queue.isEmpty() ? weather.get() : queue.remove();
        }
    }

    private void answer(Socket connection, Request request) throws IOException {
        OutputStream out = connection.getOutputStream();
        byte[] bytes = files.get(request.path());
        if (bytes == null) {
            head(out, 404, 0, "");
            return;
        }
        Fault fault = nextFault(request.path());
        int from = (int) Math.min(Integer.MAX_VALUE, request.fromByte());
        boolean partial = request.headers().containsKey("range");
        switch (fault) {
            case Fault.Status(int status, String header) -> {
                head(out, status, 0, header);
                return;
            }
            case Fault.IgnoreRange _ -> {
                partial = false;
                spoil(request.path(), from);
            }
            case Fault.OtherFile(int length) -> bytes = new byte[length];
            case Fault.WrongBytes _ -> {
                bytes = bytes.clone();
                for (int at = 0; at < bytes.length; at++) {
                    bytes[at] ^= 0x55;
                }
                spoil(request.path(), bytes.length);
            }
            default -> {}
        }
        if (partial && from >= bytes.length) {
            head(out, 416, 0, "Content-Range: bytes */" + bytes.length);
            return;
        }
        int start = partial ? from : 0;
        String asked = request.headers().getOrDefault("range", "");
        String last = asked.substring(asked.indexOf('-') + 1);
        int end =
                partial && !last.isEmpty()
                        ? (int) Math.min(bytes.length, Long.parseLong(last) + 1)
                        : bytes.length;
        byte[] body = Arrays.copyOfRange(bytes, start, end);
        int shown = fault instanceof Fault.WrongRange ? start + 1 : start;
        if (shown > start && partial) {
            spoil(request.path(), body.length);
        }
        String range = "Content-Range: bytes " + shown + "-" + (end - 1) + "/" + bytes.length;
        head(out, partial ? 206 : 200, body.length, partial ? range : "");
        switch (fault) {
            case Fault.Reset(int after) -> {
                send(out, request.path(), body, after);
                out.flush();
                connection.setSoLinger(true, 0);
            }
            case Fault.CutOff(int after) -> send(out, request.path(), body, after);
            case Fault.Stall(int after) -> {
                send(out, request.path(), body, after);
                out.flush();
                awaitClose();
            }
            default -> send(out, request.path(), body, body.length);
        }
        out.flush();
    }

    private void send(OutputStream out, String path, byte[] body, int most)
            throws IOException {
        int length = Math.min(most, body.length);
        for (int at = 0; at < length; at += PIECE_BYTES) {
            int piece = Math.min(PIECE_BYTES, length - at);
            out.write(body, at, piece);
            bodyBytes.addAndGet(piece);
            sentBytes.computeIfAbsent(path, _ -> new AtomicLong()).addAndGet(piece);
        }
    }

    private void awaitClose() {
        try {
            closed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void head(OutputStream out, int status, long length, String header)
            throws IOException {
        out.write(
                ("HTTP/1.1 "
                                + status
                                + " x\r\nConnection: close\r\nETag: \"v1\"\r\nContent-Length: "
                                + length
                                + (header.isEmpty() ? "" : "\r\n" + header)
                                + "\r\n\r\n")
                        .getBytes(ISO_8859_1));
        out.flush();
    }

    @Override
    public void close() throws IOException {
        closed.countDown();
        socket.close();
    }
}
