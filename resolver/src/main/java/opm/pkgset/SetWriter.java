package opm.pkgset;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.Arrays;
import opm.base.DepKind;
import opm.base.OpmException;

/// Writes the bytes of format 1 from packages in order.
final class SetWriter {
    private final SetOrder order;
    private final PackageSetBuilder from;
    private final SetFrame frame;

    /// Offset of each builder's list in `dep_lists`.
    private final int[] listStart;

    private final int[] listOrder;

    /// Rows of `more_lists`, numbered by first use; the first is the one that is all zeros.
    private final ListInterner moreLists = new ListInterner();

    /// Row of `more_lists` of each package of the set.
    private final int[] moreRow;

    private final TextPacking texts;
    private final int[] providesStart;
    private final int[] providesPkg;
    private final int[] providesRel;

    /// Files as packed longs of name and package, those of a directory together.
    private final long[] fileKeys;

    private final int[] fileStart;

    /// @param texts begun, of the same packages
    SetWriter(SetOrder order, TextPacking texts) {
        this.order = order;
        this.texts = texts;
        from = order.from;
        frame = new SetFrame(from.threads);
        listStart = new int[from.lists.size()];
        listOrder = orderLists();
        moreRow = new int[order.packages.length];
        providesStart = new int[order.nameCount + 1];
        int provides = countProvides();
        providesPkg = new int[provides];
        providesRel = new int[provides];
        fillProvides();
        fileStart = new int[order.dirs.length + 1];
        fileKeys = orderFiles();
        texts.end();
        plan();
    }

    // ---- what comes in which order

    /// Gives every list its place, by first use; returns them in that order.
    private int[] orderLists() {
        var sequence = new Ints();
        Arrays.fill(listStart, -1);
        listStart[0] = 0;
        long next = 1;
        for (int pkg : order.packages) {
            for (int kind = 0; kind < DepColumn.COUNT; kind++) {
                int list = from.column(pkg, PackageSetBuilder.LISTS + kind);
                if (listStart[list] < 0) {
                    listStart[list] = (int) next;
                    next += 1L + from.lists.size(list);
                    sequence.add(list);
                }
            }
        }
        listRows = next;
        return Arrays.copyOf(sequence.items(), sequence.size());
    }

    private long listRows;

    private int countProvides() {
        for (int pkg : order.packages) {
            int list = from.column(pkg, PackageSetBuilder.LISTS + DepColumn.of(DepKind.PROVIDES));
            for (int at = 0; at < from.lists.size(list); at++) {
                int name = providedName(list, at);
                if (name >= 0) {
                    providesStart[name]++;
                }
            }
        }
        int total = 0;
        for (int name = 0; name < order.nameCount; name++) {
            int count = providesStart[name];
            providesStart[name] = total;
            total += count;
        }
        providesStart[order.nameCount] = total;
        return total;
    }

    /// Returns the set's id of the name that an item provides; -1 for a rich one, which provides
    /// nothing.
    private int providedName(int list, int at) {
        int rel = order.sortedRelations[from.lists.item(list, at)];
        return from.relations.two(rel) >= RelationTable.RICH
                ? -1
                : order.stringId[from.relations.one(rel)];
    }

    private void fillProvides() {
        int[] next = providesStart.clone();
        for (int pkg = 0; pkg < order.packages.length; pkg++) {
            int list =
                    from.column(
                            order.packages[pkg],
                            PackageSetBuilder.LISTS + DepColumn.of(DepKind.PROVIDES));
            for (int at = 0; at < from.lists.size(list); at++) {
                int name = providedName(list, at);
                if (name >= 0) {
                    int row = next[name]++;
                    providesPkg[row] = pkg;
                    providesRel[row] = order.relationId[from.lists.item(list, at)];
                }
            }
        }
    }

