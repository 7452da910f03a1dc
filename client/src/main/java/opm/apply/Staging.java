package opm.apply;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import opm.apply.Stage.Judged;
import opm.base.Awaited;
import opm.base.Digest;
import opm.base.OpmException;
import opm.base.OpmException.Refused;
import opm.history.StateFolder;
import opm.host.Disk;
import opm.plan.Artifact;
import opm.plan.Batch;

/// The stage during one attempt: packages are laid down there, judged, and removed again.
///
/// Where there is room and the packages allow it, threads of its own lay down and remove while rpm
/// works; when it is closed, none of them is there any more.
final class Staging implements AutoCloseable {
    /// So many times the room for all packages is ample: for them, what they bring, and old ones.
    private static final int AMPLE = 8;

    /// So many packages are judged before the others have come, so that rpmkeys has something to
    /// read soon.
    private static final int FIRST = 8;

    private final Job job;
    private final StateFolder state;
    private final Disk disk;
    private final Machine machine;
    private final List<Batch> batches;

    /// Batches whose packages lie in the stage, found good by this attempt.
    private final Map<Integer, Stage> kept = new HashMap<>();

    /// What works beside this thread, or has.
    private final Deque<FutureTask<?>> beside = new ArrayDeque<>();

    private boolean ahead;

    /// What has to be done beforehand has failed; what is checked counts no more.
    private volatile boolean abandoned;

    Staging(Job job, StateFolder state, Disk disk, Machine machine) {
        this.job = job;
        this.state = state;
        this.disk = disk;
        this.machine = machine;
        this.batches = job.plan().batches();
    }

    /// Does what has to be done beforehand, and checks the packages: where there is ample room at
    /// once, because most of either is waiting for rpm.
    ///
    /// @return what is wrong with the packages
    Optional<Outcome> check(Beforehand beforehand, Progress progress) throws OpmException {
        boolean ample = disk.freeBytes(state.path()) / AMPLE >= stageBytes(batches) + reserve();
        if (!ample || !job.packages().mayLayAhead()) {
            beforehand.run();
            progress.checking();
            return checkPackages();
        }
        var checked = new FutureTask<>(this::checkPackages);
        begin(checked);
        try {
            beforehand.run();
        } catch (OpmException | RuntimeException | Error e) {
            abandoned = true;
            throw e;
        }
        progress.checking();
        return Awaited.of(checked);
    }

    /// A part of a batch whose packages are laid down and judged together.
    private record Part(int batch, int from, int end) {}

    private List<Part> parts() {
        List<Part> parts = new ArrayList<>();
        int last = job.packages().areArriving() ? 1 : batches.size();
        for (int batch = 1; batch <= last; batch++) {
            int count = batches.get(batch - 1).rpms().size();
            int first = batch == 1 && count > FIRST ? FIRST : 0;
            if (first > 0) {
                parts.add(new Part(batch, 0, first));
            }
            parts.add(new Part(batch, first, count));
        }
        return parts;
    }

    /// Lays down and judges every package. Where there is space for all of them they stay there;
    /// then the next ones are laid down while rpmkeys reads these.
    private Optional<Outcome> checkPackages() throws OpmException {
        List<Part> parts = parts();
        boolean keep = disk.freeBytes(state.path()) >= reserve() + stageBytes(batches);
        ahead = keep && job.packages().mayLayAhead();
        FutureTask<Stage.Laid> next = laying(parts.getFirst());
        for (int at = 0; at < parts.size() && !abandoned; at++) {
            next.run(); // where nobody has begun it
            Stage.Laid laid = Awaited.of(next);
            if (at + 1 < parts.size()) {
                next = laying(parts.get(at + 1));
                if (ahead) {
                    begin(next);
                }
            }
            Judged judged = Stage.judge(job, laid, machine);
            if (judged instanceof Judged.Bad(var outcome)) {
                return Optional.of(outcome);
            }
            if (keep) {
                kept.merge(parts.get(at).batch(), ((Judged.Good) judged).stage(), Stage::and);
            } else {
                Applier.clear(disk, laid.folder());
            }
        }
        return Optional.empty();
    }

    private FutureTask<Stage.Laid> laying(Part part) {
        return new FutureTask<>(() -> lay(part));
    }

    private Stage.Laid lay(Part part) throws OpmException {
        Batch batch = batches.get(part.batch() - 1);
        return Stage.lay(job, batch, part.batch(), part.from(), part.end(), state, disk);
    }

    /// Returns a batch's packages laid down and judged.
    Judged stage(int number) throws OpmException {
        Stage stage = kept.remove(number);
        int count = batches.get(number - 1).rpms().size();
        return stage != null
                ? new Judged.Good(stage)
                : Stage.judge(job, lay(new Part(number, 0, count)), machine);
    }

    /// Removes what was laid down of a batch that is installed: while rpm looks at the next one,
    /// where that lies there already.
    void clear(int number) throws OpmException {
        Batch batch = batches.get(number - 1);
        if (ahead && kept.containsKey(number + 1)) {
            begin(new FutureTask<>(() -> clear(batch, number)));
        } else {
            clear(batch, number);
        }
    }

    private Void clear(Batch batch, int number) throws OpmException {
        Stage.clear(job, batch, number, state, disk);
        return null;
    }

    private void begin(FutureTask<?> task) {
        synchronized (beside) {
            beside.add(task);
        }
        Thread.ofPlatform().daemon().start(task);
    }

    /// @throws Refused where the largest batch has no room
    void requireSpace() throws OpmException {
        long largest = 0;
        for (Batch batch : batches) {
            largest = Math.max(largest, stageBytes(List.of(batch)));
        }
        long needed = largest + reserve();
        long free = disk.freeBytes(state.path());
        if (free < needed) {
            throw new Refused(
                    state.path() + ": " + free + " bytes are free, " + needed + " are needed",
                    "Make room and run the same command again; it goes on where it was.");
        }
    }

    private long stageBytes(List<Batch> some) {
        var artifacts = job.plan().artifactsByDigest();
        long bytes = 0;
        for (Batch batch : some) {
            for (Digest rpm : batch.rpms()) {
                Artifact artifact = Objects.requireNonNull(artifacts.get(rpm));
                bytes += job.packages().stageBytes(artifact);
            }
        }
        return bytes;
    }

    private long reserve() {
        return job.plan().reserveBytes();
    }

    /// Waits until nobody works in the stage any more: whoever clears it must be alone there.
    @Override
    public void close() {
        while (true) {
            FutureTask<?> task;
            synchronized (beside) {
                task = beside.poll();
            }
            if (task == null) {
                return;
            }
            try {
                task.get();
            } catch (ExecutionException | InterruptedException whatItFoundCountsNoMore) {
                assert task.isDone() : "nobody interrupts";
            }
        }
    }
}
