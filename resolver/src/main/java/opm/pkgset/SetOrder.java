package opm.pkgset;

import java.util.Arrays;

/// Puts what a builder gathered into the one order that its content allows.
///
/// What was numbered by first sight becomes numbered by value: strings bytewise, versions as rpm
/// orders them, relations by name, packages by name, version, architecture. Doubled packages go,
/// and with them the strings and relations that only they used.
final class SetOrder {
    private static final int UNUSED = -1;

    final PackageSetBuilder from;

    /// Builder's packages in the order of the set.
    final int[] packages;

    /// Place of each builder's string among all of them, bytewise.
    private final int[] stringRank;

    /// Builder's strings, bytewise.
    private final int[] sortedStrings;

    /// Builder's versions, ascending.
    private final int[] sortedEvrs;

    /// Place of each builder's version among all of them.
    private final int[] evrPlace;

    /// Builder's relations by place; the lists of the builder hold places from now on.
    final int[] sortedRelations;

    /// Set's ids by builder's id; [#UNUSED] for what no kept package uses.
    final int[] stringId;

    final int[] evrId;
    final int[] dirId;

    /// Set's ids of relations by place.
    final int[] relationId;

    /// Builder's ids by set's id.
    final int[] strings;

    final int[] evrs;
    final int[] evrRank;
    final int[] evrVersionRank;
    final int[] dirs;
    final int nameCount;
    private final int[] versionRank;
    private final int[] keptAs;

    SetOrder(PackageSetBuilder from) {
        this.from = from;
        sortedStrings = from.strings.sorted();
        stringRank = inverse(sortedStrings);
        versionRank = rankVersions();
        sortedEvrs = sortEvrs();
        evrPlace = inverse(sortedEvrs);
        sortedRelations = sortRelations();
        from.lists.renumber(inverse(sortedRelations));
        keptAs = new int[from.packageCount()];
        packages = sortPackages();

        var usedStrings = new boolean[from.strings.size()];
        var names = new boolean[from.strings.size()];
        var usedEvrs = new boolean[from.evrs.size()];
        relationId = markRelations(usedEvrs, names);
        var usedDirs = new boolean[from.paths.count()];
        mark(usedStrings, names, usedEvrs, usedDirs);

        stringId = new int[from.strings.size()];
        Arrays.fill(stringId, UNUSED);
        strings = new int[count(usedStrings)];
        nameCount = numberStrings(usedStrings, names, 0, true);
        numberStrings(usedStrings, names, nameCount, false);

        evrId = new int[from.evrs.size()];
        evrs = new int[count(usedEvrs)];
        evrRank = new int[evrs.length];
        evrVersionRank = new int[evrs.length];
        numberEvrs(usedEvrs);

        dirId = new int[from.paths.count()];
        dirs = sortDirs(usedDirs);
    }

    private static int[] inverse(int[] order) {
        var place = new int[order.length];
        for (int at = 0; at < order.length; at++) {
            place[order[at]] = at;
        }
        return place;
    }

    private static int count(boolean[] used) {
        int count = 0;
        for (boolean one : used) {
            if (one) {
                count++;
            }
        }
        return count;
    }

    // ---- versions