    private long[] orderFiles() {
        for (int pkg : order.packages) {
            int end = from.filesEnd(pkg);
            for (int at = from.column(pkg, PackageSetBuilder.FIRST_FILE); at < end; at += 2) {
                fileStart[order.dirId[from.files.get(at)] + 1]++;
            }
        }
        for (int dir = 1; dir < fileStart.length; dir++) {
            fileStart[dir] += fileStart[dir - 1];
        }
        var keys = new long[fileStart[fileStart.length - 1]];
        int[] next = fileStart.clone();
        for (int pkg = 0; pkg < order.packages.length; pkg++) {
            int end = from.filesEnd(order.packages[pkg]);
            int first = from.column(order.packages[pkg], PackageSetBuilder.FIRST_FILE);
            for (int at = first; at < end; at += 2) {
                int row = next[order.dirId[from.files.get(at)]]++;
                keys[row] = (long) order.stringId[from.files.get(at + 1)] << 32 | pkg;
            }
        }
        int kept = 0;
        for (int dir = 0; dir + 1 < fileStart.length; dir++) {
            int start = fileStart[dir];
            int end = fileStart[dir + 1];
            Arrays.sort(keys, start, end);
            fileStart[dir] = kept;
            for (int at = start; at < end; at++) {
                if (at == start || keys[at] != keys[at - 1]) {
                    keys[kept++] = keys[at];
                }
            }
        }
        fileStart[fileStart.length - 1] = kept;
        return Arrays.copyOf(keys, kept);
    }

    // ---- the sections

    private void plan() {
        for (int at = 0; at < moreRow.length; at++) {
            moreRow[at] = moreLists(order.packages[at]);
        }
        long packages = order.packages.length;
        long stringBytes = 0;
        for (int id : order.strings) {
            stringBytes += from.strings.length(id);
        }
        if (stringBytes >= 1L << 32 || listRows > Integer.MAX_VALUE - 8) {
            throw new IllegalStateException("more than 4 GiB of strings or dependencies");
        }
        add(SectionId.STRING_OFFSETS, order.strings.length + 1L, this::stringOffsets);
        add(SectionId.STRING_BYTES, stringBytes, this::stringBytes);
        add(SectionId.PROVIDES_START, providesStart.length, out -> out.u32s(providesStart));
        add(SectionId.PROVIDES, providesPkg.length, this::provides);
        add(SectionId.EVRS, order.evrs.length, this::evrs);
        add(SectionId.RELATIONS, relationCount(), this::relations);
        add(SectionId.DEP_LISTS, listRows, this::depLists);
        add(SectionId.PACKAGES, packages, this::packages);
        add(SectionId.FACTS, packages, this::facts);
        int checksumBytes = 1;
        for (int pkg : order.packages) {
            int kind = from.column(pkg, PackageSetBuilder.CHECKSUM_KIND);
            checksumBytes = Math.max(checksumBytes, Facts.rawBytes(kind));
        }
        int width = checksumBytes;
        frame.add(SectionId.CHECKSUMS, width, packages, out -> checksums(out, width));
        add(SectionId.DIRS, order.dirs.length + 1L, this::dirs);
        add(SectionId.FILES, fileKeys.length, this::files);
        add(SectionId.TEXTS, packages, this::texts);
        if (from.ofInstalled) {
            add(SectionId.INSTALLED, packages, this::installed);
        }
        if (!from.asked.isEmpty()) {
            add(SectionId.ASKED_PATHS, from.asked.size(), this::askedPaths);
        }
        add(SectionId.MORE_LISTS, moreLists.size(), this::moreLists);
        texts.plan(frame);
        add(SectionId.SUMMARIES, packages, this::summaries);
    }

    private void add(SectionId id, long rows, SetFrame.Rows content) {
        frame.add(id, rows, content);
    }

    private long relationCount() {
        long count = 0;
        for (int id : order.relationId) {
            count += id < 0 ? 0 : 1;
        }
        return count;
    }

    private void stringOffsets(SetOutput out) throws OpmException {
        long at = 0;
        for (int id : order.strings) {
            out.u32((int) at);
            at += from.strings.length(id);
        }
        out.u32((int) at);
    }

