package opm.engine;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import opm.base.Awaited;
import opm.base.Digest;
import opm.base.OpmException;
import opm.base.OpmException.Unavailable;
import opm.host.Niceness;
import opm.rpmmd.Metadata;
import opm.rpmmd.Metadata.Loaded;

/// File lists of repositories that strangers look at. To look for one path in them costs as much
/// CPU as to sort them all into a set (11 and 16 s for seven million files), so the first path that
/// only they may know has them read, once for everybody, and no other path costs anything.
///
/// One repository at a time is read, on a thread that lets all others go first; who waits for it
/// makes way meanwhile.
final class FilesAside {
    private static final long LOOK_MILLIS = 50;
    private static final int LINGER_SECONDS = 10;

    private final Metadata metadata;
    private final ExecutorService reader =
            new ThreadPoolExecutor(
                    0,
                    1,
                    LINGER_SECONDS,
                    TimeUnit.SECONDS,
                    new LinkedBlockingQueue<>(),
                    work ->
                            Thread.ofPlatform()
                                    .daemon()
                                    .name("file lists")
                                    .unstarted(
                                            () -> {
                                                Niceness.low();
                                                work.run();
                                            }));
    // By repomd.xml; guarded by this.
    private final Map<Digest, Future<Loaded>> readings = new HashMap<>();

    /// @param metadata used by the thread beside; stops once nobody needs anything any more
    FilesAside(Metadata metadata) {
        this.metadata = metadata;
    }

    /// Returns a repository with the set that knows all its files; the same where it has no file
    /// lists.
    ///
    /// @param waiter asked now and then whether it still waits
    /// @throws Unavailable when it waits no longer; the reading goes on
    Loaded of(Loaded repo, Watcher waiter) throws OpmException {
        Loaded known = metadata.knowingAllFiles(repo);
        if (known != null) {
            return known;
        }
        Future<Loaded> reading = reading(repo);
        while (!isDone(reading)) {
            if (waiter.givesUp()) {
                throw new Unavailable(
                        repo.repo().id() + ": its file lists are being read",
                        "Ask again in a minute.");
            }
        }
        return Awaited.of(reading);
    }

    /// Returns the reading that is under way, or begins one.
    private synchronized Future<Loaded> reading(Loaded repo) {
        readings.values().removeIf(Future::isDone);
        return readings.computeIfAbsent(
                repo.repomdDigest(), _ -> reader.submit(() -> metadata.withAllFiles(repo)));
    }

    private static boolean isDone(Future<Loaded> reading) {
        try {
            reading.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException _) {
            return false;
        } catch (ExecutionException _) {
            return true;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
