package opm.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import opm.base.Limits;
import opm.base.OpmException.BadRequest;
import opm.base.OpmException.Unavailable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Downloads end with bytes or with a failure that says what to do, also on the worst of lines.
@Timeout(60)
class LocalNetTest {
    private static final int STALL_SECONDS = 1;
    private static final String JOE =
            "Basic "
                    + Base64.getEncoder()
                            .encodeToString("joe:pass".getBytes(StandardCharsets.UTF_8));

    @TempDir Path folder;

    private static LocalNet net(String... environment) {
        var map = new java.util.HashMap<String, String>();
        for (int at = 0; at < environment.length; at += 2) {
            map.put(environment[at], environment[at + 1]);
        }
        return new LocalNet(map, STALL_SECONDS);
    }

    private static String text(Net.Response response) throws IOException {
        try (response) {
            return new String(response.body().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /// The body comes as it was sent, with its headers, and 404 is an answer.
    @Test
    void gets() throws Exception {
        try (var server =
                new TinyServer(
                        (head, out) ->
                                TinyServer.send(
                                        out,
                                        head.getFirst().contains("/there")
                                                ? "200 OK\r\nContent-Length: 5\r\nETag: \"x\""
                                                : "404 Not Found\r\nContent-Length: 2",
                                        head.getFirst().contains("/there") ? "hello" : "no"))) {
            var there = net().get(server.uri("/there"), 0, Map.of("X-Mine", "1"));
            assertThat(there.status()).isEqualTo(200);
            assertThat(there.header("etag")).isEqualTo("\"x\"");
            assertThat(there.header("x-none")).isNull();
            assertThat(there.totalBytes()).isEqualTo(5);
            assertThat(there.bodyBytes()).isEqualTo(5);
            assertThat(text(there)).isEqualTo("hello");
            assertThat(TinyServer.header(server.requests.getFirst(), "x-mine")).isEqualTo("1");
            assertThat(TinyServer.header(server.requests.getFirst(), "range")).isEmpty();
            assertThat(net().get(server.uri("/gone"), 0, Map.of()).status()).isEqualTo(404);
        }
    }

    /// A part starts where it was asked for, or from the beginning where a server knows no parts.
    @Test
    void getsParts() throws Exception {
        try (var server =
                new TinyServer(
                        (head, out) -> {
                            if (head.getFirst().contains("/whole")) {
                                TinyServer.send(out, "200 OK\r\nContent-Length: 5", "hello");
                            } else {
                                TinyServer.send(
                                        out,
                                        "206 Partial\r\nContent-Length: 3\r\n"
                                                + "Content-Range: bytes 2-4/5",
                                        "llo");
                            }
                        })) {
            var part = net().get(server.uri("/part"), 2, Map.of());
            assertThat(part.status()).isEqualTo(206);
            assertThat(part.startsAtByte()).isEqualTo(2);
            assertThat(part.totalBytes()).isEqualTo(5);
            assertThat(text(part)).isEqualTo("llo");
            assertThat(TinyServer.header(server.requests.getFirst(), "range"))
                    .isEqualTo("bytes=2-");
            var whole = net().get(server.uri("/whole"), 2, Map.of());
            assertThat(whole.startsAtByte()).isZero();
            assertThat(text(whole)).isEqualTo("hello");
            net().get(Net.Request.of(server.uri("/part")).range(2, 5)).close();
            assertThat(TinyServer.header(server.requests.get(2), "range")).isEqualTo("bytes=2-4");
            assertThatThrownBy(() -> net().get(server.uri("/part"), 3, Map.of()))
                    .isInstanceOf(Unavailable.class)
                    .hasMessageContaining("asked for bytes from 3");
        }
    }

    /// As many redirects as the limit are followed, one more is not.
    @Test
    void followsSomeRedirects() throws Exception {
        try (var server =
                new TinyServer(
                        (head, out) -> {
                            String path = head.getFirst().split(" ")[1];
                            int left = Integer.parseInt(path.substring(1));
                            TinyServer.send(
                                    out,
                                    left == 0
                                            ? "200 OK\r\nContent-Length: 2"
                                            : "302 Found\r\nContent-Length: 0\r\nLocation: /"
                                                    + (left - 1),
                                    left == 0 ? "ok" : "");
                        })) {
            var response = net().get(server.uri("/" + Limits.REDIRECTS), 0, Map.of());
            assertThat(response.finalUri().getPath()).isEqualTo("/0");
            assertThat(text(response)).isEqualTo("ok");
            assertThatThrownBy(
                            () -> net().get(server.uri("/" + (Limits.REDIRECTS + 1)), 0, Map.of()))
                    .isInstanceOf(Unavailable.class)
                    .hasMessageContaining("redirects");
        }
    }

    /// Asked for strangers, no server of this machine is reached but the one that was named:
    /// neither directly nor because that one redirects there; a redirect of its own is followed.
    @Test
    void strangersStayOutside() throws Exception {
        try (var secret = saying("200 OK\r\nContent-Length: 6", "secret");
                var own =
                        new TinyServer(
                                (head, out) -> {
                                    boolean there = head.getFirst().contains("/there");
                                    boolean away = head.getFirst().contains("/away");
                                    TinyServer.send(
                                            out,
                                            there
                                                    ? "200 OK\r\nContent-Length: 2"
                                                    : "302 Found\r\nContent-Length: 0\r\nLocation: "
                                                            + (away ? secret.uri("/") : "/there"),
                                            there ? "ok" : "");
                                })) {
            assertThat(text(net().get(own.uri("/away"), 0, Map.of()))).isEqualTo("secret");
            int before = secret.requests.size();
            Net guarded = net().forStrangers();
            guarded.own(own.uri("/repo/").toString());
            assertThat(text(guarded.get(own.uri("/own"), 0, Map.of()))).isEqualTo("ok");
            for (URI uri : List.of(own.uri("/away"), secret.uri("/"), secret.uri("/own"))) {
                assertThatThrownBy(() -> guarded.get(uri, 0, Map.of()))
                        .isInstanceOf(Unavailable.class)
                        .hasMessageContaining("in the network of this server");
            }
            assertThat(secret.requests).hasSize(before);
        }
    }

    /// What is passed on is as much as was wanted and not a byte more, also across chunks; of a
    /// body that breaks off, what came, and a failure.
    @Test
    void passesOn() throws Exception {
        String chunks = "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n";
        try (var chunked = saying("200 OK\r\nTransfer-Encoding: chunked", chunks);
                var cut = saying("200 OK\r\nConnection: close\r\nContent-Length: 9", "hello");
                var response = net().get(chunked.uri("/"), 0, Map.of());
                var broken = net().get(cut.uri("/"), 0, Map.of())) {
            var out = new ByteArrayOutputStream();
            response.pass(8, Channels.newChannel(out));
            assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("hello wo");
            response.pass(3, Channels.newChannel(out));
            assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("hello world");
            out.reset();
            assertThatThrownBy(() -> broken.pass(9, Channels.newChannel(out)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("broke off");
            assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("hello");
        }
    }

    private static TinyServer saying(String head, String body) throws IOException {
        return new TinyServer((_, out) -> TinyServer.send(out, head, body));
    }

    /// A server may not send us to our own disk, nor to nonsense.
    @Test
    void refusesOddRedirects() throws Exception {
        for (String to :
                new String[] {"file:///etc/passwd", "ftp://x/", "http://[bad", "javascript:1"}) {
            try (var server =
                    new TinyServer(
                            (head, out) ->
                                    TinyServer.send(
                                            out,
                                            "302 Found\r\nContent-Length: 0\r\nLocation: " + to,
                                            ""))) {
                assertThatThrownBy(() -> net().get(server.uri("/"), 0, Map.of()))
                        .as(to)
                        .isInstanceOf(Unavailable.class)
                        .hasMessageContaining("redirects");
            }
        }
    }

    /// A password goes to the host it was given for, and into no message.
    @Test
    void keepsPasswords() throws Exception {
        try (var other =
                        new TinyServer(
                                (head, out) ->
                                        TinyServer.send(out, "200 OK\r\nContent-Length: 0", ""));
                var server =
                        new TinyServer(
                                (head, out) ->
                                        TinyServer.send(
                                                out,
                                                "302 Found\r\nContent-Length: 0\r\nLocation: "
                                                        + (head.getFirst().contains("/same")
                                                                ? "/other"
                                                                : other.uri("/")),
                                                ""))) {
            URI uri = URI.create("http://joe:pass@localhost:" + server.port() + "/same?token=abc");
            var response = net().get(uri, 0, Map.of());
            assertThat(response.finalUri().toString()).doesNotContain("joe");
            assertThat(TinyServer.header(server.requests.get(0), "authorization")).isEqualTo(JOE);
            assertThat(TinyServer.header(server.requests.get(1), "authorization")).isEqualTo(JOE);
            assertThat(TinyServer.header(other.requests.getFirst(), "authorization")).isEmpty();
        }
        // Nobody listens there any more.
        URI dead = URI.create("http://joe:pass@localhost:1/x?token=abc");
        assertThatThrownBy(() -> net().get(dead, 0, Map.of()))
                .isInstanceOf(Unavailable.class)
                .hasMessageContaining("http://localhost:1/x")
                .message()
                .doesNotContain("joe", "pass", "abc");
    }

    /// A line that goes silent, before the answer or within it, is given up and not waited for.
    @Test
    void givesUpOnSilence() throws Exception {
        var hold = new java.util.concurrent.CountDownLatch(1);
        try (var server =
                new TinyServer(
                        (head, out) -> {
                            if (head.getFirst().contains("/body")) {
                                TinyServer.send(out, "200 OK\r\nContent-Length: 100", "only this");
                                out.flush();
                            }
                            hold.await();
                        })) {
            long start = System.nanoTime();
            assertThatThrownBy(() -> net().get(server.uri("/head"), 0, Map.of()))
                    .isInstanceOf(Unavailable.class);
            var response = net().get(server.uri("/body"), 0, Map.of());
            assertThat(response.body().readNBytes(9)).hasSize(9);
            assertThatThrownBy(() -> response.body().read())
                    .isInstanceOfSatisfying(
                            StreamFailure.class,
                            e -> assertThat(e.failure()).isInstanceOf(Unavailable.class))
                    .hasMessageContaining("not a byte for 1 seconds");
            assertThat((System.nanoTime() - start) / 1e9).isLessThan(30);
            response.close();
        } finally {
            hold.countDown();
        }
    }

    /// A body that ends early is a failure, not a short file.
    @Test
    void noticesShortBodies() throws Exception {
        try (var server =
                new TinyServer(
                        (head, out) ->
                                TinyServer.send(out, "200 OK\r\nContent-Length: 100", "short"))) {
            var response = net().get(server.uri("/"), 0, Map.of());
            assertThatThrownBy(() -> response.body().readAllBytes())
                    .isInstanceOf(StreamFailure.class)
                    .hasMessageContaining("broke off");
        }
    }

    /// The flag ends a transfer that waits for bytes.
    @Test
    void cancels() throws Exception {
        var flag = new AtomicBoolean();
        var hold = new java.util.concurrent.CountDownLatch(1);
        try (var server =
                new TinyServer(
                        (head, out) -> {
                            TinyServer.send(out, "200 OK\r\nContent-Length: 100", "x");
                            out.flush();
                            flag.set(true);
                            hold.await();
                        })) {
            var net = new LocalNet(Map.of());
            assertThatThrownBy(
                            () -> {
                                var request =
                                        Net.Request.of(server.uri("/")).cancelledBy(flag::get);
                                try (var response = net.get(request)) {
                                    response.body().readAllBytes();
                                }
                            })
                    .hasMessageContaining("cancelled");
        } finally {
            hold.countDown();
        }
    }

    /// A proxy of the environment is asked, with its own password, but not for its exceptions.
    @Test
    void asksProxies() throws Exception {
        try (var proxy =
                        new TinyServer(
                                (head, out) ->
                                        TinyServer.send(
                                                out, "200 OK\r\nContent-Length: 5", "proxy"));
                var direct =
                        new TinyServer(
                                (head, out) ->
                                        TinyServer.send(
                                                out, "200 OK\r\nContent-Length: 6", "direct"))) {
            String address = "http://joe:pass@localhost:" + proxy.port() + "/";
            var net = net("http_proxy", address, "no_proxy", "localhost,.intern.example");
            URI far = URI.create("http://far.example/x");
            assertThat(text(net.get(far, 0, Map.of()))).isEqualTo("proxy");
            assertThat(proxy.requests.getFirst().getFirst())
                    .isEqualTo("GET http://far.example/x HTTP/1.1");
            assertThat(TinyServer.header(proxy.requests.getFirst(), "proxy-authorization"))
                    .isEqualTo(JOE);
            assertThat(text(net.get(direct.uri("/"), 0, Map.of()))).isEqualTo("direct");
        }
    }

    /// For https the proxy is asked to connect, with its password.
    @Test
    void connectsThroughProxies() throws Exception {
        try (var proxy =
                new TinyServer(
                        (head, out) -> TinyServer.send(out, "502 Bad\r\nContent-Length: 0", ""))) {
            var net = net("HTTPS_PROXY", "joe:pass@localhost:" + proxy.port());
            try {
                net.get(URI.create("https://far.example/x"), 0, Map.of()).close();
            } catch (Unavailable e) {
                assertThat(e.getMessage()).doesNotContain("pass");
            }
            assertThat(proxy.requests.getFirst().getFirst()).startsWith("CONNECT far.example:443");
            assertThat(TinyServer.header(proxy.requests.getFirst(), "proxy-authorization"))
                    .isEqualTo(JOE);
        }
    }

    /// Which hosts are exceptions is read as curl reads it.
    @Test
    void readsProxyVariables() {
        var proxies =
                new EnvProxies(
                        Map.of(
                                "all_proxy", "http://p.example:3128",
                                "HTTP_PROXY", "http://cgi.example",
                                "NO_PROXY", "one.example, .two.example"));
        assertThat(chosen(proxies, "http://x.example/")).isEqualTo("p.example:3128");
        assertThat(chosen(proxies, "https://x.example/")).isEqualTo("p.example:3128");
        for (String direct :
                new String[] {"one.example", "a.one.example", "two.example", "a.two.example"}) {
            assertThat(chosen(proxies, "http://" + direct + "/")).as(direct).isEqualTo("direct");
        }
        assertThat(chosen(proxies, "http://notone.example/")).isEqualTo("p.example:3128");
        assertThat(
                        chosen(
                                new EnvProxies(Map.of("http_proxy", "http://p:1", "no_proxy", "*")),
                                "http://x/"))
                .isEqualTo("direct");
        assertThat(chosen(new EnvProxies(Map.of("http_proxy", "socks5://p:1")), "http://x/"))
                .isEqualTo("direct");
        assertThat(chosen(new EnvProxies(Map.of("http_proxy", "http://[bad")), "http://x/"))
                .isEqualTo("direct");
    }

    private static String chosen(EnvProxies proxies, String uri) {
        var address = proxies.select(URI.create(uri)).getFirst().address();
        return address instanceof java.net.InetSocketAddress inet
                ? inet.getHostString() + ":" + inet.getPort()
                : "direct";
    }

    /// A file answers as a server would.
    @Test
    void readsFiles() throws Exception {
        Path file = Files.writeString(folder.resolve("a b"), "hello");
        var net = net();
        var whole = net.get(file.toUri(), 0, Map.of());
        assertThat(whole.status()).isEqualTo(200);
        assertThat(whole.header("Content-Length")).isEqualTo("5");
        assertThat(text(whole)).isEqualTo("hello");
        var part = net.get(Net.Request.of(file.toUri()).range(1, 3));
        assertThat(part.status()).isEqualTo(206);
        assertThat(part.totalBytes()).isEqualTo(5);
        assertThat(text(part)).isEqualTo("el");
        assertThat(net.get(file.toUri(), 5, Map.of()).status()).isEqualTo(416);
        assertThat(net.get(folder.resolve("none").toUri(), 0, Map.of()).status()).isEqualTo(404);
        assertThat(net.get(folder.toUri(), 0, Map.of()).status()).isEqualTo(404);
        assertThatThrownBy(() -> net.get(URI.create("file://host/x"), 0, Map.of()))
                .isInstanceOf(BadRequest.class);
    }

    /// What is no address of ours is refused before anything is sent.
    @Test
    void refusesOtherSchemes() {
        for (String uri : new String[] {"ftp://x/y", "x", "http:///y", "mailto:a@b"}) {
            assertThatThrownBy(() -> net().get(URI.create(uri), 0, Map.of()))
                    .as(uri)
                    .isInstanceOf(BadRequest.class);
        }
    }

    /// Only a well formed range is believed.
    @Test
    void readsContentRanges() {
        assertThat(LocalNet.contentRange("bytes 5-9/10")).containsExactly(5, 9, 10);
        assertThat(LocalNet.contentRange(" bytes 5-9/* ")).containsExactly(5, 9, -1);
        for (String odd :
                new String[] {
                    "", "bytes */10", "bytes 5-/10", "5-9/10", "bytes 99999999999999999999-1/2"
                }) {
            assertThat(LocalNet.contentRange(odd)).as(odd).containsExactly(-1, -1, -1);
        }
    }
}
