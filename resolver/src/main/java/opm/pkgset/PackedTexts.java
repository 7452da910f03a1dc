package opm.pkgset;

import java.util.Arrays;
import opm.base.ByteText;
import org.jspecify.annotations.Nullable;

/// Texts, packed in blocks: a table with rows like those of `file_blocks`, and bytes.
///
/// The texts stand one behind the other, each its length (seven bits a byte, least first) and its
/// bytes; the empty one stands first. They are cut every [#BLOCK_BYTES], wherever that falls, and
/// each piece is packed by [Lz], but for those that hold nothing but summaries, which searches go
/// through, and those that would not shrink: they are as long as before. A text is named by its
/// place before packing.
final class PackedTexts {
    static final int BLOCK_BITS = 13;
    static final int BLOCK_BYTES = 1 << BLOCK_BITS;

    /// Blocks of each kind of text that stay unpacked: texts of one kind are mostly asked for in
    /// the order in which they stand.
    private static final int KEPT = 4;

    /// Blocks of a run that [#scan] hands over.
    private static final int RUN_BLOCKS = 8;

    static final Found NOTHING = new Found(new byte[0], 0, 0);

    private final Section blocks;
    private final Section bytes;
    private final int blockCount;

    /// Threads may overwrite each other's blocks; each is whole and never changes.
    private final Block[] kept = new Block[KEPT * TextKind.ALL.size()];

    PackedTexts(Section blocks, Section bytes) {
        this.blocks = blocks;
        this.bytes = bytes;
        blockCount = blocks.count() - 1;
        if (blockCount < 1) {
            throw blocks.broken("no block");
        }
        kept[0] = new Block(-1, new byte[0]);
        Arrays.fill(kept, kept[0]);
    }

    private static final class Block {
        private final int number;
        private final byte[] raw;

        Block(int number, byte[] raw) {
            this.number = number;
            this.raw = raw;
        }
    }

    /// The bytes of a text: a part of an array that nobody may write to.
    static final class Found {
        final byte[] bytes;
        final int start;
        final int length;

        Found(byte[] bytes, int start, int length) {
            this.bytes = bytes;
            this.start = start;
            this.length = length;
        }

        /// Returns one that keeps no more than its bytes.
        Found copy() {
            return new Found(Arrays.copyOfRange(bytes, start, start + length), 0, length);
        }

        String text() {
            return length == 0 ? "" : ByteText.decode(bytes, start, length);
        }
    }

    String text(long place, int kind) {
        Found found = find(place, kind);
        return found.text();
    }

    /// @param kind from 0, whose blocks are kept together
    Found find(long place, int kind) {
        if (place == 0) {
            return NOTHING;
        }
        long at = place;
        int length = 0;
        for (int shift = 0; ; shift += 7) {
            byte b = u8(at++, kind);
            length |= (b & 0x7f) << shift;
            if (b >= 0) {
                break;
            }
            if (shift == 28) {
                throw bytes.broken("the text at " + place + " has no length");
            }
        }
        byte[] raw = raw(at, kind);
        int start = (int) at & BLOCK_BYTES - 1;
        if (length >= 0 && length <= raw.length - start) {
            return new Found(raw, start, length);
        }
        return across(place, at, length, kind);
    }

    /// Returns the text at a place of a run of unpacked bytes, or null where the run does not hold
    /// all of it.
    static @Nullable Found inRun(byte[] run, int end, long place) {
        int length = 0;
        long at = place;
        for (int shift = 0; at >= 0 && at < end && shift <= 28; shift += 7) {
            byte b = run[(int) at++];
            length |= (b & 0x7f) << shift;
            if (b >= 0) {
                return length >= 0 && length <= end - at
                        ? new Found(run, (int) at, length)
                        : null;
            }
        }
        return null;
    }

    private Found across(long place, long from, int length, int kind) {
        if (length < 0 || from + length > (long) blockCount << BLOCK_BITS) {
            throw bytes.broken("the text at " + place + " has " + length + " bytes");
        }
        var copy = new byte[length];
        int done = 0;
        while (done < length) {
            byte[] raw = raw(from + done, kind);
            int start = (int) (from + done) & BLOCK_BYTES - 1;
            int count = Math.min(length - done, raw.length - start);
            if (count <= 0) {
                throw bytes.broken("the text at " + place + " has " + length + " bytes");
            }
            System.arraycopy(raw, start, copy, done, count);
            done += count;
        }
        return new Found(copy, 0, length);
    }

    private byte u8(long at, int kind) {
        byte[] raw = raw(at, kind);
        int index = (int) at & BLOCK_BYTES - 1;
        if (index >= raw.length) {
            throw bytes.broken("no text at " + at);
        }
        return raw[index];
    }

    /// Takes a run of unpacked bytes, and the place of the first.
    interface Use {
        void of(byte[] bytes, int length, long start);
    }

    /// Hands over all bytes from the block of one place to the end of the text at another, in runs.
    ///
    /// @param overlap how many bytes each run repeats of the one before
    void scan(long from, long last, int overlap, Use use) {
        var run = new byte[RUN_BLOCKS * BLOCK_BYTES + overlap];
        int block = (int) (from >>> BLOCK_BITS);
        long start = (long) block << BLOCK_BITS;
        int used = 0;
        // A text begins in the last block, and may go on in those behind it.
        Found end = find(last, 0);
        int until = (int) (last + numberBytes(end.length) + end.length >>> BLOCK_BITS);
        for (; block <= until && block < blockCount; block++) {
            int more = Math.min((run.length - used) >>> BLOCK_BITS, until + 1 - block);
            int plain = plain(block, more);
            if (plain > 1) {
                bytes.rows().copy(start(block), run, used, plain << BLOCK_BITS);
                used += plain << BLOCK_BITS;
                block += plain - 1;
            } else {
                used += unpack(block, run, used);
            }
            if (run.length - used < BLOCK_BYTES || block == until || block == blockCount - 1) {
                use.of(run, used, start);
                int rest = Math.min(overlap, used);
                System.arraycopy(run, used - rest, run, 0, rest);
                start += used - rest;
                used = rest;
            }
        }
    }