    /// Returns a number for each string that is a version or release, in rpm's order; equal for
    /// those that rpm calls equal.
    private int[] rankVersions() {
        var isVersion = new boolean[from.strings.size()];
        for (int evr = 0; evr < from.evrs.size(); evr++) {
            isVersion[from.evrs.two(evr)] = true;
            isVersion[from.evrs.three(evr)] = true;
        }
        var ids = new int[count(isVersion)];
        var texts = new String[from.strings.size()];
        int next = 0;
        for (int id : sortedStrings) {
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
        var rank = new int[from.strings.size()];
        for (int at = 1; at < ids.length; at++) {
            boolean same = opm.base.Evr.compareVersions(texts[ids[at - 1]], texts[ids[at]]) == 0;
            rank[ids[at]] = rank[ids[at - 1]] + (same ? 0 : 1);
        }
        return rank;
    }

    private int[] sortEvrs() {
        var ids = new int[from.evrs.size()];
        for (int evr = 0; evr < ids.length; evr++) {
            ids[evr] = evr;
        }
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

    private void numberEvrs(boolean[] used) {
        int next = 1;
        int rank = 0;
        int version = 0;
        int before = UNUSED;
        for (int evr : sortedEvrs) {
            if (!used[evr]) {
                evrId[evr] = UNUSED;
                continue;
            }
            if (before != UNUSED) {
                rank += compareAsRpm(before, evr) == 0 ? 0 : 1;
                version += compareVersions(before, evr) == 0 ? 0 : 1;
            }
            before = evr;
            int id = evr == 0 ? 0 : next++;
            evrId[evr] = id;
            evrs[id] = evr;
            evrRank[id] = rank;
            evrVersionRank[id] = version;
        }
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
                long low =
                        (long) evrPlace[from.relations.three(rel)] << RelationTable.OP_BITS
                                | from.relations.two(rel);
                keys[next++] = (long) stringRank[from.relations.one(rel)] << 32 | low;
            }
        }
        if (from.evrs.size() >= 1 << 28 || count >= 1 << 28) {
            throw new IllegalStateException("more than 2^28 versions or relations");
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

    // ---- packages

    private int[] sortPackages() {
        var ids = new int[from.packageCount()];
        for (int pkg = 0; pkg < ids.length; pkg++) {
            ids[pkg] = pkg;
        }
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

    /// Returns, for each package by order of adding, the package of the set that it became.
    int[] addedOrder() {
        return keptAs;
    }

    // ---- what is used

    /// Marks and numbers the relations that kept packages use, with their versions and names.
    private int[] markRelations(boolean[] usedEvrs, boolean[] names) {
        int count = sortedRelations.length;
        var used = new boolean[count];
        var seen = new boolean[from.lists.size()];
        for (int pkg : packages) {
            for (int kind = 0; kind < DepColumn.COUNT; kind++) {
                int list = from.column(pkg, PackageSetBuilder.LISTS + kind);
                if (!seen[list]) {
                    seen[list] = true;
                    for (int at = 0; at < from.lists.size(list); at++) {
                        used[from.lists.item(list, at)] = true;
                    }
                }
            }
        }
        int[] place = inverse(sortedRelations);
        for (int at = count - 1; at >= 0; at--) {
            int rel = sortedRelations[at];
            if (used[at] && isRich(rel)) {
                used[place[from.relations.one(rel)]] = true;
                used[place[from.relations.three(rel)]] = true;
            } else if (used[at]) {
                names[from.relations.one(rel)] = true;
                usedEvrs[from.relations.three(rel)] = true;
            }
        }
        var ids = new int[count];
        int next = 0;
        for (int at = 0; at < count; at++) {
            ids[at] = used[at] ? next++ : UNUSED;
        }
        relationPlace = place;
        return ids;
    }

    /// Returns the set's id of a builder's relation.
    int relationOf(int rel) {
        return relationId[relationPlace[rel]];
    }

    /// Place of each builder's relation.
    private int[] relationPlace = {};

    private void mark(boolean[] used, boolean[] names, boolean[] usedEvrs, boolean[] usedDirs) {
        usedEvrs[0] = true;
        names[0] = true;
        for (int pkg : packages) {
            names[from.column(pkg, PackageSetBuilder.NAME)] = true;
            usedEvrs[from.column(pkg, PackageSetBuilder.EVR)] = true;
            used[from.column(pkg, PackageSetBuilder.ARCH)] = true;
            used[from.column(pkg, PackageSetBuilder.VENDOR)] = true;
            used[from.column(pkg, PackageSetBuilder.REASON)] = true;
            int end = from.filesEnd(pkg);
            for (int at = from.column(pkg, PackageSetBuilder.FIRST_FILE); at < end; at += 2) {
                usedDirs[from.files.get(at)] = true;
                used[from.files.get(at + 1)] = true;
            }
        }
        usedDirs[0] = true;
        for (int dir = usedDirs.length - 1; dir > 0; dir--) {
            if (usedDirs[dir]) {
                usedDirs[from.paths.parent(dir)] = true;
                used[from.paths.name(dir)] = true;
            }
        }
        for (int evr = 0; evr < usedEvrs.length; evr++) {
            if (usedEvrs[evr]) {
                used[from.evrs.two(evr)] = true;
                used[from.evrs.three(evr)] = true;
            }
        }
        for (String path : from.asked) {
            used[from.strings.intern(path)] = true; // known: the builder interned it
        }
        for (int id = 0; id < names.length; id++) {
            used[id] |= names[id];
        }
    }

    private int numberStrings(boolean[] used, boolean[] names, int first, boolean asNames) {
        int next = first;
        for (int id : sortedStrings) {
            if (used[id] && names[id] == asNames) {
                strings[next] = id;
                stringId[id] = next++;
            }
        }
        return next;
    }

    /// Sorts directories level by level, those of one parent by the set's id of their name.
    private int[] sortDirs(boolean[] used) {
        var order = new int[count(used)];
        var depth = new int[used.length];
        int next = 0;
        for (int dir = 0; dir < used.length; dir++) {
            if (used[dir]) {
                depth[dir] = dir == 0 ? 0 : depth[from.paths.parent(dir)] + 1;
                order[next++] = dir;
            }
        }
        IntSort.sort(order, 0, next, (one, two) -> Integer.compare(depth[one], depth[two]));
        int start = 0;
        while (start < next) {
            int end = start;
            while (end < next && depth[order[end]] == depth[order[start]]) {
                end++;
            }
            IntSort.sort(order, start, end, this::compareDirs);
            for (int at = start; at < end; at++) {
                dirId[order[at]] = at;
            }
            start = end;
        }
        return order;
    }

    private int compareDirs(int one, int two) {
        int order = Integer.compare(dirId[from.paths.parent(one)], dirId[from.paths.parent(two)]);
        return order == 0
                ? Integer.compare(stringId[from.paths.name(one)], stringId[from.paths.name(two)])
                : order;
    }
}
