package opm.pkgset;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
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

    /// Bytes of the names of a group that stand together.
    private static final int MOST_NAMES = 40_000;

    /// Packages of a set for which memory is looked after.
    private static final int MANY_PACKAGES = 5000;

    /// Longer names and directories than a block holds are no files of a real system.
    static final int MOST_PATH = 16_000;

    private final PackageSet set;
    private StringInterner checksums = new StringInterner();
    private final Ints packageOfChecksum = new Ints();

    /// Paths of the package at hand, one behind the other, and where they start.
    private final VarOutput paths = new VarOutput();

    private final Ints pathStarts = new Ints();
    private int pkg = -1;

    /// Where the names of the paths start, and the order of the paths.
    private final Ints slashes = new Ints();

    private int[] order = {};

    /// Runs of paths in one directory, by the place of their first in [#order].
    private final Ints parts = new Ints();

    private final VarOutput names = new VarOutput();

    /// Groups of the run at hand: directory, how many names, how many bytes they take, names, each
    /// by what it shares with the one before.
    private final VarOutput run = new VarOutput();

    /// Where the groups of the run start, where their directories end, and whose they are.
    private final Ints groups = new Ints();

    private final Ints directoryEnds = new Ints();
    private final Ints owners = new Ints();
    private final List<ArrayDeque<byte[]>> runs = new ArrayList<>();
    private final List<FileGroups> kept = new ArrayList<>();

    public FileListBuilder(PackageSet set) throws Damaged {
        this.set = set;
        giveBack(set.packageCount() > MANY_PACKAGES);
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

    /// Returns the package with a checksum, in hexadecimal; -1 when there is none.
    int packageOf(String checksum) {
        byte[] hex = opm.base.ByteText.encode(checksum);
        int id = checksums.find(hex, 0, hex.length);
        return id <= 0 ? -1 : packageOfChecksum.get(id);
    }

    /// Takes over the files of packages of another set; nothing else comes of these packages.
    ///
    /// @param numbers what its packages are here, ascending; -1 for those without
    void keep(FileList list, int[] numbers) {
        kept.add(new KeptFiles(list, numbers));
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
    ///
    /// Files come in order, nearly all of them, and those of a directory together: what is in order
    /// is looked at once.
    public void end() {
        int count = pathStarts.size();
        pathStarts.add(paths.size());
        if (order.length < count) {
            order = new int[Math.max(count, 2 * order.length)];
        }
        slashes.clear();
        parts.clear();
        byte[] bytes = paths.buffer();
        for (int at = 0; at < count; at++) {
            order[at] = at;
            int slash = pathStarts.get(at + 1) - 1;
            while (bytes[slash] != '/') {
                slash--;
            }
            slashes.add(slash + 1);
            if (at == 0 || !isSameDirectory(at - 1, at)) {
                parts.add(at);
            }
        }
        var sorted = new int[parts.size()];
        for (int part = 0; part < sorted.length; part++) {
            sorted[part] = part;
        }
        parts.add(count);
        IntSort.sort(
                sorted,
                0,
                sorted.length,
                (one, two) -> compareDirectories(parts.get(one), parts.get(two)));
        int from = 0;
        int to = 0;
        for (int at = 0; at < sorted.length; at++) {
            int part = sorted[at];
            // A directory's files may stand in several places: those below it come between.
            if (at > 0 && !isSameDirectory(parts.get(sorted[at - 1]), parts.get(part))) {
                group(from, to);
                from = to;
            }
            for (int file = parts.get(part); file < parts.get(part + 1); file++) {
                order[to++] = file;
            }
        }
        if (to > from) {
            group(from, to);
        }
        if (run.size() > RUN_BYTES) {
            packRun();
        }
    }

    private boolean isSameDirectory(int one, int two) {
        byte[] bytes = paths.buffer();
        int start = pathStarts.get(one);
        int other = pathStarts.get(two);
        int length = slashes.get(one) - start;
        return slashes.get(two) - other == length
                && Arrays.equals(bytes, start, start + length, bytes, other, other + length);
    }

    private int compareDirectories(int one, int two) {
        byte[] bytes = paths.buffer();
        return Arrays.compareUnsigned(
                bytes,
                pathStarts.get(one),
                slashes.get(one),
                bytes,
                pathStarts.get(two),
                slashes.get(two));
    }

    private int compareNames(int one, int two) {
        byte[] bytes = paths.buffer();
        return Arrays.compareUnsigned(
                bytes,
                slashes.get(one),
                pathStarts.get(one + 1),
                bytes,
                slashes.get(two),
                pathStarts.get(two + 1));
    }

    /// Writes one directory's files of the package, those of [#order] from one place to another.
    private void group(int from, int to) {
        if (!packNames(from, to)) {
            IntSort.sort(order, from, to, this::compareNames);
            int kept = from + 1;
            for (int at = from + 1; at < to; at++) {
                if (compareNames(order[kept - 1], order[at]) != 0) {
                    order[kept++] = order[at];
                }
            }
            packNames(from, kept);
        }
        int start = pathStarts.get(order[from]);
        int end = slashes.get(order[from]);
        groups.add(run.size());
        run.bytes(paths.buffer(), start, end - start);
        directoryEnds.add(run.size());
        owners.add(pkg);
        run.number(packed);
        run.number(names.size());
        run.bytes(names.buffer(), 0, names.size());
    }

    /// How many names [#names] has.
    private int packed;

    /// Writes names, each by what it shares with the one before.
    ///
    /// @return false when they do not ascend
    private boolean packNames(int from, int to) {
        byte[] bytes = paths.buffer();
        names.clear();
        int before = 0;
        int beforeLength = 0;
        for (int at = from; at < to; at++) {
            int start = slashes.get(order[at]);
            int length = pathStarts.get(order[at] + 1) - start;
            int shared = 0;
            if (at > from) {
                int some = Math.min(length, beforeLength);
                shared =
                        Arrays.mismatch(bytes, start, start + some, bytes, before, before + some);
                boolean ascends =
                        shared < 0
                                ? length > beforeLength
                                : (bytes[start + shared] & 0xff) > (bytes[before + shared] & 0xff);
                if (!ascends) {
                    return false;
                }
                shared = shared < 0 ? some : shared;
            }
            names.number(shared);
            names.number(length - shared);
            names.bytes(bytes, start + shared, length - shared);
            before = start;
            beforeLength = length;
        }
        packed = to - from;
        return true;
    }

    /// Sorts the groups of the run and packs them away, directories, too, by what they share.
    private void packRun() {
        boolean large = run.size() > RUN_BYTES / 2;
        groups.add(run.size());
        var sorted = new int[groups.size() - 1];
        for (int at = 0; at < sorted.length; at++) {
            sorted[at] = at;
        }
        IntSort.sort(sorted, 0, sorted.length, this::compareGroups);
        byte[] bytes = run.buffer();
        int last = 0;
        int lastLength = 0;
        try (var out = new FileRun.Packing()) {
            var head = new VarOutput();
            for (int group : sorted) {
                int start = groups.get(group);
                int end = directoryEnds.get(group);
                int length = end - start;
                int some = Math.min(length, lastLength);
                int shared =
                        Arrays.mismatch(bytes, start, start + some, bytes, last, last + some);
                shared = shared < 0 ? some : shared;
                head.clear();
                head.number(shared);
                head.number(length - shared);
                head.bytes(bytes, start + shared, length - shared);
                head.number(owners.get(group));
                out.add(head.buffer(), 0, head.size());
                out.add(bytes, end, groups.get(group + 1) - end);
                last = start;
                lastLength = length;
            }
            runs.add(out.end());
        }
        run.clear();
        groups.clear();
        directoryEnds.clear();
        owners.clear();
        giveBack(large);
    }

    /// Collects what is dead among large arrays. The serial collector lets the heap grow to its
    /// bound before it looks at them: the universe with all files took 520 MiB without this, and
    /// takes 197 with it, for 0.4 s of CPU time.
    private static void giveBack(boolean large) {
        if (large) {
            System.gc();
        }
    }

    private int compareGroups(int one, int two) {
        byte[] bytes = run.buffer();
        int order =
                Arrays.compareUnsigned(
                        bytes,
                        groups.get(one),
                        directoryEnds.get(one),
                        bytes,
                        groups.get(two),
                        directoryEnds.get(two));
        return order == 0 ? Integer.compare(owners.get(one), owners.get(two)) : order;
    }

    // ---- merging

    /// Writes the set with its files. The builder is used up.
    public void writeTo(ByteSink sink) throws OpmException {
        packRun();
        try (var blocks = new Blocks(set.packageCount())) {
            merge(blocks);
            SetFrame frame = set.frame(FileList.sections());
            blocks.plan(frame);
            frame.writeTo(sink);
        }
    }

    private void merge(Blocks blocks) {
        var open = new ArrayList<>(kept);
        run.release();
        paths.release();
        names.release();
        checksums = new StringInterner();
        for (ArrayDeque<byte[]> packed : runs) {
            open.add(new FileRun(packed));
        }
        runs.clear();
        while (true) {
            FileGroups least = null;
            for (FileGroups one : open) {
                if (!one.ended() && (least == null || one.order(least) < 0)) {
                    least = one;
                }
            }
            if (least == null) {
                break;
            }
            blocks.add(least);
        }
        open.forEach(FileGroups::close);
        blocks.finish();
        giveBack(set.packageCount() > MANY_PACKAGES);
    }

    /// Tells bytes by what they share with those before.
    static void next(VarOutput out, byte[] before, byte[] bytes) {
        int shared = Arrays.mismatch(before, bytes);
        shared = shared < 0 ? bytes.length : shared;
        out.number(shared);
        out.number(bytes.length - shared);
        out.bytes(bytes, shared, bytes.length - shared);
    }

    /// The blocks as they grow. Packing them takes longer than all else: other threads do it.
    private static final class Blocks implements AutoCloseable {
        /// Blocks that wait for the thread.
        private static final int MOST_WAITING = 16;

        /// Blocks after which the heap is looked through.
        private static final int MANY = 200;

        /// One packs nearly as fast as the merge goes; two have the whole of two processors busy.
        private static final int PACKERS = Math.min(2, Runtime.getRuntime().availableProcessors());

        private final ThreadLocal<Lz> lz = ThreadLocal.withInitial(Lz::new);
        private final VarOutput raw = new VarOutput();
        private final ExecutorService packing =
                Executors.newFixedThreadPool(
                        PACKERS, Thread.ofPlatform().daemon().name("pack").factory());
        private final ArrayDeque<Future<byte[]>> waiting = new ArrayDeque<>();
        private final ByteArena bytes = new ByteArena();
        private final Ints arenaStarts = new Ints();
        private final Ints lengths = new Ints();
        private final Ints rawBytes = new Ints();
        private final VarOutput names = new VarOutput();
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
        void add(FileGroups from) {
            while (from.left() > 0) {
                if (raw.size() >= BLOCK_BYTES) {
                    end();
                }
                int room = Math.max(1, BLOCK_BYTES - raw.size() - from.directory().length);
                int most = Math.min(room, MOST_NAMES);
                names.clear();
                int count = 0;
                if (from.isWhole() && from.nameBytes() <= most) {
                    count = from.left();
                    from.names(names);
                }
                byte[] before = {};
                while (from.left() > 0 && names.size() < most) {
                    byte[] name = from.name();
                    next(names, before, name);
                    before = name;
                    count++;
                }
                if (raw.size() + names.size() + from.directory().length + 32 > Lz.MOST_BYTES) {
                    end();
                }
                if (raw.size() == 0) {
                    first = from.directory();
                    last = new byte[0];
                    lastPkg = 0;
                }
                next(raw, last, from.directory());
                last = from.directory();
                int step = from.pkg() - lastPkg;
                raw.number(step << 1 ^ step >> 31);
                lastPkg = from.pkg();
                raw.number(count);
                raw.bytes(names.buffer(), 0, names.size());
                Ints blocks = blocksOf[from.pkg()];
                int block = rawBytes.size();
                if (blocks.size() == 0 || blocks.get(blocks.size() - 1) != block) {
                    blocks.add(block);
                }
            }
            from.advance();
        }

        /// Packs the block at hand away.
        void end() {
            if (raw.size() == 0) {
                return;
            }
            byte[] head = first;
            byte[] content = raw.toBytes();
            rawBytes.add(content.length);
            raw.clear();
            waiting.add(packing.submit(() -> packed(head, content)));
            if (waiting.size() > MOST_WAITING) {
                takePacked();
            }
        }

        private byte[] packed(byte[] head, byte[] content) {
            var out = new VarOutput();
            out.u8(head.length);
            out.u8(head.length >>> 8);
            out.bytes(head);
            lz.get().pack(content, content.length, out);
            return out.toBytes();
        }

        private void takePacked() {
            try {
                byte[] packed = waiting.remove().get();
                arenaStarts.add(bytes.add(packed, 0, packed.length));
                lengths.add(packed.length);
                total += packed.length;
                giveBack(lengths.size() % MANY == 0);
            } catch (InterruptedException | ExecutionException e) {
                throw new IllegalStateException(e);
            }
        }

        /// Packs what is left.
        void finish() {
            end();
            while (!waiting.isEmpty()) {
                takePacked();
            }
        }

        @Override
        public void close() {
            packing.shutdownNow();
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
