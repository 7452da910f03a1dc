package opm.workshop;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import opm.base.OpmException;
import opm.base.OpmException.Unavailable;

/// Lets so many think at a time, and so many wait; the others are told to come back.
final class Gate {
    private final Semaphore lanes;
    private final AtomicInteger waiting = new AtomicInteger();
    private final int mostWaiting;
    private final int seconds;

    Gate(int laneCount, int mostWaiting, int seconds) {
        lanes = new Semaphore(laneCount, true);
        this.mostWaiting = mostWaiting;
        this.seconds = seconds;
    }

    interface Work<T> {
        T run() throws OpmException;
    }

    /// Does some work when it is its turn.
    ///
    /// @throws Unavailable when too many wait, or nobody was done in time
    <T> T pass(Work<T> work) throws OpmException {
        if (waiting.incrementAndGet() > mostWaiting) {
            waiting.decrementAndGet();
            throw busy();
        }
        boolean in;
        try {
            in = lanes.tryAcquire(seconds, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw busy();
        } finally {
            waiting.decrementAndGet();
        }
        if (!in) {
            throw busy();
        }
        try {
            return work.run();
        } finally {
            lanes.release();
        }
    }

    int waiting() {
        return waiting.get();
    }

    private static Unavailable busy() {
        return new Unavailable("too many people ask at once", "Ask again in a moment.");
    }
}
