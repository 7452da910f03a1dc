package opm.trip;

import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// A real Chromium with one page, driven by the DevTools protocol over a WebSocket of our own: the
/// whole of what tests need, where a driver of others would be a download of 200 MB.
final class Chromium implements AutoCloseable {
    private static final int WAIT_SECONDS = 40;
    private static final JsonFactory JSON = new JsonFactory();

    private final Process browser;
    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;
    private String session = "";
    private int last;

    private Chromium(Process browser, URI address) throws IOException {
        this.browser = browser;
        socket = new Socket(address.getHost(), address.getPort());
        socket.setSoTimeout(1000 * WAIT_SECONDS);
        in = new DataInputStream(socket.getInputStream());
        out = socket.getOutputStream();
        String head =
                "GET "
                        + address.getPath()
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

    /// Starts a browser whose profile lies in a folder: a second one there finds what the first
    /// one kept.
    static Chromium start(Path profile, String... options) {
        var argv = new ArrayList<>(List.of("/usr/bin/chromium", "--headless=new"));
        argv.addAll(List.of("--no-sandbox", "--disable-gpu", "--no-first-run"));
        argv.addAll(List.of("--disable-background-networking", "--disable-component-update"));
        argv.addAll(List.of("--disable-dev-shm-usage", "--lang=en", "--remote-debugging-port=0"));
        argv.addAll(List.of(options));
        argv.addAll(List.of("--user-data-dir=" + profile, "about:blank"));
        try {
            Process browser =
                    new ProcessBuilder(argv)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .redirectInput(Path.of("/dev/null").toFile())
                            .start();
            var lines =
                    new BufferedReader(
                            new InputStreamReader(
                                    browser.getErrorStream(), StandardCharsets.UTF_8));
            String line = lines.readLine();
            while (line != null && !line.contains("DevTools listening on ")) {
                line = lines.readLine();
            }
            if (line == null) {
                throw new AssertionError("chromium ended with " + browser.exitValue());
            }
            Thread.ofVirtual().start(() -> drain(browser.getErrorStream()));
            URI address = URI.create(line.substring(line.indexOf("ws://")).strip());
            var chromium = new Chromium(browser, address);
            String target = chromium.send("Target.createTarget", "{\"url\":\"about:blank\"}");
            String id = field(target, "targetId");
            String attached =
                    chromium.send(
                            "Target.attachToTarget",
                            "{\"targetId\":\"" + id + "\",\"flatten\":true}");
            chromium.session = field(attached, "sessionId");
            chromium.send("Page.enable", "{}");
            return chromium;
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

    private static String field(String json, String name) {
        Matcher found = Pattern.compile("\"" + name + "\":\"([^\"]*)\"").matcher(json);
        if (!found.find()) {
            throw new AssertionError("no " + name + " in " + json);
        }
        return found.group(1);
    }

    /// Sends a command and returns its answer, as JSON.
    String send(String method, String parameters) {
        int id = ++last;
        String to = session.isEmpty() ? "" : ",\"sessionId\":\"" + session + "\"";
        String text =
                "{\"id\":" + id + ",\"method\":\"" + method + "\",\"params\":" + parameters + to
                        + "}";
        try {
            write(text.getBytes(StandardCharsets.UTF_8));
            while (true) {
                String said = read();
                if (said.startsWith("{\"id\":" + id + ",")) {
                    if (said.startsWith("{\"id\":" + id + ",\"error\"")) {
                        throw new AssertionError(method + ": " + said);
                    }
                    return said;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(method, e);
        }
    }

    /// RFC 6455, 5.2: one text frame; what a client sends is masked, here with zeros.
    private void write(byte[] text) throws IOException {
        var frame = java.nio.ByteBuffer.allocate(text.length + 14);
        frame.put((byte) 0x81);
        if (text.length < 126) {
            frame.put((byte) (0x80 | text.length));
        } else {
            frame.put((byte) (0x80 | 127)).putLong(text.length);
        }
        frame.putInt(0).put(text);
        out.write(frame.array(), 0, frame.position());
        out.flush();
    }

    private String read() throws IOException {
        var text = new java.io.ByteArrayOutputStream();
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

    static String quoted(String text) {
        return opm.server.HttpResponse.quoted(text);
    }

    /// Runs a script in the page and returns what it comes to, as text.
    @Nullable String eval(String script) {
        String wrapped =
                "(async()=>{const v=(" + script + ");return v===null?null:String(await v)})()";
        String said =
                send(
                        "Runtime.evaluate",
                        "{\"awaitPromise\":true,\"returnByValue\":true,\"userGesture\":true,"
                                + "\"expression\":"
                                + quoted(wrapped)
                                + "}");
        if (said.contains("\"exceptionDetails\"")) {
            throw new AssertionError(script + ": " + said);
        }
        try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), said)) {
            for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
                if (token == JsonToken.PROPERTY_NAME && json.currentName().equals("value")) {
                    json.nextToken();
                    return json.getString();
                }
            }
        }
        return null;
    }

    /// Runs statements in the page.
    void run(String statements) {
        send("Runtime.evaluate", "{\"expression\":" + quoted(statements) + "}");
    }

    /// Waits until a script comes to true.
    void until(String script) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
        while (!"true".equals(eval("Boolean(" + script + ")"))) {
            if (System.nanoTime() > end) {
                throw new AssertionError(
                        script + " did not come; " + eval("document.body.innerText"));
            }
            LockSupport.parkNanos(20_000_000);
        }
    }

    void open(String address) {
        send("Page.navigate", "{\"url\":" + quoted(address) + "}");
        until("location.href.startsWith(" + quoted(address) + ") && document.readyState"
                + "==='complete' && document.documentElement.dataset.ready==='yes'");
    }

    void click(String selector) {
        until("document.querySelector(" + quoted(selector) + ")");
        eval("document.querySelector(" + quoted(selector) + ").click()");
    }

    void type(String text) {
        send("Input.insertText", "{\"text\":" + quoted(text) + "}");
    }

    /// Presses a key: `Tab`, `Enter`.
    void press(String key) {
        int code = key.equals("Tab") ? 9 : 13;
        String more = key.equals("Enter") ? ",\"text\":\"\\r\"" : "";
        String fields =
                "\"key\":\"" + key + "\",\"code\":\"" + key + "\",\"windowsVirtualKeyCode\":" + code
                        + more;
        send("Input.dispatchKeyEvent", "{\"type\":\"keyDown\"," + fields + "}");
        send("Input.dispatchKeyEvent", "{\"type\":\"keyUp\"," + fields + "}");
    }

    /// Gives a file to an input.
    void choose(String selector, Path file) {
        String root = send("DOM.getDocument", "{}");
        Matcher id = Pattern.compile("\"nodeId\":(\\d+)").matcher(root);
        if (!id.find()) {
            throw new AssertionError(root);
        }
        String node =
                send(
                        "DOM.querySelector",
                        "{\"nodeId\":" + id.group(1) + ",\"selector\":" + quoted(selector) + "}");
        Matcher found = Pattern.compile("\"nodeId\":(\\d+)").matcher(node);
        if (!found.find()) {
            throw new AssertionError(node);
        }
        send(
                "DOM.setFileInputFiles",
                "{\"nodeId\":" + found.group(1) + ",\"files\":[" + quoted(file.toString()) + "]}");
    }

    /// Says where downloads go.
    void downloadTo(Path folder) {
        send(
                "Page.setDownloadBehavior",
                "{\"behavior\":\"allow\",\"downloadPath\":" + quoted(folder.toString()) + "}");
    }

    /// Shows the page in a window of some size.
    void window(int width, int height, boolean dark) {
        send(
                "Emulation.setDeviceMetricsOverride",
                "{\"width\":" + width + ",\"height\":" + height
                        + ",\"deviceScaleFactor\":1,\"mobile\":" + (width < 600) + "}");
        send(
                "Emulation.setEmulatedMedia",
                "{\"features\":[{\"name\":\"prefers-color-scheme\",\"value\":\""
                        + (dark ? "dark" : "light") + "\"}]}");
    }

    void screenshot(Path file) {
        String said = send("Page.captureScreenshot", "{\"format\":\"png\"}");
        try {
            Files.write(file, Base64.getDecoder().decode(field(said, "data")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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

    @Override
    public void close() {
        kill();
    }
}
