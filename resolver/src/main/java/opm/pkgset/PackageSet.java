package opm.pkgset;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import opm.base.Dep;
import opm.base.Dep.RichOp;
import opm.base.DepKind;
import opm.base.Digest;
import opm.base.Evr;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;
import opm.base.Sense;
import org.jspecify.annotations.Nullable;

/// The packages of one repository or one system, read in place from a mapped file.
///
/// Everything is a dense `int` from 0: `pkg`, sorted by name, version and architecture; `name` and
/// other string ids, where 0 is the empty string and the ids below [#nameCount] are the names of
/// packages and dependencies, sorted bytewise; `evr`, where 0 is no version at all; `rel`, one id
/// for each distinct dependency; `list`, one id for each distinct list of dependencies, where 0 is
/// the empty one. Ids mean nothing outside their set.
///
/// Safe for use by many threads. Any method may throw [BrokenSet] when the file is damaged; see
/// [#reading]. Nothing needs closing: the map goes with the object.
public final class PackageSet {
    private final Digest digest;
    private final StringPool strings;
    private final EvrTable evrs;
    private final RelationTable relations;
    private final Section depLists;
    private final Section moreLists;
    private final Section packages;
    private final Section providesStart;
    private final Section provides;
    private final Facts facts;
    private final FileTree files;
    private final @Nullable FileList fileList;
    private final @Nullable Bulk bulk;
    private final SetFile file;
    private volatile @Nullable Kept kept;

    PackageSet(SetFile file) {
        this.file = file;
        digest = file.digest();
        providesStart = file.section(SectionId.PROVIDES_START);
        provides = file.section(SectionId.PROVIDES);
        strings =
                new StringPool(
                        file.section(SectionId.STRING_OFFSETS),
                        file.section(SectionId.STRING_BYTES),
                        providesStart.count() - 1);
        evrs = new EvrTable(file.section(SectionId.EVRS), strings);
        relations = new RelationTable(file.section(SectionId.RELATIONS), strings, evrs);
        depLists = file.section(SectionId.DEP_LISTS);
        moreLists = file.section(SectionId.MORE_LISTS);
        packages = file.section(SectionId.PACKAGES);
        facts = new Facts(file, packages.count(), strings, this);
        files = new FileTree(file, strings, packages.count());
        @Nullable Section blocks = file.optional(SectionId.FILE_BLOCKS);
        fileList = blocks == null ? null : new FileList(file, blocks, packages.count());
        @Nullable Section records = file.optional(SectionId.BULK);
        bulk = records == null ? null : new Bulk(file, records, packages.count());
    }

    /// Maps a file. Its structure is checked, its content is not read: see [#check].
    public static PackageSet open(Path path) throws OpmException {
        return of(SetFile.map(path));
    }

    /// Reads a set that lies in memory.
    public static PackageSet of(MemorySegment bytes) throws Damaged {
        return of(Bytes.of(bytes));
    }

    static PackageSet of(Bytes bytes) throws Damaged {
        try {
            return new PackageSet(SetFile.of(bytes));
        } catch (BrokenSet e) {
            throw e.asDamaged();
        }
    }

    /// Does a piece of work that reads sets; damage met on the way comes out as [Damaged].
    public static <T> T reading(Supplier<T> work) throws Damaged {
        try {
            return work.get();
        } catch (BrokenSet e) {
            throw e.asDamaged();
        }
    }

    /// Validates every byte, and names the section at fault.
    public void check() throws Damaged {
        file.check();
        reading(
                () -> {
                    new SetCheck(this).run();
                    return true;
                });
    }

    /// Returns a frame with the sections of this set that this version knows, in their order.
    ///
    /// @param without which to leave out
    SetFrame frame(List<SectionId> without) {
        var frame = new SetFrame();
        for (SectionId id : SectionId.values()) {
            Section section = file.optional(id);
            if (section != null && !without.contains(id)) {
                Bytes rows = section.rows();
                frame.add(
                        id,
                        section.stride(),
                        rows.length() / section.stride(),
                        out -> out.bytes(rows));
            }
        }
        return frame;
    }

    /// Tells whether the set knows all files of its packages, not only those of primary metadata.
    public boolean knowsAllFiles() {
        return fileList != null;
    }

    /// Returns the packages that own a path, ascending, as far as the set knows.
    public int[] owners(String path) {
        FileList all = fileList;
        return all == null || FileTree.isListed(path) ? files.owners(path) : all.owners(path);
    }

