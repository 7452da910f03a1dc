package opm.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/// The bytes of one connection, as they are or through TLS. One thread reads and writes; any may
/// close it, and, while the first does neither, ask whether the client has left.
sealed interface Wire extends AutoCloseable permits PlainWire, TlsWire {
    /// Reads some bytes.
    ///
    /// @return how many; -1 at the end
    int read(ByteBuffer into) throws IOException;

    /// Writes all that remains.
    void write(ByteBuffer out) throws IOException;

    /// Writes a piece of a file.
    ///
    /// @return how many bytes went; 0 when the file has no more
    long send(FileChannel file, long at, long bytes) throws IOException;

    /// Says that nothing more is written.
    void endOutput() throws IOException;

    /// Tells, without waiting, whether the client has closed its end.
    boolean hasLeft();

    boolean isOpen();

    @Override
    void close();
}
