package opm.rpmmd;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
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

    // All below are guarded by `lock`.
    private final Object lock = new Object();
    private final ArrayDeque<Piece> full = new ArrayDeque<>();
    private final ArrayDeque<Piece> empty = new ArrayDeque<>();
    private boolean ended;
    private boolean closed;
    private @Nullable Throwable failure;

    /// The piece being handed out, and how far.
    private @Nullable Piece piece;

    private int at;

    ReadAhead(InputStream in) {
        this.in = in;
        for (int count = 0; count < PIECES; count++) {
            empty.add(new Piece());
        }
        thread = Thread.ofPlatform().daemon().name("unpack").start(this::run);
    }

    private void run() {
        Throwable thrown = null;
        try {
            boolean more = true;
            while (more) {
                Piece next = await(empty);
                if (next == null) {
                    break;
                }
                next.length = in.readNBytes(next.bytes, 0, PIECE_BYTES);
                more = next.length == PIECE_BYTES;
                synchronized (lock) {
                    full.add(next);
                    lock.notifyAll();
                }
            }
        } catch (IOException | RuntimeException | Error e) {
            thrown = e;
        }
        synchronized (lock) {
            failure = thrown;
            ended = true;
            lock.notifyAll();
        }
    }

    /// Takes the next of some pieces when there is one; null when none will come.
    private @Nullable Piece await(ArrayDeque<Piece> pieces) {
        synchronized (lock) {
            while (pieces.isEmpty() && !closed && !(pieces == full && ended)) {
                try {
                    lock.wait();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    closed = true;
                }
            }
            return closed ? null : pieces.poll();
        }
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
                synchronized (lock) {
                    empty.add(piece);
                    lock.notifyAll();
                }
            }
            piece = await(full);
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
        Throwable thrown;
        boolean stopped;
        synchronized (lock) {
            thrown = failure;
            stopped = closed;
        }
        switch (thrown) {
            case null -> {
                if (stopped) {
                    throw new IOException("the stream is closed");
                }
            }
            case IOException e -> throw e;
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new IllegalStateException(thrown);
        }
    }

    @Override
    public void close() throws IOException {
        synchronized (lock) {
            closed = true;
            lock.notifyAll();
        }
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        in.close();
    }
}
