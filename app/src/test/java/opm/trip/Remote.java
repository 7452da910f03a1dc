package opm.trip;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A browser's process, and the WebSocket over which it is told what to do: commands as JSON, each
/// with a number, answered with the same number.
final class Remote {
    private static final byte[] MASK = {'o', 'p', 'm', '!'};

    private final Process browser;
    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;
    private int last;

    private Remote(Process browser, URI address, String path) throws IOException {
        this.browser = browser;
        socket = new Socket(address.getHost(), address.getPort());
        socket.setSoTimeout(1000 * Browser.WAIT_SECONDS);
        in = new DataInputStream(socket.getInputStream());
        out = socket.getOutputStream();
        String head =
                "GET "
                        + path
                        + " HTTP/1.1\r\nHost: "
                        + address.getAuthority()
                        + "\r\nUpgrade: websocket\r\nConnection: Upgrade"
                        + "\r\nSec-WebSocket-Version: 13"
                        + "\r\nSec-WebSocket-Key: b3BtIHRlc3RzIGJyb3dzZQ==\r\n\r\n";
        out.write(head.getBytes(StandardCharsets.ISO_8859_1));
        var said = new StringBuilder();
        while (said.indexOf("\r\n\r\n") < 0) {
            said.append((char) in.readByte());
        }
        if (!said.toString().contains(" 101 ")) {
            throw new IOException("no WebSocket: " + said);
        }
    }

    /// Starts a browser and waits until it says where it listens: ` listening on ws://...`.
    ///
    /// @param more goes behind the address that it says
    static Remote start(List<String> argv, Map<String, String> environment, String more) {
        try {
            var builder =
                    new ProcessBuilder(argv)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .redirectInput(Path.of("/dev/null").toFile());
            builder.environment().putAll(environment);
            Process browser = builder.start();
            var lines =
                    new BufferedReader(
                            new InputStreamReader(
                                    browser.getErrorStream(), StandardCharsets.UTF_8));
            String line = lines.readLine();
            while (line != null && !line.contains(" listening on ws://")) {
                line = lines.readLine();
            }
            if (line == null) {
                throw new AssertionError(argv.getFirst() + " ended before it listened");
            }
            Thread.ofVirtual().start(() -> drain(browser.getErrorStream()));
            URI address = URI.create(line.substring(line.indexOf("ws://")).strip());
            return new Remote(browser, address, address.getPath() + more);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void drain(InputStream in) {
        try (in) {
            in.transferTo(OutputStream.nullOutputStream());
        } catch (IOException _) {
            // The browser is gone.
        }
    }

    /// Returns the text of a field that stands somewhere in an answer.
    static String field(String json, String name) {
        Matcher found = Pattern.compile("\"" + name + "\":\"([^\"]*)\"").matcher(json);
        if (!found.find()) {
            throw new AssertionError("no " + name + " in " + json);
        }
        return found.group(1);
    }

    /// Sends a command and returns its answer, as JSON.
    ///
    /// @param more further fields, each behind a comma
    String ask(String method, String parameters, String more) {
        int id = ++last;
        String text =
                "{\"id\":" + id + ",\"method\":\"" + method + "\",\"params\":" + parameters + more
                        + "}";
        // DevTools and WebDriver BiDi begin their answers so; what is no answer has no number.
        String number = "\"id\":" + id + ",(\"error)?";
        var begin = Pattern.compile("\\{(\"type\":\"(success|error)\",)?" + number);
        try {
            write(text.getBytes(StandardCharsets.UTF_8));
            while (true) {
                String said = read();
                Matcher answer = begin.matcher(said);
                if (answer.lookingAt()) {
                    if (answer.group(3) != null || "error".equals(answer.group(2))) {
                        throw new AssertionError(method + ": " + said);
                    }
                    return said;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(method, e);
        }
    }

    /// RFC 6455, 5.2: one text frame; what a client sends is masked, for Firefox not with zeros.
    private void write(byte[] text) throws IOException {
        var frame = ByteBuffer.allocate(text.length + 14);
        frame.put((byte) 0x81);
        if (text.length < 126) {
            frame.put((byte) (0x80 | text.length));
        } else if (text.length < 1 << 16) {
            frame.put((byte) (0x80 | 126)).putShort((short) text.length);
        } else {
            frame.put((byte) (0x80 | 127)).putLong(text.length);
        }
        frame.put(MASK);
        for (int at = 0; at < text.length; at++) {
            frame.put((byte) (text[at] ^ MASK[at % MASK.length]));
        }
        out.write(frame.array(), 0, frame.position());
        out.flush();
    }

    private String read() throws IOException {
        var text = new ByteArrayOutputStream();
        while (true) {
            int first = in.readUnsignedByte();
            long length = in.readUnsignedByte() & 0x7f;
            if (length == 126) {
                length = in.readUnsignedShort();
            } else if (length == 127) {
                length = in.readLong();
            }
            text.writeBytes(in.readNBytes((int) length));
            if ((first & 0x80) != 0) {
                return text.toString(StandardCharsets.UTF_8);
            }
        }
    }

    /// Returns the processes that the browser started.
    Stream<ProcessHandle> processes() {
        return browser.descendants();
    }

    /// Ends it as a power cut would.
    void kill() {
        browser.descendants().forEach(ProcessHandle::destroyForcibly);
        browser.destroyForcibly();
        try {
            browser.waitFor();
            socket.close();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
