package opm.apply;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.file.Path;
import opm.base.Digest;
import opm.base.OpmException;
import opm.history.StateFolder;
import opm.host.Disk;
import org.jspecify.annotations.Nullable;

/// Lets one process at a time change a machine. Format: docs/formats/journal.md, "The lock"
///
/// sh cannot take kernel locks, so the lock is a file that names its holder so exactly that it can
/// be told whether that very process still lives.
final class StateLock implements AutoCloseable {
    private static final Path PROC = Path.of("/proc");
    private static final int PROC_BYTES = 64 << 10;

    /// Field 22 of /proc/PID/stat is the start time; it is the 20th after the name (proc(5)).
    private static final int START_AFTER_NAME = 19;

    /// Who loses a race looks again; every loss means that another one has won.
    private static final int LOOKS = 3;

    /// So many programs may die in a row, each while it took the place of a dead one.
    private static final int DEPTH = 8;

    private static final int SUM_DIGITS = 16;

    private final Disk disk;
    private final Path file;
    private final String mine;

    private StateLock(Disk disk, Path file, String mine) {
        this.disk = disk;
        this.file = file;
        this.mine = mine;
    }

    /// Takes the lock; null when somebody alive has it.
    static @Nullable StateLock take(Disk disk, StateFolder state) throws OpmException {
        String stat = text(disk, PROC.resolve("self/stat"));
        String pid = stat.substring(0, stat.indexOf(' '));
        String mine = identity(disk, pid);
        // Its own name for each thread: two of them must not write one file.
        Path own = state.path().resolve("lock." + pid + "." + Thread.currentThread().threadId());
        try (var out = disk.create(own)) {
            byte[] line = (mine + "\n").getBytes(US_ASCII);
            out.write(line, 0, line.length);
        }
        try {
            for (int look = 0; look < LOOKS; look++) {
                if (take(disk, own, state.lock(), DEPTH)) {
                    return new StateLock(disk, state.lock(), mine);
                }
            }
            return null;
        } finally {
            disk.delete(own);
        }
    }

    /// Makes `file` hold our identity, unless somebody alive is in it.
    ///
    /// The file of a dead holder is replaced by whoever has `FILE.SUM`, where SUM is of the very
    /// bytes that were looked at; that name is taken in this same way, so one can have it. Nobody
    /// else may touch a dead holder's file, so what was compared is what is replaced.
    private static boolean take(Disk disk, Path own, Path file, int depth) throws OpmException {
        if (disk.tryLink(own, file)) {
            return true;
        }
        String sum = sum(disk, file);
        if (sum == null || isAlive(disk, file) || depth == 0) {
            return false;
        }
        Path next = file.resolveSibling(file.getFileName() + "." + sum);
        if (!take(disk, own, next, depth - 1)) {
            return false;
        }
        if (sum.equals(sum(disk, file))) {
            disk.rename(next, file);
            return true;
        }
        disk.delete(next);
        return false;
    }

    private static @Nullable String sum(Disk disk, Path file) {
        try {
            return Digest.sha256Of(disk.readAll(file, PROC_BYTES)).hex().substring(0, SUM_DIGITS);
        } catch (OpmException absentOrJustGone) {
            return null;
        }
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

    /// Gives the lock back when it is still ours: somebody may have cleaned up by hand.
    @Override
    public void close() throws OpmException {
        if (text(disk, file).strip().equals(mine)) {
            disk.delete(file);
        }
    }
}
