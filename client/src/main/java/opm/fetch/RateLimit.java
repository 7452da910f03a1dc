package opm.fetch;

import java.time.Instant;
import java.time.InstantSource;
import java.util.function.BooleanSupplier;
import opm.base.OpmException;
import org.jspecify.annotations.Nullable;

/// How many bytes a second all lanes together may take; may change at any time.
///
/// Bytes are booked on a time line: each piece occupies its time, and who booked waits until its
/// piece has passed. So lanes take turns, and no window of time holds more than its share and one
/// piece.
public final class RateLimit {
    private static final int PIECE_BYTES = 64 << 10;
    private static final int LEAST_PIECE_BYTES = 512;
    private static final long NANOS = 1_000_000_000L;

    /// No booking lies further ahead: a clock that is set back costs this much and no more.
    private static final long AHEAD_NANOS = 5 * NANOS;

    private final InstantSource clock;
    private final Pause pause;
    private final @Nullable Allowance allowance;
    private long bytesPerSecond;
    private long bookedUntilNanos;
    private boolean seen;

    /// @param bytesPerSecond 0 for no limit
    public RateLimit(InstantSource clock, Pause pause, long bytesPerSecond) {
        this(clock, pause, bytesPerSecond, null);
    }

    /// @param bytesPerSecond 0 for what the allowance says
    /// @param allowance looked at while bytes come; what it says anew replaces the limit
    public RateLimit(
            InstantSource clock, Pause pause, long bytesPerSecond, @Nullable Allowance allowance) {
        this.allowance = allowance;
        this.clock = clock;
        this.pause = pause;
        this.bytesPerSecond = checked(bytesPerSecond);
    }

    private static long checked(long bytesPerSecond) {
        if (bytesPerSecond < 0) {
            throw new IllegalArgumentException("a limit of " + bytesPerSecond + " bytes a second");
        }
        return bytesPerSecond;
    }

    /// Sets the limit, 0 for none. Pieces that are booked keep their time.
    public synchronized void set(long newBytesPerSecond) {
        bytesPerSecond = checked(newBytesPerSecond);
    }

    /// Returns how many bytes to read at once: a twentieth of a second's worth, within bounds.
    synchronized int pieceBytes() {
        return bytesPerSecond == 0
                ? PIECE_BYTES
                : Math.clamp(bytesPerSecond / 20, LEAST_PIECE_BYTES, PIECE_BYTES);
    }

    /// @throws opm.base.OpmException.Unavailable when nothing may come now
    void requireOpen() throws OpmException {
        if (allowance != null) {
            follow(allowance);
            allowance.requireOpen();
        }
    }

    /// Sees to it that `bytes` may be asked for today.
    ///
    /// @throws opm.base.OpmException.Unavailable when the day's bytes are used up
    void setAside(int bytes) throws OpmException {
        if (allowance == null) {
            return;
        }
        follow(allowance);
        allowance.setAside(bytes);
    }

    private void follow(Allowance said) throws OpmException {
        Allowance.Setting changed = said.changed();
        synchronized (this) {
            // What --limit-rate said holds until somebody says something else.
            if (changed != null && (seen || bytesPerSecond == 0)) {
                bytesPerSecond = changed.bytesPerSecond();
            }
            seen = true;
        }
    }

    /// Gives back what was set aside and did not come.
    void giveBack(int bytes) {
        if (allowance != null) {
            allowance.giveBack(bytes);
        }
    }

    /// Ends the booking of this job.
    void close() {
        try {
            if (allowance != null) {
                allowance.close();
            }
        } catch (OpmException _) {
            // The day has less left than it could have; nothing else is lost.
        }
    }

    /// Waits until `bytes` more bytes are within the limit.
    void take(int bytes, BooleanSupplier cancelled) {
        long waitNanos = book(bytes);
        if (waitNanos >= 1_000_000) {
            pause.millis(waitNanos / 1_000_000, cancelled);
        }
    }

    private synchronized long book(int bytes) {
        if (bytesPerSecond == 0) {
            return 0;
        }
        Instant now = clock.instant();
        long nowNanos = now.getEpochSecond() * NANOS + now.getNano();
        long start = Math.clamp(bookedUntilNanos, nowNanos, nowNanos + AHEAD_NANOS);
        bookedUntilNanos = start + (long) (bytes * (double) NANOS / bytesPerSecond);
        return bookedUntilNanos - nowNanos;
    }
}
