package opm.repack;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.host.Host;
import opm.host.RpmCommand;
import org.jspecify.annotations.Nullable;

/// Makes package files again from an installed system.
///
/// The header is the one that was signed, and it holds the digests of all files: a file with other
/// content is noticed. Since rpm 4.14 it also holds the digest of the packed payload, so that one
/// has to come out byte for byte. Older packages were signed together with their payload, so it has
/// to come out as well, which needs a guess or two (see `OldPayload`); only unsigned ones may be
/// packed otherwise than they were.
///
/// Packing takes nearly all of the time, and a run of the packer keeps one processor busy: so
/// packages are made in a few lanes side by side.
public final class Repack {
    /// One question to rpm is about so many packages: headers of some have megabytes.
    private static final int ASKED_AT_ONCE = 25;

    /// More lanes need more memory and room on the disk.
    private static final int MOST_LANES = 4;

    private final Host host;
    private final RpmCommand rpm;

    public Repack(Host host, RpmCommand rpm) {
        this.host = host;
        this.rpm = rpm;
    }

    /// Makes packages again.
    ///
    /// @param folder of the caller's own; a file that was made lies below it until `taken` returns
    /// @param taken is told of each package, in any order, by several threads at once
    public void regenerate(List<Nevra> pkgs, Path folder, Consumer<Regenerated> taken)
            throws OpmException {
        // One more than processors: while one lane hashes, the others' packers work.
        int most = Math.clamp(Runtime.getRuntime().availableProcessors() + 1, 1, MOST_LANES);
        int each = Math.clamp((pkgs.size() + most - 1) / most, 1, ASKED_AT_ONCE);
        var groups = new ConcurrentLinkedQueue<List<Nevra>>();
        for (int from = 0; from < pkgs.size(); from += each) {
            groups.add(pkgs.subList(from, Math.min(pkgs.size(), from + each)));
        }
        var lanes = new ArrayList<FutureTask<Void>>();
        for (int number = 0; number < Math.min(most, groups.size()); number++) {
            var lane = new Lane(host, rpm, folder.resolve("lane" + number), taken);
            var task = new FutureTask<Void>(() -> work(lane, groups));
            lanes.add(task);
            Thread.ofPlatform().daemon().start(task);
        }
        OpmException failure = null;
        for (var lane : lanes) {
            OpmException failed = await(lane);
            failure = failure == null ? failed : failure;
        }
        if (failure != null) {
            throw failure;
        }
    }

    private Void work(Lane lane, Queue<List<Nevra>> groups) throws OpmException {
        host.disk().createDirectories(lane.folder());
        try {
            for (var group = groups.poll(); group != null; group = groups.poll()) {
                lane.make(group);
            }
        } catch (OpmException | RuntimeException | Error e) {
            groups.clear(); // whoever else works finishes what it has begun
            throw e;
        } finally {
            host.disk().delete(lane.folder());
        }
        return null;
    }

    /// Waits for the end of a lane: then nobody works in the caller's folder any more.
    private static @Nullable OpmException await(FutureTask<Void> lane) {
        while (true) {
            try {
                lane.get();
                return null;
            } catch (ExecutionException e) {
                if (e.getCause() instanceof OpmException failure) {
                    return failure;
                }
                throw new IllegalStateException(e);
            } catch (InterruptedException _) {
                // Nobody interrupts: who wants to stop says so, between two batches.
            }
        }
    }
}
