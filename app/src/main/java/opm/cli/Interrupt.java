package opm.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import opm.host.Host;

/// Ctrl-C or SIGTERM: says stop, and waits until the work has put its things in order.
///
/// The JVM begins to end at once; its hook holds the end up until the main thread is through, or
/// some seconds have passed in which no program ran that we started: an rpm is let through to its
/// end. Partial files stay, so the next run continues them.
final class Interrupt implements AutoCloseable {
    /// The exit status that shells give to a program that SIGINT ended.
    static final int STATUS = 130;

    private static final int REFUSED = 5;
    private static final long WAIT_SECONDS = 20;
    private final AtomicBoolean cancelled = new AtomicBoolean();
    private final CountDownLatch done = new CountDownLatch(1);

    private final Host host;

    Interrupt(Host host) {
        this.host = host;
        Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "interrupt"));
    }

    /// Returns the exit status for work that ended with one: a refusal says itself where it
    // stopped.
    int status(int of) {
        return cancelled.get() && of != REFUSED ? STATUS : of;
    }

    /// Returns the flag that work looks at.
    AtomicBoolean cancelled() {
        return cancelled;
    }

    private void stop() {
        cancelled.set(true);
        try {
            while (!done.await(WAIT_SECONDS, TimeUnit.SECONDS)) {
                if (!host.commands().anyRuns()) {
                    return;
                }
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
