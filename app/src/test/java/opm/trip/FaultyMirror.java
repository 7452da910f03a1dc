package opm.trip;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A mirror on loopback that scripts of other sites may read or not, and that fails in turn: some
/// requests for packages get nothing, half of it, other bytes, or bytes that no script may read.
final class FaultyMirror implements AutoCloseable {
    private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d*)");
    private static final int PIECE_BYTES = 16 << 10;
    private final Path folder;
    private final boolean open;
    private final int failOfTen;
    private final HttpServer server;
    private final AtomicLong asked = new AtomicLong();
    private final Traffic traffic = new Traffic();

    /// @param open whether scripts of other sites may read (CORS)
    /// @param failOfTen how many of ten requests for packages fail
    FaultyMirror(Path folder, boolean open, int failOfTen) throws IOException {
        this.folder = folder;
        this.open = open;
        this.failOfTen = failOfTen;
        var loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        server = HttpServer.create(loopback, 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::answer);
        server.start();
    }

    String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
    }

    /// Returns how many bytes of packages browsers and servers got.
    long sentBytes() {
        return traffic.all().stream().mapToLong(Traffic.Sent::bytes).sum();
    }

    /// Returns what went out of packages.
    Traffic traffic() {
        return traffic;
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath().substring(1);
            Path file = folder.resolve(path);
            if (!Files.isRegularFile(file)) {
                exchange.sendResponseHeaders(404, -1);
                return;
            }
            long size = Files.size(file);
            String wanted = exchange.getRequestHeaders().getFirst("Range");
            Matcher range = RANGE.matcher(wanted == null ? "" : wanted);
            int status = 200;
            long from = 0;
            long until = size;
            if (range.matches()) {
                status = 206;
                from = Long.parseLong(range.group(1));
                String last = range.group(2);
                until = last.isEmpty() ? size : Math.min(Long.parseLong(last) + 1, size);
                exchange.getResponseHeaders()
                        .set("Content-Range", "bytes " + from + "-" + (until - 1) + "/" + size);
            }
            boolean counts = path.endsWith(".rpm") && until - from > 1;
            long number = counts ? asked.incrementAndGet() : 0;
            // 7 and 10 have no common divisor: faults are spread, and each kind has its turn.
            boolean fails = counts && number * 7 % 10 < failOfTen;
            int fault = fails ? (int) (number % 4) : -1;
            if (open && fault != 3) {
                exchange.getResponseHeaders().set("Access-Control-Allow-Origin", "*");
                exchange.getResponseHeaders().set("Access-Control-Allow-Headers", "Range");
            }
            if (fault == 0) { // not 404: whoever says that is not asked again
                exchange.sendResponseHeaders(503, -1);
                return;
            }
            exchange.sendResponseHeaders(status, until - from);
            String agent = exchange.getRequestHeaders().getFirst("User-Agent");
            boolean browser = agent != null && agent.startsWith("Mozilla");
            long end = fault == 2 ? from + (until - from) / 2 : until;
            var sent = counts ? traffic.begin(path, browser, from) : null;
            try (var in = new RandomAccessFile(file.toFile(), "r")) {
                in.seek(from);
                var piece = new byte[PIECE_BYTES];
                for (long at = from; at < end; ) {
                    int read = in.read(piece, 0, (int) Math.min(piece.length, end - at));
                    if (fault == 1 && at == from) {
                        piece[0] ^= 1;
                    }
                    exchange.getResponseBody().write(piece, 0, read);
                    at += read;
                    if (sent != null) {
                        traffic.add(sent, read);
                    }
                }
            }
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
