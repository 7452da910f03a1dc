package opm.host;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// A server on loopback that answers exactly what a test says, also what no server should.
final class TinyServer implements AutoCloseable {
    /// Writes an answer to one request.
    interface Answer {
        /// @param head the request's first line and headers
        void write(List<String> head, OutputStream out) throws IOException, InterruptedException;
    }

    /// The first line and the headers of every request, in order of arrival.
    final List<List<String>> requests = new CopyOnWriteArrayList<>();

    /// What was sent behind the heads of requests that say how long it is.
    final List<String> bodies = new CopyOnWriteArrayList<>();

    private final ServerSocket socket;
    private final Answer answer;

    TinyServer(Answer answer) throws IOException {
        this(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), answer);
    }

    /// @param socket perhaps one that speaks TLS
    TinyServer(ServerSocket socket, Answer answer) {
        this.socket = socket;
        this.answer = answer;
        Thread.ofVirtual().start(this::accept);
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket connection = socket.accept();
                Thread.ofVirtual().start(() -> serve(connection));
            } catch (IOException _) {
                return;
            }
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            var in =
                    new BufferedReader(
                            new InputStreamReader(
                                    connection.getInputStream(), StandardCharsets.ISO_8859_1));
            var head = new java.util.ArrayList<String>();
            for (String line = in.readLine();
                    line != null && !line.isEmpty();
                    line = in.readLine()) {
                head.add(line);
            }
            if (!head.isEmpty()) {
                requests.add(head);
                String length = header(head, "content-length");
                var body = new StringBuilder();
                for (int left = length.isEmpty() ? 0 : Integer.parseInt(length); left > 0; left--) {
                    body.append((char) in.read());
                }
                bodies.add(body.toString());
                answer.write(head, connection.getOutputStream());
                connection.getOutputStream().flush();
            }
        } catch (IOException _) {
            // The client left; the test says whether that is right.
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    int port() {
        return socket.getLocalPort();
    }

    URI uri(String path) {
        return URI.create("http://localhost:" + port() + path);
    }

    /// Returns a header of a request, "" when it has none.
    static String header(List<String> head, String name) {
        for (String line : head) {
            if (line.toLowerCase(java.util.Locale.ROOT).startsWith(name + ":")) {
                return line.substring(name.length() + 1).strip();
            }
        }
        return "";
    }

    static void send(OutputStream out, String head, String body) throws IOException {
        out.write(
                ("HTTP/1.1 " + head + "\r\nConnection: close\r\n\r\n" + body)
                        .getBytes(StandardCharsets.ISO_8859_1));
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
