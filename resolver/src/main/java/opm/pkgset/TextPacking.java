package opm.pkgset;

import java.util.Arrays;

/// Packs the texts and locations of packages.
///
/// That takes as long as everything else that is made of packages in order, so it begins when they
/// are, and texts are packed on a thread of their own.
final class TextPacking {
    /// Packages up to which a thread beside costs more than it saves.
    private static final int FEW = 256;

    private final PackageSetBuilder from;
    private final int[] packages;

    /// Place of each builder's text in `text_bytes`, and of each location in `location_bytes`.
    private final int[] textPlace;

    private final int[] locationPlace;
    private final PackedTexts.Writer texts = new PackedTexts.Writer();
    private final PackedTexts.Writer locations = new PackedTexts.Writer();
    private final Beside beside;

    /// Begins; nothing may be added to the builder any more.
    ///
    /// @param packages of the builder, in order
    TextPacking(PackageSetBuilder from, int[] packages) {
        this.from = from;
        this.packages = packages;
        textPlace = new int[from.texts.size()];
        locationPlace = new int[from.texts.size()];
        Arrays.fill(textPlace, -1);
        Arrays.fill(locationPlace, -1);
        textPlace[0] = 0;
        locationPlace[0] = 0;
        boolean aside = from.threads > 1 && from.packageCount() > FEW;
        beside = new Beside("texts", this::packTexts, aside);
    }

    /// Packs the locations, and waits until everything is packed.
    void end() {
        packColumn(PackageSetBuilder.LOCATION, locations, locationPlace, false);
        locations.end();
        beside.join();
    }

    /// Gives every text its place: one kind behind the other, so that those who search one kind
    /// unpack no other, and by first use.
    private void packTexts() {
        int summary = TextKind.SUMMARY.index();
        for (int kind = 0; kind < TextKind.ALL.size(); kind++) {
            packColumn(PackageSetBuilder.TEXTS + kind, texts, textPlace, kind == summary);
        }
        texts.end();
    }

    private void packColumn(int column, PackedTexts.Writer to, int[] places, boolean plain) {
        for (int pkg : packages) {
            int text = from.column(pkg, column);
            if (places[text] < 0) {
                if (to.place() > Integer.MAX_VALUE) {
                    throw new IllegalStateException("more than 2 GiB of texts");
                }
                places[text] = (int) to.place();
                int length = from.texts.length(text);
                to.add(from.texts.piece(text), from.texts.offset(text), length, plain);
            }
        }
    }

    /// Returns the place of a builder's package's text, after [#end].
    int place(int pkg, int kind) {
        return textPlace[from.column(pkg, PackageSetBuilder.TEXTS + kind)];
    }

    /// Returns the place of a builder's package's location, after [#end].
    int locationPlace(int pkg) {
        return locationPlace[from.column(pkg, PackageSetBuilder.LOCATION)];
    }

    /// Adds the sections, after [#end].
    void plan(SetFrame frame) {
        texts.plan(frame, SectionId.TEXT_BLOCKS, SectionId.TEXT_BYTES);
        locations.plan(frame, SectionId.LOCATION_BLOCKS, SectionId.LOCATION_BYTES);
    }
}
