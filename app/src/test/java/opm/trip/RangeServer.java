package opm.trip;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

/// A mirror on loopback that knows ranges, and counts what it sends.
final class RangeServer implements AutoCloseable {
    private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d*)");

    private final Path folder;
    private final HttpServer server;
    private final AtomicLong sentBytes = new AtomicLong();

    RangeServer(Path folder) throws IOException {
        this.folder = folder;
        var loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        server = HttpServer.create(loopback, 0);
        server.createContext("/", this::answer);
        server.start();
    }

    String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
    }

    /// Returns how many bytes of bodies went out.
    long sentBytes() {
        return sentBytes.get();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            Path file = folder.resolve(exchange.getRequestURI().getPath().substring(1));
            if (!Files.isRegularFile(file)) {
                exchange.sendResponseHeaders(404, -1);
                return;
            }
            long size = Files.size(file);
            String wanted = exchange.getRequestHeaders().getFirst("Range");
            var range = RANGE.matcher(wanted == null ? "" : wanted);
            boolean partial = range.matches();
            long from = partial ? Long.parseLong(range.group(1)) : 0;
            boolean bounded = partial && !range.group(2).isEmpty();
            long last = bounded ? Long.parseLong(range.group(2)) : size;
            int length = (int) (Math.min(last, size - 1) - from + 1);
            byte[] bytes = new byte[length];
            try (var in = new RandomAccessFile(file.toFile(), "r")) {
                in.seek(from);
                in.readFully(bytes);
            }
            exchange.getResponseHeaders()
                    .set("Content-Range", "bytes " + from + "-" + (from + length - 1) + "/" + size);
            exchange.sendResponseHeaders(partial ? 206 : 200, length);
            exchange.getResponseBody().write(bytes);
            sentBytes.addAndGet(length);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