    private void stringBytes(SetOutput out) throws OpmException {
        for (int id : order.strings) {
            if (id != 0) {
                out.bytes(from.strings.piece(id), from.strings.offset(id), from.strings.length(id));
            }
        }
    }

    private void provides(SetOutput out) throws OpmException {
        for (int row = 0; row < providesPkg.length; row++) {
            out.u32(providesPkg[row]);
            out.u32(providesRel[row]);
        }
    }

    private void evrs(SetOutput out) throws OpmException {
        for (int id = 0; id < order.evrs.length; id++) {
            int evr = order.evrs[id];
            out.u32(from.evrs.one(evr));
            out.u32(order.stringId[from.evrs.two(evr)]);
            out.u32(order.stringId[from.evrs.three(evr)]);
            out.u32(order.evrVersionRank[id]);
            out.u32(order.evrRank[id]);
        }
    }

    private void relations(SetOutput out) throws OpmException {
        for (int at = 0; at < order.sortedRelations.length; at++) {
            if (order.relationId[at] < 0) {
                continue;
            }
            int rel = order.sortedRelations[at];
            int op = from.relations.two(rel);
            int left = from.relations.one(rel);
            int right = from.relations.three(rel);
            boolean rich = op >= RelationTable.RICH;
            out.u32(rich ? order.relationOf(left) : order.stringId[left]);
            out.u32((rich ? order.relationOf(right) : order.evrId[right]) << 4 | op);
        }
    }

    private void depLists(SetOutput out) throws OpmException {
        out.u32(0);
        for (int list : listOrder) {
            out.u32(from.lists.size(list));
            for (int at = 0; at < from.lists.size(list); at++) {
                out.u32(order.relationId[from.lists.item(list, at)]);
            }
        }
    }

    private void packages(SetOutput out) throws OpmException {
        for (int at = 0; at < moreRow.length; at++) {
            int pkg = order.packages[at];
            out.u32(order.stringId[from.column(pkg, PackageSetBuilder.NAME)]);
            out.u32(order.evrId[from.column(pkg, PackageSetBuilder.EVR)]);
            out.u32(order.stringId[from.column(pkg, PackageSetBuilder.ARCH)]);
            out.u32(order.stringId[from.column(pkg, PackageSetBuilder.VENDOR)]);
            for (int kind = 0; kind < DepColumn.MORE; kind++) {
                out.u32(listStart[from.column(pkg, PackageSetBuilder.LISTS + kind)]);
            }
            out.u32(moreRow[at]);
        }
    }

    /// Returns the row of `more_lists` of a builder's package.
    private int moreLists(int pkg) {
        var row = new Ints();
        int filled = 0;
        for (int kind = DepColumn.MORE; kind < DepColumn.COUNT; kind++) {
            int start = listStart[from.column(pkg, PackageSetBuilder.LISTS + kind)];
            row.add(start);
            filled |= start;
        }
        return filled == 0 ? 0 : moreLists.intern(row);
    }

    private void moreLists(SetOutput out) throws OpmException {
        for (int column = DepColumn.MORE; column < DepColumn.COUNT; column++) {
            out.u32(0);
        }
        for (int row = 1; row < moreLists.size(); row++) {
            for (int at = 0; at < moreLists.size(row); at++) {
                out.u32(moreLists.item(row, at));
            }
        }
    }

    private void facts(SetOutput out) throws OpmException {
        for (int at = 0; at < order.packages.length; at++) {
            int pkg = order.packages[at];
            out.u64(from.number(pkg, PackageSetBuilder.PACKAGE_BYTES));
            out.u64(from.number(pkg, PackageSetBuilder.INSTALLED_BYTES));
            out.u64(from.number(pkg, PackageSetBuilder.BUILD_SECONDS));
            out.u32(texts.locationPlace(at));
            out.u32(
                    from.column(pkg, PackageSetBuilder.CHECKSUM_KIND)
                            | from.column(pkg, PackageSetBuilder.LOCATION_KIND) << 16);
        }
    }

