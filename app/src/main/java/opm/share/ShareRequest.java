package opm.share;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What a neighbour asks for.
///
/// @param path without the first `/`
/// @param bodyWanted false for `HEAD`
/// @param from the first byte, -1 when everything is wanted
/// @param until one past the last byte, -1 for all the rest
/// @param ifRange the ETag for which the range holds; null for any
record ShareRequest(
        String path,
        boolean bodyWanted,
        long from,
        long until,
        @Nullable String ifRange,
        boolean keepsOpen) {

    /// Reads a head, its lines parted by `\r\n`.
    ///
    /// @return null when it asks for something that is not served here
    static @Nullable ShareRequest parse(String head) {
        String[] lines = head.split("\r\n", -1);
        String[] words = lines[0].split(" ", -1);
        boolean known =
                words.length == 3
                        && (words[0].equals("GET") || words[0].equals("HEAD"))
                        && words[1].startsWith("/")
                        && words[2].matches("HTTP/1\\.[01]");
        if (!known) {
            return null;
        }
        String ifRange = null;
        long[] range = {-1, -1};
        boolean keepsOpen = words[2].equals("HTTP/1.1");
        for (int line = 1; line < lines.length; line++) {
            int colon = lines[line].indexOf(':');
            if (colon < 1) {
                continue;
            }
            String value = lines[line].substring(colon + 1).strip();
            switch (lines[line].substring(0, colon).toLowerCase(Locale.ROOT)) {
                case "range" -> range = range(value);
                case "if-range" -> ifRange = value;
                case "connection" -> keepsOpen &= !value.toLowerCase(Locale.ROOT).contains("close");
                case "content-length", "transfer-encoding" -> {
                    // A body would be read as the next request.
                    return null;
                }
                default -> {}
            }
        }
        return new ShareRequest(
                words[1].substring(1),
                words[0].equals("GET"),
                range[0],
                range[1],
                ifRange,
                keepsOpen);
    }

    /// One range from a byte on; whoever asks for others gets everything, as RFC 9110 allows.
    private static long[] range(String text) {
        if (!text.matches("bytes=\\d{1,18}-\\d{0,18}")) {
            return new long[] {-1, -1};
        }
        int dash = text.indexOf('-');
        long from = Long.parseLong(text.substring("bytes=".length(), dash));
        String last = text.substring(dash + 1);
        long until = last.isEmpty() ? -1 : Long.parseLong(last) + 1;
        return until >= 0 && until <= from ? new long[] {-1, -1} : new long[] {from, until};
    }
}
