package opm.share;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import opm.base.OpmException.Refused;
import opm.host.LocalNet;
import opm.host.Net;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Neighbours get what was named beforehand, whole or in parts, and nothing else.
class ShareServerTest {
    private static final String NAME = "sha256/" + "ab".repeat(32);

    @TempDir Path folder;
    private final AtomicBoolean over = new AtomicBoolean();
    private ShareServer server;
    private Thread thread;

    @BeforeEach
    void begin() throws Exception {
        Files.writeString(folder.resolve("object"), "0123456789");
        Files.writeString(folder.resolve("secret"), "secret");
        begin(2, 0);
    }

    private void begin(int connections, long bytesPerSecond) throws Exception {
        server =
                ShareServer.open(
                        "127.0.0.1",
                        0,
                        Map.of(NAME, folder.resolve("object"), "gone", folder.resolve("gone")),
                        new ShareServer.Rules(connections, bytesPerSecond, false));
        thread = Thread.ofPlatform().start(() -> server.run(over::get));
    }

    @AfterEach
    void end() throws Exception {
        over.set(true);
        thread.join();
        server.close();
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.port() + "/" + path);
    }

    private static String text(Net.Response response) throws IOException {
        try (response) {
            return new String(response.body().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /// Returns what comes back for the very bytes of a request.
    private String raw(String request) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    /// The whole and its parts, over one connection.
    @Test
    void serves() throws Exception {
        var net = new LocalNet(Map.of());
        var whole = net.get(Net.Request.of(uri(NAME)));
        assertThat(whole.header("etag")).isEqualTo("\"" + NAME.replace('/', '-') + "\"");
        assertThat(text(whole)).isEqualTo("0123456789");
        var part = net.get(Net.Request.of(uri(NAME)).range(3, 6));
        assertThat(part.status()).isEqualTo(206);
        assertThat(part.totalBytes()).isEqualTo(10);
        assertThat(text(part)).isEqualTo("345");
        assertThat(text(net.get(Net.Request.of(uri(NAME)).range(8, 99)))).isEqualTo("89");
        assertThat(net.get(Net.Request.of(uri(NAME)).range(10, 12)).status()).isEqualTo(416);
        var other = Map.of("If-Range", "\"other\"");
        assertThat(text(net.get(uri(NAME), 3, other))).isEqualTo("0123456789");
        assertThat(server.sentBytes()).isEqualTo(10 + 3 + 2 + 10);
    }

    /// Nothing has a path that was not named, whatever the path looks like.
    @Test
    void namesNothingElse() throws Exception {
        for (String path :
                new String[] {
                    "", "secret", "../secret", "sha256/../../secret", NAME + "/", "/" + NAME,
                    folder.resolve("secret").toString(), "%2e%2e/secret", NAME + "?x", "gone"
                }) {
            assertThat(raw("GET /" + path + " HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 404 ");
        }
    }

    /// What is no request that is served here ends the connection.
    @Test
    void refusesOddRequests() throws Exception {
        for (String request :
                new String[] {
                    "POST /" + NAME + " HTTP/1.1\r\n\r\n",
                    "GET " + NAME + " HTTP/1.1\r\n\r\n",
                    "GET /" + NAME + "\r\n\r\n",
                    "GET /" + NAME + " HTTP/1.1\r\nContent-Length: 5\r\n\r\nGET /",
                    "\r\n\r\n",
                    "GET /" + "x".repeat(20_000) + " HTTP/1.1\r\n\r\n"
                }) {
            assertThat(raw(request)).startsWith("HTTP/1.1 400 ").endsWith("\r\n\r\n");
        }
        assertThat(raw("HEAD /" + NAME + " HTTP/1.1\r\n\r\n"))
                .startsWith("HTTP/1.1 200 ")
                .contains("Content-Length: 10")
                .endsWith("\r\n\r\n");
    }

    /// One connection more than are allowed is told to come back.
    @Test
    void boundsConnections() throws Exception {
        String ask = "GET /" + NAME + " HTTP/1.1\r\n\r\n";
        try (var first = new Socket(InetAddress.getLoopbackAddress(), server.port());
                var second = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            for (Socket socket : new Socket[] {first, second}) {
                socket.getOutputStream().write(ask.getBytes(StandardCharsets.ISO_8859_1));
                assertThat(socket.getInputStream().readNBytes(12))
                        .asString(StandardCharsets.US_ASCII)
                        .isEqualTo("HTTP/1.1 200");
            }
            assertThat(raw(ask)).startsWith("HTTP/1.1 503 ").contains("Retry-After");
        }
    }

    /// Together no faster than allowed: 100 kB at 1 MB a second take a tenth of a second.
    @Test
    void keepsThePace() {
        var pace = new Pace(1_000_000);
        long start = System.nanoTime();
        pace.sent(50_000);
        pace.sent(50_000);
        assertThat(System.nanoTime() - start).isBetween(100_000_000L, 10_000_000_000L);
    }

    /// Only addresses of local networks are near.
    @Test
    void knowsItsNeighbours() throws Exception {
        for (String near :
                new String[] {
                    "127.0.0.1", "10.1.2.3", "192.168.1.1", "172.16.0.1", "169.254.3.4", "fe80::1",
                    "fd00::1", "::1"
                }) {
            assertThat(ShareServer.isNear(InetAddress.getByName(near))).as(near).isTrue();
        }
        for (String far : new String[] {"8.8.8.8", "172.32.0.1", "2001:db8::1"}) {
            assertThat(ShareServer.isNear(InetAddress.getByName(far))).as(far).isFalse();
        }
    }

    /// A port that is taken is refused with advice.
    @Test
    void refusesTakenPorts() {
        var rules = new ShareServer.Rules(1, 0, false);
        int taken = server.port();
        assertThatThrownBy(() -> ShareServer.open("127.0.0.1", taken, Map.of(), rules))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("cannot listen");
    }
}
