package opm.fetch;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import opm.base.OpmException;
import opm.host.Net;
import opm.store.Partial;
import org.jspecify.annotations.Nullable;

/// Brings the rest of one large file in several ranges at a time, by lanes that are idle and from
/// as many mirrors as there are.
///
/// Ranges of 1 MiB are fetched side by side and added in their order, so the partial file only ever
/// grows at its end, and a kill loses no more than the range of each stream. A range that breaks
/// off is gone on with where it broke, by the next mirror, because what the others hold would be
/// lost with it. Anything else that goes wrong ends this: [Transfer] goes on alone, with all that
/// it knows about faults.
final class Ranges {
    static final int RANGE_BYTES = 1 << 20;

    /// Below this a second stream gains nothing.
    private static final long WORTH_BYTES = 4L << 20;

    private static final int MOST_STREAMS = 4;

    /// How often a range is asked for; a mirror that breaks off at once would be asked for ever.
    private static final int RANGE_TRIES = 3;

    private final Wanted wanted;
    private final Partial partial;
    private final Net net;
    private final RateLimit limit;
    private final Meter meter;
    private final Ranking ranking;
    private final InstantSource clock;
    private final BooleanSupplier cancelled;

    private final ReentrantLock turns = new ReentrantLock();
    private final Condition turned = turns.newCondition();
    private final AtomicLong next = new AtomicLong();
    private final AtomicLong networkBytes = new AtomicLong();
    private final Set<URI> gave = new ConcurrentSkipListSet<>();
    private final long firstByte;
    private volatile boolean stopped;
    private @Nullable OpmException broken;
    private long turn;

    Ranges(
            Wanted wanted,
            Partial partial,
            Net net,
            RateLimit limit,
            Meter meter,
            Ranking ranking,
            InstantSource clock,
            BooleanSupplier cancelled) {
        this.wanted = wanted;
        this.partial = partial;
        this.net = net;
        this.limit = limit;
        this.meter = meter;
        this.ranking = ranking;
        this.clock = clock;
        this.cancelled = cancelled;
        this.firstByte = partial.position();
    }

    /// Tells whether a file is one for this.
    static boolean isWorth(Wanted wanted, long position) {
        return wanted.sizeBytes() - position >= WORTH_BYTES;
    }

    /// Brings in what it can.
    ///
    /// @param sources of the network, not empty
    /// @param idle lanes; those that are taken are given back
    /// @return how many bytes came over the network
    /// @throws OpmException when the disk refuses; what the sources do wrong only ends it
    long run(List<URI> sources, Semaphore idle) throws OpmException {
        int more = 0;
        while (more < MOST_STREAMS - 1 && idle.tryAcquire()) {
            more++;
        }
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int stream = 0; more > 0 && stream <= more; stream++) {
                int first = stream;
                threads.execute(() -> stream(sources, first));
            }
        } finally {
            idle.release(more);
        }
        if (broken != null) {
            throw broken;
        }
        return networkBytes.get();
    }

    /// Returns the sources that gave bytes.
    Set<URI> gave() {
        return gave;
    }

    private void stream(List<URI> sources, int first) {
        while (!stopped && !cancelled.getAsBoolean()) {
            long number = next.getAndIncrement();
            long from = firstByte + number * RANGE_BYTES;
            if (from >= wanted.sizeBytes()) {
                return;
            }
            var range = new byte[(int) Math.min(RANGE_BYTES, wanted.sizeBytes() - from)];
            int count = 0;
            boolean broke = true;
            for (int tries = 0; broke && tries < RANGE_TRIES; tries++) {
                URI source = sources.get((first + tries) % sources.size());
                var part = new Part(source, from, range, count);
                broke = part.fetch() && !stopped && !cancelled.getAsBoolean();
                count = part.count;
            }
            if (!add(number, range, count) || count < range.length) {
                stop();
                return;
            }
        }
        stop();
    }

    /// Wakes those who wait for a turn that will not come.
    private void stop() {
        turns.lock();
        try {
            stopped = true;
            turned.signalAll();
        } finally {
            turns.unlock();
        }
    }

    private boolean add(long number, byte[] range, int count) {
        turns.lock();
        try {
            while (turn < number && !stopped) {
                turned.awaitUninterruptibly();
            }
            if (turn != number) {
                return false;
            }
            partial.write(range, 0, count);
            turn++;
            meter.at(wanted, partial.position(), 0);
            turned.signalAll();
            return true;
        } catch (OpmException e) {
            broken = e;
            return false;
        } finally {
            turns.unlock();
        }
    }

    /// One request for what a range still lacks.
    private final class Part {
        private final URI source;
        private final long from;
        private final byte[] range;
        private int count;

        Part(URI source, long from, byte[] range, int count) {
            this.source = source;
            this.from = from;
            this.range = range;
            this.count = count;
        }

        /// Returns whether it broke off and another request may go on.
        boolean fetch() {
            var request =
                    new Net.Request(
                            source,
                            from + count,
                            from + range.length,
                            Map.of("Accept-Encoding", "identity"),
                            cancelled);
            int before = count;
            ranking.begin(source, cancelled);
            long begunMillis = clock.millis();
            try (Net.Response response = answer(request)) {
                if (response == null) {
                    return true;
                }
                if (response.status() != 206
                        || response.startsAtByte() != from + count
                        || response.totalBytes() != wanted.sizeBytes()) {
                    return false;
                }
                read(response.body());
                return count < range.length;
            } catch (IOException e) {
                return true;
            } catch (OpmException e) {
                return false;
            } finally {
                boolean broke = count < range.length;
                if (count > before) {
                    gave.add(source);
                }
                ranking.end(source, count - before, clock.millis() - begunMillis, broke);
            }
        }

        private Net.@Nullable Response answer(Net.Request request) {
            try {
                return net.get(request);
            } catch (OpmException e) {
                return null;
            }
        }

        private void read(InputStream body) throws IOException, OpmException {
            while (count < range.length) {
                int piece = Math.min(limit.pieceBytes(), range.length - count);
                limit.setAside(piece);
                int read = 0;
                try {
                    read = Math.max(0, body.read(range, count, piece));
                } finally {
                    limit.giveBack(piece - read);
                }
                if (read == 0) {
                    return;
                }
                count += read;
                networkBytes.addAndGet(read);
                meter.came(read);
                limit.take(read, cancelled);
            }
        }
    }

    /// Returns the sources that are asked over the network.
    static List<URI> remote(List<URI> sources) {
        var remote = new ArrayList<URI>();
        for (URI source : sources) {
            if (!"file".equalsIgnoreCase(source.getScheme())) {
                remote.add(source);
            }
        }
        return remote;
    }
}
