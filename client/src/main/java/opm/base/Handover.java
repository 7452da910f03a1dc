package opm.base;

import java.util.ArrayDeque;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/// Pieces that one thread fills and another one empties, in order; empty ones go back to be filled
/// again, so that neither runs further ahead than there are pieces.
///
/// An interrupt of a thread that waits here stops it for both.
public final class Handover<P> {
    private final Object lock = new Object();

    // All guarded by the lock.
    private final ArrayDeque<P> full = new ArrayDeque<>();
    private final ArrayDeque<P> empty;
    private boolean ended;
    private boolean stopped;
    private @Nullable Throwable failure;

    /// @param empty pieces to begin with
    public Handover(Collection<P> empty) {
        this.empty = new ArrayDeque<>(empty);
    }

    /// Waits for a piece to fill; null when it was stopped.
    public @Nullable P toFill() {
        return await(empty);
    }

    public void filled(P piece) {
        add(full, piece);
    }

    /// Waits for a piece to empty; null when none will come, or it was stopped.
    public @Nullable P toEmpty() {
        return await(full);
    }

    public void emptied(P piece) {
        add(empty, piece);
    }

    /// Says that nothing comes behind the pieces that are full.
    ///
    /// @param why null where that was all
    public void end(@Nullable Throwable why) {
        synchronized (lock) {
            ended = true;
            failure = why == null ? failure : why;
            lock.notifyAll();
        }
    }

    /// Says that no piece shall be filled or emptied any more.
    ///
    /// @param why null where nothing broke
    public void stop(@Nullable Throwable why) {
        synchronized (lock) {
            stopped = true;
            failure = why == null ? failure : why;
            lock.notifyAll();
        }
    }

    public boolean isStopped() {
        synchronized (lock) {
            return stopped;
        }
    }

    /// Returns why it ended or was stopped; null while it was not, or where nothing broke.
    public @Nullable Throwable failure() {
        synchronized (lock) {
            return failure;
        }
    }

    private void add(ArrayDeque<P> pieces, P piece) {
        synchronized (lock) {
            pieces.add(piece);
            lock.notifyAll();
        }
    }

    private @Nullable P await(ArrayDeque<P> pieces) {
        synchronized (lock) {
            while (pieces.isEmpty() && !stopped && !(pieces == full && ended)) {
                try {
                    lock.wait();
                } catch (InterruptedException _) {
                    Thread.currentThread().interrupt();
                    stopped = true;
                }
            }
            return stopped ? null : pieces.poll();
        }
    }
}
