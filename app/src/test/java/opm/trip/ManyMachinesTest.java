package opm.trip;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Many machines, one cache: the line carries what one machine needs. `-Dopm.machines=10` for ten.
final class ManyMachinesTest {
    private static final int MACHINES = Integer.getInteger("opm.machines", 3);
    private static final Path DEMO = Trip.project().resolve("app/src/main/resources/opm/cli/demo");

    private final Trip trip;
    private final AtomicLong bytes = new AtomicLong();
    private final HttpServer server;

    ManyMachinesTest(@TempDir Path folder) throws IOException {
        trip = new Trip(folder);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        Path town = DEMO.resolve("repository");
        server.createContext(
                "/",
                exchange -> {
                    Path file = town.resolve(exchange.getRequestURI().getPath().substring(1));
                    boolean there = Files.isRegularFile(file);
                    byte[] body = there ? Files.readAllBytes(file) : new byte[0];
                    bytes.addAndGet(body.length);
                    exchange.sendResponseHeaders(there ? 200 : 404, there ? body.length : -1);
                    if (there) {
                        exchange.getResponseBody().write(body);
                    }
                    exchange.close();
                });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
        trip.close();
    }

    private void install(String root, String state) {
        trip.opm(
                        "install",
                        "--yes",
                        "--root",
                        trip.at(root).toString(),
                        "--state",
                        trip.at(state).toString(),
                        "--arch",
                        "x86_64",
                        "--repo",
                        "town=http://127.0.0.1:" + server.getAddress().getPort() + "/",
                        "abc-atlas")
                .mustEnd(0);
        assertThat(trip.installed(trip.at(root))).anyMatch(name -> name.startsWith("abc-atlas-"));
    }

    /// What all of them fetch together is what one of them alone fetches.
    @Test
    void fetchOnce() {
        Trip.needs("rpm", "rpmkeys");
        Trip.needsRoot();
        Path key = DEMO.resolve("RPM-GPG-KEY-demo");
        trip.newRoot("alone", key);
        install("alone", "state-alone");
        long alone = bytes.getAndSet(0);
        for (int machine = 0; machine < MACHINES; machine++) {
            trip.newRoot("machine" + machine, key);
            install("machine" + machine, "state");
        }
        assertThat(alone).isPositive();
        assertThat(bytes.get()).isBetween(alone * 99 / 100, alone * 101 / 100);
    }
}
