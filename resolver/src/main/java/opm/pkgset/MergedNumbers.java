package opm.pkgset;

import java.util.Arrays;
import java.util.List;

/// Numbers the strings, versions and relations of several sets for a builder, in their order: each
/// set has them sorted, so all are gone through once, side by side, and nothing is looked up.
///
/// Fills the tables of the sets' copiers: whatever they copy then has its numbers.
final class MergedNumbers {
    private final List<PackageSet> sets;
    private final List<SetCopier> copiers;
    private final PackageSetBuilder to;

    /// @param copiers one for each set, to the builder, which is empty
    MergedNumbers(List<PackageSet> sets, List<SetCopier> copiers, PackageSetBuilder to) {
        this.sets = sets;
        this.copiers = copiers;
        this.to = to;
    }

    /// Returns the order of what the builder has now.
    ContentOrder number() {
        numberStrings();
        ContentOrder.Versions versions = numberVersions();
        numberRelations(versions.evrs);
        numberDirs();
        return new ContentOrder(
                ContentOrder.asNumbered(to.strings.size()),
                versions,
                ContentOrder.asNumbered(to.relations.size()));
    }

    private static BrokenSet outOfOrder(SectionId section, int row) {
        return new BrokenSet(
                "section " + section.word() + ": row " + row + " does not follow those before");
    }

    // ---- strings

    /// A set has two sources, its names and its other strings: a name of one set may be no name in
    /// another.
    private void numberStrings() {
        var walk = new MergeWalk(new Strings());
        for (int at = 0; at < sets.size(); at++) {
            StringPool pool = sets.get(at).strings();
            int[] numbers = copiers.get(at).strings;
            // The builder has the empty string.
            walk.add(numbers, 1, pool.nameCount());
            walk.add(numbers, pool.nameCount(), pool.count());
        }
        walk.walk();
    }

    private final class Strings implements MergeWalk.Rows {
        private final int[][] offsets = new int[sets.size()][];
        private final byte[][] bytes = new byte[sets.size()][];

        Strings() {
            for (int at = 0; at < bytes.length; at++) {
                offsets[at] = sets.get(at).strings().offsets();
                bytes[at] = sets.get(at).strings().allBytes();
            }
        }

        @Override
        public int compare(int source, int id, int other, int otherId) {
            int[] one = offsets[source >> 1];
            int[] two = offsets[other >> 1];
            return Arrays.compareUnsigned(
                    bytes[source >> 1],
                    one[id],
                    one[id + 1],
                    bytes[other >> 1],
                    two[otherId],
                    two[otherId + 1]);
        }

        @Override
        public int take(int source, int id) {
            int[] from = offsets[source >> 1];
            int length = from[id + 1] - from[id];
            if (length == 0) {
                // The empty string stands before all others, and once.
                throw outOfOrder(id);
            }
            return to.strings.append(bytes[source >> 1], from[id], length);
        }

        @Override
        public BrokenSet outOfOrder(int id) {
            return MergedNumbers.outOfOrder(SectionId.STRING_OFFSETS, id);
        }
    }

    // ---- versions

    private ContentOrder.Versions numberVersions() {
        var versions = new Versions();
        var walk = new MergeWalk(versions);
        for (int at = 0; at < sets.size(); at++) {
            // The builder has the absent version.
            walk.add(copiers.get(at).evrs, 1, sets.get(at).evrCount());
        }
        walk.walk();
        return versions.ranked();
    }

    private final class Versions implements MergeWalk.Rows {
        /// Where each of the builder's versions came from; the absent one is in every set.
        private final Ints sources = new Ints();

        private final Ints evrs = new Ints();

        Versions() {
            sources.add(0);
            evrs.add(0);
        }

