package opm.pkgset;

import java.lang.ref.SoftReference;
import java.util.BitSet;
import java.util.Map;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/// Names and summaries of sets as they are looked through, for a process that searches again and
/// again: of 63,000 packages they take 5 MB, and to read them from the file is most of a search.
/// Any thread may use it; what memory is short of is forgotten.
public final class SearchMemory {
    private final int leastPackages;
    private final Map<PackageSet, SoftReference<Texts>> known = new WeakHashMap<>();

    /// @param leastPackages of a set that is remembered; a smaller one is soon read
    public SearchMemory(int leastPackages) {
        this.leastPackages = leastPackages;
    }

    /// Returns what is remembered of a set, read now where nothing is; null of a small one.
    synchronized @Nullable Texts of(PackageSet set) {
        if (set.packageCount() < leastPackages) {
            return null;
        }
        SoftReference<Texts> before = known.get(set);
        Texts texts = before == null ? null : before.get();
        if (texts == null) {
            texts = new Texts(Column.names(set), Column.summaries(set));
            known.put(set, new SoftReference<>(texts));
        }
        return texts;
    }

    record Texts(Column names, Column summaries) {}

    /// Texts one behind the other, in the order of packages.
    static final class Column {
        private final VarOutput bytes = new VarOutput();

        /// Where each text starts, and where the last ends.
        private final Ints starts = new Ints();

        /// The first package of each text, and the count of all.
        private final Ints packages = new Ints();

        private static Column names(PackageSet set) {
            var names = new Column();
            int last = -1;
            for (int pkg = 0; pkg < set.packageCount(); pkg++) {
                if (set.name(pkg) != last) {
                    last = set.name(pkg);
                    byte[] name = opm.base.ByteText.encode(set.string(last));
                    names.add(pkg, name, 0, name.length);
                }
            }
            return names.ended(set);
        }

        private static Column summaries(PackageSet set) {
            var summaries = new Column();
            for (int pkg = 0; pkg < set.packageCount(); pkg++) {
                PackedTexts.Found text = set.facts().find(pkg, TextKind.SUMMARY);
                summaries.add(pkg, text.bytes, text.start, text.length);
            }
            return summaries.ended(set);
        }

        private void add(int pkg, byte[] text, int start, int length) {
            packages.add(pkg);
            starts.add(bytes.size());
            bytes.bytes(text, start, length);
        }

        private Column ended(PackageSet set) {
            packages.add(set.packageCount());
            starts.add(bytes.size());
            return this;
        }

        /// Returns the packages in whose text a word stands.
        BitSet holding(SearchWord word) {
            var found = new BitSet(packages.get(packages.size() - 1));
            int end = bytes.size();
            int text = 0;
            int at = word.next(bytes.buffer(), 0, end);
            while (at >= 0) {
                while (starts.get(text + 1) <= at) {
                    text++;
                }
                int behind = starts.get(text + 1);
                boolean whole = at + word.length() <= behind;
                if (whole) {
                    found.set(packages.get(text), packages.get(text + 1));
                }
                // A text is marked once, however often a letter stands in it.
                at = word.next(bytes.buffer(), whole ? behind : at + 1, end);
            }
            return found;
        }
    }
}
