package opm.host;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.interfaces.ECPrivateKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.TrustManagerFactory;
import opm.base.OpmException.BadRequest;
import opm.base.OpmException.Unavailable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Servers are asked as `.repo` files say: whom to trust, what to show, which proxy to take.
@Timeout(60)
class AccessTest {
    private static final char[] WORD = "changeit".toCharArray();

    /// Where in a PKCS#8 key of RSA and of P-256 the inner key begins.
    private static final int RSA_HEAD_BYTES = 26;

    private static final int EC_HEAD_BYTES = 28;

    @TempDir static Path folder;
    private static KeyStore keys;

    /// Makes an authority, a server `localhost`, two clients, and somebody else altogether.
    @BeforeAll
    static void makeKeys() throws Exception {
        keytool("ca", "EC", "-ext", "bc:c");
        keytool("stranger", "EC", "-ext", "bc:c");
        keytool("server", "EC", "-signer", "ca", "-ext", "san=dns:localhost");
        keytool("rsa", "RSA", "-signer", "ca");
        keytool("ec", "EC", "-signer", "ca");
        keys = KeyStore.getInstance(folder.resolve("keys").toFile(), WORD);
        for (String name : List.of("ca", "stranger", "rsa", "ec")) {
            Files.writeString(folder.resolve(name + ".crt"), certificate(name));
            byte[] key = keys.getKey(name, WORD).getEncoded();
            Files.writeString(folder.resolve(name + ".key"), pem("PRIVATE KEY", key));
        }
        byte[] rsa = keys.getKey("rsa", WORD).getEncoded();
        byte[] inner = Arrays.copyOfRange(rsa, RSA_HEAD_BYTES, rsa.length);
        Files.writeString(folder.resolve("rsa.old"), pem("RSA PRIVATE KEY", inner));
        Files.writeString(
                folder.resolve("rsa.both"),
                certificate("rsa") + Files.readString(folder.resolve("rsa.old")));
        Files.writeString(
                folder.resolve("locked.key"), pem("ENCRYPTED PRIVATE KEY", new byte[100]));
    }

