package opm.host;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Random;
import opm.base.OpmException;

/// A machine in memory: a disk that can lose what was not forced, an rpm, a clock, processes that
/// are told apart. [RpmCommand] alone looks at the true disk, where `root` is an empty folder with
/// a database to be found.
public final class SimHost {
    public final SimDisk disk = new SimDisk();
    public final Path root;
    public final SimRpm rpm;
    private long millis = 1_795_000_000_000L;
    private int pid = 100;
    private int boots = 1;

    /// @param root an empty folder of the true disk
    /// @param obsoletes package name → the name of the one that it obsoletes
    public SimHost(Path root, List<String> installed, Map<String, String> obsoletes)
            throws Exception {
        this.root = root.toRealPath();
        Path database = Path.of("var/lib/rpm/rpmdb.sqlite");
        Files.createDirectories(this.root.resolve(database).getParent());
        Files.writeString(this.root.resolve(database), "");
        disk.give(this.root.resolve(database), String.join("\n", installed));
        for (String full : installed) {
            String name = opm.base.Nevra.parse(full).name();
            disk.give(this.root.resolve("usr/share/" + name), full);
        }
        rpm = new SimRpm(this, disk, this.root, this.root.resolve(database), obsoletes);
        boot();
        disk.forceAll();
    }

    /// Returns the doors.
    public Host doors() {
        InstantSource clock = () -> Instant.ofEpochMilli(millis += 10);
        return new Host(disk, rpm, new LocalNet(Map.of()), clock);
    }

    /// Returns the rpm command that looks at the root.
    public RpmCommand command() {
        return RpmCommand.at(root, "/var/lib/rpm", rpm);
    }

    /// Ends what runs, keeps what survives, and starts a new process ten seconds later.
    public void restart(SimDisk.End end, Random random) throws OpmException {
        disk.restart(end, random);
        millis += 10_000;
        boots += end == SimDisk.End.STOP ? 0 : 1;
        boot();
    }

    private void boot() throws OpmException {
        for (Path process : disk.list(Path.of("/proc"))) {
            for (Path file : disk.files(process)) {
                disk.delete(file);
            }
        }
        disk.give(Path.of("/proc/sys/kernel/random/boot_id"), "boot-" + boots + "\n");
        disk.give(Path.of("/proc/self/mounts"), "disk " + root + " ext4 rw 0 0\n");
        int own = nextPid();
        disk.give(Path.of("/proc/self/stat"), stat(own));
        disk.give(Path.of("/proc/" + own + "/stat"), stat(own));
    }

    int nextPid() {
        return ++pid;
    }

    long seconds() {
        return millis / 1000;
    }

    private static String stat(int pid) {
        return pid + " (java) S" + " 0".repeat(18) + " " + pid * 7 + " 0\n";
    }

    /// Returns what tells a process from every other.
    String identity(int of) {
        return of + " boot-" + boots + " " + of * 7;
    }
}
