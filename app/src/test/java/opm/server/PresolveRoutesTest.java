package opm.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;
import opm.base.Limits;
import opm.presolve.Publisher;
import opm.presolve.Shelf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What strangers get from a tree, and what they do not get.
final class PresolveRoutesTest {
    private static final int RUNS = Boolean.getBoolean("opm.soak") ? 300 : 10;

    @TempDir Path folder;
    private long now = 1_790_000_000;

    private PresolveRoutes routes(Path tree) {
        return new PresolveRoutes(new Shelf(tree), null, () -> Instant.ofEpochSecond(now));
    }

    private static HttpResponse ask(PresolveRoutes routes, String path, String... headers) {
        var text = new StringBuilder("GET " + path + " HTTP/1.1\r\nHost: x");
        for (String header : headers) {
            text.append("\r\n").append(header);
        }
        HttpRequest request = HttpRequest.parse(text.toString()).request();
        return routes.answer(Objects.requireNonNull(request));
    }

    private static String header(HttpResponse said, String name) {
        return said.headers().stream()
                .filter(line -> line.startsWith(name + ": "))
                .map(line -> line.substring(name.length() + 2))
                .findFirst()
                .orElse("");
    }

    private static List<String> names(HttpResponse said) {
        return new String(said.body(), StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.startsWith("\""))
                .map(line -> line.replaceAll("[\",]", ""))
                .toList();
    }

    /// Who has no index asks for names that hold a word: those that begin with it first, no more
    /// than the bound, and nothing of a platform that nobody serves.
    @Test
    void namesAreSearched() throws Exception {
        var publisher = new Publisher(folder.resolve("tree"));
        var names = new ArrayList<>(List.of("vim", "gvim", "org.gnome.Vim", "emacs"));
        for (int at = 0; at < Limits.SEARCH_RESULTS + 20; at++) {
            names.add("many" + at);
        }
        publisher.publish(names, now);
        PresolveRoutes routes = routes(folder.resolve("tree"));
        HttpResponse said = ask(routes, "/search/tiny-1?q=VIM");
        assertThat(names(said)).containsExactly("vim", "gvim", "org.gnome.Vim");
        assertThat(header(said, "Content-Type")).startsWith("application/json");
        assertThat(names(ask(routes, "/search/tiny-1?q=nothing"))).isEmpty();
        assertThat(names(ask(routes, "/search/tiny-1?q=many"))).hasSize(Limits.SEARCH_RESULTS);
        assertThat(ask(routes, "/search/tiny-2?q=vim").status()).isEqualTo(404);
        assertThat(ask(routes, "/search/tiny?q=vim").status()).isEqualTo(404);
        assertThat(ask(routes, "/search/tiny-1?q=").status()).isEqualTo(400);
        String longWord = "v".repeat(Limits.SEARCH_CHARS + 1);
        assertThat(ask(routes, "/search/tiny-1?q=" + longWord).status()).isEqualTo(400);
    }

    /// Clients that ask again and again with what they were told miss no change, although
    /// publications and questions fall into the same seconds.
    @Test
    void nothingIsLostAtEqualSeconds() throws Exception {
        for (int seed = 0; seed < RUNS; seed++) {
            var random = new Random(seed);
            Path tree = Files.createDirectory(folder.resolve("tree" + seed));
            var publisher = new Publisher(tree);
            PresolveRoutes routes = routes(tree);
            publisher.publish(List.of("a", "b", "c", "d", "e"), now);
            int clients = 4;
            var dates = new ArrayList<String>();
            var missed = new ArrayList<TreeSet<String>>();
            for (int client = 0; client < clients; client++) {
                dates.add("");
                missed.add(new TreeSet<>(List.of("a", "b", "c", "d", "e")));
            }
            for (int step = 0; step < 60; step++) {
                now += random.nextInt(3) == 0 ? random.nextInt(3) : 0;
                if (random.nextInt(4) == 0) {
                    var some = new ArrayList<String>();
                    for (String name : List.of("a", "b", "c", "d", "e", "f")) {
                        if (random.nextInt(3) == 0) {
                            some.add(name);
                        }
                    }
                    publisher.publish(some, now);
                    missed.forEach(names -> names.addAll(some));
                }
                int client = random.nextInt(clients);
                String date = dates.get(client);
                HttpResponse said =
                        date.isEmpty()
                                ? ask(routes, Publisher.updates())
                                : ask(
                                        routes,
                                        Publisher.updates(),
                                        "If-Modified-Since: " + date);
                assertThat(said.status()).isIn(200, 304);
                if (said.status() == 304) {
                    assertThat(said.body()).isEmpty();
                } else {
                    missed.get(client).removeAll(names(said));
                }
                assertThat(missed.get(client)).as("seed %s, step %s", seed, step).isEmpty();
                // Half of the clients remember the server's word, half their own clock's second.
                String modified = header(said, "Last-Modified");
                assertThat(HttpDate.seconds(modified)).isLessThanOrEqualTo(now);
                dates.set(client, client % 2 == 0 ? modified : HttpDate.of(now));
            }
        }
    }

