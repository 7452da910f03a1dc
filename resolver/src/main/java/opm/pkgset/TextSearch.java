package opm.pkgset;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Looks for words in names, summaries, descriptions and addresses.
///
/// A process that searches once runs in the interpreter until its loops are compiled, so the bytes
/// of all texts of a kind are gone through in one loop, and only what is found is looked up.
final class TextSearch {
    /// Where fewer than one package in so many is left, what is left is read, and not everything:
    /// a second word of one letter stands in most summaries.
    private static final int FEW = 12;

    /// Texts that are kept for who shows them.
    private static final int MOST_MET = 1024;

    private final PackageSet set;
    private final List<SearchWord> words;
    private final boolean inDescriptions;
    private final SearchMemory.@Nullable Texts memory;

    /// @param memory of the set; null where nobody will search it again
    TextSearch(
            PackageSet set,
            List<String> words,
            boolean inDescriptions,
            SearchMemory.@Nullable Texts memory) {
        this.set = set;
        this.memory = memory;
        this.words = new ArrayList<>();
        words.forEach(word -> this.words.add(new SearchWord(word)));
        // The longest leaves the fewest packages.
        this.words.sort((one, two) -> two.length() - one.length());
        this.inDescriptions = inDescriptions;
    }

    /// Adds what is found: words in name and summary first, then in name, in summary, elsewhere;
    /// each kind in the order of the set.
    ///
    /// @param most of each kind
    void addTo(List<Queries.Found> found, int most) {
        int count = set.packageCount();
        var inName = new BitSet(count);
        inName.set(0, count);
        var inSummary = new BitSet(count);
        inSummary.set(0, count);
        var anywhere = new BitSet(count);
        anywhere.set(0, count);
        @Nullable Places[] places = {
            memory == null ? new Places(TextKind.SUMMARY) : null,
            inDescriptions ? new Places(TextKind.DESCRIPTION) : null,
            inDescriptions ? new Places(TextKind.URL) : null
        };
        for (SearchWord word : words) {
            if (word.length() == 0) {
                continue;
            }
            if (anywhere.cardinality() < count / FEW) {
                keepHolding(word, inName, inSummary, anywhere);
                continue;
            }
            BitSet names = memory == null ? names(word) : memory.names().holding(word);
            BitSet summaries =
                    memory == null ? holding(places[0], word) : memory.summaries().holding(word);
            inName.and(names);
            inSummary.and(summaries);
            names.or(summaries);
            for (int at = 1; inDescriptions && at < places.length; at++) {
                names.or(holding(places[at], word));
            }
            anywhere.and(names);
        }
        for (int kind = 3; kind >= 0; kind--) {
            int left = most;
            // Packages ascend by name, version, architecture.
            for (int pkg = anywhere.nextSetBit(0);
                    pkg >= 0 && left > 0;
                    pkg = anywhere.nextSetBit(pkg + 1)) {
                if ((inName.get(pkg) ? 2 : 0) + (inSummary.get(pkg) ? 1 : 0) == kind) {
                    PackageRef ref = places[0] == null ? set.ref(pkg) : places[0].ref(pkg);
                    found.add(new Queries.Found(ref, kind > 1, (kind & 1) == 1));
                    left--;
                }
            }
        }
    }

    private static BitSet holding(@Nullable Places texts, SearchWord word) {
        return texts == null ? new BitSet() : texts.holding(word);
    }

    /// Reads the packages that are left, and lets go of those where a word does not stand.
    private void keepHolding(SearchWord word, BitSet inName, BitSet inSummary, BitSet anywhere) {
        for (int pkg = anywhere.nextSetBit(0); pkg >= 0; pkg = anywhere.nextSetBit(pkg + 1)) {
            boolean name = word.isIn(set.string(set.name(pkg)));
            boolean summary = word.isIn(set.facts().text(pkg, TextKind.SUMMARY));
            boolean other =
                    inDescriptions
                            && (word.isIn(set.facts().text(pkg, TextKind.DESCRIPTION))
                                    || word.isIn(set.facts().text(pkg, TextKind.URL)));
            inName.set(pkg, name && inName.get(pkg));
            inSummary.set(pkg, summary && inSummary.get(pkg));
            anywhere.set(pkg, name || summary || other);
        }
    }

    /// Returns the packages in whose name a word stands.
    private BitSet names(SearchWord word) {
        var found = new BitSet(set.packageCount());
        StringPool strings = set.strings();
        long end = strings.start(set.nameCount() - 1) + strings.length(set.nameCount() - 1);
        var window = new byte[(int) Math.min(end, 1 << 16)];
        long start = 0;
        while (start + word.length() <= end) {
            int length = (int) Math.min(window.length, end - start);
            byte[] bytes = length == window.length ? window : new byte[length];
            strings.bytes().copy(start, bytes);
            // A name is marked once, however often a letter stands in it.
            for (int at = word.next(bytes, 0, length);
                    at >= 0 && at < length;
                    at = word.next(bytes, at, length)) {
                at = (int) (markName(start + at, word.length(), found) - start);
            }
            start += Math.max(1, length - word.length() + 1);
        }
        return found;
    }

    /// Marks the packages of the name that covers some bytes; names stand without anything between.
    ///
    /// @return where to look on
    private long markName(long start, int length, BitSet found) {
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
        long behind = strings.start(low) + strings.length(low);
        if (start + length > behind) {
            return start + 1;
        }
        int first = set.packagesStart(low);
        int end = set.packagesEnd(low);
        if (first < end) {
            found.set(first, end);
        }
        return behind;
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

        /// Texts that hold a word, by place: who shows them need not unpack their blocks again.
        private final Map<Integer, PackedTexts.Found> met = new HashMap<>();

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
        BitSet holding(SearchWord word) {
            var hits = new long[starts.length];
            if (most > 0) {
                PackedTexts texts = set.facts().texts();
                texts.scan(
                        least,
                        most,
                        word.length() - 1,
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

        private void look(byte[] bytes, int length, long start, SearchWord word, long[] hits) {
            // A text is marked once, however often a letter stands in it.
            int next = 0;
            for (int at = word.next(bytes, next, length);
                    at >= 0;
                    at = word.next(bytes, next, length)) {
                next = at + 1;
                int place = startBefore(start + at);
                if (place <= 0) {
                    continue;
                }
                PackedTexts.Found text = PackedTexts.inRun(bytes, length, place - start);
                if (text == null) {
                    text = set.facts().texts().find(place, kind.index());
                }
                // What stands between two of these texts may be another, or a length.
                long from = (long) place + PackedTexts.numberBytes(text.length);
                if (start + at >= from && start + at + word.length() <= from + text.length) {
                    hits[place >>> 6] |= 1L << place;
                    if (kind == TextKind.SUMMARY && met.size() < MOST_MET) {
                        met.putIfAbsent(place, text.copy());
                    }
                    next = (int) Math.min(length, from + text.length - start);
                }
            }
        }

        /// Returns a package with its text, where that is a summary and was met.
        PackageRef ref(int pkg) {
            PackageRef ref = set.ref(pkg);
            PackedTexts.Found text = met.get(places[pkg]);
            return text == null ? ref : ref.knowing(text.text());
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
