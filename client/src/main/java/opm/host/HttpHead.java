package opm.host;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The head of an answer: its status, and its headers by their names in lower case; of several of
/// one name the first.
///
/// @param keepsOpen whether the server takes another request on the same connection
record HttpHead(int status, Map<String, String> headers, boolean keepsOpen) {
    HttpHead {
        headers = Map.copyOf(headers);
    }

    @Nullable String header(String name) {
        return headers.get(name);
    }

    /// Tells whether no body follows, whatever the headers say.
    boolean isBare() {
        return status == 204 || status == 304;
    }

    boolean isChunked() {
        return header("transfer-encoding") != null;
    }

    /// Reads the lines of a head.
    ///
    /// @throws IllegalArgumentException when this is not the head of an answer in HTTP/1
    static HttpHead parse(List<String> lines) {
        String first = lines.getFirst();
        if (!first.matches("HTTP/1\\.[01] [1-9][0-9]{2}( .*)?")) {
            throw new IllegalArgumentException("not an answer of HTTP/1");
        }
        var headers = new HashMap<String, String>();
        String last = "";
        for (String line : lines.subList(1, lines.size())) {
            if (line.startsWith(" ") || line.startsWith("\t")) {
                headers.computeIfPresent(last, (_, value) -> value + " " + line.strip());
                continue;
            }
            int colon = line.indexOf(':');
            if (colon < 1) {
                throw new IllegalArgumentException("a header without a name");
            }
            last = line.substring(0, colon).strip().toLowerCase(Locale.ROOT);
            String value = line.substring(colon + 1).strip();
            String before = headers.putIfAbsent(last, value);
            if (before != null && last.equals("content-length") && !before.equals(value)) {
                throw new IllegalArgumentException("two lengths");
            }
        }
        requireKnownBody(headers);
        String connection =
                headers.getOrDefault("connection", "").toLowerCase(Locale.ROOT);
        boolean keepsOpen = first.startsWith("HTTP/1.1") && !connection.contains("close");
        return new HttpHead(Integer.parseInt(first.substring(9, 12)), headers, keepsOpen);
    }

    private static void requireKnownBody(Map<String, String> headers) {
        String length = headers.getOrDefault("content-length", "0");
        if (!length.matches("[0-9]{1,18}")) {
            throw new IllegalArgumentException("a length that is no number");
        }
        String coding = headers.getOrDefault("transfer-encoding", "chunked");
        if (!coding.equalsIgnoreCase("chunked")) {
            throw new IllegalArgumentException("a transfer coding that opm does not know");
        }
    }
}
