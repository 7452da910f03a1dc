package opm.trip;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A mirror on loopback that scripts of other sites may read or not, and that fails in turn: some
/// requests for packages get nothing, half of it, or other bytes.
final class FaultyMirror implements AutoCloseable {
    private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d*)");
    private final Path folder;
    private final boolean open;
    private final int everyFails;
    private final HttpServer server;
    private final AtomicLong asked = new AtomicLong();
    private final AtomicLong sentBytes = new AtomicLong();

    /// @param open whether scripts of other sites may read (CORS)
    /// @param everyFails which request for a package fails; 0 for none
    FaultyMirror(Path folder, boolean open, int everyFails) throws IOException {
        this.folder = folder;
        this.open = open;
        this.everyFails = everyFails;
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
        return sentBytes.get();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath().substring(1);
            Path file = folder.resolve(path);
            if (open) {
                exchange.getResponseHeaders().set("Access-Control-Allow-Origin", "*");
                exchange.getResponseHeaders().set("Access-Control-Allow-Headers", "Range");
            }
            if (!Files.isRegularFile(file)) {
                exchange.sendResponseHeaders(404, -1);
                return;
            }
            byte[] bytes = Files.readAllBytes(file);
            int size = bytes.length;
            String wanted = exchange.getRequestHeaders().getFirst("Range");
            Matcher range = RANGE.matcher(wanted == null ? "" : wanted);
            int status = 200;
            if (range.matches()) {
                status = 206;
                int from = Integer.parseInt(range.group(1));
                int last = range.group(2).isEmpty() ? size - 1 : Integer.parseInt(range.group(2));
                bytes = Arrays.copyOfRange(bytes, from, Math.min(last + 1, size));
                exchange.getResponseHeaders()
                        .set(
                                "Content-Range",
                                "bytes " + from + "-" + (from + bytes.length - 1) + "/" + size);
            }
            boolean probe = bytes.length == 1;
            long number = path.endsWith(".rpm") && !probe ? asked.incrementAndGet() : 1;
            int fault = everyFails > 0 && number % everyFails == 0 ? (int) (number % 3) : -1;
            if (fault == 0) { // not 404: whoever says that is not asked again
                exchange.sendResponseHeaders(503, -1);
                return;
            }
            if (fault == 1) {
                bytes[bytes.length / 2] ^= 1;
            }
            exchange.sendResponseHeaders(status, bytes.length);
            int length = fault == 2 ? bytes.length / 2 : bytes.length;
            exchange.getResponseBody().write(bytes, 0, length);
            if (path.endsWith(".rpm")) {
                sentBytes.addAndGet(length);
            }
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
