package opm.store;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import opm.base.Awaited;
import opm.base.OpmException;
import org.jspecify.annotations.Nullable;

/// Does the same to each of many things, on as many threads as there are processors.
final class Lanes {
    /// Below this a second thread costs more than it gains.
    private static final int WORTH = 32;

    private Lanes() {}

    /// What is done to each.
    interface Work<T> {
        void to(T one) throws OpmException;
    }

    /// Returns when all is done.
    ///
    /// @throws OpmException the first failure; what comes after it is not begun
    static <T> void each(List<T> all, Work<T> work) throws OpmException {
        var next = new AtomicInteger();
        var failure = new AtomicReference<@Nullable Throwable>();
        Runnable lane =
                () -> {
                    try {
                        for (int at = next.getAndIncrement();
                                at < all.size() && failure.get() == null;
                                at = next.getAndIncrement()) {
                            work.to(all.get(at));
                        }
                    } catch (OpmException | RuntimeException | Error e) {
                        failure.compareAndSet(null, e);
                    }
                };
        int count = all.size() < WORTH ? 1 : Runtime.getRuntime().availableProcessors();
        var others = new Thread[count - 1];
        for (int other = 0; other < others.length; other++) {
            others[other] = Thread.ofPlatform().start(lane);
        }
        lane.run();
        for (Thread other : others) {
            Awaited.end(other);
        }
        switch (failure.get()) {
            case null -> {}
            case OpmException e -> throw e;
            case Error e -> throw e;
            case Throwable e -> throw new IllegalStateException("a lane broke", e);
        }
    }
}
