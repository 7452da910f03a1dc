package opm.pkgset;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout.OfInt;
import java.lang.foreign.ValueLayout.OfLong;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/// A run of bytes in a map or in memory, read in place, numbers little-endian.
///
/// Up to 2 GiB it is a `ByteBuffer`: a process that asks one question spends its time in the
/// interpreter, where one read through a `MemorySegment` takes a dozen calls more, and the classes
/// behind it take 15 ms to start. Only longer runs pay for that.
abstract sealed class Bytes {
    /// Reads what a buffer holds between its position and its limit.
    static Bytes of(ByteBuffer buffer) {
        return of(buffer, null);
    }

    /// Reads the map of a file; long runs are read from the file itself, so that whoever goes
    /// through much of it once does not have it all in memory.
    ///
    /// @param file stays open as long as somebody has what is returned here; null for none
    static Bytes of(ByteBuffer map, @Nullable FileChannel file) {
        return new Buffered(map.slice().order(ByteOrder.LITTLE_ENDIAN), file, 0);
    }

    static Bytes of(byte[] bytes) {
        return of(ByteBuffer.wrap(bytes));
    }

    static Bytes of(MemorySegment segment) {
        return segment.byteSize() <= Integer.MAX_VALUE
                ? of(segment.asByteBuffer())
                : mapped(segment);
    }

    /// Reads a segment of any length as those beyond 2 GiB are read.
    static Bytes mapped(MemorySegment segment) {
        return new Mapped(segment);
    }

    abstract long length();

    abstract byte u8(long at);

    abstract int u32(long at);

    abstract long u64(long at);

    /// Copies the bytes from `at` on over all of `into`.
    abstract void copy(long at, byte[] into);

    /// Copies some bytes from `at` on to a place of `into`.
    abstract void copy(long at, byte[] into, int offset, int length);

    abstract Bytes slice(long at, long length);

    /// Returns a part as a buffer of its own, of at most 2 GiB.
    abstract ByteBuffer buffer(long at, int length);

    private static final class Buffered extends Bytes {
        private static final int LONG_RUN = 4096;
        private final ByteBuffer buffer;
        private final @Nullable FileChannel file;

        /// Where the buffer starts in the file.
        private final long start;

        Buffered(ByteBuffer buffer, @Nullable FileChannel file, long start) {
            this.buffer = buffer;
            this.file = file;
            this.start = start;
        }

        /// An offset that does not fit must not come round to one that does.
        private static int index(long at) {
            return at == (int) at ? (int) at : -1;
        }

        @Override
        long length() {
            return buffer.capacity();
        }

        @Override
        byte u8(long at) {
            return buffer.get(index(at));
        }

        @Override
        int u32(long at) {
            return buffer.getInt(index(at));
        }

        @Override
        long u64(long at) {
            return buffer.getLong(index(at));
        }

        @Override
        void copy(long at, byte[] into) {
            copy(at, into, 0, into.length);
        }

        @Override
        void copy(long at, byte[] into, int offset, int length) {
            if (file == null
                    || length < LONG_RUN
                    || at < 0
                    || at > buffer.capacity() - length
                    || !read(file, start + at, ByteBuffer.wrap(into, offset, length))) {
                buffer.get(index(at), into, offset, length);
            }
        }

        /// Returns false when the file cannot be read: the map still can.
        private static boolean read(FileChannel file, long from, ByteBuffer into) {
            try {
                long at = from;
                while (into.hasRemaining()) {
                    int count = file.read(into, at);
                    if (count <= 0) {
                        return false;
                    }
                    at += count;
                }
                return true;
            } catch (IOException e) {
                return false;
            }
        }

        @Override
        Bytes slice(long at, long length) {
            ByteBuffer part = buffer.slice(index(at), index(length));
            return new Buffered(part.order(ByteOrder.LITTLE_ENDIAN), file, start + at);
        }

        @Override
        ByteBuffer buffer(long at, int length) {
            return buffer.slice(index(at), length);
        }
    }

    private static final class Mapped extends Bytes {
        private static final OfInt U32 = JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
        private static final OfLong U64 = JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
        private final MemorySegment segment;

        Mapped(MemorySegment segment) {
            this.segment = segment;
        }

        @Override
        long length() {
            return segment.byteSize();
        }

        @Override
        byte u8(long at) {
            return segment.get(JAVA_BYTE, at);
        }

        @Override
        int u32(long at) {
            return segment.get(U32, at);
        }

        @Override
        long u64(long at) {
            return segment.get(U64, at);
        }

        @Override
        void copy(long at, byte[] into) {
            MemorySegment.copy(segment, JAVA_BYTE, at, into, 0, into.length);
        }

        @Override
        void copy(long at, byte[] into, int offset, int length) {
            MemorySegment.copy(segment, JAVA_BYTE, at, into, offset, length);
        }

        @Override
        Bytes slice(long at, long length) {
            return new Mapped(segment.asSlice(at, length));
        }

        @Override
        ByteBuffer buffer(long at, int length) {
            return segment.asSlice(at, length).asByteBuffer();
        }
    }
}
