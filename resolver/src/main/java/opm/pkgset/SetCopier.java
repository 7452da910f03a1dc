package opm.pkgset;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import opm.base.Digest;
import opm.base.OpmException.Damaged;
import org.jspecify.annotations.Nullable;

/// Copies packages of a set into a builder: for sets with more files, and for merging.
///
/// Strings, versions, relations and lists are handed over once each, as bytes and numbers, when
/// the first package needs them.
public final class SetCopier {
    private final PackageSet from;
    private final PackageSetBuilder to;

    /// Builder's ids by the set's; 0 is one that was not handed over yet, or the empty one.
    final int[] strings;

    final int[] evrs;
    private final int[] lists;

    /// What lists of the set hold, as they stand in it: read at once.
    private final int[] listRows;

    /// Builder's relations plus 1.
    final int[] relations;

    /// Builder's directories plus 1.
    final int[] dirs;

    /// Null where [SetMerge] hands over the texts.
    private final @Nullable TextCopier texts;

    private final int[] textIds = new int[TextCopier.COLUMNS];
    private final int[] row = new int[PackageSetBuilder.COLUMNS];
    private final long[] numbers = new long[PackageSetBuilder.NUMBERS];
    private final Ints list = new Ints();
    private final int[] fileStarts;
    private final int[] files;

    public SetCopier(PackageSet from, PackageSetBuilder to) {
        this(from, to, new TextCopier(from, to));
        to.room(from);
    }

    SetCopier(PackageSet from, PackageSetBuilder to, @Nullable TextCopier texts) {
        this.from = from;
        this.to = to;
        this.texts = texts;
        strings = new int[from.stringCount()];
        evrs = new int[from.evrCount()];
        lists = new int[from.depListRows().count()];
        listRows = new int[lists.length];
        from.depListRows().column(0, listRows);
        relations = new int[from.relationCount()];
        dirs = new int[from.files().dirCount()];
        fileStarts = new int[from.packageCount() + 1];
        files = from.files().byPackage(fileStarts);
        if (from.facts().isInstalled()) {
            to.installedSystem();
        }
    }

    /// Copies all packages of a set, with more files.
    ///
    /// @param files by the checksum of their package, in hexadecimal
    public static void copyWith(
            Map<String, List<String>> files, PackageSet from, PackageSetBuilder to) throws Damaged {
        PackageSet.reading(
                () -> {
                    var copier = new SetCopier(from, to);
                    for (int pkg = 0; pkg < from.packageCount(); pkg++) {
                        copier.begin(pkg);
                        Digest checksum = from.facts().checksum(pkg);
                        if (checksum != null) {
                            files.getOrDefault(checksum.hex(), List.of()).forEach(to::file);
                        }
                        to.end();
                    }
                    return true;
                });
    }

    /// Starts a package that is equal to one of the set; the caller may add files, and ends it.
    public PackageSetBuilder begin(int pkg) {
        Objects.requireNonNull(texts).copy(pkg, textIds, 0);
        return begin(pkg, textIds, 0);
    }

    /// Starts one whose texts were handed over: their ids stand in an array from a place on.
    PackageSetBuilder begin(int pkg, int[] texts, int textsAt) {
        PackageSetBuilder.texts(row, 0, texts, textsAt);
        try {
            return copy(pkg);
        } catch (IllegalArgumentException e) {
            // What a builder refuses, such as a zero byte, no importer wrote.
            throw new BrokenSet("package " + pkg + ": " + e.getMessage());
        }
    }

