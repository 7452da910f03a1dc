package opm.presolve;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import opm.base.Digest;
import opm.base.Limits;
import opm.base.OpmException;
import opm.base.OpmException.Unavailable;
import opm.engine.Ground;
import org.jspecify.annotations.Nullable;

/// Answers what no tree holds: other names, other machines. So many at a time, so many waiting, so
/// many seconds each.
public final class OnDemand {
    /// Machines whose grounds are kept for the next request of theirs.
    private static final int GROUNDS = 4;

    private final Opener opener;
    private final Semaphore lanes;
    private final int laneCount;
    private final AtomicInteger waiting = new AtomicInteger();
    private final SequencedMap<String, Open> grounds = new LinkedHashMap<>();
    private final LongAdder solves = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder micros = new LongAdder();

    /// Opens a machine and its repositories.
    public interface Opener {
        /// @param profile null for the baseline of the tree
        Ground open(byte @Nullable [] profile) throws OpmException;
    }

    /// A ground and those of its answerers that nobody uses.
    private record Open(Ground ground, Deque<Lane> free) {}

    private static final class Lane {
        final Answerer answerer;
        long deadline;

        Lane(Ground ground) {
            BooleanSupplier late = () -> System.nanoTime() - deadline > 0;
            answerer = new Answerer(ground, late);
        }
    }

    public OnDemand(Opener opener, int laneCount) {
        this.opener = opener;
        this.laneCount = laneCount;
        lanes = new Semaphore(laneCount, true);
    }

    /// What came of a question.
    ///
    /// @param json null when there is no answer
    /// @param why there is none; empty when there is one
    @SuppressWarnings("ArrayRecordComponent") // one owner, never compared
    public record Said(byte @Nullable [] json, byte @Nullable [] plan, String why) {}

    /// Answers for a name, on the tree's baseline or on a machine of its own.
    ///
    /// @throws Unavailable when too many others wait
    public Said answer(byte @Nullable [] profile, String name) throws OpmException {
        if (waiting.incrementAndGet() > Limits.SOLVE_WAITING + laneCount) {
            waiting.decrementAndGet();
            refused.increment();
            throw new Unavailable("too many requests wait to be solved", "Ask again in a moment.");
        }
        try {
            if (!lanes.tryAcquire(Limits.SOLVE_SECONDS, TimeUnit.SECONDS)) {
                refused.increment();
                throw new Unavailable("no request could be solved in time", "Ask again later.");
            }
            try {
                return solve(profile, name);
            } finally {
                lanes.release();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unavailable("interrupted", "Ask again.").because(e);
        } finally {
            waiting.decrementAndGet();
        }
    }

    private Said solve(byte @Nullable [] profile, String name) throws OpmException {
        long start = System.nanoTime();
        String key = profile == null ? "" : Digest.sha256Of(profile).hex();
        Open open = open(key, profile);
        Lane lane = take(open);
        try {
            lane.deadline =
                    System.nanoTime() + TimeUnit.SECONDS.toNanos(Limits.SOLVE_SECONDS);
            Answer answer = lane.answerer.answer(name, new java.util.HashSet<>());
            return switch (answer) {
                case Answer.Found(_, var json, var plan, _) -> new Said(json, plan, "");
                case Answer.None(_, var why) -> new Said(null, null, why);
            };
        } finally {
            synchronized (grounds) {
                open.free.push(lane);
            }
            solves.increment();
            micros.add((System.nanoTime() - start) / 1000);
        }
    }

    private static Lane lane(Open open) {
        return new Lane(open.ground);
    }

    private Lane take(Open open) {
        synchronized (grounds) {
            Lane free = open.free.poll();
            if (free != null) {
                return free;
            }
        }
        return lane(open);
    }

    private Open open(String key, byte @Nullable [] profile) throws OpmException {
        synchronized (grounds) {
            Open known = grounds.remove(key);
            if (known == null) {
                known = new Open(opener.open(profile), new ArrayDeque<>());
            }
            grounds.putLast(key, known);
            if (grounds.size() > GROUNDS) {
                String oldest = grounds.firstEntry().getKey();
                // The tree's own baseline stays.
                grounds.remove(oldest.isEmpty() ? second() : oldest);
            }
            return known;
        }
    }

    private String second() {
        var keys = grounds.keySet().iterator();
        keys.next();
        return keys.next();
    }

    /// Forgets grounds: repositories or baseline are others now.
    public void forget() {
        synchronized (grounds) {
            grounds.clear();
        }
    }

    /// Returns figures, as Prometheus reads them.
    public String metrics() {
        return "opm_solves_total "
                + solves.sum()
                + "\nopm_solve_seconds_total "
                + micros.sum() / 1e6
                + "\nopm_solves_refused_total "
                + refused.sum()
                + "\nopm_solves_waiting "
                + waiting.get()
                + "\n";
    }
}
