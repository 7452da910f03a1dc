package opm.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// Ctrl-C: says stop, and waits until the work has put its things in order.
///
/// The JVM begins to end at once; its hook holds the end up until the main thread is through or
/// some seconds have passed. Partial files stay, so the next run continues them.
final class Interrupt implements AutoCloseable {
    /// The exit status that shells give to a program that SIGINT ended.
    static final int STATUS = 130;

    private static final long WAIT_SECONDS = 20;
    private final AtomicBoolean cancelled = new AtomicBoolean();
    private final CountDownLatch done = new CountDownLatch(1);

    Interrupt() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "interrupt"));
    }

    /// Returns the flag that work looks at.
    AtomicBoolean cancelled() {
        return cancelled;
    }

    private void stop() {
        cancelled.set(true);
        try {
            if (!done.await(WAIT_SECONDS, TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        done.countDown();
    }
}
