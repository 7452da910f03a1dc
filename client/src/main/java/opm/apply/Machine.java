package opm.apply;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import opm.base.InstalledList;
import opm.base.OpmException;
import opm.history.StateFolder;
import opm.host.Command;
import opm.host.Commands;
import opm.host.Disk;
import opm.host.Host;
import opm.host.RpmCommand;

/// The machine that is changed: its rpm, its mounts, and what is installed.
final class Machine {
    /// Marks the rpm as running, keeps Ctrl-C from it, and sends its words to a file, then becomes
    /// it. sh and not Java, so that nothing is lost when Java is killed.
    private static final String RUN =
            """
            trap '' INT
            printf '%s %s %s\\n' $$ "$(cat /proc/sys/kernel/random/boot_id)" \
              "$(sed 's/.*) //' /proc/$$/stat | cut -d ' ' -f 20)" >"$1"
            log=$2 && shift 2
            exec "$@" >>"$log" 2>&1
            """;

    /// Prints for each folder of stdin where it really is inside the root, or an empty line.
    private static final String RESOLVE =
            """
            while read -r dir; do
                there=$(cd "$1$dir/" 2>/dev/null && pwd -P) || there=
                case $there/ in "$1"/*) ;; *) there= ;; esac
                printf '%s\\n' "$there"
            done
            """;

    private static final int LOG_BYTES = 64 << 20;

    private final Disk disk;
    private final Commands commands;
    private final RpmCommand rpm;
    private final StateFolder state;

    Machine(Host host, RpmCommand rpm, StateFolder state) {
        this.disk = host.disk();
        this.commands = host.commands();
        this.rpm = rpm;
        this.state = state;
    }

    /// Returns the full names of what is installed, keys left out, as docs/formats/bundle.md sorts.
    List<String> installed() throws OpmException {
        byte[] printed = rpm.queryAll(InstalledList.QUERY_FORMAT);
        return InstalledList.names(InstalledList.ofQuery(printed));
    }

    String rpmVersion() throws OpmException {
        return rpm.version();
    }

    /// Runs `rpm` or `rpmkeys` at this root and returns both outputs in one.
    Said ask(String program, List<String> arguments) throws OpmException {
        var result = commands.run(rpm.command(program, arguments).withOutputLimit(LOG_BYTES));
        return new Said(result.exitStatus(), lines(result.out()), lines(result.err()));
    }

    /// What a program said.
    record Said(int status, List<String> out, List<String> err) {
        List<String> all() {
            var all = new ArrayList<>(out);
            all.addAll(err);
            return all;
        }
    }

    /// Lets rpm change the machine, or test whether it would.
    ///
    /// @param log gets what it prints, after what is there
    /// @return the exit status, which proves nothing
    int run(List<String> arguments, Path log) throws OpmException {
        List<String> all = new ArrayList<>(arguments);
        if (commands.run(Command.of("rpm", "--help")).outText().contains("--force-debian")) {
            all.add("--force-debian"); // or Debian's rpm tells everybody to use alien
        }
        Command plain = rpm.command("rpm", all);
        List<String> argv =
                new ArrayList<>(
                        List.of("sh", "-c", RUN, "sh", state.rpm().toString(), log.toString()));
        argv.addAll(plain.argv());
        return commands.run(Command.of(argv).withEnv(plain.env())).exitStatus();
    }

    /// Puts all that rpm may have written on the medium: rpm's own sync reaches only the file
    /// system of `/` (measured, facts of the project).
    void sync() throws OpmException {
        List<String> mounts = new ArrayList<>(List.of(rpm.root().toString()));
        String root = rpm.isWholeMachine() ? "/" : rpm.root() + "/";
        String table = new String(disk.readAll(Path.of("/proc/self/mounts"), 16 << 20), UTF_8);
        for (String line : table.split("\n")) {
            String[] words = line.split(" ");
            if (words.length >= 4
                    && (words[1] + "/").startsWith(root)
                    && words[3].startsWith("rw")
                    && !words[2].matches("(proc|sysfs|cgroup|autofs|nfs).*")) {
                mounts.add(words[1].replace("\\040", " "));
            }
        }
        for (String mount : mounts) {
            if (commands.run(Command.of("sync", "-f", mount)).exitStatus() != 0) {
                // Older than coreutils 8.24, or a mount that we may not see: everything, then.
                commands.run(Command.of("sync"));
                return;
            }
        }
    }

    /// Deletes the files `PATH;HEX8` that a killed rpm left beside paths of these packages.
    void deleteLeftovers(List<Path> packages) throws OpmException {
        List<String> arguments = new ArrayList<>(List.of("-qp", "--qf", "[%{FILENAMES}\\n]"));
        packages.forEach(file -> arguments.add(file.toString()));
        var paths = new java.util.HashSet<>(ask("rpm", arguments).out());
        var folders = new java.util.TreeSet<String>();
        paths.forEach(path -> folders.add(path.substring(0, Math.max(0, path.lastIndexOf('/')))));
        String root = rpm.isWholeMachine() ? "" : rpm.root().toString();
        var resolve =
                Command.of("sh", "-c", RESOLVE, "sh", root)
                        .withInput((String.join("\n", folders) + "\n").getBytes(UTF_8))
                        .withOutputLimit(LOG_BYTES);
        List<String> real = lines(commands.run(resolve).out());
        int at = 0;
        for (String folder : folders) {
            String there = at < real.size() ? real.get(at++) : "";
            if (!there.isEmpty()) {
                deleteLeftovers(folder, Path.of(there), paths);
            }
        }
    }

    private void deleteLeftovers(String folder, Path there, java.util.Set<String> paths)
            throws OpmException {
        for (Path file : disk.list(there)) {
            String name = String.valueOf(file.getFileName());
            int mark = name.lastIndexOf(';');
            if (mark > 0
                    && name.substring(mark + 1).matches("[0-9a-f]{8}")
                    && paths.contains(folder + "/" + name.substring(0, mark))
                    && !disk.isDirectory(file)) {
                disk.delete(file);
            }
        }
    }

    List<String> log(Path file) throws OpmException {
        return disk.exists(file) ? lines(disk.readAll(file, LOG_BYTES)) : List.of();
    }

    private static List<String> lines(byte[] bytes) {
        return new String(bytes, UTF_8).lines().toList();
    }
}
