package opm.pkgset;

import java.util.BitSet;
import java.util.List;
import opm.base.ByteText;

/// Looks for words in names, summaries, descriptions and addresses.
///
/// A process that searches once runs in the interpreter until its loops are compiled, so the bytes
/// of all texts of a kind are gone through in one loop, and only what is found is looked up.
final class TextSearch {
    private static final byte[] LOWER = new byte[256];

    static {
        for (int b = 0; b < 256; b++) {
            LOWER[b] = (byte) (b >= 'A' && b <= 'Z' ? b + 32 : b);
        }
    }

    private final PackageSet set;
    private final List<byte[]> words;
    private final boolean inDescriptions;

    TextSearch(PackageSet set, List<String> words, boolean inDescriptions) {
        this.set = set;
        this.words = words.stream().map(TextSearch::lower).toList();
        this.inDescriptions = inDescriptions;
    }

    private static byte[] lower(String word) {
        byte[] bytes = ByteText.encode(word);
        for (int at = 0; at < bytes.length; at++) {
            bytes[at] = LOWER[bytes[at] & 0xff];
        }
        return bytes;
    }

    void addTo(List<Queries.Found> found) {
        int count = set.packageCount();
        var inName = new BitSet(count);
        inName.set(0, count);
        var inSummary = new BitSet(count);
        inSummary.set(0, count);
        var anywhere = new BitSet(count);
        anywhere.set(0, count);
        Places[] places = {
            new Places(TextKind.SUMMARY),
            inDescriptions ? new Places(TextKind.DESCRIPTION) : null,
            inDescriptions ? new Places(TextKind.URL) : null
        };
        for (byte[] word : words) {
            if (word.length == 0) {
                continue;
            }
            BitSet names = names(word);
            BitSet summaries = places[0].holding(word);
            inName.and(names);
            inSummary.and(summaries);
            names.or(summaries);
            for (int at = 1; inDescriptions && at < places.length; at++) {
                names.or(places[at].holding(word));
            }
            anywhere.and(names);
        }
        for (int pkg = anywhere.nextSetBit(0); pkg >= 0; pkg = anywhere.nextSetBit(pkg + 1)) {
            found.add(new Queries.Found(set.ref(pkg), inName.get(pkg), inSummary.get(pkg)));
        }
    }

    /// Returns the next place from `at` on where a word stands, up to `end`; -1 when there is none.
    private static int next(byte[] bytes, int at, int end, byte[] word) {
        byte[] lower = LOWER;
        byte first = word[0];
        int last = end - word.length;
        for (int here = at; here <= last; here++) {
            if (lower[bytes[here] & 0xff] == first && follows(bytes, here, word)) {
                return here;
            }
        }
        return -1;
    }

    private static boolean follows(byte[] bytes, int at, byte[] word) {
        for (int index = 1; index < word.length; index++) {
            if (LOWER[bytes[at + index] & 0xff] != word[index]) {
                return false;
            }
        }
        return true;
    }

    /// Returns the packages in whose name a word stands.
    private BitSet names(byte[] word) {
        var found = new BitSet(set.packageCount());
        StringPool strings = set.strings();
        long end = strings.start(set.nameCount() - 1) + strings.length(set.nameCount() - 1);
        var window = new byte[(int) Math.min(end, 1 << 16)];
        long start = 0;
        while (start + word.length <= end) {
            int length = (int) Math.min(window.length, end - start);
            byte[] bytes = length == window.length ? window : new byte[length];
            strings.bytes().copy(start, bytes);
            for (int at = next(bytes, 0, length, word);
                    at >= 0;
                    at = next(bytes, at + 1, length, word)) {
                markName(start + at, word.length, found);
            }
            start += Math.max(1, length - word.length + 1);
        }
        return found;
    }

    /// Marks the packages of the name that covers some bytes; names stand without anything between.
    private void markName(long start, int length, BitSet found) {
        StringPool strings = set.strings();
        int low = 0;
        int high = set.nameCount();
        while (high - low > 1) {
            int middle = (low + high) >>> 1;
            if (strings.start(middle) <= start) {
                low = middle;
            } else {
                high = middle;
            }
        }
        if (start + length <= strings.start(low) + strings.length(low)) {
            int first = set.packagesStart(low);
            int end = set.packagesEnd(low);
            if (first < end) {
                found.set(first, end);
            }
        }
    }

    /// Where the texts of one kind stand.
    ///
    /// What goes over all packages is plain loops over arrays: called methods would be interpreted
    /// a hundred thousand times before they are compiled.
    private final class Places {
        private final TextKind kind;

        /// By package.
        private final int[] places;

        /// A bit for each place where such a text starts.
        private final long[] starts;

        private final int least;
        private final int most;

        Places(TextKind kind) {
            this.kind = kind;
            places = set.facts().textStarts(kind);
            int low = Integer.MAX_VALUE;
            int high = 0;
            for (int place : places) {
                if (place != 0 && place < low) {
                    low = place;
                }
                if (place > high) {
                    high = place;
                }
            }
            least = low;
            most = high;
            starts = new long[(high >>> 6) + 1];
            for (int place : places) {
                starts[place >>> 6] |= 1L << place;
            }
        }

        /// Returns the packages whose text holds a word.
        BitSet holding(byte[] word) {
            var hits = new long[starts.length];
            if (most > 0) {
                PackedTexts texts = set.facts().texts();
                texts.scan(
                        least,
                        most,
                        word.length - 1,
                        (bytes, length, start) -> look(bytes, length, start, word, hits));
            }
            var found = new BitSet(places.length);
            for (int pkg = 0; pkg < places.length; pkg++) {
                if ((hits[places[pkg] >>> 6] >>> places[pkg] & 1) != 0) {
                    found.set(pkg);
                }
            }
            return found;
        }

        private void look(byte[] bytes, int length, long start, byte[] word, long[] hits) {
            for (int at = next(bytes, 0, length, word);
                    at >= 0;
                    at = next(bytes, at + 1, length, word)) {
                int place = startBefore(start + at);
                if (place <= 0) {
                    continue;
                }
                // What stands between two of these texts may be another, or a length.
                PackedTexts.Found text = set.facts().texts().find(place, kind.index());
                long from = (long) place + PackedTexts.numberBytes(text.length);
                if (start + at >= from && start + at + word.length <= from + text.length) {
                    hits[place >>> 6] |= 1L << place;
                }
            }
        }

        /// Returns the last place up to `at` where such a text starts; -1 when there is none.
        private int startBefore(long at) {
            int place = (int) Math.min(at, most);
            int row = place >>> 6;
            long bits = starts[row] & -1L >>> 63 - (place & 63);
            while (bits == 0 && row > 0) {
                bits = starts[--row];
            }
            return bits == 0 ? -1 : (row << 6) + 63 - Long.numberOfLeadingZeros(bits);
        }
    }
}
