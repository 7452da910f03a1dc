package opm.pkgset;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Packs the texts and locations of packages.
///
/// That takes as long as everything else that is made of packages in order, so it begins as soon as
/// their order is known, on a thread of its own.
final class TextPacking {
    private final StringInterner from;

    /// Texts by kind, then the location, of each package in the order of the set.
    private final int[] ids;

    /// Place of each text in `text_bytes`, and of each location in `location_bytes`.
    private final int[] textPlace;

    private final int[] locationPlace;
    private final PackedTexts.Writer texts = new PackedTexts.Writer();
    private final PackedTexts.Writer locations = new PackedTexts.Writer();

    /// Whether the thread beside does everything.
    private final boolean early;

    private final Beside beside;

    /// Begins; no text may be added any more.
    ///
    /// @param ids texts and location of each package in the order of the set, as [TextCopier] has
    ///     them
    /// @param early whether the thread that begins this has much to do before it needs this
    TextPacking(StringInterner from, int[] ids, boolean early, int threads) {
        this.from = from;
        this.ids = ids;
        this.early = early;
        textPlace = new int[from.size()];
        locationPlace = new int[from.size()];
        Arrays.fill(textPlace, -1);
        Arrays.fill(locationPlace, -1);
        textPlace[0] = 0;
        locationPlace[0] = 0;
        boolean pays = Beside.pays(threads, ids.length / TextCopier.COLUMNS);
        beside = new Beside("texts", this::pack, pays);
    }

    /// Returns what packs the texts of a builder's packages.
    ///
    /// @param early one that began when the order of the packages was not known for sure
    static TextPacking of(
            PackageSetBuilder from, PackageOrder order, @Nullable TextPacking early) {
        if (early != null && order.isAsAdded()) {
            return early;
        }
        var ids = new int[order.kept.length * TextCopier.COLUMNS];
        for (int at = 0; at < order.kept.length; at++) {
            from.copyTexts(order.kept[at], ids, at * TextCopier.COLUMNS);
        }
        return new TextPacking(from.texts, ids, false, from.threads);
    }

    private void pack() {
        packTexts();
        if (early) {
            packLocations();
        }
    }

    /// Waits until everything is packed.
    void end() {
        if (!early) {
            packLocations();
        }
        beside.join();
    }

    private void packLocations() {
        packColumn(TextKind.ALL.size(), locations, locationPlace, false);
        locations.end();
    }

    /// Gives every text its place: one kind behind the other, so that those who search one kind
    /// unpack no other, and by first use.
    private void packTexts() {
        int summary = TextKind.SUMMARY.index();
        for (int kind = 0; kind < TextKind.ALL.size(); kind++) {
            packColumn(kind, texts, textPlace, kind == summary);
        }
        texts.end();
    }

    private void packColumn(int column, PackedTexts.Writer to, int[] places, boolean plain) {
        for (int at = column; at < ids.length; at += TextCopier.COLUMNS) {
            int text = ids[at];
            if (places[text] < 0) {
                if (to.place() > Integer.MAX_VALUE) {
                    throw new IllegalStateException("more than 2 GiB of texts");
                }
                places[text] = (int) to.place();
                int length = from.length(text);
                to.add(from.piece(text), from.offset(text), length, plain);
            }
        }
    }

    /// Returns the place of a text of the set's package, after [#end].
    int place(int pkg, int kind) {
        return textPlace[ids[pkg * TextCopier.COLUMNS + kind]];
    }

    /// Returns the place of the location of the set's package, after [#end].
    int locationPlace(int pkg) {
        return locationPlace[ids[pkg * TextCopier.COLUMNS + TextKind.ALL.size()]];
    }

    /// Adds the sections, after [#end].
    void plan(SetFrame frame) {
        texts.plan(frame, SectionId.TEXT_BLOCKS, SectionId.TEXT_BYTES);
        locations.plan(frame, SectionId.LOCATION_BLOCKS, SectionId.LOCATION_BYTES);
    }
}
