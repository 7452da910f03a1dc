package opm.pkgset;

import java.util.List;
import opm.base.ByteText;

/// Looks for words in names, summaries and descriptions, byte by byte in the map.
final class TextSearch {
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
            bytes[at] = lower(bytes[at]);
        }
        return bytes;
    }

    private static byte lower(byte b) {
        return b >= 'A' && b <= 'Z' ? (byte) (b + 32) : b;
    }

    void addTo(List<Queries.Found> found) {
        for (int pkg = 0; pkg < set.packageCount(); pkg++) {
            int inName = 0;
            int inSummary = 0;
            int anywhere = 0;
            for (byte[] word : words) {
                boolean name = nameHolds(pkg, word);
                boolean summary = holds(pkg, TextKind.SUMMARY, word);
                boolean any =
                        name
                                || summary
                                || inDescriptions
                                        && (holds(pkg, TextKind.DESCRIPTION, word)
                                                || holds(pkg, TextKind.URL, word));
                if (!any) {
                    break;
                }
                inName += name ? 1 : 0;
                inSummary += summary ? 1 : 0;
                anywhere++;
            }
            if (anywhere == words.size()) {
                found.add(
                        new Queries.Found(
                                set.ref(pkg), inName == words.size(), inSummary == words.size()));
            }
        }
    }

    private boolean nameHolds(int pkg, byte[] word) {
        StringPool strings = set.strings();
        int name = set.name(pkg);
        int length = strings.length(name);
        return holds(strings.bytes(), strings.start(name), length, word);
    }

    private boolean holds(int pkg, TextKind kind, byte[] word) {
        PackedTexts.Found text = set.facts().find(pkg, kind);
        if (word.length == 0) {
            return true;
        }
        byte[] bytes = text.bytes;
        int last = text.start + text.length - word.length;
        byte first = word[0];
        for (int at = text.start; at <= last; at++) {
            if (lower(bytes[at]) == first && follows(bytes, at, word)) {
                return true;
            }
        }
        return false;
    }

    private static boolean follows(byte[] bytes, int at, byte[] word) {
        for (int index = 1; index < word.length; index++) {
            if (lower(bytes[at + index]) != word[index]) {
                return false;
            }
        }
        return true;
    }

    private static boolean holds(Bytes bytes, long start, int length, byte[] word) {
        if (word.length == 0) {
            return true;
        }
        long last = start + length - word.length;
        byte first = word[0];
        for (long at = start; at <= last; at++) {
            if (lower(bytes.u8(at)) == first && follows(bytes, at, word)) {
                return true;
            }
        }
        return false;
    }

    private static boolean follows(Bytes bytes, long at, byte[] word) {
        for (int index = 1; index < word.length; index++) {
            if (lower(bytes.u8(at + index)) != word[index]) {
                return false;
            }
        }
        return true;
    }
}