    private void checksums(SetOutput out, int width) throws OpmException {
        for (int pkg : order.packages) {
            int length = Facts.rawBytes(from.column(pkg, PackageSetBuilder.CHECKSUM_KIND));
            if (length > 0) {
                int at = from.column(pkg, PackageSetBuilder.CHECKSUM);
                out.bytes(from.checksums.piece(at), ByteArena.offset(at), length);
            }
            for (int pad = length; pad < width; pad++) {
                out.u8(0);
            }
        }
    }

    private void dirs(SetOutput out) throws OpmException {
        int child = 1;
        for (int at = 0; at < order.dirs.length; at++) {
            int dir = order.dirs[at];
            out.u32(order.dirId[from.paths.parent(dir)]);
            out.u32(dir == 0 ? 0 : order.stringId[from.paths.name(dir)]);
            while (child < order.dirs.length
                    && order.dirId[from.paths.parent(order.dirs[child])] < at) {
                child++;
            }
            out.u32(child);
            out.u32(fileStart[at]);
        }
        out.u32(0);
        out.u32(0);
        out.u32(order.dirs.length);
        out.u32(fileKeys.length);
    }

    private void files(SetOutput out) throws OpmException {
        for (long key : fileKeys) {
            out.u32((int) (key >>> 32));
            out.u32((int) key);
        }
    }

    private void texts(SetOutput out) throws OpmException {
        for (int at = 0; at < order.packages.length; at++) {
            int pkg = order.packages[at];
            for (int kind = 1; kind < TextKind.ALL.size(); kind++) {
                out.u32(texts.place(at, kind));
            }
            out.u64(from.number(pkg, PackageSetBuilder.ARCHIVE_BYTES));
            out.u32(from.column(pkg, PackageSetBuilder.HEADER_START));
            out.u32(from.column(pkg, PackageSetBuilder.HEADER_END));
        }
    }

    private void summaries(SetOutput out) throws OpmException {
        for (int at = 0; at < order.packages.length; at++) {
            out.u32(texts.place(at, 0));
        }
    }

    private void installed(SetOutput out) throws OpmException {
        for (int pkg : order.packages) {
            out.u64(from.number(pkg, PackageSetBuilder.INSTALL_SECONDS));
            out.u32(order.stringId[from.column(pkg, PackageSetBuilder.REASON)]);
            out.u32(0);
        }
    }

    private void askedPaths(SetOutput out) throws OpmException {
        var ids = new int[from.asked.size()];
        int next = 0;
        for (int path : from.asked.values()) {
            ids[next++] = order.stringId[path];
        }
        Arrays.sort(ids);
        out.u32s(ids);
    }

    long length() {
        return frame.length();
    }

    /// Writes the set into memory.
    Bytes inMemory() {
        if (length() > Integer.MAX_VALUE) {
            return Bytes.of(inSegment());
        }
        ByteBuffer bytes = ByteBuffer.allocateDirect((int) length());
        writeInto(bytes::put);
        return Bytes.of(bytes.flip());
    }

    /// Writes the set into memory of its own, outside the heap.
    MemorySegment inSegment() {
        MemorySegment bytes = Arena.ofAuto().allocate(length(), 8);
        writeInto(
                new ByteSink() {
                    private long at;

                    @Override
                    public void write(byte[] from, int offset, int length) {
                        MemorySegment.copy(from, offset, bytes, ValueLayout.JAVA_BYTE, at, length);
                        at += length;
                    }
                });
        return bytes;
    }

    private void writeInto(ByteSink memory) {
        try {
            writeTo(memory);
        } catch (OpmException e) {
            throw new IllegalStateException(e);
        }
    }

    void writeTo(ByteSink sink) throws OpmException {
        frame.writeTo(sink);
    }
}
