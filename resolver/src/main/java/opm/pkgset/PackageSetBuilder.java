package opm.pkgset;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import opm.base.ByteText;
import opm.base.Dep;
import opm.base.DepKind;
import opm.base.Digest;
import opm.base.Evr;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;
import opm.base.Sense;
import org.jspecify.annotations.Nullable;

/// Makes a set from packages in any order; equal content gives equal bytes.
///
/// One package at a time: [#begin], then its facts in any order, then [#end]. Doubled dependencies
/// and files count once; so do packages that are equal in everything. Used by one thread.
///
/// Importers hand over bytes, so that a string that is already known costs no object: [#string]
/// gives them ids that mean something to this builder only.
public final class PackageSetBuilder implements PackageSink {
    /// Columns of [#packages], beside the lists and texts.
    static final int NAME = 0;

    static final int EVR = 1;
    static final int ARCH = 2;
    static final int VENDOR = 3;
    static final int LISTS = 4;
    static final int LOCATION = LISTS + DepColumn.COUNT;
    static final int LOCATION_KIND = LOCATION + 1;
    static final int CHECKSUM_KIND = LOCATION_KIND + 1;
    static final int CHECKSUM = CHECKSUM_KIND + 1;
    static final int HEADER_START = CHECKSUM + 1;
    static final int HEADER_END = HEADER_START + 1;
    static final int REASON = HEADER_END + 1;
    static final int FIRST_FILE = REASON + 1;
    static final int TEXTS = FIRST_FILE + 1;
    static final int COLUMNS = TEXTS + 8;

    /// Columns of [#numbers].
    static final int PACKAGE_BYTES = 0;

    static final int INSTALLED_BYTES = 1;
    static final int BUILD_SECONDS = 2;
    static final int ARCHIVE_BYTES = 3;
    static final int INSTALL_SECONDS = 4;
    static final int NUMBERS = 5;

    final StringInterner strings = new StringInterner();
    final StringInterner texts = new StringInterner();
    final TripleInterner evrs = new TripleInterner();
    final TripleInterner relations = new TripleInterner();
    final ListInterner lists = new ListInterner();
    final ByteArena checksums = new ByteArena();
    final PathInterner paths = new PathInterner(strings);

    /// [#COLUMNS] numbers for each package.
    final Ints packages = new Ints();

    /// [#NUMBERS] numbers for each package.
    final Longs numbers = new Longs();

    /// Pairs of directory and name; those of a package stand together.
    final Ints files = new Ints();

    final TreeMap<String, Integer> asked = new TreeMap<>();
    boolean ofInstalled;

    /// Packages from which on a set takes long to make.
    private static final int MANY = 30_000;

    /// Bytes of heap below which nothing is kept between two threads.
    private static final long ASIDE_HEAP = 96 << 20;

    /// How many threads may write the set.
    int threads = Runtime.getRuntime().availableProcessors();

    private final int[] row = new int[COLUMNS];
    private final long[] numberRow = new long[NUMBERS];
    private final Ints[] deps = new Ints[DepColumn.COUNT];
    private byte @Nullable [] location;
    private boolean open;

    /// Whether the row at hand has its lists already.
    private boolean listed;

    private @Nullable ContentOrder order;
    private @Nullable TextPacking packing;
    private int @Nullable [] addedOrder;

    public PackageSetBuilder() {
        evrs.intern(0, 0, 0);
        for (int kind = 0; kind < deps.length; kind++) {
            deps[kind] = new Ints();
        }
    }

    /// Says how many threads may write the set, which it does not show; else as many as there are
    /// processors.
    public PackageSetBuilder threads(int count) {
        threads = count;
        return this;
    }

    // ---- importers

    /// Gives a string an id of this builder; 0 is the empty one.
    ///
    /// @throws IllegalArgumentException when it holds a zero byte
    @Override
    public int string(byte[] bytes, int start, int length) {
        return strings.intern(bytes, start, length);
    }

    /// Gives a string an id of this builder.
    @Override
    public int string(String text) {
        return strings.intern(text);
    }

    /// Starts a package whose name comes later, by [#identity].
    @Override
    public PackageSetBuilder begin() {
        if (open) {
            throw new IllegalStateException("the package before was not ended");
        }
        open = true;
        listed = false;
        location = null;
        java.util.Arrays.fill(row, 0);
        java.util.Arrays.fill(numberRow, 0);
        row[FIRST_FILE] = files.size();
        for (Ints kind : deps) {
            kind.clear();
        }
        return this;
    }

    /// Makes room for the packages of a set: growing bit by bit leaves twice as much behind.
    void room(PackageSet more) {
        room(more.packageCount(), more.files().count(), more.depListRows().count());
        strings.room(more.stringCount());
        evrs.room(more.evrCount());
        relations.room(more.relationCount());
    }

