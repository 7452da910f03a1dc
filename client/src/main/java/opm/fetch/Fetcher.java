package opm.fetch;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import opm.base.Digest;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;
import opm.base.OpmException.Unavailable;
import opm.host.Net;
import opm.store.Store;
import org.jspecify.annotations.Nullable;

/// Brings wanted files into the store, several at a time. Needs 64 KiB a lane.
public final class Fetcher {
    private final Store store;
    private final Net net;
    private final InstantSource clock;
    private final Pause pause;
    private final Options options;
    private final RateLimit limit;

    /// How to fetch.
    ///
    /// @param lanes how many files at a time
    /// @param mostOfAHost how many requests one server has at a time
    /// @param rounds how often the sources of a file are gone through while it does not grow; as
    ///     long as it does, there is no bound
    /// @param firstPauseMillis between the first two rounds; doubled for each further one
    public record Options(int lanes, int mostOfAHost, int rounds, long firstPauseMillis) {
        /// Eight lanes, all to one server if need be, six rounds, pauses of 0.5, 1, 2, 4 and 8
        /// seconds.
        public static final Options USUAL = new Options(8, 8, 6, 500);

        /// As many requests of one server as there are lanes.
        public Options(int lanes, int rounds, long firstPauseMillis) {
            this(lanes, lanes, rounds, firstPauseMillis);
        }

        public Options {
            if (lanes < 1 || mostOfAHost < 1 || rounds < 1 || firstPauseMillis < 0) {
                throw new IllegalArgumentException(
                        lanes
                                + " lanes, "
                                + mostOfAHost
                                + " of a host, "
                                + rounds + " rounds, " + firstPauseMillis + " ms");
            }
        }
    }

    /// Makes one that waits in real time and has no limit.
    public Fetcher(Store store, Net net, InstantSource clock) {
        this(store, net, clock, Pause.real(), Options.USUAL, new RateLimit(clock, Pause.real(), 0));
    }

    /// @param limit may be shared with other jobs, and changed while they run
    public Fetcher(
            Store store,
            Net net,
            InstantSource clock,
            Pause pause,
            Options options,
            RateLimit limit) {
        this.store = store;
        this.net = net;
        this.clock = clock;
        this.pause = pause;
        this.options = options;
        this.limit = limit;
    }

    /// Fetches everything that the store does not have.
    ///
    /// Which source of a file is asked first is for [Ranking] to say.
    ///
    /// @param cancelled asked often, from many threads; once true, what is under way stops soon,
    ///     its first bytes are kept, and the rest is not begun
    /// @return one outcome for each, in the order of `wanted`, whatever fails
    public List<Outcome> fetch(List<Wanted> wanted, Progress progress, BooleanSupplier cancelled) {
        // Two of one digest are one file: the second would wait for the first.
        var unique = new LinkedHashMap<Digest, Wanted>();
        for (Wanted one : wanted) {
            unique.putIfAbsent(one.digest(), one);
        }
        var pending = List.copyOf(unique.values());
        var meter = new Meter(progress, clock, pending);
        var ranking = new Ranking(options.mostOfAHost());
        var gate = new Semaphore(options.lanes());
        var outcomes = new HashMap<Digest, Outcome>();
        makeFolders(unique.keySet());
        try (var threads = lanes()) {
            var running = new ArrayList<Future<Outcome>>();
            for (Wanted one : pending) {
                // Taken here and not in the lane: threads may start in any order, files begin in
                // the order asked.
                gate.acquireUninterruptibly();
                Callable<Outcome> lane =
                        () -> {
                            try {
                                Outcome outcome = run(one, meter, ranking, cancelled, gate);
                                meter.end(one, outcome);
                                return outcome;
                            } finally {
                                gate.release();
                            }
                        };
                running.add(threads.submit(lane));
            }
            for (Future<Outcome> future : running) {
                Outcome outcome = join(future);
                outcomes.put(outcome.wanted().digest(), outcome);
            }
        }
        limit.close();
        return inOrder(wanted, outcomes);
    }

    private void makeFolders(Collection<Digest> digests) {
        try {
            var absent = new ArrayList<>(digests);
            absent.removeIf(store::has);
            store.expect(absent);
        } catch (OpmException _) {
            // Each file that comes will meet the same, and say so.
        }
    }

    /// Threads of the kernel: a virtual one that waits for the disk to force a file holds its
    /// carrier, and there are only as many of these as processors.
    private ExecutorService lanes() {
        return Executors.newCachedThreadPool(Thread.ofPlatform().name("lane").factory());
    }

    private Outcome run(
            Wanted wanted,
            Meter meter,
            Ranking ranking,
            BooleanSupplier cancelled,
            Semaphore gate) {
        if (cancelled.getAsBoolean()) {
            var why = new Unavailable(wanted.label() + ": cancelled", "Start again.");
            return new Outcome.Failed(wanted, why, List.of());
        }
        return new Transfer(
                        wanted, store, net, limit, meter, ranking, clock, pause, options, cancelled,
                        gate)
                .run();
    }

    /// Waits for a lane. What it throws is a bug of ours and travels on.
    private static Outcome join(Future<Outcome> future) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return future.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    throw new IllegalStateException("a lane broke", e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static List<Outcome> inOrder(List<Wanted> wanted, Map<Digest, Outcome> outcomes) {
        var inOrder = new ArrayList<Outcome>();
        for (Wanted one : wanted) {
            @Nullable Outcome outcome = outcomes.get(one.digest());
            switch (outcome) {
                case null -> throw new IllegalStateException("no outcome for " + one.label());
                case Outcome.Fetched it -> {
                    long bytes = it.wanted().equals(one) ? it.networkBytes() : 0;
                    inOrder.add(
                            new Outcome.Fetched(
                                    one, it.stored(), bytes, it.from(), it.troubles()));
                }
                case Outcome.Failed it ->
                        inOrder.add(new Outcome.Failed(one, it.why(), it.troubles()));
            }
        }
        return List.copyOf(inOrder);
    }

    /// Returns those that did not come, in order.
    public static List<Outcome.Failed> failed(List<Outcome> outcomes) {
        var failed = new ArrayList<Outcome.Failed>();
        for (Outcome outcome : outcomes) {
            if (outcome instanceof Outcome.Failed it) {
                failed.add(it);
            }
        }
        return List.copyOf(failed);
    }

    /// Throws the first failure, when there is one; for callers that need all or nothing.
    ///
    /// Its message says how many more there are; [#failed] tells which. Damage outranks absence:
    /// waiting does not mend it.
    ///
    /// @throws Damaged when a file is wrong wherever it was asked
    public static void requireAll(List<Outcome> outcomes) throws OpmException {
        List<Outcome.Failed> failed = failed(outcomes);
        if (failed.size() == 1) {
            throw failed.getFirst().why();
        }
        if (!failed.isEmpty()) {
            Outcome.Failed first =
                    failed.stream()
                            .filter(it -> it.why() instanceof Damaged)
                            .findFirst()
                            .orElse(failed.getFirst());
            String message =
                    failed.size()
                            + " of "
                            + outcomes.size()
                            + " files did not come, first "
                            + first.wanted().label()
                            + ": "
                            + first.why().getMessage();
            String hint = first.why().hint();
            throw (first.why() instanceof Damaged
                            ? new Damaged(message, hint)
                            : new Unavailable(message, hint))
                    .because(first.why());
        }
    }
}