    /// Nothing new is a 304; a tag counts before a date; a date of tomorrow, or none at all, gives
    /// the whole list; what is a part is kept by nobody.
    @Test
    void updatesByDate() throws Exception {
        Path tree = folder.resolve("tree");
        var publisher = new Publisher(tree);
        publisher.publish(List.of("a", "b"), now);
        now += 100;
        publisher.publish(List.of("b"), now);
        now += 100;
        PresolveRoutes routes = routes(tree);
        String path = Publisher.updates();
        HttpResponse all = ask(routes, path);
        assertThat(names(all)).containsExactly("a", "b");
        assertThat(header(all, "Vary")).contains("If-Modified-Since");
        String modified = "If-Modified-Since: " + header(all, "Last-Modified");
        assertThat(ask(routes, path, modified).status()).isEqualTo(304);
        HttpResponse part = ask(routes, path, "If-Modified-Since: " + HttpDate.of(now - 150));
        assertThat(names(part)).containsExactly("b");
        assertThat(header(part, "Cache-Control")).isEqualTo("no-store");
        assertThat(header(part, "ETag")).isEmpty();
        String tag = "If-None-Match: " + header(all, "ETag");
        assertThat(ask(routes, path, tag, modified).status()).isEqualTo(304);
        assertThat(names(ask(routes, path, "If-None-Match: \"x\"", modified))).hasSize(2);
        String tomorrow = "If-Modified-Since: " + HttpDate.of(now + 86_400);
        assertThat(names(ask(routes, path, tomorrow))).hasSize(2);
        assertThat(names(ask(routes, path, "If-Modified-Since: yesterday"))).hasSize(2);
        assertThat(names(ask(routes, path + "?since=" + (now - 150)))).containsExactly("b");
        HttpResponse none = ask(routes, "/packages/tiny/1/zzz");
        assertThat(none.status()).isEqualTo(404);
        assertThat(new String(none.body(), StandardCharsets.UTF_8))
                .startsWith("{\"error\":")
                .contains("\"request\":\"/packages/tiny/1/zzz\"");
    }

    /// Files: both validators, ranges, gzip; nothing outside the tree and nothing of the builder's.
    @Test
    void filesOfTheTree() throws Exception {
        Path tree = folder.resolve("tree");
        new Publisher(tree).publish(List.of("a"), now - 10);
        Files.writeString(folder.resolve("secret"), "secret");
        PresolveRoutes routes = routes(tree);
        String path = "/packages/tiny/1/a";
        HttpResponse said = ask(routes, path);
        assertThat(said.status()).isEqualTo(200);
        assertThat(said.bytes()).isEqualTo(8);
        String tag = header(said, "ETag");
        assertThat(ask(routes, path, "If-None-Match: W/" + tag).status()).isEqualTo(304);
        String date = "If-Modified-Since: " + header(said, "Last-Modified");
        assertThat(ask(routes, path, date).status()).isEqualTo(304);
        assertThat(ask(routes, path, "Range: bytes=2-3").status()).isEqualTo(206);
        assertThat(ask(routes, path, "Range: bytes=8-").status()).isEqualTo(416);
        for (String bad :
                List.of(
                        "/packages/../../secret",
                        "/packages/%2e%2e/%2e%2e/secret",
                        "/..%2fsecret",
                        "//etc/passwd",
                        "/.build/tiny-1/sets",
                        "/packages/tiny/1/",
                        "/packages/tiny/1/./a")) {
            assertThat(ask(routes, bad).status()).as(bad).isEqualTo(404);
        }
        Files.writeString(tree.resolve("packages/tiny/1/large"), "large ".repeat(1000));
        HttpResponse packed = ask(routes, "/packages/tiny/1/large", "Accept-Encoding: gzip");
        assertThat(header(packed, "Content-Encoding")).isEqualTo("gzip");
        assertThat(header(packed, "Vary")).contains("Accept-Encoding");
        try (var in = new GZIPInputStream(new ByteArrayInputStream(packed.body()))) {
            assertThat(in.readAllBytes()).hasSize(6000);
        }
    }

    /// Requests that two readers could understand differently, or that are too large, are refused;
    /// the connection ends with them.
    @Test
    void badRequestsAreRefused() throws Exception {
        Path tree = folder.resolve("tree");
        new Publisher(tree).publish(List.of("a"), now - 10);
        var bad = new HashMap<String, Integer>();
        bad.put("GET /a b HTTP/1.1\r\n\r\n", 400);
        bad.put("GET /a HTTP/2.0\r\n\r\n", 400);
        bad.put("GET a HTTP/1.1\r\n\r\n", 400);
        bad.put("GET /%zz HTTP/1.1\r\n\r\n", 400);
        bad.put("GET /%00 HTTP/1.1\r\n\r\n", 400);
        bad.put("GET / HTTP/1.1\r\nA : b\r\n\r\n", 400);
        bad.put("GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n", 400);
        bad.put("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", 411);
        bad.put("POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400);
        bad.put("POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400);
        long tooMuch = Limits.REQUEST_BODY_BYTES + 1L;
        bad.put("POST / HTTP/1.1\r\nContent-Length: " + tooMuch + "\r\n\r\n", 413);
        String tooLong = "x".repeat(Limits.REQUEST_HEAD_BYTES);
        bad.put("GET /" + tooLong + " HTTP/1.1\r\n\r\n", 431);
        bad.put("DELETE / HTTP/1.1\r\nConnection: close\r\n\r\n", 405);
        var rules = WebServer.Rules.PLAIN;
        try (WebServer server = WebServer.open("127.0.0.1", 0, routes(tree), rules)) {
            Thread.ofPlatform().daemon().start(() -> server.run(() -> false));
            for (Map.Entry<String, Integer> one : bad.entrySet()) {
                String said = said(server.port(), one.getKey());
                String line = one.getKey().lines().findFirst().orElse("");
                assertThat(said).as(line).startsWith("HTTP/1.1 " + one.getValue() + " ");
                assertThat(said).contains("{\"error\":");
            }
            String two =
                    "GET /health HTTP/1.1\r\n\r\nGET /packages/tiny/1/a HTTP/1.1\r\n"
                            + "Connection: close\r\n\r\n";
            assertThat(said(server.port(), two)).contains("\"ok\"").contains("{\"a\":1}");
        }
    }

    private static String said(int port, String request) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
