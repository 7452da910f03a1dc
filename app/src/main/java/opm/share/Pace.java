package opm.share;

import java.util.concurrent.locks.LockSupport;

/// How fast all connections together may send.
///
/// Each piece occupies its time on one time line, and who booked waits until it has passed.
final class Pace {
    private static final long NANOS = 1_000_000_000L;
    private static final int PIECE_BYTES = 1 << 20;
    private final long bytesPerSecond;
    private long bookedUntil;

    /// @param bytesPerSecond 0 for no limit
    Pace(long bytesPerSecond) {
        this.bytesPerSecond = bytesPerSecond;
        this.bookedUntil = System.nanoTime();
    }

    /// Returns how much to send at once.
    int pieceBytes() {
        return bytesPerSecond == 0
                ? PIECE_BYTES
                : Math.clamp(bytesPerSecond / 20, 1024, PIECE_BYTES);
    }

    void sent(long bytes) {
        long end = book(bytes);
        for (long left = end - System.nanoTime();
                left > 0 && !Thread.currentThread().isInterrupted();
                left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private synchronized long book(long bytes) {
        long now = System.nanoTime();
        if (bytesPerSecond == 0) {
            return now;
        }
        long start = bookedUntil - now > 0 ? bookedUntil : now;
        bookedUntil = start + (long) (bytes * (double) NANOS / bytesPerSecond);
        return bookedUntil;
    }
}
