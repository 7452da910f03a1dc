package opm.pkgset;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import opm.base.OpmException;

/// Little-endian numbers and bytes, gathered into pieces for a sink.
final class SetOutput {
    private static final VarHandle U32 =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle U64 =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final int MOST_BUFFER = 1 << 16;

    private final ByteSink sink;
    private final byte[] buffer;
    private int used;
    private long flushed;

    /// @param bytes how many are expected: a set of nothing has twenty sections of a few
    SetOutput(ByteSink sink, long bytes) {
        this.sink = sink;
        buffer = new byte[Math.clamp(bytes, Long.BYTES, MOST_BUFFER)];
    }

    void u8(int value) throws OpmException {
        room(1);
        buffer[used++] = (byte) value;
    }

    void u32(int value) throws OpmException {
        room(4);
        U32.set(buffer, used, value);
        used += 4;
    }

    void u64(long value) throws OpmException {
        room(8);
        U64.set(buffer, used, value);
        used += 8;
    }

    void u32s(int[] values) throws OpmException {
        for (int value : values) {
            u32(value);
        }
    }

    void bytes(byte[] from, int offset, int length) throws OpmException {
        if (length > buffer.length) {
            flush();
            sink.write(from, offset, length);
            flushed += length;
            return;
        }
        room(length);
        System.arraycopy(from, offset, buffer, used, length);
        used += length;
    }

    void bytes(Bytes from) throws OpmException {
        var piece = new byte[1 << 15];
        for (long at = 0; at < from.length(); at += piece.length) {
            if (from.length() - at < piece.length) {
                piece = new byte[(int) (from.length() - at)];
            }
            from.copy(at, piece);
            bytes(piece, 0, piece.length);
        }
    }

    /// Writes zeros up to a multiple of 8.
    void align() throws OpmException {
        while ((position() & 7) != 0) {
            u8(0);
        }
    }

    long position() {
        return flushed + used;
    }

    private void room(int bytes) throws OpmException {
        if (buffer.length - used < bytes) {
            flush();
        }
    }

    void flush() throws OpmException {
        sink.write(buffer, 0, used);
        flushed += used;
        used = 0;
    }
}
