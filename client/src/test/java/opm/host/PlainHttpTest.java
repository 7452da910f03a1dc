package opm.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import opm.base.Limits;
import opm.base.OpmException.Unavailable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Connections are used again as long as that is right, and no answer is read past its end.
class PlainHttpTest {
    private static final int STALL_SECONDS = 5;

    /// Writes the answers of one connection after the other, each to one request; "" closes it.
    private static final class Script implements AutoCloseable {
        final AtomicInteger connections = new AtomicInteger();
        private final ServerSocket socket;
        private final List<List<String>> answers;

        Script(List<List<String>> answers) throws IOException {
            this.answers = answers;
            this.socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            Thread.ofVirtual().start(this::accept);
        }

        private void accept() {
            for (List<String> connection : answers) {
                try (Socket client = socket.accept()) {
                    connections.incrementAndGet();
                    serve(client, connection);
                } catch (IOException _) {
                    // The client left; the test says whether that is right.
                }
            }
        }

        private static void serve(Socket client, List<String> connection) throws IOException {
            var in =
                    new BufferedReader(
                            new InputStreamReader(
                                    client.getInputStream(), StandardCharsets.ISO_8859_1));
            for (String answer : connection) {
                String line = in.readLine();
                while (line != null && !line.isEmpty()) {
                    line = in.readLine();
                }
                if (line == null) {
                    return;
                }
                client.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
                client.getOutputStream().flush();
            }
        }

        URI uri() {
            return URI.create("http://localhost:" + socket.getLocalPort() + "/x");
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private static LocalNet net() {
        return new LocalNet(Map.of(), STALL_SECONDS);
    }

    private static String text(LocalNet net, URI uri) throws Exception {
        try (var response = net.get(Net.Request.of(uri))) {
            return new String(response.body().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /// Answers with a length, in chunks, and without a body follow each other on one connection.
    @Test
    void usesConnectionsAgain() throws Exception {
        try (var server =
                new Script(
                        List.of(
                                List.of(
                                        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirst",
                                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                                                + "3;x=y\r\nsec\r\n3\r\nond\r\n0\r\nA: b\r\n\r\n",
                                        "HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n",
                                        "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
                                                + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n"
                                                + "last")))) {
            var net = net();
            assertThat(text(net, server.uri())).isEqualTo("first");
            assertThat(text(net, server.uri())).isEqualTo("second");
            assertThat(text(net, server.uri())).isEmpty();
            assertThat(text(net, server.uri())).isEqualTo("last");
            assertThat(server.connections).hasValue(1);
        }
    }

    /// The body of an error that nobody reads is read away, so that its connection can go on.
    @Test
    void readsSmallBodiesAway() throws Exception {
        try (var server =
                new Script(
                        List.of(
                                List.of(
                                        "HTTP/1.1 404 No\r\nContent-Length: 4\r\n\r\ngone",
                                        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")))) {
            var net = net();
            net.get(Net.Request.of(server.uri())).close();
            assertThat(text(net, server.uri())).isEqualTo("ok");
            assertThat(server.connections).hasValue(1);
        }
    }

    /// A server that closed a waiting connection is asked again on a new one.
    @Test
    void asksAgainWhereTheServerHadClosed() throws Exception {
        String answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
        try (var server = new Script(List.of(List.of(answer), List.of(answer)))) {
            var net = net();
            assertThat(text(net, server.uri())).isEqualTo("ok");
            assertThat(text(net, server.uri())).isEqualTo("ok");
            assertThat(server.connections).hasValue(2);
        }
    }

    /// A connection is not used again where its end is not known for sure.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + "2\r\nok\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n\r\nevil"
            })
    void leavesUnsureConnections(String answer) throws Exception {
        try (var server = new Script(List.of(List.of(answer, answer), List.of(answer)))) {
            var net = net();
            assertThat(text(net, server.uri())).isEqualTo("ok");
            assertThat(text(net, server.uri())).isEqualTo("ok");
            assertThat(server.connections).hasValue(2);
        }
    }

    /// Without a length the body goes to the end of the connection.
    @Test
    void readsToTheEnd() throws Exception {
        try (var server =
                new Script(List.of(List.of("HTTP/1.1 200 OK\r\nServer: old\r\n\r\nall of it")))) {
            assertThat(text(net(), server.uri())).isEqualTo("all of it");
        }
    }

    /// What is not HTTP/1, or says two things of its length, is no answer.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/2 200\r\n\r\n",
                "SSH-2.0-OpenSSH\r\n\r\n",
                "\r\n\r\n",
                "HTTP/1.1 200 OK\r\n: empty\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok!",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
                "HTTP/1.1 200 OK\r\nServer: x",
                ""
            })
    void refusesOddHeads(String answer) throws Exception {
        try (var server = new Script(List.of(List.of(answer)))) {
            assertThatThrownBy(() -> net().get(Net.Request.of(server.uri())))
                    .isInstanceOf(Unavailable.class)
                    .hasMessageStartingWith(server.uri().toString());
        }
    }

    /// A head is as long as the limit and no longer.
    @Test
    void boundsHeads() throws Exception {
        String start = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n";
        String fits = "X: " + "y".repeat(Limits.HTTP_HEAD_BYTES - start.length() - 7) + "\r\n\r\n";
        String past = "X: " + "y".repeat(Limits.HTTP_HEAD_BYTES - start.length() - 5) + "\r\n\r\n";
        try (var server = new Script(List.of(List.of(start + fits), List.of(start + past)))) {
            assertThat(text(net(), server.uri())).isEmpty();
            assertThatThrownBy(() -> net().get(Net.Request.of(server.uri())))
                    .hasMessageContaining("a head of more than");
        }
    }

    /// Chunks that break off, lie about their size or have none are a failure and not an end.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "5\r\nab",
                "2\r\nabcd\r\n0\r\n\r\n",
                "x\r\n\r\n",
                "-1\r\n\r\n",
                "2\r\nab\r\n"
            })
    void noticesOddChunks(String body) throws Exception {
        String head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        try (var server = new Script(List.of(List.of(head + body)))) {
            assertThatThrownBy(() -> text(net(), server.uri()))
                    .isInstanceOf(StreamFailure.class)
                    .hasMessageContaining("broke off");
        }
    }

    /// A value from outside cannot begin a header of its own.
    @Test
    void keepsHeadersApart() throws Exception {
        try (var server =
                new TinyServer(
                        (_, out) -> TinyServer.send(out, "200 OK\r\nContent-Length: 0", ""))) {
            net().get(server.uri("/"), 0, Map.of("X-Mine", "a\r\nRange: bytes=1-")).close();
            assertThat(TinyServer.header(server.requests.getFirst(), "range")).isEmpty();
        }
    }
}