    /// Makes room for packages with files and lists of dependencies.
    void room(int packageCount, int fileCount, int listRows) {
        room(packageCount);
        files.room(fileCount * 2);
        lists.room(listRows);
    }

    @Override
    public void room(int packageCount) {
        packages.room(packageCount * COLUMNS);
        numbers.room(packageCount * NUMBERS);
    }

    /// Says in which order everything stands that was numbered: nothing can be numbered any more.
    ///
    /// @param texts those of the packages that are to come, in this order
    void ordered(ContentOrder known, TextPacking texts) {
        order = known;
        packing = texts;
    }

    /// Starts a package that [SetCopier] has whole but for its files: a row of [#packages], whose
    /// location and lists are in place, and one of [#numbers].
    void begin(int[] columns, long[] values) {
        begin();
        int firstFile = row[FIRST_FILE];
        System.arraycopy(columns, 0, row, 0, COLUMNS);
        row[FIRST_FILE] = firstFile;
        System.arraycopy(values, 0, numberRow, 0, NUMBERS);
        listed = true;
    }

    /// Reads the texts of a package that was added, as [TextCopier] has them.
    void copyTexts(int pkg, int[] ids, int at) {
        int start = pkg * COLUMNS;
        System.arraycopy(packages.items(), start + TEXTS, ids, at, TextKind.ALL.size());
        ids[at + TextKind.ALL.size()] = packages.get(start + LOCATION);
    }

    /// Writes texts, as [TextCopier] has them, to their columns.
    static void texts(int[] columns, int start, int[] ids, int at) {
        System.arraycopy(ids, at, columns, start + TEXTS, TextKind.ALL.size());
        columns[start + LOCATION] = ids[at + TextKind.ALL.size()];
    }

    /// Adds a file by ids of [#paths] and [#strings].
    void file(int dir, int name) {
        files.add(dir);
        files.add(name);
    }

    /// Names the package, from ids of [#string].
    ///
    /// @throws IllegalArgumentException when the name is empty or the epoch negative
    @Override
    public PackageSetBuilder identity(int name, int epoch, int version, int release, int arch) {
        if (name == 0 || epoch < 0) {
            throw new IllegalArgumentException("a package without a name or epoch");
        }
        row[NAME] = name;
        row[EVR] = evrs.intern(epoch, version, release);
        row[ARCH] = arch;
        return this;
    }

    /// Gives a simple dependency, made of ids of [#string], an id of this builder.
    @Override
    public int relation(int name, Sense sense, int epoch, int version, int release) {
        if (name == 0 || epoch < 0) {
            throw new IllegalArgumentException("a dependency without a name or epoch");
        }
        int evr = sense == Sense.NONE ? 0 : evrs.intern(epoch, version, release);
        return relations.intern(name, sense.bits() >> 1, evr);
    }

    /// Gives a dependency an id of this builder.
    ///
    /// @throws IllegalArgumentException when it is nested deeper than a set can hold
    @Override
    public int relation(Dep dep) {
        return intern(dep, 0);
    }

    @Override
    public boolean remembers(int relation) {
        return true;
    }

    /// Tells whether a thread beside may fill it: there are two processors, and room for what is
    /// between them.
    public boolean worksAside() {
        return threads > 1 && Runtime.getRuntime().maxMemory() >= ASIDE_HEAP;
    }

    /// Adds a dependency by an id of [#relation].
    ///
    /// @param pre for a requires that must be there before the package's scripts run
    @Override
    public PackageSetBuilder dep(DepKind kind, boolean pre, int relation) {
        assert open;
        deps[DepColumn.of(kind)].add(relation);
        if (pre && kind == DepKind.REQUIRES) {
            deps[DepColumn.PREREQUIRES].add(relation);
        }
        return this;
    }

    /// Adds a path. One that does not start with `/`, as source packages have them, is left out.
    @Override
    public PackageSetBuilder file(byte[] path, int start, int length) {
        assert open;
        if (length == 0 || path[start] != '/') {
            return this;
        }
        int slash = start + length - 1;
        while (path[slash] != '/') {
            slash--;
        }
        files.add(paths.dir(path, start, slash + 1 - start));
        files.add(strings.intern(path, slash + 1, start + length - slash - 1));
        return this;
    }

    @Override
    public PackageSetBuilder text(TextKind kind, byte[] bytes, int start, int length) {
        row[TEXTS + kind.index()] = texts.intern(bytes, start, length);
        return this;
    }

    @Override
    public PackageSetBuilder vendor(byte[] bytes, int start, int length) {
        row[VENDOR] = strings.intern(bytes, start, length);
        return this;
    }

