package opm.pkgset;

import java.util.ArrayDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import opm.base.OpmException;

/// The blocks of a [FileList] as they grow. Packing them takes longer than all else: other threads
/// do it.
final class FileBlocks implements AutoCloseable {
    /// Bytes of an unpacked block, but for the group that goes beyond.
    private static final int BLOCK_BYTES = 60_000;

    /// Bytes of the names of a group that stand together.
    private static final int MOST_NAMES = 40_000;

    /// Blocks that wait for the threads.
    private static final int MOST_WAITING = 16;

    /// Blocks after which the heap is looked through.
    private static final int MANY = 500;

    /// One packs nearly as fast as the merge goes; two have the whole of two processors busy.
    private static final int PACKERS = Math.min(2, Runtime.getRuntime().availableProcessors());

    private final ThreadLocal<Lz> lz = ThreadLocal.withInitial(Lz::new);
    private Block block = new Block();
    private final ArrayDeque<Block> free = new ArrayDeque<>();
    private final ExecutorService packing =
            Executors.newFixedThreadPool(
                    PACKERS, Thread.ofPlatform().daemon().name("pack").factory());
    private final ArrayDeque<Future<Block>> waiting = new ArrayDeque<>();
    private final ByteArena bytes = new ByteArena();
    private final Ints lengths = new Ints();
    private final Ints rawBytes = new Ints();
    private final VarOutput names = new VarOutput();
    private final Ints[] blocksOf;
    private byte[] first = {};
    private byte[] last = {};
    private int lastPkg;

    /// A block, before and after; used again and again, since what waits for long would have the
    /// heap looked through.
    private static final class Block {
        private final VarOutput raw = new VarOutput();
        private final VarOutput packed = new VarOutput();

        private void pack(byte[] head, Lz lz) {
            packed.clear();
            packed.u8(head.length);
            packed.u8(head.length >>> 8);
            packed.bytes(head);
            lz.pack(raw.buffer(), raw.size(), packed);
            raw.clear();
        }
    }

    FileBlocks(int packageCount) {
        blocksOf = new Ints[packageCount];
        for (int one = 0; one < packageCount; one++) {
            blocksOf[one] = new Ints(2);
        }
    }

    /// Takes a whole group out of a run; what does not fit goes into further blocks.
    void add(FileGroups from) {
        while (from.left() > 0) {
            if (block.raw.size() >= BLOCK_BYTES) {
                end();
            }
            int room = Math.max(1, BLOCK_BYTES - block.raw.size() - from.directory().length);
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
                names.next(before, name);
                before = name;
                count++;
            }
            if (block.raw.size() + names.size() + from.directory().length + 32 > Lz.MOST_BYTES) {
                end();
            }
            if (block.raw.size() == 0) {
                first = from.directory();
                last = new byte[0];
                lastPkg = 0;
            }
            block.raw.next(last, from.directory());
            last = from.directory();
            int step = from.pkg() - lastPkg;
            block.raw.number(step << 1 ^ step >> 31);
            lastPkg = from.pkg();
            block.raw.number(count);
            block.raw.bytes(names.buffer(), 0, names.size());
            Ints blocks = blocksOf[from.pkg()];
            int number = rawBytes.size();
            if (blocks.size() == 0 || blocks.get(blocks.size() - 1) != number) {
                blocks.add(number);
            }
        }
        from.advance();
    }

    /// Packs the block at hand away.
    void end() {
        Block full = block;
        if (full.raw.size() == 0) {
            return;
        }
        byte[] head = first;
        rawBytes.add(full.raw.size());
        waiting.add(
                packing.submit(
                        () -> {
                            full.pack(head, lz.get());
                            return full;
                        }));
        if (waiting.size() > MOST_WAITING) {
            takePacked();
        }
        block = free.isEmpty() ? new Block() : free.remove();
    }

    private void takePacked() {
        try {
            Block done = waiting.remove().get();
            bytes.add(done.packed.buffer(), 0, done.packed.size());
            lengths.add(done.packed.size());
            free.add(done);
            FileListBuilder.giveBack(lengths.size() % MANY == 0);
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
        if (bytes.total() >= 1L << 32) {
            throw new IllegalStateException("more than 4 GiB of files");
        }
        frame.add(SectionId.FILE_BLOCKS, rawBytes.size() + 1L, this::blocks);
        frame.add(SectionId.FILE_BYTES, bytes.total(), bytes::writeTo);
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
