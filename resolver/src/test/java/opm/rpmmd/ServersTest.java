package opm.rpmmd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import opm.base.OpmException;
import opm.fetch.Fetcher;
import opm.fetch.Progress;
import opm.host.Host;
import opm.host.Net;
import opm.pkgset.PackageSet;
import opm.rpmmd.Metadata.Freshness;
import opm.store.Store;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Steps are taken from the web servers that people have.
class ServersTest {
    private final List<String> asked = new ArrayList<>();
    private final Path temp;
    private final Path repo;
    private Process process;

    ServersTest(@TempDir Path temp) throws IOException {
        this.temp = temp;
        repo = Files.createDirectories(temp.resolve("repo"));
        process = new ProcessBuilder("true").start();
    }

    enum Server {
        /// Answers every range with the whole file.
        PYTHON(false),
        BUSYBOX(true),
        NGINX(true);

        private final boolean ranges;

        Server(boolean ranges) {
            this.ranges = ranges;
        }
    }

    /// Starts a server; once more when somebody else took its port meanwhile.
    private int started(Server server) throws Exception {
        for (int tries = 1; ; tries++) {
            int port;
            try (var socket = new ServerSocket(0)) {
                port = socket.getLocalPort();
            }
            if (begin(server, port)) {
                return port;
            }
            assertThat(tries)
                    .as("%s: %s", server, Files.readString(temp.resolve("log")))
                    .isLessThan(5);
        }
    }

    /// Returns whether the server answers; false when it ended.
    private boolean begin(Server server, int port) throws Exception {
        String place = "127.0.0.1:" + port;
        Path conf = temp.resolve("nginx.conf");
        Files.writeString(
                conf,
                """
                daemon off; master_process off; pid %1$s/pid; error_log stderr;
                events {}
                http { access_log off; client_body_temp_path %1$s/a; proxy_temp_path %1$s/b;
                fastcgi_temp_path %1$s/c; uwsgi_temp_path %1$s/d; scgi_temp_path %1$s/e;
                server { listen %2$s; root %3$s; } }
                """
                        .formatted(temp, place, repo));
        String[] command =
                switch (server) {
                    case PYTHON ->
                            new String[] {
                                "python3", "-m", "http.server", "--bind", "127.0.0.1", "" + port
                            };
                    case BUSYBOX ->
                            new String[] {"busybox", "httpd", "-f", "-p", place, "-h", "" + repo};
                    case NGINX -> new String[] {"nginx", "-c", "" + conf, "-e", "stderr"};
                };
        try {
            process =
                    new ProcessBuilder(command)
                            .directory(repo.toFile())
                            .redirectErrorStream(true)
                            .redirectOutput(temp.resolve("log").toFile())
                            .start();
        } catch (IOException e) {
            assumeTrue(false, command[0] + " is not installed");
        }
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (process.isAlive() && !answers(port)) {
            assertThat(System.nanoTime()).as("%s does not answer", server).isLessThan(end);
            java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
        }
        return process.isAlive();
    }

    private static boolean answers(int port) {
        try (var socket = new Socket(java.net.InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream()
                    .write("HEAD / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            var in =
                    new BufferedReader(
                            new InputStreamReader(
                                    socket.getInputStream(), StandardCharsets.US_ASCII));
            return in.readLine() != null;
        } catch (IOException e) {
            return false;
        }
    }

    @AfterEach
    void stop() throws Exception {
        process.destroy();
        process.waitFor();
    }

    private PackageSet refreshed(int port) throws OpmException {
        asked.clear();
        Host real = Host.ofThisMachine();
        Net net =
                request -> {
                    asked.add(request.uri().getPath().replaceFirst(".*/", ""));
                    return real.net().get(request);
                };
        var store = new Store(real.disk(), temp.resolve("state/store"));
        var fetcher = new Fetcher(store, net, real.clock());
        var host = new Host(real.disk(), real.commands(), net, real.clock());
        var metadata =
                new Metadata(
                        host, temp.resolve("state"), store, fetcher, Progress.NONE, () -> false);
        var config = RepositoryConfig.ofUrl("r", "http://127.0.0.1:" + port + "/");
        return metadata.load(config, Freshness.NOW).set();
    }

    @ParameterizedTest
    @EnumSource
    void steps(Server server) throws Exception {
        // One range where the server has them, else one file a step; never the primary again.
        var stepped = new SteppedRepo(repo);
        stepped.publish(1);
        int port = started(server);
        assertThat(refreshed(port).digest()).isEqualTo(SteppedRepo.set(1).digest());
        assertThat(asked).contains("p.xml");
        stepped.publish(2);
        stepped.publish(3);
        stepped.publish(4);
        assertThat(refreshed(port).digest()).isEqualTo(SteppedRepo.set(4).digest());
        assertThat(asked).startsWith("repomd.xml", "increments.index", "increments");
        assertThat(asked).doesNotContain("p.xml");
        assertThat(asked)
                .filteredOn(name -> name.startsWith("step-"))
                .hasSize(server.ranges ? 0 : 3);
        assertThat(refreshed(port).digest()).isEqualTo(SteppedRepo.set(4).digest());
        assertThat(asked).as("nothing changed").containsExactly("repomd.xml");
    }
}