    @Override
    public PackageSetBuilder location(byte[] bytes, int start, int length) {
        location = Arrays.copyOfRange(bytes, start, start + length);
        for (byte b : location) {
            if (b == 0) {
                throw new IllegalArgumentException("a location with a zero byte");
            }
        }
        return this;
    }

    /// Splits the location, once the name is known: most file names follow from it.
    private void placeLocation(byte[] bytes) {
        int slash = bytes.length;
        while (slash > 0 && bytes[slash - 1] != '/') {
            slash--;
        }
        boolean usual = isUsualFile(bytes, slash);
        row[LOCATION] = texts.intern(bytes, 0, usual ? slash : bytes.length);
        row[LOCATION_KIND] = usual ? Facts.USUAL : 1;
    }

    /// Tells whether the bytes from `at` on are `NAME-VERSION-RELEASE.ARCH.rpm`.
    private boolean isUsualFile(byte[] bytes, int at) {
        int evr = row[EVR];
        int next = follow(bytes, at, row[NAME], (byte) '-');
        next = follow(bytes, next, evrs.two(evr), evrs.three(evr) == 0 ? (byte) '.' : (byte) '-');
        if (evrs.three(evr) != 0) {
            next = follow(bytes, next, evrs.three(evr), (byte) '.');
        }
        next = follow(bytes, next, row[ARCH], (byte) '.');
        return next >= 0
                && bytes.length - next == 3
                && bytes[next] == 'r'
                && bytes[next + 1] == 'p'
                && bytes[next + 2] == 'm';
    }

    /// Returns the place behind a string and a byte, or -1 when they do not stand at `at`.
    private int follow(byte[] bytes, int at, int string, byte then) {
        if (at < 0) {
            return -1;
        }
        int length = strings.length(string);
        if (bytes.length - at <= length || bytes[at + length] != then) {
            return -1;
        }
        byte[] piece = strings.piece(string);
        int start = strings.offset(string);
        boolean same = Arrays.equals(bytes, at, at + length, piece, start, start + length);
        return same ? at + length + 1 : -1;
    }

    // ---- everybody

    /// Starts a package.
    public PackageSetBuilder begin(Nevra nevra) {
        return begin().identity(
                        strings.intern(nevra.name()),
                        nevra.evr().epoch(),
                        strings.intern(nevra.evr().version()),
                        strings.intern(nevra.evr().release()),
                        strings.intern(nevra.arch()));
    }

    /// Adds a dependency.
    ///
    /// @throws IllegalArgumentException when it is nested deeper than a set can hold
    public PackageSetBuilder dep(DepKind kind, Dep dep) {
        return dep(kind, false, intern(dep, 0));
    }

    /// Adds a requires that must be there before the package's scripts run.
    public PackageSetBuilder prerequire(Dep dep) {
        return dep(DepKind.REQUIRES, true, intern(dep, 0));
    }

    private int intern(Dep dep, int depth) {
        RelationTable.requireDepth(depth);
        return switch (dep) {
            case Dep.Simple(String name, Sense sense, Evr evr) ->
                    relations.intern(
                            strings.intern(name),
                            sense.bits() >> 1,
                            sense == Sense.NONE
                                    ? 0
                                    : evrs.intern(
                                            evr.epoch(),
                                            strings.intern(evr.version()),
                                            strings.intern(evr.release())));
            case Dep.Rich(Dep.RichOp op, Dep left, Dep right) ->
                    relations.intern(
                            intern(left, depth + 1),
                            RelationTable.RICH + RelationTable.code(op),
                            intern(right, depth + 1));
        };
    }

    public PackageSetBuilder file(String path) {
        byte[] bytes = ByteText.encode(path);
        return file(bytes, 0, bytes.length);
    }

    public PackageSetBuilder vendor(String vendor) {
        row[VENDOR] = strings.intern(vendor);
        return this;
    }

    public PackageSetBuilder location(String location) {
        byte[] bytes = ByteText.encode(location);
        return location(bytes, 0, bytes.length);
    }

    @Override
    public PackageSetBuilder checksum(Digest checksum) {
        row[CHECKSUM_KIND] = Facts.code(checksum.algorithm());
        byte[] raw = HexFormat.of().parseHex(checksum.hex());
        row[CHECKSUM] = checksums.add(raw, 0, raw.length);
        return this;
    }

    @Override
    public PackageSetBuilder sizes(long packageBytes, long installedBytes, long archiveBytes) {
        numberRow[PACKAGE_BYTES] = packageBytes;
        numberRow[INSTALLED_BYTES] = installedBytes;
        numberRow[ARCHIVE_BYTES] = archiveBytes;
        return this;
    }

    @Override
    public PackageSetBuilder buildSeconds(long seconds) {
        numberRow[BUILD_SECONDS] = seconds;
        return this;
    }

