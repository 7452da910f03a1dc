package opm.workshop;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import opm.base.OpmException;
import opm.base.OpmException.Unavailable;
import org.jspecify.annotations.Nullable;

/// Lets so many think at a time, and so many wait; the others are told to come back.
///
/// Addresses take turns, so that who asks a hundred things waits longer than who asks one. Who has
/// thought for a slice of time makes way for those who have not, as often as it asks, and then for
/// those who thought less than half as long: one long thought does not make others wait.
final class Gate {
    private static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    /// Who had a slice and goes on because nobody wanted to, makes way at once for who comes then.
    private static final long FURTHER_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long LOOK_MILLIS = 250;
    private static final long MOST_TIMES = 4;
    private static final Comparator<Turn> BY_TIME =
            Comparator.comparingLong(turn -> turn.spentNanos);

    private final int mostWaiting;
    private final int seconds;
    private final LongSupplier nanos;
    private final ReentrantLock lock = new ReentrantLock();
    // All guarded by the lock.
    private final SequencedMap<String, Deque<Turn>> fresh = new LinkedHashMap<>();
    private final Deque<Turn> tired = new ArrayDeque<>();
    private int lanesLeft;
    private final AtomicInteger waiting = new AtomicInteger(); // of the fresh ones
    private volatile long leastSpentNanos = Long.MAX_VALUE; // of the tired ones

    /// @param mostWaiting in all; an address of which nobody waits may have one more
    /// @param seconds that one may wait for its turn
    Gate(int laneCount, int mostWaiting, int seconds, LongSupplier nanos) {
        lanesLeft = laneCount;
        this.mostWaiting = mostWaiting;
        this.seconds = seconds;
        this.nanos = nanos;
    }

    interface Work<T> {
        T run(Turn turn) throws OpmException;
    }

    /// Somebody's time at work, without that in which it waited.
    final class Turn {
        private final Thread thread = Thread.currentThread();
        private final Asker asker = Asker.now();
        private final Condition admitted = lock.newCondition();
        private boolean in; // guarded by the lock
        private final long begunNanos = nanos.getAsLong();
        private volatile long sliceNanos;
        private volatile long spentNanos;

        /// Returns how long it has been at work.
        long spentNanos() {
            return spentNanos + nanos.getAsLong() - sliceNanos;
        }

        /// Tells whether nobody waits for it any more, or far too long.
        boolean isGone() {
            return asker.gone().getAsBoolean()
                    || nanos.getAsLong() - begunNanos
                            > TimeUnit.SECONDS.toNanos(MOST_TIMES * seconds);
        }

        /// Lets others go first who have not had their slice. To be called without any lock that
        /// others may want.
        void breathe() {
            long now = nanos.getAsLong();
            long slice = spentNanos == 0 ? SLICE_NANOS : FURTHER_NANOS;
            boolean fresh = now - sliceNanos < slice;
            boolean wanted = waiting.get() > 0 || leastSpentNanos < spentNanos() / 2;
            if (fresh || !wanted || Thread.currentThread() != thread) {
                return;
            }
            lock.lock();
            try {
                spentNanos = spentNanos();
                in = false;
                tire(this);
                lanesLeft++;
                admit();
                await(this, this::isGone);
                if (!in) { // it ends now: its lane is not counted until then
                    rest(this);
                    lanesLeft--;
                }
                sliceNanos = nanos.getAsLong();
            } finally {
                lock.unlock();
            }
        }
    }

    /// Does some work when it is its turn.
    ///
    /// @throws Unavailable when too many wait, or nobody was done in time, or nobody waits for it
    <T> T pass(Work<T> work) throws OpmException {
        Turn turn = enter();
        try {
            return work.run(turn);
        } finally {
            leave();
        }
    }

    private Turn enter() throws Unavailable {
        long end = nanos.getAsLong() + TimeUnit.SECONDS.toNanos(seconds);
        lock.lock();
        try {
            var turn = new Turn();
            Deque<Turn> own =
                    fresh.computeIfAbsent(turn.asker.address(), _ -> new ArrayDeque<>());
            if (waiting.get() >= mostWaiting && !own.isEmpty()) {
                throw busy();
            }
            own.add(turn);
            waiting.incrementAndGet();
            admit();
            await(turn, () -> nanos.getAsLong() - end > 0 || turn.isGone());
            if (!turn.in) {
                own.remove(turn);
                waiting.decrementAndGet();
                throw busy();
            }
            turn.sliceNanos = nanos.getAsLong();
            return turn;
        } finally {
            fresh.values().removeIf(Deque::isEmpty);
            lock.unlock();
        }
    }

    private static void await(Turn turn, BooleanSupplier late) {
        try {
            while (!turn.in && !late.getAsBoolean()) {
                boolean _ = turn.admitted.await(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void leave() {
        lock.lock();
        try {
            lanesLeft++;
            admit();
        } finally {
            lock.unlock();
        }
    }

    /// Lets in whose turn it is; the caller has the lock.
    private void admit() {
        while (lanesLeft > 0) {
            Turn next = next();
            if (next == null) {
                return;
            }
            lanesLeft--;
            next.in = true;
            next.admitted.signal();
        }
    }

    private @Nullable Turn next() {
        for (Map.Entry<String, Deque<Turn>> one : fresh.entrySet()) {
            Turn turn = one.getValue().poll();
            if (turn != null) {
                waiting.decrementAndGet();
                // To the end of the row: another address is next.
                fresh.putLast(one.getKey(), one.getValue());
                return turn;
            }
        }
        Turn next = tired.stream().min(BY_TIME).orElse(null);
        if (next != null) {
            rest(next);
        }
        return next;
    }

    private void tire(Turn turn) {
        tired.add(turn);
        leastSpentNanos = Math.min(leastSpentNanos, turn.spentNanos);
    }

    private void rest(Turn turn) {
        tired.remove(turn);
        leastSpentNanos =
                tired.stream().mapToLong(one -> one.spentNanos).min().orElse(Long.MAX_VALUE);
    }

    int waiting() {
        return waiting.get();
    }

    private static Unavailable busy() {
        return new Unavailable("too many people ask at once", "Ask again in a moment.");
    }
}