    /// Returns how many whole blocks from one on stay as they are, one behind the other.
    private int plain(int from, int most) {
        int block = from;
        while (block < Math.min(from + most, blockCount)
                && blocks.u32(block, 4) == BLOCK_BYTES
                && packedBytes(block) == BLOCK_BYTES) {
            block++;
        }
        return block - from;
    }

    private long start(int block) {
        return Integer.toUnsignedLong(blocks.u32(block, 0));
    }

    /// Returns a place behind all texts.
    long end() {
        return (long) blockCount << BLOCK_BITS;
    }

    /// Returns how many bytes a length takes.
    static int numberBytes(int length) {
        int bytes = 1;
        for (int rest = length >>> 7; rest != 0; rest >>>= 7) {
            bytes++;
        }
        return bytes;
    }

    /// Returns the block that holds a place, unpacked.
    private byte[] raw(long at, int kind) {
        long number = at >>> BLOCK_BITS;
        if (number >= blockCount) {
            // The empty text may stand behind the last byte.
            return NOTHING.bytes;
        }
        int block = (int) number;
        int slot = kind * KEPT + block % KEPT;
        Block known = kept[slot];
        if (known.number == block) {
            return known.raw;
        }
        byte[] raw = unpacked(block);
        kept[slot] = new Block(block, raw);
        return raw;
    }

    private long packedBytes(int block) {
        long start = start(block);
        long end = start(block + 1);
        int length = blocks.index(block, 4, BLOCK_BYTES + 1);
        boolean whole = length == BLOCK_BYTES || block == blockCount - 1;
        if (!whole || start >= end || end > bytes.bytes() || end - start > 2 * BLOCK_BYTES) {
            throw blocks.broken("block " + block + " from " + start + " to " + end);
        }
        return end - start;
    }

    private byte[] unpacked(int block) {
        var raw = new byte[blocks.index(block, 4, BLOCK_BYTES + 1)];
        unpack(block, raw, 0);
        return raw;
    }

    /// Unpacks a block to a place of an array; returns how many bytes it has.
    private int unpack(int block, byte[] into, int at) {
        long packedBytes = packedBytes(block);
        long start = start(block);
        int length = blocks.index(block, 4, BLOCK_BYTES + 1);
        if (packedBytes == length) {
            bytes.rows().copy(start, into, at, length);
            return length;
        }
        var packed = new byte[(int) packedBytes];
        bytes.rows().copy(start, packed);
        if (at == 0 && into.length == length) {
            Lz.unpack(packed, packed.length, into, length);
            return length;
        }
        var raw = new byte[length];
        Lz.unpack(packed, packed.length, raw, length);
        System.arraycopy(raw, 0, into, at, length);
        return length;
    }

    /// Gathers texts and packs them.
    static final class Writer {
        private final Lz lz = new Lz();
        private final VarOutput raw = new VarOutput();
        private final VarOutput packed = new VarOutput();
        private final ByteArena all = new ByteArena();
        private final Ints rows = new Ints();
        private long flushed;

        /// Up to where blocks stay as they are.
        private long plainEnd;

        Writer() {
            raw.number(0);
        }

        /// Returns where the next text will stand.
        long place() {
            return flushed + raw.size();
        }

        /// @param plain whether blocks up to the end of this text stay as they are
        void add(byte[] bytes, int start, int length, boolean plain) {
            raw.number(length);
            raw.bytes(bytes, start, length);
            plainEnd = plain ? place() : plainEnd;
            if (raw.size() >= 8 * BLOCK_BYTES) {
                pack(raw.size() >>> BLOCK_BITS);
            }
        }

        private void pack(int count) {
            var piece = new byte[BLOCK_BYTES];
            for (int block = 0; block < count; block++) {
                int start = block << BLOCK_BITS;
                int length = Math.min(BLOCK_BYTES, raw.size() - start);
                System.arraycopy(raw.buffer(), start, piece, 0, length);
                rows.add((int) all.total());
                rows.add(length);
                packed.clear();
                boolean plain = flushed + start + length <= plainEnd;
                if (!plain) {
                    lz.pack(piece, length, packed);
                }
                if (plain || packed.size() >= length) {
                    all.add(piece, 0, length);
                } else {
                    all.add(packed.buffer(), 0, packed.size());
                }
            }
            int done = Math.min(raw.size(), count << BLOCK_BITS);
            flushed += done;
            int left = raw.size() - done;
            byte[] rest = Arrays.copyOfRange(raw.buffer(), done, done + left);
            raw.clear();
            raw.bytes(rest);
        }

        /// Packs what is left; nothing can be added any more.
        void end() {
            pack((raw.size() + BLOCK_BYTES - 1) >>> BLOCK_BITS);
            rows.add((int) all.total());
            rows.add(0);
        }

        void plan(SetFrame frame, SectionId table, SectionId bytes) {
            frame.add(
                    table,
                    rows.size() / 2,
                    out -> {
                        for (int at = 0; at < rows.size(); at++) {
                            out.u32(rows.get(at));
                        }
                    });
            frame.add(bytes, all.total(), all::writeTo);
        }
    }
}