        @Override
        public int compare(int source, int evr, int other, int otherEvr) {
            EvrTable one = sets.get(source).evrs();
            EvrTable two = sets.get(other).evrs();
            int[] strings = copiers.get(source).strings;
            int[] otherStrings = copiers.get(other).strings;
            int order = compareAsRpm(source, evr, other, otherEvr);
            if (order == 0) {
                order =
                        Integer.compare(
                                strings[one.version(evr)], otherStrings[two.version(otherEvr)]);
            }
            return order == 0
                    ? Integer.compare(
                            strings[one.release(evr)], otherStrings[two.release(otherEvr)])
                    : order;
        }

        private int compareAsRpm(int source, int evr, int other, int otherEvr) {
            EvrTable one = sets.get(source).evrs();
            if (source == other) {
                return one.compare(evr, otherEvr);
            }
            int order = compareVersions(source, evr, other, otherEvr);
            return order == 0
                    ? compareStrings(
                            copiers.get(source).strings[one.release(evr)],
                            copiers.get(other).strings[sets.get(other).evrs().release(otherEvr)])
                    : order;
        }

        /// Orders epochs and versions.
        private int compareVersions(int source, int evr, int other, int otherEvr) {
            EvrTable one = sets.get(source).evrs();
            if (source == other) {
                return one.compareVersions(evr, otherEvr);
            }
            EvrTable two = sets.get(other).evrs();
            int order = Integer.compare(one.epoch(evr), two.epoch(otherEvr));
            return order == 0
                    ? compareStrings(
                            copiers.get(source).strings[one.version(evr)],
                            copiers.get(other).strings[two.version(otherEvr)])
                    : order;
        }

        private int compareStrings(int one, int two) {
            return one == two ? 0 : version(one).compareTo(version(two));
        }

        private VersionOrder version(int string) {
            int start = to.strings.offset(string);
            int length = to.strings.length(string);
            return new VersionOrder(to.strings.piece(string), start, start + length);
        }

        @Override
        public int take(int source, int evr) {
            sources.add(source);
            evrs.add(evr);
            EvrTable table = sets.get(source).evrs();
            int[] strings = copiers.get(source).strings;
            return to.evrs.append(
                    table.epoch(evr), strings[table.version(evr)], strings[table.release(evr)]);
        }

        @Override
        public BrokenSet outOfOrder(int evr) {
            return MergedNumbers.outOfOrder(SectionId.EVRS, evr);
        }

        /// Returns them with their ranks, and the absent version where it belongs: only what begins
        /// with `~` comes before it.
        ContentOrder.Versions ranked() {
            int count = evrs.size();
            var order = new int[count];
            int none = 0;
            while (none + 1 < count && compareAsRpm(source(none + 1), row(none + 1), 0, 0) < 0) {
                order[none] = none + 1;
                none++;
            }
            for (int at = none + 1; at < count; at++) {
                order[at] = at;
            }
            var versions = new ContentOrder.Versions(order);
            for (int at = 1; at < count; at++) {
                int evr = order[at];
                int before = order[at - 1];
                versions.rank(
                        at,
                        compareVersions(source(evr), row(evr), source(before), row(before)),
                        compareAsRpm(source(evr), row(evr), source(before), row(before)));
            }
            return versions;
        }

        private int source(int evr) {
            return sources.get(evr);
        }

        private int row(int evr) {
            return evrs.get(evr);
        }
    }

    // ---- relations

    /// @param sortedEvrs the builder's versions, ascending
    private void numberRelations(int[] sortedEvrs) {
        var walk = new MergeWalk(new Relations(sortedEvrs));
        for (int at = 0; at < sets.size(); at++) {
            walk.add(copiers.get(at).relations, 0, sets.get(at).relationCount());
        }
        walk.walk();
    }

    /// Parts of a rich relation stand before it, so they have their numbers when it is looked at.
    private final class Relations implements MergeWalk.Rows {
        /// Of simple ones: name, version and sense.
        private final long[][] keys = new long[sets.size()][];

