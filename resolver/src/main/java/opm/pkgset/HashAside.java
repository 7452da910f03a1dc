package opm.pkgset;

import java.security.MessageDigest;
import java.util.concurrent.ArrayBlockingQueue;
import opm.base.Awaited;

/// Hashes what is written on a thread of its own: SHA-256 takes longer than making the bytes.
///
/// Used by one thread; [#digest] or [#close] ends the thread behind.
final class HashAside implements AutoCloseable {
    private static final int PIECE_BYTES = 1 << 18;
    private static final int PIECES = 4;

    private final MessageDigest sha;
    private final ArrayBlockingQueue<Piece> full = new ArrayBlockingQueue<>(PIECES + 1);
    private final ArrayBlockingQueue<Piece> empty = new ArrayBlockingQueue<>(PIECES + 1);
    private final Thread thread;
    private Piece piece = new Piece();
    private boolean ended;

    /// Some bytes; none mean the end.
    private static final class Piece {
        private final byte[] bytes = new byte[PIECE_BYTES];
        private int length;
    }

    HashAside(MessageDigest sha) {
        this.sha = sha;
        for (int count = 1; count < PIECES; count++) {
            empty.add(new Piece());
        }
        thread = Thread.ofPlatform().daemon().name("hash").start(this::run);
    }

    private void run() {
        try {
            Piece next = full.take();
            while (next.length > 0) {
                sha.update(next.bytes, 0, next.length);
                empty.put(next);
                next = full.take();
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    void write(byte[] bytes, int offset, int length) {
        int at = offset;
        int end = offset + length;
        while (at < end) {
            int count = Math.min(end - at, PIECE_BYTES - piece.length);
            System.arraycopy(bytes, at, piece.bytes, piece.length, count);
            piece.length += count;
            at += count;
            if (piece.length == PIECE_BYTES) {
                pass();
                piece = take(empty);
                piece.length = 0;
            }
        }
    }

    byte[] digest() {
        close();
        return sha.digest();
    }

    /// Waits until everything is hashed.
    @Override
    public void close() {
        if (ended) {
            return;
        }
        ended = true;
        if (piece.length > 0) {
            pass();
            piece = take(empty);
            piece.length = 0;
        }
        pass();
        Awaited.end(thread);
    }

    private void pass() {
        // Never full: there are fewer pieces than places.
        full.add(piece);
    }

    private static Piece take(ArrayBlockingQueue<Piece> pieces) {
        boolean interrupted = false;
        while (true) {
            try {
                Piece next = pieces.take();
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
                return next;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
    }
}
