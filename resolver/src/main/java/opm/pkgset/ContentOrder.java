package opm.pkgset;

import java.util.Arrays;

/// The order of all strings, versions and relations that a builder numbered, whether or not a kept
/// package uses them.
final class ContentOrder {
    /// Builder's strings, bytewise.
    final int[] strings;

    final Versions versions;

    /// Builder's relations by place; the lists of the builder hold places.
    final int[] relations;

    ContentOrder(int[] strings, Versions versions, int[] relations) {
        if (relations.length >= 1 << 28) {
            throw new IllegalStateException("more than 2^28 relations");
        }
        this.strings = strings;
        this.versions = versions;
        this.relations = relations;
    }

    /// Builder's versions, ascending, and by place what rpm thinks of them.
    static final class Versions {
        final int[] evrs;

        /// Equal where rpm calls both equal.
        final int[] ranks;

        /// Equal where rpm calls epoch and version equal.
        final int[] versionRanks;

        Versions(int[] evrs) {
            this.evrs = evrs;
            ranks = new int[evrs.length];
            versionRanks = new int[evrs.length];
        }

        /// Ranks what stands at a place above 0, behind what stands before it.
        ///
        /// @param versionOrder how rpm orders the one before and this by epoch and version
        /// @param order how rpm orders them
        void rank(int at, int versionOrder, int order) {
            versionRanks[at] = versionRanks[at - 1] + (versionOrder == 0 ? 0 : 1);
            ranks[at] = ranks[at - 1] + (order == 0 ? 0 : 1);
        }
    }

    /// Returns a number that orders simple relations.
    ///
    /// @param name its place among strings
    /// @param evr its version's place
    static long relationKey(int name, int evr, int sense) {
        if (evr >= 1 << 28) {
            throw new IllegalStateException("more than 2^28 versions");
        }
        return (long) name << 32 | (long) evr << RelationTable.OP_BITS | sense;
    }

    /// Returns what is in order already.
    static int[] asNumbered(int count) {
        var order = new int[count];
        Arrays.setAll(order, at -> at);
        return order;
    }

    /// Returns the place of each number in an order.
    static int[] inverse(int[] order) {
        var place = new int[order.length];
        for (int at = 0; at < order.length; at++) {
            place[order[at]] = at;
        }
        return place;
    }

    static int count(boolean[] used) {
        int count = 0;
        for (boolean one : used) {
            if (one) {
                count++;
            }
        }
        return count;
    }
}