    @Override
    public PackageSetBuilder headerRange(int start, int end) {
        row[HEADER_START] = start;
        row[HEADER_END] = end;
        return this;
    }

    public PackageSetBuilder text(TextKind kind, String text) {
        row[TEXTS + kind.index()] = texts.intern(text);
        return this;
    }

    /// Says that this is the set of an installed system, be it an empty one.
    public PackageSetBuilder installedSystem() {
        ofInstalled = true;
        return this;
    }

    /// Says that the package is installed, since when, and why; empty when unknown.
    @Override
    public PackageSetBuilder installed(long seconds, String reason) {
        ofInstalled = true;
        numberRow[INSTALL_SECONDS] = seconds;
        row[REASON] = strings.intern(reason);
        return this;
    }

    /// Ends a package.
    @Override
    public PackageSetBuilder end() {
        if (!open) {
            throw new IllegalStateException("no package was begun");
        }
        if (row[NAME] == 0) {
            throw new IllegalStateException("a package without a name");
        }
        open = false;
        if (location != null) {
            placeLocation(location);
        }
        for (int kind = 0; !listed && kind < deps.length; kind++) {
            deps[kind].sortUnique();
            row[LISTS + kind] = lists.intern(deps[kind]);
        }
        packages.add(row, COLUMNS);
        for (long value : numberRow) {
            numbers.add(value);
        }
        return this;
    }

    /// Adds a whole package that provides itself, for small worlds in tests.
    ///
    /// @param facts lines like `provides: foo = 1`, `requires: (a or b)`, `file: /usr/bin/x`,
    ///     `vendor: x`; before the colon stands a [DepKind] in lower case, `prerequires`, `file` or
    ///     `vendor`
    public PackageSetBuilder add(String nevra, String... facts) {
        Nevra parsed = Nevra.parse(nevra);
        begin(parsed);
        dep(DepKind.PROVIDES, new Dep.Simple(parsed.name(), Sense.EQ, parsed.evr()));
        for (String fact : facts) {
            int colon = fact.indexOf(": ");
            if (colon < 0) {
                throw new IllegalArgumentException("'" + fact + "' is not KIND: VALUE");
            }
            String word = fact.substring(0, colon);
            String value = fact.substring(colon + 2);
            switch (word) {
                case "file" -> file(value);
                case "vendor" -> vendor(value);
                case "prerequires" -> prerequire(Dep.parse(value));
                default -> dep(DepKind.valueOf(word.toUpperCase(Locale.ROOT)), Dep.parse(value));
            }
        }
        return end();
    }

    /// Notes that filelists were asked for these paths.
    public PackageSetBuilder askedPaths(List<String> wanted) {
        for (String path : wanted) {
            asked.put(path, strings.intern(path));
        }
        return this;
    }

    /// Makes the set in memory. The builder is used up.
    public PackageSet build() {
        try {
            return PackageSet.of(assemble().inMemory());
        } catch (Damaged e) {
            throw new IllegalStateException(e);
        }
    }

    /// Makes the bytes of the set. The builder is used up.
    public MemorySegment toBytes() {
        return assemble().inSegment();
    }

    /// Writes the set to a file or wherever. The builder is used up.
    public void writeTo(ByteSink sink) throws OpmException {
        assemble().writeTo(sink);
    }

    private SetWriter assemble() {
        if (addedOrder != null) {
            throw new IllegalStateException("the builder was used up");
        }
        if (packageCount() > MANY) {
            // What grew left its former arrays behind, more than what lives, and the serial
            // collector lets the heap grow before it looks at them: 20 ms for 80 MB.
            System.gc();
        }
        strings.settle();
        texts.settle();
        lists.settle();
        evrs.settle();
        ContentOrder known = order == null ? ContentSort.sort(this) : order;
        relations.settle();
        var ordered = new PackageOrder(this, known);
        addedOrder = ordered.keptAs;
        TextPacking texts = TextPacking.of(this, ordered, packing);
        return new SetWriter(new SetOrder(this, known, ordered), texts);
    }

    /// Returns, after [#build], which package of the set each added one became, by order of adding;
    /// doubled ones share theirs.
    public int[] addedOrder() {
        if (addedOrder == null) {
            throw new IllegalStateException("not built yet");
        }
        return addedOrder.clone();
    }

    int packageCount() {
        return packages.size() / COLUMNS;
    }

    int column(int pkg, int column) {
        return packages.get(pkg * COLUMNS + column);
    }

    long number(int pkg, int column) {
        return numbers.get(pkg * NUMBERS + column);
    }

    /// Returns where the files of a package end in [#files].
    int filesEnd(int pkg) {
        return pkg + 1 < packageCount() ? column(pkg + 1, FIRST_FILE) : files.size();
    }
}
