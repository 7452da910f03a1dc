package opm.pkgset;

/// Hands the texts and locations of a set over to a builder, each once.
///
/// Uses nothing of the builder but its texts, so a thread of its own may do this.
final class TextCopier {
    /// How many columns of a package it fills.
    static final int COLUMNS = TextKind.ALL.size() + 1;

    private final Facts facts;
    private final StringInterner to;

    /// Places of texts that were handed over, each with 1 for a location, and builder's ids: texts
    /// stand in the order of their first use, so that each block is unpacked once.
    private final TripleInterner places = new TripleInterner();

    private final Ints texts = new Ints();

    /// Of the package before; many share a license and a group.
    private final int[] lastPlace = new int[TextKind.ALL.size()];

    private final int[] last = new int[TextKind.ALL.size()];

    TextCopier(PackageSet from, PackageSetBuilder to) {
        facts = from.facts();
        this.to = to.texts;
    }

    /// Hands over those of one package: writes the builder's ids of its texts, by kind, and then of
    /// its location to `ids`, from `at` on.
    void copy(int pkg, int[] ids, int at) {
        for (TextKind kind : TextKind.ALL) {
            int index = kind.index();
            int place = (int) facts.textStart(pkg, kind);
            if (place != lastPlace[index]) {
                int known = places.intern(place, 0, 0);
                if (known == texts.size()) {
                    texts.add(intern(facts.find(pkg, kind)));
                }
                lastPlace[index] = place;
                last[index] = texts.get(known);
            }
            ids[at + index] = last[index];
        }
        int known = places.intern((int) facts.locationPlace(pkg), 1, 0);
        if (known == texts.size()) {
            texts.add(intern(facts.findLocation(pkg)));
        }
        ids[at + TextKind.ALL.size()] = texts.get(known);
    }

    private int intern(PackedTexts.Found found) {
        try {
            return to.intern(found.bytes, found.start, found.length);
        } catch (IllegalArgumentException e) {
            // What a builder refuses, such as a zero byte, no importer wrote.
            throw new BrokenSet("a text: " + e.getMessage());
        }
    }
}
