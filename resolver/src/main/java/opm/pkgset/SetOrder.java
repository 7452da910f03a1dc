package opm.pkgset;

import java.util.Arrays;

/// Puts what a builder gathered into the one order that its content allows.
///
/// What was numbered by first sight becomes numbered by value: strings bytewise, versions as rpm
/// orders them, relations by name. What only doubled packages used goes with them.
final class SetOrder {
    private static final int UNUSED = -1;

    final PackageSetBuilder from;

    /// Builder's packages in the order of the set.
    final int[] packages;

    private final ContentOrder order;

    /// Builder's relations by place; the lists of the builder hold places.
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

    SetOrder(PackageSetBuilder from, ContentOrder order, PackageOrder packages) {
        this.from = from;
        this.order = order;
        sortedRelations = order.relations;
        this.packages = packages.kept;

        var usedStrings = new boolean[from.strings.size()];
        var names = new boolean[from.strings.size()];
        var usedEvrs = new boolean[from.evrs.size()];
        relationId = markRelations(usedEvrs, names);
        var usedDirs = new boolean[from.paths.count()];
        mark(usedStrings, names, usedEvrs, usedDirs);

        stringId = new int[from.strings.size()];
        Arrays.fill(stringId, UNUSED);
        strings = new int[ContentOrder.count(usedStrings)];
        nameCount = numberStrings(usedStrings, names, 0, true);
        numberStrings(usedStrings, names, nameCount, false);

        evrId = new int[from.evrs.size()];
        evrs = new int[ContentOrder.count(usedEvrs)];
        evrRank = new int[evrs.length];
        evrVersionRank = new int[evrs.length];
        numberEvrs(usedEvrs);

        dirId = new int[from.paths.count()];
        dirs = sortDirs(usedDirs);
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
        int[] place = ContentOrder.inverse(sortedRelations);
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
        for (int path : from.asked.values()) {
            used[path] = true;
        }
        for (int id = 0; id < names.length; id++) {
            used[id] |= names[id];
        }
    }

    private int numberStrings(boolean[] used, boolean[] names, int first, boolean asNames) {
        int next = first;
        for (int id : order.strings) {
            if (used[id] && names[id] == asNames) {
                strings[next] = id;
                stringId[id] = next++;
            }
        }
        return next;
    }

    private void numberEvrs(boolean[] used) {
        ContentOrder.Versions all = order.versions;
        int next = 1;
        int rank = 0;
        int version = 0;
        int before = UNUSED;
        for (int at = 0; at < all.evrs.length; at++) {
            int evr = all.evrs[at];
            if (!used[evr]) {
                evrId[evr] = UNUSED;
                continue;
            }
            if (before != UNUSED) {
                rank += all.ranks[before] == all.ranks[at] ? 0 : 1;
                version += all.versionRanks[before] == all.versionRanks[at] ? 0 : 1;
            }
            before = at;
            int id = evr == 0 ? 0 : next++;
            evrId[evr] = id;
            evrs[id] = evr;
            evrRank[id] = rank;
            evrVersionRank[id] = version;
        }
    }

    private boolean isRich(int rel) {
        return from.relations.two(rel) >= RelationTable.RICH;
    }

    /// Sorts directories level by level, those of one parent by the set's id of their name.
    private int[] sortDirs(boolean[] used) {
        var order = new int[ContentOrder.count(used)];
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
