package opm.pkgset;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;

/// Adds all files of all packages to a set: a new file with everything that the set holds, and
/// [FileList].
///
/// Packages come in any order, the files of one together. They are sorted in runs, which lie packed
/// in memory, and merged: seven million files need 64 MB.
public final class FileListBuilder {
    /// Bytes of a run before it is sorted and packed away.
    private static final int RUN_BYTES = 8 << 20;

    /// Bytes of an unpacked block, but for the group that goes beyond.
    private static final int BLOCK_BYTES = 60_000;

    /// Longer names and directories than a block holds are no files of a real system.
    private static final int MOST_PATH = 16_000;

    private final PackageSet set;
    private StringInterner checksums = new StringInterner();
    private final Ints packageOfChecksum = new Ints();

    /// Paths of the package at hand, one behind the other, and where they start.
    private final VarOutput paths = new VarOutput();

    private final Ints pathStarts = new Ints();
    private int pkg = -1;

    /// Groups of the run at hand: directory, package, names.
    private final VarOutput run = new VarOutput();

    private final Ints groups = new Ints();
    private final List<ArrayDeque<byte[]>> runs = new ArrayList<>();

    public FileListBuilder(PackageSet set) throws Damaged {
        this.set = set;
        packageOfChecksum.add(-1);
        PackageSet.reading(
                () -> {
                    for (int one = 0; one < set.packageCount(); one++) {
                        var checksum = set.facts().checksum(one);
                        int before = checksums.size();
                        if (checksum != null && checksums.intern(checksum.hex()) == before) {
                            packageOfChecksum.add(one);
                        }
                    }
                    return true;
                });
    }

    /// Starts the files of the package with a checksum, in hexadecimal.
    ///
    /// @return whether the set has such a package
    public boolean begin(byte[] checksum, int start, int length) {
        int id = checksums.find(checksum, start, length);
        pkg = id <= 0 ? -1 : packageOfChecksum.get(id);
        paths.clear();
        pathStarts.clear();
        return pkg >= 0;
    }

    /// Adds a file of the package at hand; what is no whole path is left out.
    public void file(byte[] path, int start, int length) {
        if (length > 0 && length <= MOST_PATH && path[start] == '/') {
            pathStarts.add(paths.size());
            paths.bytes(path, start, length);
        }
    }

    /// Ends the package at hand.
    public void end() {
        int count = pathStarts.size();
        pathStarts.add(paths.size());
        var order = new int[count];
        for (int at = 0; at < count; at++) {
            order[at] = at;
        }
        var slashes = new int[count];
        byte[] bytes = paths.buffer();
        for (int at = 0; at < count; at++) {
            int slash = pathStarts.get(at + 1) - 1;
            while (bytes[slash] != '/') {
                slash--;
            }
            slashes[at] = slash + 1;
        }
        IntSort.sort(order, 0, count, (one, two) -> compare(one, two, slashes));
        int from = 0;
        while (from < count) {
            int to = from + 1;
            while (to < count && compareDirs(order[from], order[to], slashes) == 0) {
                to++;
            }
            group(order, from, to, slashes);
            from = to;
        }
        if (run.size() > RUN_BYTES) {
            packRun();
        }
    }

    private int compareDirs(int one, int two, int[] slashes) {
        byte[] bytes = paths.buffer();
        return Arrays.compareUnsigned(
                bytes, pathStarts.get(one), slashes[one], bytes, pathStarts.get(two), slashes[two]);
    }

    private int compare(int one, int two, int[] slashes) {
        int order = compareDirs(one, two, slashes);
        byte[] bytes = paths.buffer();
        return order == 0
                ? Arrays.compareUnsigned(
                        bytes,
                        slashes[one],
                        pathStarts.get(one + 1),
                        bytes,
                        slashes[two],
                        pathStarts.get(two + 1))
                : order;
    }

    /// Writes one directory's files of the package: the directory, the package, the names.
    private void group(int[] order, int from, int to, int[] slashes) {
        byte[] bytes = paths.buffer();
        int first = order[from];
        groups.add(run.size());
        run.number(slashes[first] - pathStarts.get(first));
        run.bytes(bytes, pathStarts.get(first), slashes[first] - pathStarts.get(first));
        run.number(pkg);
        int kept = 0;
        for (int at = from; at < to; at++) {
            kept += at == from || compare(order[at - 1], order[at], slashes) != 0 ? 1 : 0;
        }
        run.number(kept);
        for (int at = from; at < to; at++) {
            if (at == from || compare(order[at - 1], order[at], slashes) != 0) {
                int start = slashes[order[at]];
                int length = pathStarts.get(order[at] + 1) - start;
                run.number(length);
                run.bytes(bytes, start, length);
            }
        }
    }

