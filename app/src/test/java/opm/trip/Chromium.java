package opm.trip;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// A real Chromium with one page, driven by the DevTools protocol over a WebSocket of our own: the
/// whole of what tests need, where a driver of others would be a download of 200 MB.
final class Chromium implements Browser {
    private static final JsonFactory JSON = new JsonFactory();

    private static final Pattern ANONYMOUS = Pattern.compile("RssAnon:\\s+(\\d+) kB");

    private static final Pattern HELD =
            Pattern.compile("\"(?:usedSize|embedderHeapUsedSize|backingStorageSize)\":(\\d+)");

    private final Remote remote;
    private String session = "";

    private Chromium(Remote remote) {
        this.remote = remote;
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
        var chromium = new Chromium(Remote.start(argv, Map.of(), ""));
        String target = chromium.send("Target.createTarget", "{\"url\":\"about:blank\"}");
        String id = Remote.field(target, "targetId");
        String attached =
                chromium.send(
                        "Target.attachToTarget",
                        "{\"targetId\":\"" + id + "\",\"flatten\":true}");
        chromium.session = Remote.field(attached, "sessionId");
        chromium.send("Page.enable", "{}");
        return chromium;
    }

    /// Sends a command and returns its answer, as JSON.
    String send(String method, String parameters) {
        String to = session.isEmpty() ? "" : ",\"sessionId\":\"" + session + "\"";
        return remote.ask(method, parameters, to);
    }

    /// Returns how much memory of its own the process has that runs the page: the heaps of the page
    /// and of its workers, their buffers, and everything else.
    long scriptBytes() {
        // Others wait for pages to come, and have less.
        return remote.processes().mapToLong(Chromium::memory).max().orElse(0);
    }

    /// Returns what the scripts of the page hold: their heap, and the buffers that it speaks of.
    long heapBytes() {
        String said = send("Runtime.getHeapUsage", "{}");
        long bytes = 0;
        Matcher held = HELD.matcher(said);
        while (held.find()) {
            bytes += Long.parseLong(held.group(1));
        }
        return bytes;
    }

    private static long memory(ProcessHandle process) {
        Path folder = Path.of("/proc", process.pid() + "");
        try {
            String argv = Files.readString(folder.resolve("cmdline"));
            Matcher own = ANONYMOUS.matcher(Files.readString(folder.resolve("status")));
            return argv.contains("--type=renderer") && own.find()
                    ? 1024 * Long.parseLong(own.group(1))
                    : 0;
        } catch (IOException _) {
            return 0; // It ended.
        }
    }

    @Override
    public @Nullable String eval(String script) {
        String wrapped =
                "(async()=>{const v=(" + script + ");return v===null?null:String(await v)})()";
        String said =
                send(
                        "Runtime.evaluate",
                        "{\"awaitPromise\":true,\"returnByValue\":true,\"userGesture\":true,"
                                + "\"expression\":"
                                + Browser.quoted(wrapped)
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
        send("Runtime.evaluate", "{\"expression\":" + Browser.quoted(statements) + "}");
    }

    @Override
    public void go(String address) {
        send("Page.navigate", "{\"url\":" + Browser.quoted(address) + "}");
    }

    /// Opens a page whose script does not run.
    void openPlain(String address) {
        go(address);
        until("location.href.startsWith(" + Browser.quoted(address) + ") && document.readyState"
                + "==='complete'");
    }

    /// Lets no script of pages run; what tests evaluate does.
    void withoutScript() {
        send("Emulation.setScriptExecutionDisabled", "{\"value\":true}");
    }

    @Override
    public void type(String text) {
        send("Input.insertText", "{\"text\":" + Browser.quoted(text) + "}");
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

    @Override
    public void choose(String selector, Path file) {
        String root = send("DOM.getDocument", "{}");
        Matcher id = Pattern.compile("\"nodeId\":(\\d+)").matcher(root);
        if (!id.find()) {
            throw new AssertionError(root);
        }
        String node =
                send(
                        "DOM.querySelector",
                        "{\"nodeId\":" + id.group(1) + ",\"selector\":"
                                + Browser.quoted(selector) + "}");
        Matcher found = Pattern.compile("\"nodeId\":(\\d+)").matcher(node);
        if (!found.find()) {
            throw new AssertionError(node);
        }
        send(
                "DOM.setFileInputFiles",
                "{\"nodeId\":" + found.group(1) + ",\"files\":["
                        + Browser.quoted(file.toString()) + "]}");
    }

    /// Drops files and folders in the midst of the page.
    void drop(List<Path> files) {
        var names = files.stream().map(file -> Browser.quoted(file.toString())).toList();
        for (String kind : List.of("dragEnter", "drop")) {
            send(
                    "Input.dispatchDragEvent",
                    "{\"type\":\"" + kind + "\",\"x\":200,\"y\":200,\"data\":{\"items\":[],"
                            + "\"files\":[" + String.join(",", names)
                            + "],\"dragOperationsMask\":1}}");
        }
    }

    /// Says where downloads go.
    void downloadTo(Path folder) {
        send(
                "Page.setDownloadBehavior",
                "{\"behavior\":\"allow\",\"downloadPath\":"
                        + Browser.quoted(folder.toString()) + "}");
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
            Files.write(file, Base64.getDecoder().decode(Remote.field(said, "data")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void kill() {
        remote.kill();
    }
}
