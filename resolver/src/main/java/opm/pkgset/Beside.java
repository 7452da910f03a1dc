package opm.pkgset;

import java.util.concurrent.atomic.AtomicReference;
import opm.base.Awaited;
import org.jspecify.annotations.Nullable;

/// A piece of work on a thread of its own; its failure comes out where it is waited for.
final class Beside {
    /// Packages up to which a thread costs more than it saves.
    private static final int FEW = 256;

    private final @Nullable Thread thread;
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    /// @param aside false to do it here and now
    Beside(String name, Runnable work, boolean aside) {
        if (aside) {
            thread =
                    Thread.ofPlatform()
                            .daemon()
                            .name(name)
                            .uncaughtExceptionHandler((_, e) -> failure.set(e))
                            .start(work);
        } else {
            thread = null;
            work.run();
        }
    }

    /// Tells whether a thread for something about so many packages pays.
    static boolean pays(int threads, int packages) {
        return threads > 1 && packages > FEW;
    }

    /// Waits for its end.
    ///
    /// @throws IllegalStateException when it failed
    void join() {
        if (thread != null) {
            Awaited.end(thread);
        }
        Throwable failed = failure.get();
        if (failed != null) {
            throw new IllegalStateException(failed);
        }
    }
}