    /// Tells whether a path may have owners that the set does not know: no file list was asked.
    public boolean mayHide(String path) {
        return fileList == null && !FileTree.isListed(path) && !askedPaths().contains(path);
    }

    @Nullable FileList fileList() {
        return fileList;
    }

    /// Returns what the repository says beside its packages; null where the set was made without.
    public @Nullable Bulk bulk() {
        return bulk;
    }

    /// Returns all files of a package, sorted, where [#knowsAllFiles].
    public List<String> allFiles(int pkg) {
        return fileList == null ? files.of(pkg) : List.copyOf(fileList.of(pkg));
    }

    /// Writes all bytes of the file.
    public void copyTo(ByteSink sink) throws OpmException {
        file.copyTo(sink);
    }

    /// Returns the SHA-256 of the content: equal packages give equal digests.
    public Digest digest() {
        return digest;
    }

    /// Writes the file as it is.
    public void writeTo(ByteSink sink) throws OpmException {
        file.writeTo(sink);
    }

    /// Returns what the file holds, section by section, in file order.
    public List<SectionInfo> sections() {
        return file.infos();
    }

    /// One row of `opm set info`.
    public record SectionInfo(String name, int rowBytes, int count, long bytes, boolean required) {}

    public long fileBytes() {
        return file.bytes();
    }

    // ---- packages

    public int packageCount() {
        return packages.count();
    }

    /// Returns the string id of a package's name, below [#nameCount].
    public int name(int pkg) {
        return packages.index(pkg, 0, strings.nameCount());
    }

    public int evr(int pkg) {
        return packages.index(pkg, 4, evrs.count());
    }

    /// Returns the string id of a package's architecture.
    public int arch(int pkg) {
        return packages.index(pkg, 8, strings.count());
    }

    /// Returns the string id of a package's vendor; 0 when it has none.
    public int vendor(int pkg) {
        return packages.index(pkg, 12, strings.count());
    }

