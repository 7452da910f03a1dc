package opm.trip;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A bundle begun where the network is good is completed at home over a line of a few bytes, and
/// nothing comes twice.
final class TrickleTest {
    private final Trip trip;
    private final ConcurrentLinkedQueue<String> fetched = new ConcurrentLinkedQueue<>();
    private final HttpServer server;

    TrickleTest(@TempDir Path folder) throws IOException {
        trip = new Trip(folder);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/",
                exchange -> {
                    String path = exchange.getRequestURI().getPath().substring(1);
                    Path file = trip.at("town").resolve(path);
                    boolean there = Files.isRegularFile(file);
                    byte[] body = there ? Files.readAllBytes(file) : new byte[0];
                    if (path.endsWith(".rpm")) {
                        fetched.add(path.replaceFirst(".*/", ""));
                    }
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
    }

    @Test
    void begunAtWorkAndCompletedAtHome() {
        Trip.needs("rpm", "rpmbuild", "rpmkeys", "createrepo_c", "unshare");
        Trip.needsRoot();
        var rpms = new SmallPackages(trip, "head -c 300000 /dev/urandom");
        rpms.build("town", List.of("one 2", "two 2", "three 2", "four 2"));
        rpms.build("old", List.of("one 1", "two 1", "three 1", "four 1"));
        String town = "town=http://127.0.0.1:" + server.getAddress().getPort() + "/";
        Path root = trip.newRoot("root");
        trip.install(root, Trip.rpms(trip.at("old")));
        var home = new Home(trip, root, List.of(town));
        String queue = trip.at("box.queue").toString();
        home.pack("--upgrade", "--budget", "700K", "--queue", queue, "--allow-unsigned");
        home.carry("sh");
        assertThat(trip.installed(root).stream().filter(name -> name.contains(":2-"))).hasSize(2);

        var words = new ArrayList<>(List.of("upgrade", "--queue", queue, "--root", root + ""));
        words.addAll(List.of("--repo", town, "--state", trip.at("home-state").toString()));
        words.addAll(List.of("--allow-unsigned", "--yes"));
        var little = new ArrayList<>(words);
        little.addAll(List.of("--budget", "400K"));
        trip.opm(little.toArray(String[]::new)).mustEnd(0);
        assertThat(trip.installed(root).stream().filter(name -> name.contains(":2-"))).hasSize(3);
        assertThat(trip.at("box.queue")).content().hasLineCount(2);
        trip.opm(words.toArray(String[]::new)).mustEnd(0);
        home.isUpToDate();
        assertThat(trip.at("box.queue")).doesNotExist();
        assertThat(List.copyOf(fetched)).hasSize(4).doesNotHaveDuplicates();
        assertThat(trip.opm(words.toArray(String[]::new)).mustEnd(0).out()).contains("othing");
    }
}
