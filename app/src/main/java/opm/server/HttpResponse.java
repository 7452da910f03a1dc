package opm.server;

import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One answer: a status, headers, and bytes or a piece of a file.
///
/// @param headers `Name: value`
/// @param flow writes `until - from` bytes, when neither body nor file has them
@SuppressWarnings("ArrayRecordComponent") // one owner, never compared
public record HttpResponse(
        int status,
        List<String> headers,
        byte[] body,
        @Nullable Path file,
        long from,
        long until,
        @Nullable Flow flow) {
    public static final String JSON = "application/json; charset=utf-8";
    private static final byte[] NOTHING = {};

    /// Bytes that are on their way from elsewhere.
    public interface Flow {
        /// Writes all of them; who breaks off ends the connection.
        void to(WritableByteChannel out) throws IOException;
    }

    /// Makes an answer of bytes that come from elsewhere.
    public static HttpResponse flowing(int status, long bytes, Flow flow) {
        return new HttpResponse(status, List.of(), NOTHING, null, 0, bytes, flow);
    }

    public static HttpResponse of(int status, String type, byte[] body) {
        return new HttpResponse(status, List.of("Content-Type: " + type), body, null, 0, 0, null);
    }

    public static HttpResponse empty(int status) {
        return new HttpResponse(status, List.of(), NOTHING, null, 0, 0, null);
    }

    public static HttpResponse text(int status, String type, String text) {
        return of(status, type, text.getBytes(StandardCharsets.UTF_8));
    }

    public static HttpResponse ofFile(int status, Path file, long from, long until) {
        return new HttpResponse(status, List.of(), NOTHING, file, from, until, null);
    }

    /// Returns a failure as old and new clients read it.
    public static HttpResponse error(int status, String path, String error, String hint) {
        return text(
                status,
                JSON,
                "{\"error\":"
                        + quoted(error)
                        + ",\"request\":"
                        + quoted(path)
                        + ",\"hint\":"
                        + quoted(hint)
                        + "}\n");
    }

    public HttpResponse with(String... more) {
        var all = new ArrayList<>(headers);
        all.addAll(List.of(more));
        return new HttpResponse(status, all, body, file, from, until, flow);
    }

    public HttpResponse with(byte[] bytes) {
        return new HttpResponse(status, headers, bytes, null, 0, 0, null);
    }

    /// Returns this answer with more text at its end.
    public HttpResponse and(String text) {
        byte[] more = text.getBytes(StandardCharsets.UTF_8);
        byte[] both = Arrays.copyOf(body, body.length + more.length);
        System.arraycopy(more, 0, both, body.length, more.length);
        return with(both);
    }

    long bytes() {
        return file == null && flow == null ? body.length : until - from;
    }

    public static String quoted(String text) {
        var out = new StringBuilder("\"");
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ') {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        return out.append('"').toString();
    }

    static String reason(int status) {
        return switch (status) {
            case 200 -> "OK";
            case 206 -> "Partial Content";
            case 302 -> "Found";
            case 303 -> "See Other";
            case 304 -> "Not Modified";
            case 400 -> "Bad Request";
            case 403 -> "Forbidden";
            case 404 -> "Not Found";
            case 405 -> "Method Not Allowed";
            case 408 -> "Request Timeout";
            case 411 -> "Length Required";
            case 413 -> "Content Too Large";
            case 416 -> "Range Not Satisfiable";
            case 422 -> "Unprocessable Content";
            case 429 -> "Too Many Requests";
            case 431 -> "Request Header Fields Too Large";
            case 502 -> "Bad Gateway";
            case 503 -> "Service Unavailable";
            default -> "Internal Server Error";
        };
    }
}