    private void packRun() {
        groups.add(run.size());
        var order = new int[groups.size() - 1];
        for (int at = 0; at < order.length; at++) {
            order[at] = at;
        }
        var reader = new Groups(run.buffer(), run.size());
        IntSort.sort(order, 0, order.length, (one, two) -> compareGroups(reader, one, two));
        var sorted = new VarOutput();
        for (int group : order) {
            int start = groups.get(group);
            sorted.bytes(run.buffer(), start, groups.get(group + 1) - start);
        }
        runs.add(deflated(sorted.buffer(), sorted.size()));
        run.clear();
        groups.clear();
    }

    private int compareGroups(Groups reader, int one, int two) {
        reader.read(groups.get(one));
        int start = reader.start;
        int end = reader.end;
        int owner = reader.pkg;
        reader.read(groups.get(two));
        byte[] bytes = reader.bytes;
        int order = Arrays.compareUnsigned(bytes, start, end, bytes, reader.start, reader.end);
        return order == 0 ? Integer.compare(owner, reader.pkg) : order;
    }

    /// Looks at the head of a group.
    private static final class Groups {
        private final byte[] bytes;
        private final int length;
        private int start;
        private int end;
        private int pkg;

        Groups(byte[] bytes, int length) {
            this.bytes = bytes;
            this.length = length;
        }

        void read(int at) {
            var in = new VarInput(bytes, at, length, "run");
            int length = in.count();
            start = in.at();
            end = start + length;
            in.skip(length);
            pkg = (int) in.number();
        }
    }

    private static ArrayDeque<byte[]> deflated(byte[] bytes, int length) {
        var pieces = new ArrayDeque<byte[]>();
        try (var deflater = new Deflater(Deflater.BEST_SPEED, true)) {
            deflater.setInput(bytes, 0, length);
            deflater.finish();
            while (!deflater.finished()) {
                var piece = new byte[1 << 16];
                int count = deflater.deflate(piece);
                pieces.add(count == piece.length ? piece : Arrays.copyOf(piece, count));
            }
        }
        return pieces;
    }

    // ---- merging

    /// Reads the groups of a run, in order; what was read is given back to the heap.
    private static final class Run implements AutoCloseable {
        private final ArrayDeque<byte[]> packed;
        private final Inflater inflater = new Inflater(true);
        private byte[] buffer = new byte[1 << 17];
        private int at;
        private int limit;
        private byte[] directory = {};
        private int pkg;
        private int left;
        private boolean ended;

        Run(ArrayDeque<byte[]> packed) {
            this.packed = packed;
            advance();
        }

        /// Makes `count` bytes available, or as many as there are.
        private void need(int count) {
            if (limit - at >= count) {
                return;
            }
            if (buffer.length < count) {
                buffer = Arrays.copyOf(buffer, 2 * count);
            }
            System.arraycopy(buffer, at, buffer, 0, limit - at);
            limit -= at;
            at = 0;
            try {
                while (limit < count && !inflater.finished()) {
                    if (inflater.needsInput()) {
                        inflater.setInput(packed.remove());
                    }
                    limit += inflater.inflate(buffer, limit, buffer.length - limit);
                }
            } catch (DataFormatException e) {
                throw new IllegalStateException(e);
            }
        }

        private int number() {
            need(10);
            var in = new VarInput(buffer, at, limit, "run");
            int number = (int) in.number();
            at = in.at();
            return number;
        }

        private byte[] bytes() {
            int length = number();
            need(length);
            at += length;
            return Arrays.copyOfRange(buffer, at - length, at);
        }

        /// Goes to the next group; its names are still to be read.
        void advance() {
            need(1);
            if (at == limit) {
                ended = true;
                return;
            }
            directory = bytes();
            pkg = number();
            left = number();
        }

        int compareTo(Run other) {
            int order = Arrays.compareUnsigned(directory, other.directory);
            return order == 0 ? Integer.compare(pkg, other.pkg) : order;
        }

        @Override
        public void close() {
            inflater.close();
        }
    }

    /// Writes the set with its files. The builder is used up.
    public void writeTo(ByteSink sink) throws OpmException {
        packRun();
        var blocks = new Blocks(set.packageCount());
        var open = new ArrayList<Run>();
        run.release();
        paths.release();
        checksums = new StringInterner();
        for (ArrayDeque<byte[]> packed : runs) {
            open.add(new Run(packed));
        }
        runs.clear();
        while (true) {
            Run least = null;
            for (Run one : open) {
                if (!one.ended && (least == null || one.compareTo(least) < 0)) {
                    least = one;
                }
            }
            if (least == null) {
                break;
            }
            blocks.add(least);
        }
        open.forEach(Run::close);
        blocks.end();
        SetFrame frame = set.frame(FileList.sections());
        blocks.plan(frame);
        frame.writeTo(sink);
    }

