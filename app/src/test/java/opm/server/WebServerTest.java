package opm.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import opm.base.Limits;
import opm.host.LocalDisk;
import opm.host.ServedTls;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What strangers do to a server that is on the net, and what the others notice of it.
final class WebServerTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    @TempDir Path folder;
    private final AtomicLong aheadNanos = new AtomicLong();
    private final AtomicBoolean over = new AtomicBoolean();
    private final List<Socket> sockets = new ArrayList<>();
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch noticed = new CountDownLatch(1);

    @AfterEach
    void end() throws IOException {
        over.set(true);
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    private WebServer serve(WebServer.Rules rules) throws Exception {
        WebServer server =
                WebServer.open(
                        "127.0.0.1",
                        0,
                        this::answer,
                        rules,
                        () -> System.nanoTime() + aheadNanos.get());
        Thread.ofPlatform().daemon().start(() -> server.run(over::get));
        return server;
    }

    private HttpResponse answer(HttpRequest request) {
        if (request.path().equals("/long")) {
            asked.countDown();
            long end = System.nanoTime() + 30 * SECOND;
            while (!request.caller().gone().getAsBoolean() && System.nanoTime() < end) {
                LockSupport.parkNanos(1_000_000);
            }
            if (System.nanoTime() < end) {
                noticed.countDown();
            }
        }
        if (request.path().equals("/bug")) {
            throw new IllegalStateException("wanted by the test");
        }
        if (request.path().equals("/file")) {
            return HttpResponse.ofFile(200, folder.resolve("file"), 0, 300_000);
        }
        return HttpResponse.text(200, "text/plain", "bytes " + request.body().length + "\n");
    }

    private Socket open(WebServer server) throws IOException {
        var socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        socket.setSoTimeout(20_000);
        sockets.add(socket);
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
    }

    private static String rest(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }

    private String get(WebServer server, String path) throws IOException {
        Socket socket = open(server);
        send(socket, "GET " + path + " HTTP/1.1\r\nConnection: close\r\n\r\n");
        return rest(socket);
    }

    private static boolean isClosed(Socket socket) {
        try {
            socket.setSoTimeout(5000);
            return socket.getInputStream().read() < 0;
        } catch (IOException _) {
            return true;
        }
    }

    /// More connections than the server serves, each with one byte of a request now and then: they
    /// make place for whoever asks something, and are cut off when their time is over.
    @Test
    void slowSenders() throws Exception {
        try (WebServer server = serve(WebServer.Rules.PLAIN)) {
            var slow = new ArrayList<Socket>();
            for (int at = 0; at < Limits.SERVED_CONNECTIONS + 20; at++) {
                Socket socket = open(server);
                send(socket, "G");
                slow.add(socket);
            }
            aheadNanos.addAndGet(2 * SECOND);
            for (Socket socket : slow.subList(500, 520)) {
                send(socket, "E");
            }
            for (int at = 0; at < 10; at++) {
                assertThat(get(server, "/")).startsWith("HTTP/1.1 200 ");
            }
            aheadNanos.addAndGet(Limits.REQUEST_HEAD_SECONDS * SECOND);
            for (Socket socket : slow) {
                assertThat(isClosed(socket)).isTrue();
            }
            until(() -> get(server, "/metrics").contains("opm_connections 1\n"));
        }
    }

    /// Large bodies together take no more memory than they may; who sends one too many is told to
    /// come back, and the slowest gives way.
    @Test
    void bodiesTogether() throws Exception {
        try (WebServer server = serve(WebServer.Rules.PLAIN)) {
            int most = Limits.REQUEST_BODIES_BYTES / Limits.REQUEST_BODY_BYTES;
            String head =
                    "POST / HTTP/1.1\r\nConnection: close\r\nContent-Length: "
                            + Limits.REQUEST_BODY_BYTES
                            + "\r\n\r\n";
            var body = new byte[Limits.REQUEST_BODY_BYTES];
            var held = new ArrayList<Socket>();
            for (int at = 0; at < most; at++) {
                Socket socket = open(server);
                send(socket, head);
                socket.getOutputStream().write(body, 1, body.length - 1);
                held.add(socket);
            }
            String full = "opm_request_body_kilobytes " + Limits.REQUEST_BODIES_BYTES / 1024;
            until(() -> get(server, "/metrics").contains(full));
            Socket tooMuch = open(server);
            send(tooMuch, head);
            tooMuch.getOutputStream().write(body);
            assertThat(rest(tooMuch)).startsWith("HTTP/1.1 503 ").contains("Retry-After: ");
            assertThat(get(server, "/")).startsWith("HTTP/1.1 200 ");
            held.get(1).getOutputStream().write(body, 0, 1);
            assertThat(rest(held.get(1))).contains("bytes " + body.length);

            Socket slow = open(server);
            send(slow, head);
            slow.getOutputStream().write(body, 1, body.length - 1);
            until(() -> get(server, "/metrics").contains(full));
            aheadNanos.addAndGet(20 * SECOND);
            Socket another = open(server);
            send(another, head);
            another.getOutputStream().write(body);
            assertThat(rest(another)).startsWith("HTTP/1.1 503 ");
            assertThat(isClosed(held.get(0))).isTrue();
            until(() -> !get(server, "/metrics").contains(full));
            Socket again = open(server);
            send(again, head);
            again.getOutputStream().write(body);
            assertThat(rest(again)).startsWith("HTTP/1.1 200 ");
        }
    }

    private interface Check {
        boolean holds() throws IOException;
    }

    private static void until(Check check) throws IOException {
        long end = System.nanoTime() + 20 * SECOND;
        while (!check.holds()) {
            assertThat(System.nanoTime()).isLessThan(end);
            LockSupport.parkNanos(2_000_000);
        }
    }

    /// What a client calls this server stands in lists for download managers, so it must be an
    /// address and nothing else.
    @Test
    void ownAddress() {
        assertThat(address("cafe.example:8080", false)).isEqualTo("http://cafe.example:8080");
        assertThat(address("[2001:db8::1]", true)).isEqualTo("https://[2001:db8::1]");
        for (String bad : List.of("", "a b", "a\tout=x", "a/b", "me@a", "a:b", "a:123456")) {
            assertThat(address(bad, false)).as(bad).isNull();
        }
    }

    private static @Nullable String address(String host, boolean secure) {
        HttpRequest request =
                HttpRequest.parse("GET / HTTP/1.1\r\nHost: " + host).request();
        return request == null
                ? null
                : request.from(new Caller("192.0.2.1", secure, () -> false)).address();
    }

    /// An address that asks too often is told to wait; another one behind the same proxy is not.
    @Test
    void tooOften() throws Exception {
        var rules = new WebServer.Rules(null, 2, true);
        try (WebServer server = serve(rules)) {
            aheadNanos.addAndGet(SECOND);
            int answered = 0;
            String said = get(server, "/");
            while (said.startsWith("HTTP/1.1 200 ") && answered < 1000) {
                answered++;
                said = get(server, "/");
            }
            assertThat(said).startsWith("HTTP/1.1 429 ").contains("Retry-After: 1\r\n");
            assertThat(answered).isBetween(20, 200);
            Socket other = open(server);
            send(other, "GET / HTTP/1.1\r\nX-Forwarded-For: 10.0.0.9, 10.0.0.7\r\n"
                    + "Connection: close\r\n\r\n");
            assertThat(rest(other)).startsWith("HTTP/1.1 200 ");
            aheadNanos.addAndGet(60 * SECOND);
            assertThat(get(server, "/")).startsWith("HTTP/1.1 200 ");
        }
    }

    /// Work for somebody who went away is seen to be for nobody; who only sends the next request
    /// early gets both answers; a bug is said and costs nobody else.
    @Test
    void goneAndBugs() throws Exception {
        try (WebServer server = serve(WebServer.Rules.PLAIN)) {
            leave(open(server));
            Socket early = open(server);
            send(early, "GET /one HTTP/1.1\r\n\r\nGET /two HTTP/1.1\r\nConnection: close\r\n\r\n");
            assertThat(rest(early)).containsPattern("(?s)HTTP/1.1 200 .*HTTP/1.1 200 ");
            assertThat(get(server, "/bug")).startsWith("HTTP/1.1 500 ");
            assertThat(get(server, "/")).startsWith("HTTP/1.1 200 ");
        }
    }

    private void leave(Socket socket) throws Exception {
        send(socket, "GET /long HTTP/1.1\r\n\r\n");
        assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
        socket.close();
        assertThat(noticed.await(20, TimeUnit.SECONDS)).isTrue();
    }

    /// TLS with a certificate of our own: answers, large bodies both ways, somebody who leaves;
    /// what is no TLS is dropped. The certificate stays the same, and is made anew before it ends.
    @Test
    void throughTls() throws Exception {
        var file = new byte[300_000];
        new Random(1).nextBytes(file);
        Files.write(folder.resolve("file"), file);
        Instant now = Instant.now();
        ServedTls tls = ServedTls.own(new LocalDisk(), folder.resolve("tls"), now);
        assertThat(tls.fingerprint()).matches("([0-9A-F]{2}:){31}[0-9A-F]{2}");
        assertThat(ServedTls.own(new LocalDisk(), folder.resolve("tls"), now).fingerprint())
                .isEqualTo(tls.fingerprint());
        SSLContext believing = believing(folder.resolve("tls/certificate.pem"));
        try (WebServer server = serve(new WebServer.Rules(tls.context(), 0, false))) {
            Socket plain = open(server);
            send(plain, "GET / HTTP/1.1\r\n\r\n");
            assertThat(rest(plain)).doesNotContain("200");
            try (Socket socket = open(believing, server)) {
                OutputStream out = socket.getOutputStream();
                var body = new byte[5_000_000];
                send(socket, "POST / HTTP/1.1\r\nContent-Length: " + body.length + "\r\n\r\n");
                out.write(body);
                send(socket, "GET /file HTTP/1.1\r\nConnection: close\r\n\r\n");
                InputStream in = socket.getInputStream();
                byte[] said = in.readAllBytes();
                assertThat(new String(said, StandardCharsets.ISO_8859_1))
                        .contains("bytes " + body.length);
                var last = new byte[file.length];
                System.arraycopy(said, said.length - file.length, last, 0, file.length);
                assertThat(last).isEqualTo(file);
            }
            leave(open(believing, server));
        }
        Instant later = now.plusSeconds(800L * 86_400);
        assertThat(ServedTls.own(new LocalDisk(), folder.resolve("tls"), later).fingerprint())
                .isNotEqualTo(tls.fingerprint());
    }

    private Socket open(SSLContext believing, WebServer server) throws IOException {
        Socket socket =
                believing.getSocketFactory()
                        .createSocket(open(server), "localhost", server.port(), true);
        var parameters = ((javax.net.ssl.SSLSocket) socket).getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        ((javax.net.ssl.SSLSocket) socket).setSSLParameters(parameters);
        return socket;
    }

    private static SSLContext believing(Path file) throws Exception {
        String text = Files.readString(file);
        String end = "-----END CERTIFICATE-----\n";
        byte[] pem =
                text.substring(0, text.indexOf(end) + end.length())
                        .getBytes(StandardCharsets.US_ASCII);
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry(
                "own",
                CertificateFactory.getInstance("X.509")
                        .generateCertificate(new ByteArrayInputStream(pem)));
        var trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }
}
