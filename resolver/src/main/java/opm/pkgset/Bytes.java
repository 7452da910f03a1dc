package opm.pkgset;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout.OfInt;
import java.lang.foreign.ValueLayout.OfLong;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// A run of bytes in a map or in memory, read in place, numbers little-endian.
///
/// Up to 2 GiB it is a `ByteBuffer`: a process that asks one question spends its time in the
/// interpreter, where one read through a `MemorySegment` takes a dozen calls more, and the classes
/// behind it take 15 ms to start. Only longer runs pay for that.
abstract sealed class Bytes {
    /// Reads what a buffer holds between its position and its limit.
    static Bytes of(ByteBuffer buffer) {
        return new Buffered(buffer.slice().order(ByteOrder.LITTLE_ENDIAN));
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

    abstract Bytes slice(long at, long length);

    /// Returns a part as a buffer of its own, of at most 2 GiB.
    abstract ByteBuffer buffer(long at, int length);

    private static final class Buffered extends Bytes {
        private final ByteBuffer buffer;

        Buffered(ByteBuffer buffer) {
            this.buffer = buffer;
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
            buffer.get(index(at), into);
        }

        @Override
        Bytes slice(long at, long length) {
            return of(buffer.slice(index(at), index(length)));
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
        Bytes slice(long at, long length) {
            return new Mapped(segment.asSlice(at, length));
        }

        @Override
        ByteBuffer buffer(long at, int length) {
            return segment.asSlice(at, length).asByteBuffer();
        }
    }
}
