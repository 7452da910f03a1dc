package opm.apply;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;
import opm.base.OpmException.Refused;
import opm.history.Change;
import opm.history.Journal;
import opm.history.StateFolder;
import opm.host.Disk;
import opm.host.Host;
import opm.host.RpmCommand;
import org.jspecify.annotations.Nullable;

/// Changes a machine batch by batch, as `sh/opm-apply.sh` does: the same steps, the same journal,
/// and each can finish what the other began.
public final class Applier {
    private final Host host;
    private final Disk disk;
    private final StateFolder state;
    private final Machine machine;

    /// Makes an applier for one root.
    public Applier(Host host, RpmCommand rpm, StateFolder state) {
        this.host = host;
        this.disk = host.disk();
        this.state = state;
        this.machine = new Machine(host, rpm, state);
    }

    /// Says what [#apply] would meet first, and changes nothing.
    ///
    /// @return `Ready`, `AlreadyThere`, `Drifted`, `OtherMachine` or `OtherChangeOpen`
    /// @throws Refused when there is too little space
    public Outcome check(Job job) throws OpmException {
        return attempt(job, Progress.SILENT, () -> false).check();
    }

    /// Makes the change, or goes on with it where it was interrupted.
    ///
    /// @param stop asked between two batches; true stops there
    /// @throws Refused when there is too little space
    public Outcome apply(Job job, Progress progress, BooleanSupplier stop) throws OpmException {
        return apply(job, progress, stop, Beforehand.NOTHING);
    }

    /// Makes the change, or goes on with it where it was interrupted.
    ///
    /// @param stop asked between two batches; true stops there
    /// @param beforehand run before a change is begun, and not when it goes on
    /// @throws Refused when there is too little space
    public Outcome apply(
            Job job, Progress progress, BooleanSupplier stop, Beforehand beforehand)
            throws OpmException {
        StateSafety.make(disk, machine.root(), state);
        try (StateLock lock = StateLock.take(disk, state)) {
            if (lock == null) {
                return new Outcome.Locked(StateLock.holder(disk, state));
            }
            while (StateLock.isAlive(disk, state.rpm())) {
                progress.waiting();
                LockSupport.parkNanos(1_000_000_000L);
            }
            clearStage(disk, state);
            requireDatabase(lastSettled(Journal.read(disk, host.clock(), state)));
            try {
                return attempt(job, progress, stop).apply(beforehand);
            } finally {
                clearStage(disk, state);
            }
        }
    }

    /// Takes note of what others (rpm, dnf, zypper) changed since the last change in the journal:
    /// it becomes a change of its own, with what was installed before and after it.
    ///
    /// @return its number; 0 when there is nothing to note, or nobody can now
    public int notice() throws OpmException {
        if (!disk.exists(state.journal()) || noticeable().isEmpty()) {
            return 0;
        }
        StateSafety.require(disk, machine.root(), state);
        try (StateLock lock = StateLock.take(disk, state)) {
            Optional<Change> last = lock == null ? Optional.empty() : noticeable();
            return last.isEmpty() ? 0 : Noticed.record(host, state, machine, last.get());
        }
    }

    /// Returns the last settled change, when the machine is no more as it left it.
    private Optional<Change> noticeable() throws OpmException {
        Journal journal = Journal.read(disk, host.clock(), state);
        if (journal.open().isPresent()) {
            return Optional.empty();
        }
        Change last = lastSettled(journal);
        requireDatabase(last);
        return last == null || Noticed.digest(machine.installed()).equals(last.after())
                ? Optional.empty()
                : Optional.of(last);
    }

    private static @Nullable Change lastSettled(Journal journal) throws OpmException {
        Change last = null;
        for (Change change : journal.changes()) {
            last = change.isSettled() ? change : last;
        }
        return last;
    }

    /// A machine on which a change left packages has a database. Without it they would look gone,
    /// and what comes next would be laid over them.
    private void requireDatabase(@Nullable Change last) throws OpmException {
        if (last != null
                && !machine.hasDatabase()
                && !last.after().equals(Noticed.digest(List.of()))) {
            throw new Damaged(
                    "rpm's database: found none, expected the packages of change "
                            + last.number(),
                    "Mount what holds it, or bring it back from a backup; `rpm -E %_dbpath` says"
                            + " where it was.");
        }
    }

    /// Leaves an interrupted change as it is.
    ///
    /// @return `Forgotten`, `NothingOpen` or `Locked`
    public Outcome forget() throws OpmException {
        StateSafety.make(disk, machine.root(), state);
        try (StateLock lock = StateLock.take(disk, state)) {
            if (lock == null) {
                return new Outcome.Locked(StateLock.holder(disk, state));
            }
            Journal journal = Journal.read(disk, host.clock(), state);
            Optional<Change> open = journal.open();
            if (open.isEmpty()) {
                return new Outcome.NothingOpen();
            }
            journal.append("end", open.get().number(), "forgotten");
            return new Outcome.Forgotten(open.get().number());
        }
    }

    private Attempt attempt(Job job, Progress progress, BooleanSupplier stop) throws OpmException {
        StateSafety.require(disk, machine.root(), state);
        Journal journal = Journal.read(disk, host.clock(), state);
        return new Attempt(host, state, machine, job, progress, stop, journal);
    }

    /// Removes packages that were laid down for rpm.
    static void clearStage(Disk disk, StateFolder state) throws OpmException {
        if (disk.linkTarget(state.stage()) == null) {
            for (Path batch : disk.list(state.stage())) {
                clear(disk, batch);
            }
        }
        disk.delete(state.stage());
    }

    /// Removes a folder of files; of a link, the link alone: a root may belong to somebody who
    /// wants the files of another folder gone.
    static void clear(Disk disk, Path folder) throws OpmException {
        if (disk.linkTarget(folder) == null) {
            for (Path file : disk.list(folder)) {
                disk.delete(file);
            }
        }
        disk.delete(folder);
    }
}
