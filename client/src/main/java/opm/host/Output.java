package opm.host;

import java.nio.ByteBuffer;
import opm.base.OpmException;

/// A file being written. Not for two threads at once.
public interface Output extends AutoCloseable {
    /// Writes all remaining bytes of the buffer.
    ///
    /// @throws OpmException.Refused when the disk is full
    void write(ByteBuffer bytes) throws OpmException;

    /// Writes `length` bytes of the array.
    default void write(byte[] bytes, int offset, int length) throws OpmException {
        write(ByteBuffer.wrap(bytes, offset, length));
    }

    /// Returns how many bytes the file has up to here.
    long position();

    /// Returns only when everything written so far survives a power cut.
    void force() throws OpmException;

    @Override
    void close() throws OpmException;
}
