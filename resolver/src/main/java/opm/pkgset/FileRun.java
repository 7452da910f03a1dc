package opm.pkgset;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/// Reads the groups of a sorted run of [FileListBuilder]; what was read is given back to the heap.
///
/// A group is a directory, by what it shares with the one before; its package; how many names, how
/// many bytes they take; the names, each by what it shares with the one before.
final class FileRun extends FileGroups {
    private final ArrayDeque<byte[]> packed;
    private final Inflater inflater = new Inflater(true);
    private byte[] buffer = new byte[1 << 15];
    private int at;
    private int limit;
    private int nameBytes;

    FileRun(ArrayDeque<byte[]> packed) {
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
        need(5);
        int number = 0;
        for (int shift = 0; ; shift += 7) {
            byte b = buffer[at++];
            number |= (b & 0x7f) << shift;
            if (b >= 0) {
                return number;
            }
        }
    }

    @Override
    byte[] next(byte[] before) {
        int shared = number();
        int rest = number();
        need(rest);
        byte[] read = Arrays.copyOf(before, shared + rest);
        System.arraycopy(buffer, at, read, shared, rest);
        at += rest;
        return read;
    }

    @Override
    void names(VarOutput to) {
        need(nameBytes);
        to.bytes(buffer, at, nameBytes);
        at += nameBytes;
        left = 0;
    }

    @Override
    void advance() {
        need(1);
        if (at == limit) {
            ended = true;
            return;
        }
        directory = next(directory);
        pkg = number();
        left = number();
        nameBytes = number();
        name = NONE;
        whole = true;
    }

    @Override
    int nameBytes() {
        return nameBytes;
    }

    @Override
    public void close() {
        inflater.close();
    }

    /// Packs what comes piece by piece.
    static final class Packing implements AutoCloseable {
        private final Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
        private final ArrayDeque<byte[]> pieces = new ArrayDeque<>();
        private final byte[] waiting = new byte[1 << 16];
        private byte[] piece = new byte[1 << 16];
        private int used;
        private int filled;

        void add(byte[] bytes, int start, int length) {
            int at = start;
            int left = length;
            while (left > 0) {
                int count = Math.min(left, waiting.length - used);
                System.arraycopy(bytes, at, waiting, used, count);
                used += count;
                at += count;
                left -= count;
                if (used == waiting.length) {
                    pack();
                }
            }
        }

        private void pack() {
            deflater.setInput(waiting, 0, used);
            used = 0;
            drain(false);
        }

        private void drain(boolean whole) {
            while (whole ? !deflater.finished() : !deflater.needsInput()) {
                filled += deflater.deflate(piece, filled, piece.length - filled);
                if (filled == piece.length) {
                    pieces.add(piece);
                    piece = new byte[1 << 16];
                    filled = 0;
                }
            }
        }

        ArrayDeque<byte[]> end() {
            pack();
            deflater.finish();
            drain(true);
            pieces.add(Arrays.copyOf(piece, filled));
            return pieces;
        }

        @Override
        public void close() {
            deflater.close();
        }
    }
}
