package opm.apply;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import opm.base.OpmException;
import opm.base.OpmException.Refused;
import opm.history.StateFolder;
import opm.host.Disk;

/// Refuses a state folder that does not belong to the root alone: one that a symbolic link leads
/// out of it, or that another user could write, who could then have files of the machine removed.
final class StateSafety {
    private static final int GROUP_WRITES = 020;
    private static final int OTHERS_WRITE = 02;

    private final Disk disk;
    private final Path root;
    private final Disk.Access self;

    private StateSafety(Disk disk, Path root) throws OpmException {
        this.disk = disk;
        this.root = root;
        self = disk.access(Path.of("/proc/self"));
    }

    /// Makes the state folder, and sees that it is safe before and after.
    ///
    /// @param root without symbolic links in it
    static void make(Disk disk, Path root, StateFolder state) throws OpmException {
        var safety = new StateSafety(disk, root);
        safety.requireSafe(state);
        disk.createOwnDirectories(state.history());
        safety.requireSafe(state);
    }

    /// Looks without making anything; what is absent is safe.
    static void require(Disk disk, Path root, StateFolder state) throws OpmException {
        new StateSafety(disk, root).requireSafe(state);
    }

    private void requireSafe(StateFolder state) throws OpmException {
        Path there = state.path();
        while (!disk.exists(there) && !there.equals(root)) {
            if (disk.linkTarget(there) != null) {
                throw outside(state.path(), "a link that leads nowhere");
            }
            there = Objects.requireNonNull(there.getParent());
        }
        Path real = disk.real(there);
        if (!real.startsWith(root)) {
            throw outside(state.path(), real.toString());
        }
        for (Path at : upTo(root, real)) {
            requireOurs(at);
        }
        for (Path file : new Path[] {state.history(), state.journal()}) {
            if (disk.exists(file)) {
                requireOurs(file);
            }
        }
    }

    /// Returns a folder and those above it, the root last.
    static List<Path> upTo(Path root, Path folder) {
        List<Path> folders = new ArrayList<>(List.of(folder));
        while (!folders.getLast().equals(root)) {
            folders.add(Objects.requireNonNull(folders.getLast().getParent()));
        }
        return folders;
    }

    private void requireOurs(Path path) throws OpmException {
        Disk.Access access = disk.access(path);
        boolean ours = access.uid() == 0 || access.uid() == self.uid();
        boolean ourGroup = access.gid() == 0 || access.gid() == self.gid();
        boolean writable =
                (access.mode() & OTHERS_WRITE) != 0
                        || (access.mode() & GROUP_WRITES) != 0 && !ourGroup;
        if (!ours || writable) {
            throw new Refused(
                    path + ": another user could write here",
                    "Make it root's: chown root:root " + path + "; chmod go-w " + path);
        }
    }

    private Refused outside(Path path, String found) {
        return new Refused(
                path + ": found " + found + ", expected a folder inside " + root,
                "What opm writes about a root stays in it; make this a folder.");
    }
}