    /// Returns the first package of a name, or where it would stand.
    public int packagesStart(int name) {
        int low = 0;
        int high = packages.count();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (packages.u32(middle, 0) < name) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /// Returns the package after the last one of a name.
    public int packagesEnd(int name) {
        return packagesStart(name + 1);
    }

    /// Tells whether there is a package of a name; a negative one stands for no name.
    public boolean hasPackage(int name) {
        int pkg = packagesStart(name);
        return pkg < packages.count() && name(pkg) == name;
    }

    public boolean hasPackage(String name) {
        return hasPackage(nameId(name));
    }

    /// Returns the names of all packages, each once, sorted bytewise, one a line.
    public byte[] nameLines() throws Damaged {
        return reading(
                () -> {
                    var lines = new VarOutput();
                    for (int pkg = 0; pkg < packageCount(); pkg++) {
                        if (pkg == 0 || name(pkg) != name(pkg - 1)) {
                            lines.bytes(opm.base.ByteText.encode(string(name(pkg)) + "\n"));
                        }
                    }
                    return lines.toBytes();
                });
    }

    public PackageRef ref(int pkg) {
        Kept now = kept;
        return now == null ? new PackageRef(this, pkg) : now.ref(this, pkg);
    }

    /// From here on keeps what is read of packages, about a kilobyte of each: for work that asks
    /// the same of the same packages thousands of times.
    public void keepRead() {
        if (kept == null) {
            kept = new Kept(packageCount());
        }
    }

    /// What was read before. Threads may read the same at once, and get equal things.
    private static final class Kept {
        private final @Nullable PackageRef[] refs;
        private final Map<String, Integer> names = new ConcurrentHashMap<>();

        Kept(int count) {
            refs = new PackageRef[count];
        }

        PackageRef ref(PackageSet set, int pkg) {
            PackageRef known = refs[pkg];
            if (known == null) {
                known = PackageRef.keeping(set, pkg);
                refs[pkg] = known;
            }
            return known;
        }
    }

    public Nevra nevra(int pkg) {
        String name = string(name(pkg));
        if (name.isEmpty()) {
            throw new BrokenSet("package " + pkg + " has no name");
        }
        return new Nevra(name, evrValue(evr(pkg)), string(arch(pkg)));
    }

    /// Returns what only plans and people ask for: sizes, checksum, location, texts.
    public Facts facts() {
        return facts;
    }

    /// Returns the files that the set knows.
    public FileTree files() {
        return files;
    }

    // ---- dependencies

    /// Returns the list of a package's dependencies of one kind; equal lists have equal ids.
    public int list(int pkg, DepKind kind) {
        return list(pkg, DepColumn.of(kind));
    }

    /// Returns the list of those requires of a package that must be there before its scripts run.
    public int prerequires(int pkg) {
        return list(pkg, DepColumn.PREREQUIRES);
    }

    /// Returns the list of every package.
    int[] lists(DepKind kind) {
        var lists = new int[packageCount()];
        int column = DepColumn.of(kind);
        if (column < DepColumn.MORE) {
            packages.column(16 + 4 * column, lists);
            int count = depLists.count();
            for (int list : lists) {
                if (list < 0 || list >= count) {
                    throw packages.broken("a list at " + Integer.toUnsignedString(list));
                }
            }
        } else {
            for (int pkg = 0; pkg < lists.length; pkg++) {
                lists[pkg] = list(pkg, column);
            }
        }
        return lists;
    }

    /// Returns the lists that have one of some relations.
    BitSet listsWith(BitSet wanted) {
        return depLists.listsWith(wanted, relations.count());
    }

    int list(int pkg, int column) {
        if (column < DepColumn.MORE) {
            return packages.index(pkg, 16 + 4 * column, depLists.count());
        }
        int more = packages.index(pkg, 24, moreLists.count());
        return moreLists.index(more, 4 * (column - DepColumn.MORE), depLists.count());
    }

    /// Returns the packages that supplement or enhance anything, ascending.
    public int[] supplementing() {
        // Few lists of rare kinds differ, so each is looked at once, and packages name theirs.
        var some = new boolean[moreLists.count()];
        int supplements = 4 * (DepColumn.of(DepKind.SUPPLEMENTS) - DepColumn.MORE);
        int enhances = 4 * (DepColumn.of(DepKind.ENHANCES) - DepColumn.MORE);
        for (int row = 0; row < some.length; row++) {
            some[row] = moreLists.u32(row, supplements) != 0 || moreLists.u32(row, enhances) != 0;
        }
        var found = new Ints();
        for (int pkg = 0, end = packages.count(); pkg < end; pkg++) {
            int more = packages.index(pkg, 24, some.length);
            if (some[more]) {
                found.add(pkg);
            }
        }
        return Arrays.copyOf(found.items(), found.size());
    }

    public int listSize(int list) {
        int size = depLists.u32(list, 0);
        if (size < 0 || size >= depLists.count() - list) {
            throw depLists.broken(
                    "list " + list + " has " + Integer.toUnsignedString(size) + " items");
        }
        return size;
    }

    /// Returns the relation at a place of a list, where 0 ≤ `at` < [#listSize]; ascending.
    public int listItem(int list, int at) {
        return depLists.index(list + 1 + at, 0, relations.count());
    }

    /// Returns the relations of a package, ascending.
    public int[] relations(int pkg, DepKind kind) {
        return items(list(pkg, kind));
    }

    /// Returns the relations of a list, ascending.
    public int[] items(int list) {
        var items = new int[listSize(list)];
        for (int at = 0; at < items.length; at++) {
            items[at] = listItem(list, at);
        }
        return items;
    }

    public List<Dep> deps(int pkg, DepKind kind) {
        return deps(relations(pkg, kind));
    }

    List<Dep> deps(int[] items) {
        var deps = new Dep[items.length];
        for (int at = 0; at < items.length; at++) {
            deps[at] = dep(items[at]);
        }
        return List.of(deps);
    }

    /// Returns how many distinct relations there are. Simple ones come first, sorted by name; rich
    /// ones follow, each after its parts.
    public int relationCount() {
        return relations.count();
    }

    /// Returns the first rich relation, which is also the number of simple ones.
    public int simpleCount() {
        return relations.simpleCount();
    }

    public boolean isRich(int rel) {
        return rel >= relations.simpleCount();
    }

    /// Returns the string id of a simple relation's name, below [#nameCount].
    public int relationName(int rel) {
        return relations.name(rel);
    }

    public Sense relationSense(int rel) {
        return relations.sense(rel);
    }

    /// Returns how high each rich relation is, from the first on.
    short[] relationHeights() {
        return relations.heights();
    }

    /// Returns a simple relation's version; 0 when it has none.
    public int relationEvr(int rel) {
        return relations.evr(rel);
    }

    public RichOp richOp(int rel) {
        return relations.richOp(rel);
    }

    /// Returns the left part of a rich relation, always less than `rel`.
    public int richLeft(int rel) {
        return relations.left(rel);
    }

    /// Returns the right part of a rich relation, always less than `rel`.
    public int richRight(int rel) {
        return relations.right(rel);
    }

    public Dep dep(int rel) {
        return relations.dep(rel);
    }

    /// Returns the first simple relation on a name, or where it would stand.
    public int relationsStart(int name) {
        return relations.start(name);
    }

    /// Returns the relation after the last simple one on a name.
    public int relationsEnd(int name) {
        return relations.start(name + 1);
    }

    // ---- provides, by name

    /// Returns the first row of the provides index for a name; rows go up to [#providersEnd].
    ///
    /// Rows of a name ascend by package, then relation. Files are not among them: see [#files].
    public int providersStart(int name) {
        return providesStart.index(name, 0, provides.count() + 1);
    }

    public int providersEnd(int name) {
        return providesStart.index(name + 1, 0, provides.count() + 1);
    }

    /// Returns the package of a row of the provides index.
    public int provider(int row) {
        return provides.index(row, 0, packages.count());
    }

    /// Returns the relation by which that package provides the name.
    public int providerRelation(int row) {
        return provides.index(row, 4, relations.simpleCount());
    }

    // ---- versions

    public int evrCount() {
        return evrs.count();
    }

    public Evr evrValue(int evr) {
        return evrs.value(evr);
    }

    /// Orders two versions of this set as rpm does; two integers are compared.
    public int compareEvr(int one, int two) {
        return evrs.compare(one, two);
    }

    /// Orders versions as [Evr#matches] does: releases count only where both have one.
    public int matchEvr(int one, int two) {
        return evrs.match(one, two);
    }

    /// Orders a version of this set against one of another.
    public int compareEvr(int evr, PackageSet other, int otherEvr) {
        return other == this ? compareEvr(evr, otherEvr) : evrs.compare(evr, other.evrs, otherEvr);
    }

    /// Orders a version of this set against one of another as [Evr#matches] does.
    public int matchEvr(int evr, PackageSet other, int otherEvr) {
        return other == this ? matchEvr(evr, otherEvr) : evrs.match(evr, other.evrs, otherEvr);
    }

    /// Returns the id of a version that is equal in text, or -1 when the set has none.
    public int evrId(Evr evr) {
        return evrs.find(evr);
    }

    // ---- strings

    public int stringCount() {
        return strings.count();
    }

    /// Returns how many names there are; their ids are those below it, sorted bytewise.
    public int nameCount() {
        return strings.nameCount();
    }

    public String string(int id) {
        return strings.string(id);
    }

    /// Returns the id of a string, or -1 when the set does not have it.
    public int stringId(String text) {
        return strings.find(text);
    }

    /// Returns the id of a name of a package or dependency, or -1.
    public int nameId(String text) {
        Kept now = kept;
        return now == null
                ? strings.findName(text)
                : now.names.computeIfAbsent(text, strings::findName);
    }

    /// Returns the first name that is not less than a prefix, bytewise; names that begin with it
    /// stand together from here.
    public int namesStart(String prefix) {
        return strings.lowerBoundName(prefix);
    }

    /// Returns this set's id of a string of another set, or -1.
    public int translate(PackageSet from, int id) {
        return from == this ? id : strings.translate(from.strings, id);
    }

    /// Returns this set's id of a name of another set, or -1.
    public int translateName(PackageSet from, int name) {
        return from == this ? name : strings.translateName(from.strings, name);
    }

    /// Returns the paths, sorted, of which file lists were asked, so that it knows all owners.
    public List<String> askedPaths() {
        @Nullable Section asked = file.optional(SectionId.ASKED_PATHS);
        if (asked == null) {
            return List.of();
        }
        var paths = new String[asked.count()];
        for (int at = 0; at < paths.length; at++) {
            paths[at] = string(asked.index(at, 0, strings.count()));
        }
        return List.of(paths);
    }

    EvrTable evrs() {
        return evrs;
    }

    StringPool strings() {
        return strings;
    }

    Section packageRows() {
        return packages;
    }

    Section depListRows() {
        return depLists;
    }
}