    private static void keytool(String alias, String algorithm, String... more) throws Exception {
        var command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin/keytool").toString(),
                                "-J-XX:TieredStopAtLevel=1",
                                "-J-XX:+UseSerialGC",
                                "-genkeypair",
                                "-keystore",
                                folder.resolve("keys").toString(),
                                "-storepass",
                                "changeit",
                                "-alias",
                                alias,
                                "-dname",
                                "CN=" + alias,
                                "-keyalg",
                                algorithm,
                                algorithm.equals("EC") ? "-groupname" : "-keysize",
                                algorithm.equals("EC") ? "secp256r1" : "2048",
                                "-validity",
                                "36500"));
        command.addAll(List.of(more));
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("log").toFile())
                        .start();
        assertThat(process.waitFor()).as(Files.readString(folder.resolve("log"))).isZero();
    }

    private static String certificate(String alias) throws Exception {
        var text = new StringBuilder("# of " + alias + "\n");
        for (Certificate one : keys.getCertificateChain(alias)) {
            text.append(pem("CERTIFICATE", one.getEncoded()));
        }
        return text.toString();
    }

    private static String pem(String label, byte[] bytes) {
        return "-----BEGIN "
                + label
                + "-----\n"
                + Base64.getMimeEncoder(64, "\n".getBytes(ISO_8859_1)).encodeToString(bytes)
                + "\n-----END "
                + label
                + "-----\n";
    }

    /// @param asks whether it lets nobody in whom the authority has not signed
    private static TinyServer server(boolean asks) throws Exception {
        var own = KeyStore.getInstance("PKCS12");
        own.load(null, null);
        own.setKeyEntry(
                "server", keys.getKey("server", WORD), WORD, keys.getCertificateChain("server"));
        var shown = KeyManagerFactory.getInstance("PKIX");
        shown.init(own, WORD);
        var trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("ca", keys.getCertificate("ca"));
        var trusts = TrustManagerFactory.getInstance("PKIX");
        trusts.init(trusted);
        var context = SSLContext.getInstance("TLS");
        context.init(shown.getKeyManagers(), trusts.getTrustManagers(), null);
        var socket =
                (SSLServerSocket)
                        context.getServerSocketFactory()
                                .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
        socket.setNeedClientAuth(asks);
        return new TinyServer(
                socket,
                (_, out) -> TinyServer.send(out, "200 OK\r\nContent-Length: 5", "hello"));
    }

    private static Access access(String authorities, String certificate, String key) {
        return new Access(file(authorities), true, file(certificate), file(key), "");
    }

    private static String file(String name) {
        return name.isEmpty() ? "" : folder.resolve(name).toString();
    }

    private static String ask(TinyServer server, Access access) throws Exception {
        var net = new LocalNet(Map.of(), 5);
        String base = "https://localhost:" + server.port() + "/repo/";
        net.learn(base, access);
        try (var response = net.get(Net.Request.of(URI.create(base + "x")))) {
            return new String(response.body().readAllBytes(), ISO_8859_1);
        } catch (IOException e) {
            throw StreamFailure.of(e, "the body");
        }
    }

    // A server is believed when an authority that was named vouches for it, or nobody need.
    @Test
    void believesNamedAuthorities() throws Exception {
        Path several = Files.createDirectory(folder.resolve("several"));
        Files.copy(folder.resolve("stranger.crt"), several.resolve("1.pem"));
        Files.copy(folder.resolve("ca.crt"), several.resolve("2.pem"));
        Files.writeString(several.resolve("README"), "not a certificate");
        try (var server = server(false)) {
            assertThat(ask(server, access("ca.crt", "", ""))).isEqualTo("hello");
            assertThat(ask(server, access("several", "", ""))).isEqualTo("hello");
            assertThat(ask(server, new Access("", false, "", "", ""))).isEqualTo("hello");
            for (Access other : List.of(Access.USUAL, access("stranger.crt", "", ""))) {
                assertThatThrownBy(() -> ask(server, other))
                        .isInstanceOf(Unavailable.class)
                        .hasMessageContaining("no safe connection");
            }
        }
    }

    // Who vouches for localhost does not vouch for 127.0.0.1.
    @Test
    void comparesTheName() throws Exception {
        try (var server = server(false)) {
            var net = new LocalNet(Map.of(), 5);
            String base = "https://127.0.0.1:" + server.port() + "/";
            net.learn(base, access("ca.crt", "", ""));
            assertThatThrownBy(() -> net.get(Net.Request.of(URI.create(base))))
                    .isInstanceOf(Unavailable.class)
                    .hasMessageContaining("no safe connection");
        }
    }

    // What the environment names as the machine's certificates is believed.
    @Test
    void believesWhatTheMachineBelieves() throws Exception {
        try (var server = server(false)) {
            var net = new LocalNet(Map.of("SSL_CERT_FILE", file("ca.crt")), 5);
            URI uri = URI.create("https://localhost:" + server.port() + "/");
            try (var response = net.get(Net.Request.of(uri))) {
                assertThat(response.status()).isEqualTo(200);
            }
        }
    }

    // What is sent goes to the server that was named, under TLS and without, and to no other: a
    // redirect is an answer. Nothing can be sent to a file.
    @Test
    void sends() throws Exception {
        byte[] bytes = "a profile".getBytes(ISO_8859_1);
        TinyServer.Answer away =
                (_, out) -> TinyServer.send(out, "302 Found\r\nLocation: /other", "");
        try (var safe = server(false);
                var plain = new TinyServer(away)) {
            var net = new LocalNet(Map.of("SSL_CERT_FILE", file("ca.crt")), 5);
            URI uri = URI.create("https://localhost:" + safe.port() + "/x");
            try (var response = net.post(uri, bytes, () -> false)) {
                assertThat(response.status()).isEqualTo(200);
                assertThat(response.body().readAllBytes()).asString().isEqualTo("hello");
            }
            try (var response = net.post(plain.uri("/x"), bytes, () -> false)) {
                assertThat(response.status()).isEqualTo(302);
            }
            assertThat(safe.bodies).containsExactly("a profile");
            assertThat(plain.bodies).containsExactly("a profile");
            assertThat(plain.requests.getFirst().getFirst()).isEqualTo("POST /x HTTP/1.1");
            assertThatThrownBy(() -> net.post(URI.create("file:///x"), bytes, () -> false))
                    .isInstanceOf(Unavailable.class);
        }
    }

    // A server that asks for a certificate gets it, whatever form the key has.
    @Test
    void showsCertificates() throws Exception {
        try (var server = server(true)) {
            assertThat(ask(server, access("ca.crt", "rsa.crt", "rsa.key"))).isEqualTo("hello");
            assertThat(ask(server, access("ca.crt", "rsa.crt", "rsa.old"))).isEqualTo("hello");
            assertThat(ask(server, access("ca.crt", "rsa.both", ""))).isEqualTo("hello");
            assertThat(ask(server, access("ca.crt", "ec.crt", "ec.key"))).isEqualTo("hello");
            for (String none : List.of("", "stranger")) {
                String certificate = none.isEmpty() ? "" : none + ".crt";
                String key = none.isEmpty() ? "" : none + ".key";
                assertThatThrownBy(() -> ask(server, access("ca.crt", certificate, key)))
                        .isInstanceOf(Unavailable.class);
            }
        }
    }

    // The older form of elliptic keys is read too: the JDK leaves out the curve inside, others do
    // not.
    @Test
    void readsOldEllipticKeys() throws Exception {
        byte[] whole = keys.getKey("ec", WORD).getEncoded();
        byte[] inner = Arrays.copyOfRange(whole, EC_HEAD_BYTES, whole.length);
        byte[] curve = {(byte) 0xa0, 10, 6, 8, 42, -122, 72, -50, 61, 3, 1, 7};
        byte[] named = Arrays.copyOf(inner, inner.length + curve.length);
        System.arraycopy(curve, 0, named, inner.length, curve.length);
        named[1] = (byte) (named[1] + curve.length);
        Path file = folder.resolve("ec.old");
        Files.writeString(file, pem("EC PRIVATE KEY", named));
        var read = (ECPrivateKey) Pem.read(file.toString()).key();
        assertThat(read.getS()).isEqualTo(((ECPrivateKey) keys.getKey("ec", WORD)).getS());
        Files.writeString(file, pem("EC PRIVATE KEY", inner));
        assertThatThrownBy(() -> Pem.read(file.toString()).key()).isInstanceOf(BadRequest.class);
    }

    // What cannot be meant is said before anything is sent.
    @Test
    void refusesWhatCannotBeMeant() throws Exception {
        Files.writeString(folder.resolve("empty"), "");
        try (var server = server(true)) {
            assertThatThrownBy(() -> ask(server, access("ca.crt", "rsa.crt", "locked.key")))
                    .isInstanceOf(BadRequest.class)
                    .hasMessageContaining("found a key with a password");
            assertThatThrownBy(() -> ask(server, access("ca.crt", "none.crt", "")))
                    .isInstanceOf(BadRequest.class)
                    .hasMessageContaining("there is no such file");
            assertThatThrownBy(() -> ask(server, access("empty", "", "")))
                    .isInstanceOf(BadRequest.class)
                    .hasMessageContaining("found no certificate");
            assertThatThrownBy(() -> ask(server, access("ca.crt", "rsa.crt", "")))
                    .isInstanceOf(BadRequest.class)
                    .hasMessageContaining("found no private key");
            var socks = new Access("", true, "", "", "socks5://joe:pass@127.0.0.1:1");
            assertThatThrownBy(() -> ask(server, socks))
                    .isInstanceOf(BadRequest.class)
                    .hasMessageContaining("proxy=socks5://127.0.0.1:1")
                    .hasMessageNotContaining("pass@");
            assertThat(server.requests).isEmpty();
        }
    }

    // Its own proxy is asked, with user and password, or none at all; other addresses take that of
    // the environment.
    @Test
    void takesItsOwnProxy() throws Exception {
        try (var own = plain("own");
                var usual = plain("usual");
                var direct = plain("direct")) {
            var net =
                    new LocalNet(
                            Map.of("http_proxy", "http://u:v@127.0.0.1:" + usual.port()), 5);
            String proxy = "http://joe:p%40ss@127.0.0.1:" + own.port();
            net.learn("http://a.example/one/", new Access("", true, "", "", proxy));
            String base = "http://127.0.0.1:" + direct.port() + "/";
            net.learn(base, new Access("", true, "", "", Access.DIRECT));
            assertThat(text(net, "http://a.example/one/x")).isEqualTo("own");
            assertThat(text(net, "http://a.example/two/x")).isEqualTo("usual");
            assertThat(text(net, base)).isEqualTo("direct");
            assertThat(authorization(own)).isEqualTo(basic("joe:p@ss"));
            assertThat(authorization(usual)).isEqualTo(basic("u:v"));
            assertThat(authorization(direct)).isEmpty();
        }
    }

    // Under TLS the proxy is asked to connect, with user and password, and sees nothing else.
    @Test
    void connectsThroughItsOwnProxy() throws Exception {
        try (var proxy =
                new TinyServer((_, out) -> TinyServer.send(out, "403 No", ""))) {
            var net = new LocalNet(Map.of(), 5);
            String address = "http://joe:pass@127.0.0.1:" + proxy.port();
            net.learn("https://a.example/", new Access("", true, "", "", address));
            assertThatThrownBy(() -> text(net, "https://a.example/secret"))
                    .isInstanceOf(Unavailable.class);
            assertThat(proxy.requests.getFirst().getFirst())
                    .isEqualTo("CONNECT a.example:443 HTTP/1.1");
            assertThat(authorization(proxy)).isEqualTo(basic("joe:pass"));
            assertThat(proxy.requests.toString()).doesNotContain("secret");
        }
    }

    private static TinyServer plain(String body) throws IOException {
        return new TinyServer(
                (_, out) ->
                        TinyServer.send(out, "200 OK\r\nContent-Length: " + body.length(), body));
    }

    private static String text(LocalNet net, String uri) throws Exception {
        try (var response = net.get(Net.Request.of(URI.create(uri)))) {
            return new String(response.body().readAllBytes(), ISO_8859_1);
        }
    }

    private static String authorization(TinyServer server) {
        return TinyServer.header(server.requests.getFirst(), "proxy-authorization");
    }

    private static String basic(String user) {
        return "Basic " + Base64.getEncoder().encodeToString(user.getBytes(ISO_8859_1));
    }
}
