package opm.rpmmd;

import java.io.IOException;
import java.io.InputStream;
import java.util.stream.Stream;
import opm.base.Awaited;
import opm.base.Handover;
import org.jspecify.annotations.Nullable;

/// Reads a stream on a thread of its own, a few pieces ahead: unpacking and parsing side by side.
///
/// What the stream throws comes out of [#read], after the pieces before it. Closing stops the
/// thread and closes the stream.
final class ReadAhead extends InputStream {
    private static final int PIECE_BYTES = 1 << 18;
    private static final int PIECES = 4;

    /// Some bytes of the stream.
    private static final class Piece {
        private final byte[] bytes = new byte[PIECE_BYTES];
        private int length;
    }

    private final InputStream in;
    private final Thread thread;

    private final Handover<Piece> pieces;

    /// The piece being handed out, and how far.
    private @Nullable Piece piece;

    private int at;

    ReadAhead(InputStream in) {
        this.in = in;
        pieces = new Handover<>(Stream.generate(Piece::new).limit(PIECES).toList());
        thread = Thread.ofPlatform().daemon().name("unpack").start(this::run);
    }

    private void run() {
        Throwable thrown = null;
        try {
            boolean more = true;
            while (more) {
                Piece next = pieces.toFill();
                if (next == null) {
                    break;
                }
                next.length = in.readNBytes(next.bytes, 0, PIECE_BYTES);
                more = next.length == PIECE_BYTES;
                pieces.filled(next);
            }
        } catch (IOException | RuntimeException | Error e) {
            thrown = e;
        }
        pieces.end(thrown);
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
        while (piece == null || at == piece.length) {
            if (piece != null) {
                pieces.emptied(piece);
            }
            piece = pieces.toEmpty();
            at = 0;
            if (piece == null) {
                throwFailure();
                return -1;
            }
        }
        int count = Math.min(length, piece.length - at);
        System.arraycopy(piece.bytes, at, to, offset, count);
        at += count;
        return count;
    }

    private void throwFailure() throws IOException {
        switch (pieces.failure()) {
            case null -> {
                if (pieces.isStopped()) {
                    throw new IOException("the stream is closed");
                }
            }
            case IOException e -> throw e;
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case Throwable e -> throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() throws IOException {
        pieces.stop(null);
        Awaited.end(thread);
        in.close();
    }
}
