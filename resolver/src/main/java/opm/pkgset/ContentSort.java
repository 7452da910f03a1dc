package opm.pkgset;

import java.util.Arrays;

/// Sorts what a builder numbered by first sight: strings bytewise, versions as rpm orders them,
/// relations by name, version and sense.
final class ContentSort {
    private final PackageSetBuilder from;
    private final int[] sortedStrings;

    /// Place of each builder's string among all of them, bytewise.
    private final int[] stringRank;

    /// A number for each string that is a version or release, in rpm's order; equal for those that
    /// rpm calls equal.
    private final int[] versionRank;

    private final int[] sortedEvrs;

    /// Place of each builder's version among all of them.
    private final int[] evrPlace;

    private ContentSort(PackageSetBuilder from) {
        this.from = from;
        versionRank = new int[from.strings.size()];
        boolean pays = Beside.pays(from.threads, from.packageCount());
        var aside = new Beside("versions", this::rankVersions, pays);
        try {
            sortedStrings = from.strings.sorted();
        } finally {
            aside.join();
        }
        stringRank = ContentOrder.inverse(sortedStrings);
        sortedEvrs = sortEvrs();
        evrPlace = ContentOrder.inverse(sortedEvrs);
    }

    /// Sorts; the lists of the builder hold places of relations from then on.
    static ContentOrder sort(PackageSetBuilder from) {
        var sort = new ContentSort(from);
        int[] relations = sort.sortRelations();
        from.lists.renumber(ContentOrder.inverse(relations));
        var versions = new ContentOrder.Versions(sort.sortedEvrs);
        for (int at = 1; at < sort.sortedEvrs.length; at++) {
            int before = sort.sortedEvrs[at - 1];
            int evr = sort.sortedEvrs[at];
            versions.rank(at, sort.compareVersions(before, evr), sort.compareAsRpm(before, evr));
        }
        return new ContentOrder(sort.sortedStrings, versions, relations);
    }

    // ---- versions

    private void rankVersions() {
        var isVersion = new boolean[from.strings.size()];
        for (int evr = 0; evr < from.evrs.size(); evr++) {
            isVersion[from.evrs.two(evr)] = true;
            isVersion[from.evrs.three(evr)] = true;
        }
        var ids = new int[ContentOrder.count(isVersion)];
        var texts = new String[from.strings.size()];
        int next = 0;
        for (int id = 0; id < isVersion.length; id++) {
            if (isVersion[id]) {
                ids[next++] = id;
                texts[id] = from.strings.string(id);
            }
        }
        IntSort.sort(
                ids,
                0,
                ids.length,
                (one, two) -> opm.base.Evr.compareVersions(texts[one], texts[two]));
        for (int at = 1; at < ids.length; at++) {
            boolean same = opm.base.Evr.compareVersions(texts[ids[at - 1]], texts[ids[at]]) == 0;
            versionRank[ids[at]] = versionRank[ids[at - 1]] + (same ? 0 : 1);
        }
    }

    private int[] sortEvrs() {
        int[] ids = ContentOrder.asNumbered(from.evrs.size());
        IntSort.sort(ids, 0, ids.length, this::compareEvrs);
        return ids;
    }

    private int compareEvrs(int one, int two) {
        int order = compareAsRpm(one, two);
        if (order == 0) {
            order = Integer.compare(stringRank[from.evrs.two(one)], stringRank[from.evrs.two(two)]);
        }
        return order == 0
                ? Integer.compare(
                        stringRank[from.evrs.three(one)], stringRank[from.evrs.three(two)])
                : order;
    }

    private int compareAsRpm(int one, int two) {
        int order = compareVersions(one, two);
        return order == 0
                ? Integer.compare(
                        versionRank[from.evrs.three(one)], versionRank[from.evrs.three(two)])
                : order;
    }

    private int compareVersions(int one, int two) {
        int order = Integer.compare(from.evrs.one(one), from.evrs.one(two));
        return order == 0
                ? Integer.compare(versionRank[from.evrs.two(one)], versionRank[from.evrs.two(two)])
                : order;
    }

    // ---- relations

    private boolean isRich(int rel) {
        return from.relations.two(rel) >= RelationTable.RICH;
    }

    /// Sorts simple relations by packing name, version and sense into one long, whose parts find
    /// the relation again; then the few rich ones by height and parts.
    private int[] sortRelations() {
        int count = from.relations.size();
        int simple = 0;
        for (int rel = 0; rel < count; rel++) {
            simple += isRich(rel) ? 0 : 1;
        }
        var keys = new long[simple];
        int next = 0;
        for (int rel = 0; rel < count; rel++) {
            if (!isRich(rel)) {
                keys[next++] =
                        ContentOrder.relationKey(
                                stringRank[from.relations.one(rel)],
                                evrPlace[from.relations.three(rel)],
                                from.relations.two(rel));
            }
        }
        Arrays.sort(keys);
        var sorted = new int[count];
        for (int at = 0; at < simple; at++) {
            int low = (int) keys[at];
            sorted[at] =
                    from.relations.intern(
                            sortedStrings[(int) (keys[at] >>> 32)],
                            low & RelationTable.OP_MASK,
                            sortedEvrs[low >>> RelationTable.OP_BITS]);
        }
        sortRich(sorted, simple);
        return sorted;
    }

    private void sortRich(int[] sorted, int simple) {
        int count = sorted.length;
        var height = new int[count];
        int tallest = 0;
        int next = simple;
        for (int rel = 0; rel < count; rel++) {
            if (isRich(rel)) {
                // The parts of a rich relation were interned before it.
                int left = height[from.relations.one(rel)];
                int right = height[from.relations.three(rel)];
                height[rel] = 1 + Math.max(left, right);
                tallest = Math.max(tallest, height[rel]);
                sorted[next++] = rel;
            }
        }
        var place = new int[count];
        for (int at = 0; at < simple; at++) {
            place[sorted[at]] = at;
        }
        IntSort.sort(
                sorted, simple, count, (one, two) -> Integer.compare(height[one], height[two]));
        int start = simple;
        for (int level = 1; level <= tallest; level++) {
            int end = start;
            while (end < count && height[sorted[end]] == level) {
                end++;
            }
            IntSort.sort(sorted, start, end, (one, two) -> compareRich(one, two, place));
            for (int at = start; at < end; at++) {
                place[sorted[at]] = at;
            }
            start = end;
        }
    }

    private int compareRich(int one, int two, int[] place) {
        int order = Integer.compare(place[from.relations.one(one)], place[from.relations.one(two)]);
        if (order == 0) {
            order =
                    Integer.compare(
                            place[from.relations.three(one)], place[from.relations.three(two)]);
        }
        return order == 0
                ? Integer.compare(from.relations.two(one), from.relations.two(two))
                : order;
    }
}
