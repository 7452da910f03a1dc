package opm.apply;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.file.Path;
import opm.base.OpmException;
import opm.history.StateFolder;
import opm.host.Disk;

/// Lets one process at a time change a machine. Format: docs/formats/journal.md, "The lock"
///
/// sh cannot take kernel locks, so the lock is a file that names its holder so exactly that it can
/// be told whether that very process still lives.
final class StateLock implements AutoCloseable {
    private static final Path PROC = Path.of("/proc");
    private static final int PROC_BYTES = 64 << 10;

    /// Field 22 of /proc/PID/stat is the start time; it is the 20th after the name (proc(5)).
    private static final int START_AFTER_NAME = 19;

    private final Disk disk;
    private final StateFolder state;

    private StateLock(Disk disk, StateFolder state) {
        this.disk = disk;
        this.state = state;
    }

    /// Takes the lock; null when somebody alive has it.
    static @org.jspecify.annotations.Nullable StateLock take(Disk disk, StateFolder state)
            throws OpmException {
        String mine = text(disk, PROC.resolve("self/stat"));
        String pid = mine.substring(0, mine.indexOf(' '));
        disk.createDirectories(state.history());
        Path own = state.path().resolve("lock." + pid);
        try (var out = disk.create(own)) {
            byte[] line = (identity(disk, pid) + "\n").getBytes(US_ASCII);
            out.write(line, 0, line.length);
        }
        if (!disk.tryLink(own, state.lock())) {
            if (isAlive(disk, state.lock())) {
                disk.delete(own);
                return null;
            }
            disk.rename(own, state.lock());
        }
        disk.delete(own);
        return new StateLock(disk, state);
    }

    /// Returns the process id in the lock, for messages.
    static String holder(Disk disk, StateFolder state) throws OpmException {
        return text(disk, state.lock()).split(" ", 2)[0];
    }

    /// Tells whether the process whose identity a file holds still runs.
    static boolean isAlive(Disk disk, Path file) throws OpmException {
        String held = text(disk, file).strip();
        String pid = held.split(" ", 2)[0];
        return pid.matches("[0-9]{1,10}")
                && !held.endsWith(" ended")
                && held.equals(identity(disk, pid))
                && !text(disk, PROC.resolve(pid + "/status")).contains("\nState:\tZ");
    }

    private static String identity(Disk disk, String pid) throws OpmException {
        String stat = text(disk, PROC.resolve(pid + "/stat"));
        int name = stat.lastIndexOf(") ");
        String start = name < 0 ? "ended" : stat.substring(name + 2).split(" ")[START_AFTER_NAME];
        return pid + " " + boot(disk) + " " + start;
    }

    /// Returns what tells this run of the kernel from the one before a power cut.
    static String boot(Disk disk) throws OpmException {
        return text(disk, PROC.resolve("sys/kernel/random/boot_id")).strip();
    }

    private static String text(Disk disk, Path file) throws OpmException {
        try {
            return new String(disk.readAll(file, PROC_BYTES), US_ASCII);
        } catch (OpmException absentOrJustGone) {
            return "";
        }
    }

    @Override
    public void close() throws OpmException {
        disk.delete(state.lock());
    }
}
