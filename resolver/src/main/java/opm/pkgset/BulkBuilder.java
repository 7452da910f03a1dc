package opm.pkgset;

import opm.base.OpmException;
import opm.base.OpmException.Damaged;

/// Adds to a set what its repository says beside the packages: a new file with everything that the
/// set holds, and [Bulk].
public final class BulkBuilder {
    /// Bytes of one record: more than any document of a repository.
    private static final int MOST_RECORD = 256 << 20;

    private final PackageSet set;
    private final PackedTexts.Writer texts = new PackedTexts.Writer();
    private final Ints rows = new Ints();
    private final StringInterner checksums = new StringInterner();
    private final Ints packageOfChecksum = new Ints();

    /// What changed, as it came: where it starts in [#arena], and its length, by package.
    private final ByteArena arena = new ByteArena();

    private final int[] changelogStart;
    private final int[] changelogLength;
    private int lastKind;

    public BulkBuilder(PackageSet set) throws Damaged {
        this.set = set;
        packageOfChecksum.add(-1);
        changelogStart = new int[set.packageCount()];
        changelogLength = new int[set.packageCount()];
        PackageSet.reading(
                () -> {
                    for (int pkg = 0; pkg < set.packageCount(); pkg++) {
                        var checksum = set.facts().checksum(pkg);
                        int before = checksums.size();
                        if (checksum != null && checksums.intern(checksum.hex()) == before) {
                            packageOfChecksum.add(pkg);
                        }
                    }
                    return true;
                });
    }

    /// Adds a record; those of one kind come together, kinds in the order of [Bulk.Kind].
    ///
    /// @throws IllegalArgumentException when it comes too late, or is longer than 256 MiB
    public void add(Bulk.Kind kind, byte[] record) {
        if (kind.number() < lastKind || record.length > MOST_RECORD) {
            throw new IllegalArgumentException(kind + " of " + record.length + " bytes");
        }
        lastKind = kind.number();
        rows.add(kind.number());
        rows.add(place(record, 0, record.length));
    }

    private int place(byte[] bytes, int start, int length) {
        if (length == 0) {
            return 0;
        }
        if (texts.place() + length > Integer.MAX_VALUE) {
            throw new IllegalStateException("more than 2 GiB of texts");
        }
        int place = (int) texts.place();
        texts.add(bytes, start, length, false);
        return place;
    }

    /// Notes what changed in the package with a checksum, in hexadecimal; what no package of the
    /// set has is left out.
    public void changelog(byte[] checksum, int start, int length, byte[] record) {
        int id = checksums.find(checksum, start, length);
        if (id > 0 && record.length > 0 && record.length <= MOST_RECORD) {
            int pkg = packageOfChecksum.get(id);
            changelogStart[pkg] = arena.add(record, 0, record.length);
            changelogLength[pkg] = record.length;
        }
    }

    /// Writes the set with them. The builder is used up.
    public void writeTo(ByteSink sink) throws OpmException {
        var places = new int[set.packageCount()];
        for (int pkg = 0; pkg < places.length; pkg++) {
            if (changelogLength[pkg] > 0) {
                int start = changelogStart[pkg];
                places[pkg] =
                        place(arena.piece(start), ByteArena.offset(start), changelogLength[pkg]);
            }
        }
        texts.end();
        SetFrame frame = set.frame(Bulk.sections());
        frame.add(SectionId.BULK, rows.size() / 2, this::writeRows);
        texts.plan(frame, SectionId.BULK_BLOCKS, SectionId.BULK_BYTES);
        frame.add(SectionId.CHANGELOGS, places.length, out -> out.u32s(places));
        frame.writeTo(sink);
    }

    private void writeRows(SetOutput out) throws OpmException {
        for (int at = 0; at < rows.size(); at++) {
            out.u32(rows.get(at));
        }
    }
}
