package opm.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;

/// The bytes of one connection, as they are or through TLS. One thread reads and writes; any may
/// close it, and, while the first does neither, ask whether the client has left.
sealed interface Wire extends AutoCloseable permits PlainWire, TlsWire {
    int PIECE_BYTES = 64 << 10;

    SocketChannel channel();

    /// Reads some bytes.
    ///
    /// @return how many; -1 at the end
    int read(ByteBuffer into) throws IOException;

    /// Writes all that remains.
    void write(ByteBuffer out) throws IOException;

    /// Writes a piece of a file.
    ///
    /// @return how many bytes went; 0 when the file has no more
    default long send(FileChannel file, long at, long bytes) throws IOException {
        var piece = ByteBuffer.allocate((int) Math.min(PIECE_BYTES, bytes));
        int read = file.read(piece, at);
        write(piece.flip());
        return Math.max(0, read);
    }

    /// Says that nothing more is written.
    void endOutput() throws IOException;

    /// Tells, without waiting, whether the client has closed its end.
    boolean hasLeft();

    default boolean isOpen() {
        return channel().isOpen();
    }

    /// Closes at once: what was promised went out with its length, so nobody needs a farewell.
    @Override
    default void close() {
        try {
            channel().close();
        } catch (IOException _) {
            // Nobody wants its bytes.
        }
    }
}
