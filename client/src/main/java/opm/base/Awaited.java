package opm.base;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/// The end of work on another thread.
public final class Awaited {
    private Awaited() {}

    /// Waits for the end of some work and returns what it returned.
    ///
    /// @throws OpmException that the work threw; whatever else it threw is a bug of ours
    public static <T> T of(Future<T> work) throws OpmException {
        try {
            return work.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof OpmException failure) {
                throw failure;
            }
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts", e);
        }
    }

    /// Waits for the end of a thread, also when somebody interrupts meanwhile, which is not
    /// forgotten.
    public static void end(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
