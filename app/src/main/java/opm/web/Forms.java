package opm.web;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import opm.base.OpmException.BadRequest;
import opm.server.HttpRequest;

/// Reads what forms send.
final class Forms {
    private static final int MOST_FIELDS = 64;

    private Forms() {}

    /// Reads the fields of a form without files; none where the body is of another type.
    static Map<String, String> fields(HttpRequest request) throws BadRequest {
        if (!type(request).startsWith("application/x-www-form-urlencoded")) {
            return Map.of();
        }
        String text = new String(request.body(), StandardCharsets.ISO_8859_1);
        Map<String, String> fields = HttpRequest.fields(text, MOST_FIELDS);
        if (fields == null) {
            throw bad();
        }
        return fields;
    }

    static String type(HttpRequest request) {
        String type = request.header("content-type");
        return type == null ? "" : type;
    }

    /// Returns the file of a form with one, or the whole body of any other request.
    static byte[] file(HttpRequest request) throws BadRequest {
        String type = type(request);
        if (!type.startsWith("multipart/form-data")) {
            return request.body();
        }
        int at = type.indexOf("boundary=");
        String boundary = at < 0 ? "" : type.substring(at + "boundary=".length());
        boundary = boundary.replaceAll("^\"|\".*$|;.*$", "");
        if (boundary.isEmpty() || boundary.length() > 70) {
            throw bad();
        }
        byte[] body = request.body();
        byte[] line = ("--" + boundary).getBytes(StandardCharsets.ISO_8859_1);
        byte[] gap = {'\r', '\n', '\r', '\n'};
        int part = find(body, line, 0);
        for (int parts = 0; part >= 0 && parts < MOST_FIELDS; parts++) {
            int head = part + line.length;
            int content = find(body, gap, head);
            int next = content < 0 ? -1 : find(body, line, content);
            if (next < 0) {
                break;
            }
            var words = new String(body, head, content - head, StandardCharsets.ISO_8859_1);
            if (words.contains("name=\"profile\"")) {
                // A line end before the boundary belongs to the boundary.
                return Arrays.copyOfRange(body, content + gap.length, next - 2);
            }
            part = next;
        }
        throw bad();
    }

    private static int find(byte[] in, byte[] what, int from) {
        outer:
        for (int at = from; at <= in.length - what.length; at++) {
            for (int index = 0; index < what.length; index++) {
                if (in[at + index] != what[index]) {
                    continue outer;
                }
            }
            return at;
        }
        return -1;
    }

    private static BadRequest bad() {
        return new BadRequest(
                "the form: found something else than what the page sends",
                "Go back to the first page and try again.");
    }
}
