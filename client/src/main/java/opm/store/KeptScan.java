package opm.store;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import opm.base.Digest;

/// Finds which of some digests the texts of references keep, without making an object of each line.
///
/// A store of 50,000 objects has 4 MB of references; a collection of what one plan released asks
/// about a thousand of them and has 50 ms. So lines are looked at as bytes: their first 16 digits
/// decide whether the line is read at all.
final class KeptScan {
    private static final byte[] KEEP = "\nkeep ".getBytes(StandardCharsets.US_ASCII);
    private static final int PREFIX_DIGITS = 16;
    private final Map<Long, Set<Digest>> asked = new HashMap<>();
    private final Set<Digest> kept = new HashSet<>();

    KeptScan(Collection<Digest> digests) {
        for (Digest digest : digests) {
            long prefix = Long.parseUnsignedLong(digest.hex().substring(0, PREFIX_DIGITS), 16);
            asked.computeIfAbsent(prefix, _ -> new HashSet<>()).add(digest);
        }
    }

    Set<Digest> kept() {
        return kept;
    }

    /// Looks through one reference, whose bytes are known to be whole.
    void add(byte[] text) {
        int at = 0;
        while (at + KEEP.length < text.length) {
            if (text[at] != '\n' || !isKeep(text, at)) {
                at++;
                continue;
            }
            int word = at + KEEP.length;
            int hex = word;
            while (hex < text.length && text[hex] != ' ' && text[hex] != '\n') {
                hex++;
            }
            hex++;
            int end = hex + PREFIX_DIGITS;
            if (end <= text.length && asked.containsKey(prefix(text, hex))) {
                while (end < text.length && text[end] != '\n') {
                    end++;
                }
                take(new String(text, word, end - word, StandardCharsets.ISO_8859_1));
            }
            // A digest has 32 digits or more: the next line begins behind them.
            at = hex + 2 * PREFIX_DIGITS;
        }
    }

    private static boolean isKeep(byte[] text, int at) {
        for (int i = 1; i < KEEP.length; i++) {
            if (text[at + i] != KEEP[i]) {
                return false;
            }
        }
        return true;
    }

    private static long prefix(byte[] text, int at) {
        long value = 0;
        for (int i = 0; i < PREFIX_DIGITS; i++) {
            int c = text[at + i];
            value = value << 4 | (c <= '9' ? c - '0' : c - 'a' + 10);
        }
        return value;
    }

    private void take(String line) {
        Digest digest = Leases.parse(line);
        if (digest != null
                && asked.getOrDefault(
                                Long.parseUnsignedLong(
                                        digest.hex().substring(0, PREFIX_DIGITS), 16),
                                Set.of())
                        .contains(digest)) {
            kept.add(digest);
        }
    }
}
