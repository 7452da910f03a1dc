package opm.trip;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Random requests to the web app: every route, method, parameter and body, whole, damaged and cut
/// off. `./dev fuzz web` does so for ten minutes.
final class WebFuzzTest {
    private static final int SECONDS = Integer.getInteger("opm.fuzz.web.seconds", 2);
    private static final long SEED = Long.getLong("opm.fuzz.seed", 20261122L);
    private static final int STRANGERS = 4;

    private static final List<String> PLACES =
            List.of(
                    "", "?q=a", "?q=%2Fusr", "?hits=typed&q=abc", "?hits=all&q=/usr", "?choices",
                    "/state.json", "/search.json?q=a",
                    "/cost.json?spec=abc-atlas", "/files.json", "/files.meta4", "/links",
                    "/recipe.json", "/box.opm", "/rpm/" + "0".repeat(64) + "/x", "/basket",
                    "/repair", "/build", "/end", "/groups", "/groups?of=tools", "/groups.json?q=a",
                    "/advisories", "/advisories.json", "/why?pkg=abc-atlas", "/box.opmjob",
                    "/files.aria2", "/line", "/recipe.json?part=box.1.opm", "/box.1.opm");
    private static final List<String> OUTSIDE =
            List.of(
                    "/", "/visit", "/health", "/metrics", "/app/words.json", "/app/style.css",
                    "/app/page.js", "/app/worker.js", "/v/", "/v/x", "/nothing", "/favicon.ico");
    private static final List<String> METHODS =
            List.of("GET", "GET", "GET", "POST", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "X");
    private static final List<String> NAMES =
            List.of("do", "verb", "spec", "value", "q", "problem", "repair", "stock", "lang", "x",
                    "parity", "back", "of", "pkg", "part");
    private static final List<String> WORDS =
            List.of(
                    "add", "drop", "security", "weak", "clear", "install", "remove", "upgrade",
                    "reinstall", "downgrade", "abc-atlas", "abc", "*", "@group", "yes", "no", "0",
                    "1", "-1", "999999999999", "demo", "es", "pt-BR", "/usr/bin/sh", "(a if b)",
                    "a > 1", "lib*", "[a-z]*", "<script>", "é✈", "../../etc/passwd", "",
                    "group", "ungroup", "advise", "unadvise", "let", "reboot", "budget", "parts",
                    "release", "distro-sync", "advisories");
    private static final List<String> HEADERS =
            List.of(
                    "Accept: application/json", "Range: bytes=0-9", "Range: bytes=5-1",
                    "Range: bytes=99999999999999-", "Range: bytes=-5", "Range: bytes=0-1,3-4",
                    "If-None-Match: *", "If-Range: \"x\"", "Accept-Language: es;q=x,,",
                    "Cookie: lang=; lang=zz", "Accept-Encoding: gzip;q=0",
                    "Content-Type: application/x-www-form-urlencoded",
                    "Content-Type: multipart/form-data; boundary=b",
                    "Content-Type: multipart/form-data; boundary=", "Expect: 100-continue",
                    "Connection: close", "Connection: keep-alive, close", "Host: [::1]:99999",
                    "Transfer-Encoding: chunked", "Content-Length: 3", "X-Forwarded-For: 1.2.3.4");

    private final ConcurrentSkipListMap<String, AtomicLong> statuses =
            new ConcurrentSkipListMap<>();
    private final Trip trip;

    WebFuzzTest(@TempDir Path folder) {
        trip = new Trip(folder);
    }

    /// Each whole request gets an answer, and none says that the server failed, but for 503 with
    /// the time to come back; and then the server still serves.
    @Test
    void everyRequestIsAnswered() throws Exception {
        try (var web =
                        WebClient.serve(trip.at("serve.log"), "--demo", "--per-address", "0");
                var strangers = Executors.newVirtualThreadPerTaskExecutor()) {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
            var all = new ArrayList<Callable<Integer>>();
            for (int at = 0; at < STRANGERS; at++) {
                var random = new Random(SEED + at);
                all.add(() -> new Stranger(web, random).until(end));
            }
            int count = 0;
            for (var done : strangers.invokeAll(all)) {
                count += done.get();
            }
            System.out.println(
                    count + " random requests, seed " + SEED + ": " + new TreeMap<>(statuses));
            assertThat(count).isGreaterThan(20);
            assertThat(web.get("/health").text()).contains("\"status\":\"ok\"");
            assertThat(java.nio.file.Files.readString(trip.at("serve.log")))
                    .doesNotContain("Exception", "Error");
        }
    }

    /// One who asks anything.
    private final class Stranger {
        private final WebClient web;
        private final Random random;
        private final URI address;
        private String visit = "";

        Stranger(WebClient web, Random random) {
            this.web = web;
            this.random = random;
            address = URI.create(web.address());
        }

        int until(long end) throws IOException {
            int count = 0;
            while (System.nanoTime() < end) {
                if (visit.isEmpty() || random.nextInt(200) == 0) {
                    String was = visit;
                    visit = web.post("/visit", "stock", "demo").header("location");
                    if (!was.isEmpty()) {
                        web.post(was + "/end");
                    }
                }
                ask();
                count++;
            }
            return count;
        }