    private PackageSetBuilder copy(int pkg) {
        Facts facts = from.facts();
        row[PackageSetBuilder.NAME] = string(from.name(pkg));
        row[PackageSetBuilder.EVR] = evr(from.evr(pkg));
        row[PackageSetBuilder.ARCH] = string(from.arch(pkg));
        row[PackageSetBuilder.VENDOR] = string(from.vendor(pkg));
        if (row[PackageSetBuilder.NAME] == 0) {
            throw new BrokenSet("package " + pkg + " has no name");
        }
        for (int column = 0; column < DepColumn.COUNT; column++) {
            row[PackageSetBuilder.LISTS + column] = list(from.list(pkg, column));
        }
        row[PackageSetBuilder.LOCATION_KIND] = facts.locationKind(pkg);
        byte[] checksum = facts.rawChecksum(pkg);
        row[PackageSetBuilder.CHECKSUM_KIND] = facts.checksumKind(pkg);
        row[PackageSetBuilder.CHECKSUM] =
                checksum.length == 0 ? 0 : to.checksums.add(checksum, 0, checksum.length);
        row[PackageSetBuilder.HEADER_START] = facts.headerStart(pkg);
        row[PackageSetBuilder.HEADER_END] = facts.headerEnd(pkg);
        row[PackageSetBuilder.REASON] = string(facts.reasonString(pkg));
        numbers[PackageSetBuilder.PACKAGE_BYTES] = facts.packageBytes(pkg);
        numbers[PackageSetBuilder.INSTALLED_BYTES] = facts.installedBytes(pkg);
        numbers[PackageSetBuilder.BUILD_SECONDS] = facts.buildSeconds(pkg);
        numbers[PackageSetBuilder.ARCHIVE_BYTES] = facts.archiveBytes(pkg);
        numbers[PackageSetBuilder.INSTALL_SECONDS] = facts.installSeconds(pkg);
        to.begin(row, numbers);
        for (int at = fileStarts[pkg]; at < fileStarts[pkg + 1]; at++) {
            to.file(dir(files[2 * at]), string(from.files().fileName(files[2 * at + 1])));
        }
        return to;
    }

    private int string(int id) {
        if (strings[id] == 0 && id != 0) {
            StringPool pool = from.strings();
            var bytes = new byte[pool.length(id)];
            pool.bytes().copy(pool.start(id), bytes);
            strings[id] = to.strings.intern(bytes, 0, bytes.length);
        }
        return strings[id];
    }

    private int evr(int evr) {
        if (evrs[evr] == 0 && evr != 0) {
            EvrTable table = from.evrs();
            evrs[evr] =
                    to.evrs.intern(
                            table.epoch(evr),
                            string(table.version(evr)),
                            string(table.release(evr)));
        }
        return evrs[evr];
    }

    /// Hands over a relation, its parts before it: towers of them are low, see [RelationTable].
    private int relation(int rel) {
        if (relations[rel] == 0) {
            int id;
            if (from.isRich(rel)) {
                int left = relation(from.richLeft(rel));
                int op = RelationTable.RICH + RelationTable.code(from.richOp(rel));
                id = to.relations.intern(left, op, relation(from.richRight(rel)));
            } else {
                int name = string(from.relationName(rel));
                if (name == 0) {
                    throw new BrokenSet("relation " + rel + " has no name");
                }
                int sense = from.relationSense(rel).bits() >> 1;
                id = to.relations.intern(name, sense, sense == 0 ? 0 : evr(from.relationEvr(rel)));
            }
            relations[rel] = id + 1;
        }
        return relations[rel] - 1;
    }

    private int list(int start) {
        if (start == 0) {
            return 0;
        }
        if (lists[start] == 0) {
            list.clear();
            int size = from.listSize(start);
            for (int at = start + 1; at <= start + size; at++) {
                int rel = listRows[at];
                if (rel < 0 || rel >= relations.length) {
                    throw new BrokenSet("list " + start + " has relation " + rel);
                }
                list.add(relations[rel] == 0 ? relation(rel) : relations[rel] - 1);
            }
            list.sortUnique();
            lists[start] = to.lists.intern(list);
        }
        return lists[start];
    }

    private int dir(int dir) {
        if (dirs[dir] == 0) {
            byte[] path = opm.base.ByteText.encode(from.files().path(dir));
            dirs[dir] = 1 + to.paths.dir(path, 0, path.length);
        }
        return dirs[dir] - 1;
    }
}
