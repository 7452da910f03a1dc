package opm.server;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// One request, its head read strictly: what two readers could read differently is refused.
///
/// @param path decoded, without the query: `/packages/fedora/43/vim`
/// @param query decoded names and values
/// @param headers by lower-case name; those that come twice are joined by a comma
/// @param caller who asks
@SuppressWarnings("ArrayRecordComponent") // one owner, never compared
public record HttpRequest(
        String method,
        String path,
        Map<String, String> query,
        Map<String, String> headers,
        boolean keepsOpen,
        byte[] body,
        Caller caller) {
    private static final byte[] NOTHING = {};
    private static final Pattern METHOD = Pattern.compile("[A-Z]{1,16}");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+");
    private static final Pattern HOST =
            Pattern.compile("([A-Za-z0-9.-]{1,253}|\\[[0-9A-Fa-f:]{2,45}])(:\\d{1,5})?");
    private static final Pattern LENGTH = Pattern.compile("\\d{1,12}");

    /// What a head says, before the body is there; or why it is refused.
    ///
    /// @param status 0 when all is well
    public record Head(int status, @Nullable HttpRequest request, long bodyBytes) {
        private static Head refused(int status) {
            return new Head(status, null, 0);
        }
    }

    public HttpRequest with(byte[] bytes) {
        return new HttpRequest(method, path, query, headers, keepsOpen, bytes, caller);
    }

    HttpRequest from(Caller who) {
        return new HttpRequest(method, path, query, headers, keepsOpen, body, who);
    }

    /// Returns a header by its lower-case name; null when it was not sent.
    public @Nullable String header(String name) {
        return headers.get(name);
    }

    /// Returns by what address the client knows this server: `https://cafe.example:8080`; null when
    /// it does not say so in a form that can stand in a list.
    public @Nullable String address() {
        String host = header("host");
        return host == null || !HOST.matcher(host).matches()
                ? null
                : (caller.secure() ? "https://" : "http://") + host;
    }

    public boolean acceptsGzip() {
        String accepted = headers.get("accept-encoding");
        if (accepted == null) {
            return false;
        }
        for (String one : accepted.split(",")) {
            String[] words = one.strip().split(";");
            boolean never = words.length > 1 && words[1].strip().matches("q=0(\\.0*)?");
            if (words[0].strip().equals("gzip") && !never) {
                return true;
            }
        }
        return false;
    }

    /// Reads a head: all before the empty line.
    public static Head parse(String text) {
        String[] lines = text.split("\r\n", -1);
        String[] words = lines[0].split(" ", -1);
        if (words.length != 3 || !METHOD.matcher(words[0]).matches()) {
            return Head.refused(400);
        }
        if (!words[2].equals("HTTP/1.1") && !words[2].equals("HTTP/1.0")) {
            return Head.refused(400);
        }
        var headers = new HashMap<String, String>();
        for (String line : List.of(lines).subList(1, lines.length)) {
            int colon = line.indexOf(':');
            String name = colon <= 0 ? "" : line.substring(0, colon);
            if (!NAME.matcher(name).matches() || hasControl(line)) {
                return Head.refused(400);
            }
            String key = name.toLowerCase(java.util.Locale.ROOT);
            String value = line.substring(colon + 1).strip();
            if (headers.containsKey(key) && key.equals("content-length")) {
                return Head.refused(400);
            }
            headers.merge(key, value, (one, two) -> one + ", " + two);
        }
        if (headers.containsKey("transfer-encoding")) {
            return Head.refused(411);
        }
        String length = headers.getOrDefault("content-length", "0");
        if (!LENGTH.matcher(length).matches()) {
            return Head.refused(400);
        }
        return target(words, headers, Long.parseLong(length));
    }

    private static boolean hasControl(String line) {
        return line.chars().anyMatch(c -> c < ' ' && c != '\t' || c == 0x7f);
    }

    private static Head target(String[] words, Map<String, String> headers, long bodyBytes) {
        String target = words[1];
        if (target.startsWith("http://")) {
            int slash = target.indexOf('/', "http://".length());
            target = slash < 0 ? "/" : target.substring(slash);
        }
        int mark = target.indexOf('?');
        String path = decoded(mark < 0 ? target : target.substring(0, mark), false);
        if (path == null || !path.startsWith("/")) {
            return Head.refused(400);
        }
        Map<String, String> query =
                mark < 0 ? Map.of() : fields(target.substring(mark + 1), Integer.MAX_VALUE);
        if (query == null) {
            return Head.refused(400);
        }
        String connection =
                headers.getOrDefault("connection", "").toLowerCase(java.util.Locale.ROOT);
        boolean keeps =
                words[2].equals("HTTP/1.1")
                        ? !connection.contains("close")
                        : connection.contains("keep-alive");
        return new Head(
                0,
                new HttpRequest(
                        words[0], path, query, headers, keeps, NOTHING, Caller.NOBODY),
                bodyBytes);
    }

    /// Reads `name=value&...` as addresses and forms write it; null when anything in it is broken.
    ///
    /// @param most fields
    public static @Nullable Map<String, String> fields(String text, int most) {
        var fields = new HashMap<String, String>();
        for (String pair : text.split("&")) {
            int equals = pair.indexOf('=');
            String name = decoded(equals < 0 ? pair : pair.substring(0, equals), true);
            String value = decoded(equals < 0 ? "" : pair.substring(equals + 1), true);
            if (name == null || value == null || fields.size() == most) {
                return null;
            }
            fields.put(name, value);
        }
        return fields;
    }

    /// Decodes `%XX`; null when it is broken, no UTF-8, or hides a control character.
    private static @Nullable String decoded(String text, boolean plus) {
        if (text.indexOf('%') < 0 && (!plus || text.indexOf('+') < 0)) {
            return text.chars().allMatch(c -> c > ' ' && c < 0x7f) ? text : null;
        }
        var out = new ByteArrayOutputStream();
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == '%') {
                int high = digit(text, at + 1);
                int low = high < 0 ? -1 : digit(text, at + 2);
                if (low < 0) {
                    return null;
                }
                out.write(16 * high + low);
                at += 2;
            } else if (c <= ' ' || c >= 0x7f) {
                return null;
            } else {
                out.write(plus && c == '+' ? ' ' : c);
            }
        }
        String read = out.toString(StandardCharsets.UTF_8);
        boolean bad = read.chars().anyMatch(c -> c < ' ' || c == 0x7f || c == 0xfffd);
        return bad ? null : read;
    }

    private static int digit(String text, int at) {
        return at < text.length() ? Character.digit(text.charAt(at), 16) : -1;
    }
}