    /// The blocks as they grow.
    private static final class Blocks {
        private final Lz lz = new Lz();
        private final VarOutput raw = new VarOutput();
        private final VarOutput packed = new VarOutput();
        private final ByteArena bytes = new ByteArena();
        private final Ints arenaStarts = new Ints();
        private final Ints lengths = new Ints();
        private final Ints rawBytes = new Ints();
        private final Ints[] blocksOf;
        private byte[] first = {};
        private byte[] last = {};
        private int lastPkg;
        private long total;

        Blocks(int packageCount) {
            blocksOf = new Ints[packageCount];
            for (int one = 0; one < packageCount; one++) {
                blocksOf[one] = new Ints(2);
            }
        }

        /// Takes a whole group out of a run; what does not fit goes into further blocks.
        void add(Run from) {
            var names = new VarOutput();
            while (from.left > 0) {
                if (raw.size() >= BLOCK_BYTES) {
                    end();
                }
                int room = Math.max(1, BLOCK_BYTES - raw.size() - from.directory.length);
                names.clear();
                int count = 0;
                byte[] before = {};
                while (from.left > 0 && names.size() < room && names.size() < 40_000) {
                    byte[] name = from.bytes();
                    next(names, before, name);
                    before = name;
                    from.left--;
                    count++;
                }
                if (raw.size() + names.size() + from.directory.length + 32 > Lz.MOST_BYTES) {
                    end();
                }
                if (raw.size() == 0) {
                    first = from.directory;
                    last = new byte[0];
                    lastPkg = 0;
                }
                next(raw, last, from.directory);
                last = from.directory;
                int step = from.pkg - lastPkg;
                raw.number(step << 1 ^ step >> 31);
                lastPkg = from.pkg;
                raw.number(count);
                raw.bytes(names.buffer(), 0, names.size());
                Ints blocks = blocksOf[from.pkg];
                int block = rawBytes.size();
                if (blocks.size() == 0 || blocks.get(blocks.size() - 1) != block) {
                    blocks.add(block);
                }
            }
            from.advance();
        }

        private static void next(VarOutput out, byte[] before, byte[] bytes) {
            int shared = Arrays.mismatch(before, bytes);
            shared = shared < 0 ? bytes.length : shared;
            out.number(shared);
            out.number(bytes.length - shared);
            out.bytes(bytes, shared, bytes.length - shared);
        }

        /// Packs the block at hand away.
        void end() {
            if (raw.size() == 0) {
                return;
            }
            packed.clear();
            packed.u8(first.length);
            packed.u8(first.length >>> 8);
            packed.bytes(first);
            lz.pack(raw.buffer(), raw.size(), packed);
            arenaStarts.add(bytes.add(packed.buffer(), 0, packed.size()));
            lengths.add(packed.size());
            rawBytes.add(raw.size());
            total += packed.size();
            raw.clear();
        }

        void plan(SetFrame frame) {
            if (total >= 1L << 32) {
                throw new IllegalStateException("more than 4 GiB of files");
            }
            frame.add(SectionId.FILE_BLOCKS, rawBytes.size() + 1L, this::blocks);
            frame.add(SectionId.FILE_BYTES, total, this::bytes);
            frame.add(SectionId.FILE_PACKAGES_START, blocksOf.length + 1L, this::starts);
            long rows = 0;
            for (Ints one : blocksOf) {
                rows += one.size();
            }
            frame.add(SectionId.FILE_PACKAGES, rows, this::packages);
        }

        private void blocks(SetOutput out) throws OpmException {
            long at = 0;
            for (int block = 0; block < rawBytes.size(); block++) {
                out.u32((int) at);
                out.u32(rawBytes.get(block));
                at += lengths.get(block);
            }
            out.u32((int) at);
            out.u32(0);
        }

        private void bytes(SetOutput out) throws OpmException {
            for (int block = 0; block < lengths.size(); block++) {
                int at = arenaStarts.get(block);
                out.bytes(bytes.piece(at), ByteArena.offset(at), lengths.get(block));
            }
        }

        private void starts(SetOutput out) throws OpmException {
            int at = 0;
            out.u32(0);
            for (Ints one : blocksOf) {
                at += one.size();
                out.u32(at);
            }
        }

        private void packages(SetOutput out) throws OpmException {
            for (Ints one : blocksOf) {
                for (int at = 0; at < one.size(); at++) {
                    out.u32(one.get(at));
                }
            }
        }
    }
}
