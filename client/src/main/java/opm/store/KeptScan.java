package opm.store;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import opm.base.Digest;

/// Finds which of some digests the texts of references keep, without making an object of each line.
///
/// A store of 50,000 objects has 4 MB of references; a collection of what one plan released asks
/// about a thousand of them and has 50 ms. So lines are looked at as bytes, and their first four
/// digits decide nearly always that a line is not read. Safe for several threads.
final class KeptScan {
    private static final byte[] KEEP = "keep ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SHA256 = "sha256 ".getBytes(StandardCharsets.US_ASCII);
    private static final int SHA256_DIGITS = 64;
    private static final int START_DIGITS = 4;

    private final boolean[] starts = new boolean[1 << 4 * START_DIGITS];
    private final Map<String, Digest> asked = new HashMap<>();
    private final Set<Digest> kept = ConcurrentHashMap.newKeySet();

    KeptScan(Collection<Digest> digests) {
        for (Digest digest : digests) {
            starts[Integer.parseInt(digest.hex().substring(0, START_DIGITS), 16)] = true;
            asked.put(digest.algorithm().word() + " " + digest.hex(), digest);
        }
    }

    Set<Digest> kept() {
        return new HashSet<>(kept);
    }

    /// Looks through one reference, whose bytes are known to be whole.
    void add(byte[] text) {
        int line = 0;
        while (line < text.length) {
            int word = line + KEEP.length;
            int end = line;
            if (begins(text, line, KEEP)) {
                int hex = word + SHA256.length;
                end = hex + SHA256_DIGITS;
                // A line of SHA-256 has its end where all of them have it.
                if (end >= text.length || text[end] != '\n' || !begins(text, word, SHA256)) {
                    end = lineEnd(text, line);
                    for (hex = word; hex < end && text[hex] != ' '; ) {
                        hex++;
                    }
                    hex++;
                }
                if (end - hex >= START_DIGITS && starts[start(text, hex)]) {
                    take(new String(text, word, end - word, StandardCharsets.ISO_8859_1));
                }
            }
            line = lineEnd(text, end) + 1;
        }
    }

    private static int lineEnd(byte[] text, int from) {
        int end = from;
        while (end < text.length && text[end] != '\n') {
            end++;
        }
        return end;
    }

    private static boolean begins(byte[] text, int at, byte[] word) {
        if (at + word.length > text.length) {
            return false;
        }
        for (int i = 0; i < word.length; i++) {
            if (text[at + i] != word[i]) {
                return false;
            }
        }
        return true;
    }

    private static int start(byte[] text, int at) {
        int value = 0;
        for (int i = 0; i < START_DIGITS; i++) {
            int c = text[at + i];
            value = value << 4 | (c <= '9' ? c - '0' : c - 'a' + 10) & 0xf;
        }
        return value;
    }

    private void take(String line) {
        Digest digest = asked.get(line);
        if (digest != null) {
            kept.add(digest);
        }
    }
}