        private String any(List<String> some) {
            return some.get(random.nextInt(some.size()));
        }

        private String word() {
            int kind = random.nextInt(12);
            if (kind == 0) {
                return "x".repeat(random.nextInt(3000));
            }
            if (kind == 1) {
                var bytes = new byte[random.nextInt(20)];
                random.nextBytes(bytes);
                return new String(bytes, StandardCharsets.ISO_8859_1);
            }
            return any(WORDS);
        }

        private String fields() {
            var text = new StringBuilder();
            for (int at = random.nextInt(5); at >= 0; at--) {
                String value = word();
                text.append(any(NAMES)).append('=');
                text.append(random.nextInt(10) == 0 ? value : WebClient.encoded(value));
                text.append(at == 0 ? "" : "&");
            }
            return text.toString();
        }

        private byte[] body() throws IOException {
            var out = new ByteArrayOutputStream();
            switch (random.nextInt(6)) {
                case 0 -> {}
                case 1, 2, 3 -> out.writeBytes(fields().getBytes(StandardCharsets.ISO_8859_1));
                case 4 -> {
                    var bytes = new byte[random.nextInt(5000)];
                    random.nextBytes(bytes);
                    out.writeBytes(bytes);
                }
                default -> {
                    out.writeBytes(
                            "--b\r\nContent-Disposition: form-data; name=\"profile\"\r\n\r\n"
                                    .getBytes(StandardCharsets.ISO_8859_1));
                    try (var zip = new GZIPOutputStream(out)) {
                        zip.write("opm-profile\t1.0\narch\tx86_64\n".getBytes(
                                StandardCharsets.ISO_8859_1));
                        zip.write(word().getBytes(StandardCharsets.UTF_8));
                    }
                    out.writeBytes("\r\n--b--\r\n".getBytes(StandardCharsets.ISO_8859_1));
                }
            }
            return out.toByteArray();
        }

        private void ask() throws IOException {
            String place = random.nextInt(4) == 0 ? any(OUTSIDE) : visit + any(PLACES);
            if (place.endsWith("/end") && random.nextInt(20) != 0) {
                place = visit + "/state.json";
            }
            if (random.nextInt(3) == 0) {
                place += (place.contains("?") ? "&" : "?") + fields();
            }
            byte[] body = body();
            var head = new StringBuilder(any(METHODS)).append(' ').append(place);
            head.append(random.nextInt(30) == 0 ? " HTTP/9" : " HTTP/1.1").append("\r\n");
            boolean sized = random.nextInt(12) != 0;
            if (sized && body.length > 0) {
                head.append("Content-Length: ").append(body.length).append("\r\n");
            }
            for (int at = random.nextInt(4); at > 0; at--) {
                head.append(any(HEADERS)).append("\r\n");
            }
            var request = new ByteArrayOutputStream();
            request.writeBytes(
                    (head + "Connection: close\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
            request.writeBytes(body);
            byte[] bytes = request.toByteArray();
            // Who announces other bytes than come waits for an answer in vain.
            boolean whole = random.nextInt(8) != 0 && head.indexOf("Content-Length: 3\r") < 0;
            if (!whole && random.nextBoolean()) {
                bytes = java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length));
            } else if (!whole) {
                bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            }
            check(bytes, send(bytes, whole), whole);
        }

        /// Sends a request, perhaps by pieces, and returns the answer; "" for none.
        private String send(byte[] request, boolean whole) throws IOException {
            try (var socket = new Socket(address.getHost(), address.getPort())) {
                socket.setSoTimeout(60_000);
                OutputStream out = socket.getOutputStream();
                try {
                    int cut = random.nextInt(request.length + 1);
                    out.write(request, 0, cut);
                    out.write(request, cut, request.length - cut);
                    if (!whole) {
                        if (random.nextBoolean()) {
                            return ""; // away in the middle
                        }
                        socket.shutdownOutput();
                    }
                } catch (IOException _) {
                    // It has answered and closed before all was there.
                }
                InputStream in = socket.getInputStream();
                var said = new ByteArrayOutputStream();
                try {
                    in.transferTo(said);
                } catch (SocketTimeoutException e) {
                    throw new AssertionError(
                            "no answer in a minute to "
                                    + new String(request, StandardCharsets.ISO_8859_1),
                            e);
                } catch (IOException _) {
                    // Reset: what came before counts.
                }
                return said.toString(StandardCharsets.ISO_8859_1);
            }
        }

        private void check(byte[] request, String said, boolean whole) {
            String status = said.length() < 12 ? "none" : said.substring(9, 12);
            statuses.computeIfAbsent(status, _ -> new AtomicLong()).incrementAndGet();
            String what = new String(request, StandardCharsets.ISO_8859_1);
            if (whole) {
                assertThat(said).as(what).startsWith("HTTP/1.1 ");
            }
            if (status.startsWith("5")) {
                assertThat(status).as("%s", what + said).isEqualTo("503");
            }
            if (status.equals("503")) {
                assertThat(said).as(what).contains("Retry-After: ");
            }
        }
    }
}
