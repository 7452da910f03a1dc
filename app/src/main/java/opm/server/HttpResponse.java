package opm.server;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One answer: a status, headers, and bytes or a piece of a file.
///
/// @param headers `Name: value`
@SuppressWarnings("ArrayRecordComponent") // one owner, never compared
record HttpResponse(
        int status, List<String> headers, byte[] body, @Nullable Path file, long from, long until) {
    static final String JSON = "application/json; charset=utf-8";
    private static final byte[] NOTHING = {};

    static HttpResponse of(int status, String type, byte[] body) {
        return new HttpResponse(status, List.of("Content-Type: " + type), body, null, 0, 0);
    }

    static HttpResponse empty(int status) {
        return new HttpResponse(status, List.of(), NOTHING, null, 0, 0);
    }

    static HttpResponse text(int status, String type, String text) {
        return of(status, type, text.getBytes(StandardCharsets.UTF_8));
    }

    static HttpResponse ofFile(int status, Path file, long from, long until) {
        return new HttpResponse(status, List.of(), NOTHING, file, from, until);
    }

    /// Returns a failure as old and new clients read it.
    static HttpResponse error(int status, String path, String error, String hint) {
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

    HttpResponse with(String... more) {
        var all = new ArrayList<>(headers);
        all.addAll(List.of(more));
        return new HttpResponse(status, all, body, file, from, until);
    }

    HttpResponse with(byte[] bytes) {
        return new HttpResponse(status, headers, bytes, null, 0, 0);
    }

    long bytes() {
        return file == null ? body.length : until - from;
    }

    static String quoted(String text) {
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
            case 304 -> "Not Modified";
            case 400 -> "Bad Request";
            case 404 -> "Not Found";
            case 405 -> "Method Not Allowed";
            case 408 -> "Request Timeout";
            case 411 -> "Length Required";
            case 413 -> "Content Too Large";
            case 416 -> "Range Not Satisfiable";
            case 422 -> "Unprocessable Content";
            case 431 -> "Request Header Fields Too Large";
            case 503 -> "Service Unavailable";
            case 505 -> "HTTP Version Not Supported";
            default -> "Internal Server Error";
        };
    }
}
