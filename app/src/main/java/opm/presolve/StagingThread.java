package opm.presolve;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import opm.base.OpmException;
import opm.base.OpmException.Unavailable;
import org.jspecify.annotations.Nullable;

/// Stages files beside the lanes that solve: making 130,000 files waits for the disk now and then.
final class StagingThread {
    /// Files that may wait.
    private static final int WAITING = 1_000;

    private final Publication publication;
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final Semaphore room = new Semaphore(WAITING);
    private final AtomicReference<@Nullable OpmException> failure = new AtomicReference<>();

    StagingThread(Publication publication) {
        this.publication = publication;
    }

    void write(String path, byte[] bytes) throws OpmException {
        OpmException failed = failure.get();
        if (failed != null) {
            throw failed;
        }
        room.acquireUninterruptibly();
        thread.execute(
                () -> {
                    try {
                        publication.stage(path, bytes);
                    } catch (OpmException e) {
                        failure.compareAndSet(null, e);
                    } finally {
                        room.release();
                    }
                });
    }

    /// Waits until everything is written.
    void finish() throws OpmException {
        thread.shutdown();
        try {
            while (!thread.awaitTermination(1, TimeUnit.MINUTES)) {
                Thread.onSpinWait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unavailable("presolve: interrupted", "Build again.").because(e);
        }
        OpmException failed = failure.get();
        if (failed != null) {
            throw failed;
        }
    }
}
