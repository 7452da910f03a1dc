package opm.trip;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import opm.history.StateFolder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `--pipelined`: a batch is installed while the next one still comes.
final class PipelineTest {
    private static final int PACKAGES = 60;

    /// No batch that opm plans has more packages than this.
    private static final int BATCH = 20;

    private static final int LONG_ENOUGH_SECONDS = 60;

    @TempDir Path folder;
    private final AtomicInteger asked = new AtomicInteger();
    private volatile boolean broken;

    /// The server gives packages that cannot be of the first batch only when that is installed; one
    /// that it never gives leaves the change open, and `opm resume` fetches it.
    @Test
    void theFirstBatchIsInBeforeTheLastIsHere() throws Exception {
        Trip.needs("rpm", "rpmkeys", "createrepo_c");
        Trip.needsRoot();
        try (var trip = new Trip(folder)) {
            var text = new StringBuilder();
            for (int pkg = 0; pkg < PACKAGES; pkg++) {
                text.append("package p" + pkg + "-1-1.noarch\nbuilt: 2026-06-01\n");
                text.append("file /usr/share/p" + pkg + ": p\n");
            }
            Path recipe = Files.writeString(trip.at("recipe"), text);
            Path repo = trip.stubRepo("repo", "--recipe", recipe.toString());
            Path root = trip.newRoot("root", repo.resolve("RPM-GPG-KEY-stub"));
            Path journal = StateFolder.in(root).journal();
            var loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
            HttpServer server = HttpServer.create(loopback, 0);
            server.createContext("/", exchange -> answer(exchange, repo, journal));
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                server.setExecutor(threads);
                server.start();
                String address = "http://127.0.0.1:" + server.getAddress().getPort() + "/";
                broken = true;
                opm(trip, root, address, "install", "--pipelined", "p*").mustEnd(4);
                assertThat(Files.readString(journal)).contains(" verified 1 1\n");
                assertThat(trip.installed(root)).hasSizeLessThanOrEqualTo(BATCH);
                broken = false;
                opm(trip, root, address, "resume").mustEnd(0);
                assertThat(trip.installed(root)).hasSize(PACKAGES);
            } finally {
                server.stop(0);
            }
        }
    }

    private static Trip.Said opm(Trip trip, Path root, String address, String... words) {
        var all = new java.util.ArrayList<>(java.util.List.of(words));
        all.addAll(java.util.List.of("--root", root.toString(), "--yes"));
        all.addAll(java.util.List.of("--repo", "slow=" + address));
        all.addAll(java.util.List.of("--state", trip.at("state").toString()));
        return trip.opm(all.toArray(String[]::new));
    }

    private void answer(HttpExchange exchange, Path repo, Path journal) throws IOException {
        try (exchange) {
            Path file = repo.resolve(exchange.getRequestURI().getPath().substring(1));
            if (file.toString().endsWith(".rpm") && asked.incrementAndGet() > BATCH) {
                if (broken) {
                    exchange.sendResponseHeaders(404, -1);
                    return;
                }
                long end = System.nanoTime() + LONG_ENOUGH_SECONDS * 1_000_000_000L;
                while (!Files.readString(journal).contains(" verified 1 1\n")
                        && System.nanoTime() < end) {
                    LockSupport.parkNanos(1_000_000);
                }
            }
            if (!Files.isRegularFile(file)) {
                exchange.sendResponseHeaders(404, -1);
                return;
            }
            byte[] bytes = Files.readAllBytes(file);
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }
}
