package opm.trip;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// A real Firefox with one page, driven by WebDriver BiDi: what it has of its own, without a driver
/// in between.
final class Firefox implements Browser {
    private static final JsonFactory JSON = new JsonFactory();
    private final Remote remote;
    private final String context;

    private Firefox(Remote remote) {
        this.remote = remote;
        send("session.new", "{\"capabilities\":{}}");
        context = Remote.field(send("browsingContext.getTree", "{}"), "context");
    }

    /// Starts a browser whose profile lies in a folder.
    ///
    /// @param downloads where it puts what it downloads, without a question
    static Firefox start(Path profile, Path downloads) {
        try {
            Files.createDirectories(profile);
            Files.writeString(
                    profile.resolve("user.js"),
                    """
                    user_pref("browser.download.folderList", 2);
                    user_pref("browser.download.dir", "DIR");
                    user_pref("browser.download.useDownloadDir", true);
                    user_pref("browser.download.always_ask_before_handling_new_types", false);
                    user_pref("browser.shell.checkDefaultBrowser", false);
                    user_pref("browser.startup.page", 0);
                    user_pref("datareporting.policy.dataSubmissionEnabled", false);
                    user_pref("toolkit.telemetry.enabled", false);
                    user_pref("app.update.enabled", false);
                    user_pref("extensions.update.enabled", false);
                    user_pref("network.captive-portal-service.enabled", false);
                    user_pref("network.connectivity-service.enabled", false);
                    user_pref("intl.accept_languages", "en");
                    """
                            .replace("DIR", downloads.toString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var argv =
                List.of(
                        "/usr/bin/firefox-esr",
                        "--headless",
                        "--no-remote",
                        "--remote-debugging-port",
                        "0",
                        "--profile",
                        profile.toString(),
                        "about:blank");
        Remote remote = Remote.start(argv, Map.of("HOME", profile.toString()), "/session");
        try {
            return new Firefox(remote);
        } catch (RuntimeException | Error e) {
            remote.kill();
            throw e;
        }
    }

    private String send(String method, String parameters) {
        return remote.ask(method, parameters, "");
    }

    private String inPage(String more) {
        return "{\"context\":\"" + context + "\"," + more + "}";
    }

    private String evaluate(String expression) {
        String said =
                send(
                        "script.evaluate",
                        "{\"target\":{\"context\":\"" + context
                                + "\"},\"awaitPromise\":true,\"userActivation\":true,"
                                + "\"expression\":" + Browser.quoted(expression) + "}");
        if (said.contains("\"exceptionDetails\"")) {
            throw new AssertionError(expression + ": " + said);
        }
        return said;
    }

    @Override
    public @Nullable String eval(String script) {
        String said =
                evaluate(
                        "(async()=>{const v=(" + script
                                + ");return v===null?null:String(await v)})()");
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

    @Override
    public void go(String address) {
        send(
                "browsingContext.navigate",
                inPage("\"wait\":\"none\",\"url\":" + Browser.quoted(address)));
    }

    @Override
    public void choose(String selector, Path file) {
        String node = evaluate("document.querySelector(" + Browser.quoted(selector) + ")");
        send(
                "input.setFiles",
                inPage(
                        "\"element\":{\"sharedId\":\"" + Remote.field(node, "sharedId")
                                + "\"},\"files\":[" + Browser.quoted(file.toString()) + "]"));
    }

    @Override
    public void type(String text) {
        var keys = new StringBuilder();
        for (int at = 0; at < text.length(); at++) {
            for (String way : List.of("keyDown", "keyUp")) {
                keys.append(keys.isEmpty() ? "" : ",").append("{\"type\":\"").append(way);
                keys.append("\",\"value\":\"").append(text.charAt(at)).append("\"}");
            }
        }
        send(
                "input.performActions",
                inPage("\"actions\":[{\"type\":\"key\",\"id\":\"keys\",\"actions\":[" + keys
                        + "]}]"));
    }

    @Override
    public void kill() {
        remote.kill();
    }
}