        /// Of rich ones, from the first on.
        private final short[][] heights = new short[sets.size()][];

        private final int[] sortedEvrs;

        Relations(int[] sortedEvrs) {
            this.sortedEvrs = sortedEvrs;
            int[] evrPlace = ContentOrder.inverse(sortedEvrs);
            for (int at = 0; at < keys.length; at++) {
                keys[at] = keys(sets.get(at), copiers.get(at), evrPlace);
                heights[at] = sets.get(at).relationHeights();
            }
        }

        private static long[] keys(PackageSet set, SetCopier copier, int[] evrPlace) {
            var keys = new long[set.simpleCount()];
            for (int rel = 0; rel < keys.length; rel++) {
                int name = copier.strings[set.relationName(rel)];
                if (name == 0) {
                    throw new BrokenSet("relation " + rel + " has no name");
                }
                int sense = set.relationSense(rel).bits() >> 1;
                int evr = evrPlace[sense == 0 ? 0 : copier.evrs[set.relationEvr(rel)]];
                keys[rel] = ContentOrder.relationKey(name, evr, sense);
            }
            return keys;
        }

        @Override
        public int compare(int source, int rel, int other, int otherRel) {
            int simple = keys[source].length;
            int otherSimple = keys[other].length;
            if (rel < simple && otherRel < otherSimple) {
                return Long.compare(keys[source][rel], keys[other][otherRel]);
            }
            if (rel < simple || otherRel < otherSimple) {
                return rel < simple ? -1 : 1;
            }
            int height = heights[source][rel - simple];
            int order = Integer.compare(height, heights[other][otherRel - otherSimple]);
            return order == 0 ? compareParts(source, rel, other, otherRel) : order;
        }

        private int compareParts(int source, int rel, int other, int otherRel) {
            PackageSet one = sets.get(source);
            PackageSet two = sets.get(other);
            int[] numbers = copiers.get(source).relations;
            int[] others = copiers.get(other).relations;
            int order =
                    Integer.compare(numbers[one.richLeft(rel)], others[two.richLeft(otherRel)]);
            if (order == 0) {
                order =
                        Integer.compare(
                                numbers[one.richRight(rel)], others[two.richRight(otherRel)]);
            }
            return order == 0
                    ? Integer.compare(
                            RelationTable.code(one.richOp(rel)),
                            RelationTable.code(two.richOp(otherRel)))
                    : order;
        }

        /// Copiers have numbers of relations plus 1.
        @Override
        public int take(int source, int rel) {
            if (rel < keys[source].length) {
                long key = keys[source][rel];
                int low = (int) key;
                int evr = sortedEvrs[low >>> RelationTable.OP_BITS];
                return 1
                        + to.relations.append((int) (key >>> 32), low & RelationTable.OP_MASK, evr);
            }
            PackageSet set = sets.get(source);
            int[] numbers = copiers.get(source).relations;
            return 1
                    + to.relations.append(
                            numbers[set.richLeft(rel)] - 1,
                            RelationTable.RICH + RelationTable.code(set.richOp(rel)),
                            numbers[set.richRight(rel)] - 1);
        }

        @Override
        public BrokenSet outOfOrder(int rel) {
            return MergedNumbers.outOfOrder(SectionId.RELATIONS, rel);
        }
    }

    // ---- directories

    /// They stand by the number of their name, which no two sets share: few enough to look up.
    private void numberDirs() {
        for (int at = 0; at < sets.size(); at++) {
            FileTree files = sets.get(at).files();
            SetCopier copier = copiers.get(at);
            // Copiers have numbers of directories plus 1.
            copier.dirs[0] = 1;
            for (int dir = 1; dir < copier.dirs.length; dir++) {
                int parent = copier.dirs[files.parent(dir)] - 1;
                copier.dirs[dir] = 1 + to.paths.child(parent, copier.strings[files.dirName(dir)]);
            }
        }
    }
}
