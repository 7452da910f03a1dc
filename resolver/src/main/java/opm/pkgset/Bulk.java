package opm.pkgset;

import java.util.ArrayList;
import java.util.List;

/// What a repository says beside its packages: advisories, groups, module streams, and what
/// changed in each package. Only in sets that were made to have it, see [BulkBuilder].
///
/// Section `bulk`, a row for each record, by kind, those of one kind in the order of their file:
///
/// | at | field | type | meaning                                  |
/// |---:|-------|------|------------------------------------------|
/// |  0 | kind  | u32  | 1 advisory, 2 group, 3 module streams    |
/// |  4 | place | u32  | a text of `bulk_bytes`: the whole record |
///
/// Section `changelogs`: for each package a text of `bulk_bytes`; 0 where nothing is known.
/// `bulk_blocks` with `bulk_bytes`: [PackedTexts]. What stands in a record is the business of those
/// who write it, see docs/formats/opmset.md.
public final class Bulk {
    /// What a record is about.
    public enum Kind {
        ADVISORY(1),
        GROUP(2),
        MODULES(3);

        private final int number;

        Kind(int number) {
            this.number = number;
        }

        int number() {
            return number;
        }
    }

    private final Section rows;
    private final Section changelogs;
    private final PackedTexts texts;

    Bulk(SetFile file, Section rows, int packageCount) {
        this.rows = rows;
        changelogs = file.section(SectionId.CHANGELOGS);
        texts =
                new PackedTexts(
                        file.section(SectionId.BULK_BLOCKS), file.section(SectionId.BULK_BYTES));
        if (changelogs.count() != packageCount) {
            throw changelogs.broken(changelogs.count() + " rows for " + packageCount + " packages");
        }
    }

    /// Returns the records of one kind, in the order of their file.
    public List<byte[]> records(Kind kind) {
        var found = new ArrayList<byte[]>();
        for (int row = 0; row < rows.count(); row++) {
            if (rows.u32(row, 0) == kind.number()) {
                found.add(text(Integer.toUnsignedLong(rows.u32(row, 4))));
            }
        }
        return found;
    }

    /// Returns what changed in a package; empty where nothing is known.
    public byte[] changelog(int pkg) {
        return text(Integer.toUnsignedLong(changelogs.u32(pkg, 0)));
    }

    private byte[] text(long place) {
        PackedTexts.Found found = texts.find(place, 0);
        return java.util.Arrays.copyOfRange(
                found.bytes, found.start, found.start + found.length);
    }

    /// Reads everything.
    void check() {
        int last = 0;
        for (int row = 0; row < rows.count(); row++) {
            int kind = rows.u32(row, 0);
            if (kind < last) {
                throw rows.broken("row " + row + " does not follow the one before");
            }
            last = kind;
            text(Integer.toUnsignedLong(rows.u32(row, 4)));
        }
        for (int pkg = 0; pkg < changelogs.count(); pkg++) {
            changelog(pkg);
        }
    }

    static List<SectionId> sections() {
        return List.of(
                SectionId.BULK,
                SectionId.BULK_BLOCKS,
                SectionId.BULK_BYTES,
                SectionId.CHANGELOGS);
    }
}
