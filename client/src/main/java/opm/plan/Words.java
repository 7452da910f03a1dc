package opm.plan;

import java.nio.charset.StandardCharsets;

/// Free text as words that `read` of sh takes apart: printable ASCII, no spaces, never empty.
///
/// Space, control bytes, `%` and bytes above `~` become `%XX` of their UTF-8 bytes; the empty text
/// is `-`, and the text `-` is `%2D`.
final class Words {
    private static final String HEX = "0123456789ABCDEF";
    private static final String EMPTY = "-";

    private Words() {}

    static String encode(String text) {
        if (text.isEmpty()) {
            return EMPTY;
        }
        return text.equals(EMPTY) ? "%2D" : escape(text, false);
    }

    /// Encodes text of several words: a single space between two of them stays.
    static String encodeLine(String text) {
        return text.isEmpty() || text.equals(EMPTY) ? encode(text) : escape(text, true);
    }

    private static String escape(String text, boolean spaces) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        var out = new StringBuilder(bytes.length + 8);
        for (int at = 0; at < bytes.length; at++) {
            int b = bytes[at] & 0xff;
            boolean inner = at > 0 && at < bytes.length - 1 && bytes[at - 1] != ' ';
            if (b == ' ' && spaces && inner) {
                out.append(' ');
            } else if (b <= ' ' || b > '~' || b == '%') {
                out.append('%').append(HEX.charAt(b >> 4)).append(HEX.charAt(b & 15));
            } else {
                out.append((char) b);
            }
        }
        return out.toString();
    }

    /// Undoes both encodings.
    ///
    /// Takes more than they write; who wants the canonical form encodes again and compares.
    static String decode(String word) {
        if (word.equals(EMPTY)) {
            return "";
        }
        var bytes = new byte[word.length()];
        int count = 0;
        for (int at = 0; at < word.length(); at++) {
            char c = word.charAt(at);
            if (c == '%' && at + 2 < word.length()) {
                int high = HEX.indexOf(word.charAt(at + 1));
                int low = HEX.indexOf(word.charAt(at + 2));
                if (high >= 0 && low >= 0) {
                    bytes[count++] = (byte) (high << 4 | low);
                    at += 2;
                    continue;
                }
            }
            bytes[count++] = (byte) c;
        }
        return new String(bytes, 0, count, StandardCharsets.UTF_8);
    }
}
