package opm.pkgset;

import java.util.Arrays;

/// A builder's packages by name, version, architecture, and then by everything else, so that their
/// order depends on nothing but what they are. Doubled ones go.
final class PackageOrder {
    /// Builder's packages in the order of the set.
    final int[] kept;

    /// For each package by order of adding, the package of the set that it became.
    final int[] keptAs;

    private final PackageSetBuilder from;

    /// Place of each builder's string among all of them, bytewise.
    private final int[] stringRank;

    /// Place of each builder's version among all of them.
    private final int[] evrPlace;

    PackageOrder(PackageSetBuilder from, ContentOrder order) {
        this.from = from;
        stringRank = ContentOrder.inverse(order.strings);
        evrPlace = ContentOrder.inverse(order.versions.evrs);
        keptAs = new int[from.packageCount()];
        kept = sort();
    }

    private int[] sort() {
        int[] ids = ContentOrder.asNumbered(from.packageCount());
        IntSort.sort(ids, 0, ids.length, this::comparePackages);
        int kept = 0;
        for (int at = 0; at < ids.length; at++) {
            if (kept == 0 || comparePackages(ids[kept - 1], ids[at]) != 0) {
                ids[kept++] = ids[at];
            }
            keptAs[ids[at]] = kept - 1;
        }
        return Arrays.copyOf(ids, kept);
    }

    /// Tells whether every package stands where it was added.
    boolean isAsAdded() {
        return Arrays.equals(kept, ContentOrder.asNumbered(keptAs.length));
    }

    private int compareIdentity(int one, int two) {
        int order = compareString(one, two, PackageSetBuilder.NAME);
        if (order == 0) {
            order =
                    Integer.compare(
                            evrPlace[from.column(one, PackageSetBuilder.EVR)],
                            evrPlace[from.column(two, PackageSetBuilder.EVR)]);
        }
        if (order == 0) {
            order = compareString(one, two, PackageSetBuilder.ARCH);
        }
        return order == 0 ? compareChecksum(one, two) : order;
    }

    private int compareChecksum(int one, int two) {
        int kind = from.column(one, PackageSetBuilder.CHECKSUM_KIND);
        int order = Integer.compare(kind, from.column(two, PackageSetBuilder.CHECKSUM_KIND));
        if (order != 0 || kind == 0) {
            return order;
        }
        int a = from.column(one, PackageSetBuilder.CHECKSUM);
        int b = from.column(two, PackageSetBuilder.CHECKSUM);
        int length = Facts.rawBytes(kind);
        return Arrays.compareUnsigned(
                from.checksums.piece(a),
                ByteArena.offset(a),
                ByteArena.offset(a) + length,
                from.checksums.piece(b),
                ByteArena.offset(b),
                ByteArena.offset(b) + length);
    }

    private int comparePackages(int one, int two) {
        int order = compareIdentity(one, two);
        if (order != 0) {
            return order;
        }
        for (int column : new int[] {PackageSetBuilder.VENDOR, PackageSetBuilder.REASON}) {
            order = compareString(one, two, column);
            if (order != 0) {
                return order;
            }
        }
        for (int column :
                new int[] {
                    PackageSetBuilder.LOCATION_KIND,
                    PackageSetBuilder.HEADER_START,
                    PackageSetBuilder.HEADER_END
                }) {
            order = Integer.compare(from.column(one, column), from.column(two, column));
            if (order != 0) {
                return order;
            }
        }
        return compareRest(one, two);
    }

    private int compareRest(int one, int two) {
        int order = 0;
        for (int at = 0; order == 0 && at < PackageSetBuilder.NUMBERS; at++) {
            order = Long.compare(from.number(one, at), from.number(two, at));
        }
        for (int at = 0; order == 0 && at < DepColumn.COUNT; at++) {
            order =
                    from.lists.compare(
                            from.column(one, PackageSetBuilder.LISTS + at),
                            from.column(two, PackageSetBuilder.LISTS + at));
        }
        if (order == 0) {
            order =
                    from.texts.compare(
                            from.column(one, PackageSetBuilder.LOCATION),
                            from.column(two, PackageSetBuilder.LOCATION));
        }
        for (int at = 0; order == 0 && at < TextKind.ALL.size(); at++) {
            order =
                    from.texts.compare(
                            from.column(one, PackageSetBuilder.TEXTS + at),
                            from.column(two, PackageSetBuilder.TEXTS + at));
        }
        return order == 0 ? Arrays.compare(fileKeys(one), fileKeys(two)) : order;
    }

    /// Returns the paths of a package, sorted; only for packages that are equal in all else.
    private String[] fileKeys(int pkg) {
        int start = from.column(pkg, PackageSetBuilder.FIRST_FILE);
        var keys = new String[(from.filesEnd(pkg) - start) / 2];
        for (int at = 0; at < keys.length; at++) {
            keys[at] =
                    from.paths.path(from.files.get(start + 2 * at))
                            + from.strings.string(from.files.get(start + 2 * at + 1));
        }
        Arrays.sort(keys);
        return keys;
    }

    private int compareString(int one, int two, int column) {
        return Integer.compare(
                stringRank[from.column(one, column)], stringRank[from.column(two, column)]);
    }
}
