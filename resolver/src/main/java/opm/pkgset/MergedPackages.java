package opm.pkgset;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The packages of several sets in the order in which they will stand in one, as far as their name,
/// version, architecture and checksum tell: each set has its own in order.
///
/// Those that are equal in all of that keep the order of their sets; [PackageOrder] knows better.
final class MergedPackages {
    private final List<PackageSet> sets;
    private final List<SetCopier> copiers;
    private final int[] evrPlace;

    /// Where the packages of each set stand.
    private final List<int[]> places = new ArrayList<>();

    /// Where each package of the result comes from.
    private final Ints sources = new Ints();

    private final Ints rows = new Ints();

    /// @param copiers one for each set, their tables filled by [MergedNumbers]
    /// @param order of what they are filled with; strings are numbered in it
    MergedPackages(List<PackageSet> sets, List<SetCopier> copiers, ContentOrder order) {
        this.sets = sets;
        this.copiers = copiers;
        evrPlace = ContentOrder.inverse(order.versions.evrs);
        var walk = new MergeWalk(new Packages());
        for (PackageSet set : sets) {
            places.add(new int[set.packageCount()]);
            walk.add(places.getLast(), 0, set.packageCount());
        }
        walk.walk();
    }

    private final class Packages implements MergeWalk.Rows {
        @Override
        public int compare(int source, int pkg, int other, int otherPkg) {
            if (source == other) {
                return Integer.compare(pkg, otherPkg);
            }
            int order = compareIdentity(source, pkg, other, otherPkg);
            return order == 0 ? Integer.compare(source, other) : order;
        }

        @Override
        public int take(int source, int pkg) {
            sources.add(source);
            rows.add(pkg);
            return rows.size() - 1;
        }

        @Override
        public BrokenSet outOfOrder(int pkg) {
            return new BrokenSet("package " + pkg + " stands behind itself");
        }
    }

    private int compareIdentity(int source, int pkg, int other, int otherPkg) {
        PackageSet one = sets.get(source);
        PackageSet two = sets.get(other);
        int[] strings = copiers.get(source).strings;
        int[] others = copiers.get(other).strings;
        int order = Integer.compare(strings[one.name(pkg)], others[two.name(otherPkg)]);
        if (order == 0) {
            order =
                    Integer.compare(
                            evrPlace[copiers.get(source).evrs[one.evr(pkg)]],
                            evrPlace[copiers.get(other).evrs[two.evr(otherPkg)]]);
        }
        if (order == 0) {
            order = Integer.compare(strings[one.arch(pkg)], others[two.arch(otherPkg)]);
        }
        return order == 0 ? compareChecksum(one.facts(), pkg, two.facts(), otherPkg) : order;
    }

    private static int compareChecksum(Facts one, int pkg, Facts two, int other) {
        int order = Integer.compare(one.checksumKind(pkg), two.checksumKind(other));
        return order == 0
                ? Arrays.compareUnsigned(one.rawChecksum(pkg), two.rawChecksum(other))
                : order;
    }

    int count() {
        return rows.size();
    }

    /// Returns which set a package comes from.
    int source(int pkg) {
        return sources.get(pkg);
    }

    /// Returns which package of its set it is.
    int row(int pkg) {
        return rows.get(pkg);
    }

    /// Puts some columns in this order.
    ///
    /// @param items those of each package, set after set
    int[] inOrder(int[] items, int columns) {
        var ordered = new int[items.length];
        int from = 0;
        for (int[] ofSet : places) {
            for (int place : ofSet) {
                System.arraycopy(items, from, ordered, place * columns, columns);
                from += columns;
            }
        }
        return ordered;
    }
}
