package opm.apply;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import opm.base.Digest;
import opm.base.Nevra;
import opm.base.InstalledList;
import opm.base.OpmException;
import opm.history.StateFolder;
import opm.host.Command;
import opm.host.Commands;
import opm.host.Disk;
import opm.host.Host;
import opm.host.RpmCommand;
import opm.plan.Plan;
import org.jspecify.annotations.Nullable;

/// The machine that is changed: its rpm, its mounts, and what is installed.
final class Machine {
    /// Marks the rpm as running, keeps Ctrl-C from it, and sends its words to a file, then becomes
    /// it. sh and not Java, so that nothing is lost when Java is killed.
    private static final String RUN =
            watch()
                    + """
            trap '' INT HUP
            printf '%s %s %s\\n' $$ "$(cat /proc/sys/kernel/random/boot_id)" \
              "$(sed 's/.*) //' /proc/$$/stat | cut -d ' ' -f 20)" >"$1"
            log=$2 && shift 2
            # in parentheses, so that it is nothing that rpm started; in braces, because dash keeps
            # the old output of a function, and who reads that would wait a second for the watcher
            ({ watch_scripts $$ "${OPM_SCRIPT_SECONDS:-1800}" "$log"
            } </dev/null >/dev/null 2>&1 &)
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

    /// A line of `rpm -V`: missing, or of another size, digest or link; `c` is configuration, `g` a
    /// ghost, which no package brings.
    private static final Pattern DAMAGED =
            Pattern.compile("(missing|S\\S{7,8}|\\S\\S5\\S{5,6}|\\S{4}L\\S{3,4})\\s++(?![cg] )");

    private static final int LOG_BYTES = 64 << 20;
    private static final int SCRIPT_BYTES = 64 << 10;
    private static final int OS_RELEASE_BYTES = 64 << 10;

    private final Disk disk;
    private final Commands commands;
    private final RpmCommand rpm;
    private final StateFolder state;
    private Set<String> tags = Set.of();
    private @Nullable Boolean debian;

    Machine(Host host, RpmCommand rpm, StateFolder state) {
        this.disk = host.disk();
        this.commands = host.commands();
        this.rpm = rpm.shield(); // Ctrl-C says when to stop, and kills nothing
        this.state = state;
    }

    /// Returns the functions that end scripts which take too long.
    private static String watch() {
        try (InputStream in = Machine.class.getResourceAsStream("opm-apply-watch.sh")) {
            return new String(Objects.requireNonNull(in).readNBytes(SCRIPT_BYTES), UTF_8);
        } catch (IOException theJarIsBroken) {
            throw new IllegalStateException(theJarIsBroken);
        }
    }

    /// Returns the full names of what is installed, keys left out, as docs/formats/bundle.md sorts.
    List<String> installed() throws OpmException {
        byte[] printed = rpm.queryAll(InstalledList.QUERY_FORMAT);
        return InstalledList.names(InstalledList.ofQuery(printed));
    }

    boolean hasDatabase() throws OpmException {
        return rpm.hasDatabase();
    }

    String rpmVersion() throws OpmException {
        return rpm.version();
    }

    Path root() {
        return rpm.root();
    }

    Set<String> tags() throws OpmException {
        if (tags.isEmpty()) {
            tags = rpm.queryTags();
        }
        return tags;
    }

    /// Tells whether this rpm is Debian's, which tells everybody to use alien unless forced. A
    /// machine of Debian's itself it is not forced upon: two package managers would own its files.
    private boolean isForced() throws OpmException {
        if (rpm.isWholeMachine()) {
            return false;
        }
        if (debian == null) {
            Command help = Command.of("rpm", "--help").shield();
            debian = commands.run(help).outText().contains("--force-debian");
        }
        return debian;
    }

    /// Returns what this machine is, with `base` as the digest of its packages.
    Plan.Target target(Digest base) throws OpmException {
        var facts = new HashMap<String, String>();
        for (String file : List.of("etc/os-release", "usr/lib/os-release")) {
            Path path = rpm.root().resolve(file);
            if (facts.isEmpty() && disk.exists(path)) {
                for (String line : lines(disk.readAll(path, OS_RELEASE_BYTES))) {
                    int equals = line.indexOf('=');
                    if (equals > 0) {
                        String value = line.substring(equals + 1).replaceAll("^[\"']|[\"']$", "");
                        facts.put(line.substring(0, equals), value);
                    }
                }
            }
        }
        String arch = "";
        for (String line : lines(rpm.showrc().getBytes(UTF_8))) {
            if (arch.isEmpty() && line.startsWith("install arch")) {
                arch = line.substring(line.indexOf(':') + 1).strip().split(" ")[0];
            }
        }
        if (arch.isEmpty()) {
            arch = commands.run(Command.of("uname", "-m").shield()).outText().strip();
        }
        return new Plan.Target(
                facts.getOrDefault("ID", ""), facts.getOrDefault("VERSION_ID", ""), arch, base);
    }

    /// Runs `rpm` or `rpmkeys` at this root, in a folder.
    Said ask(String program, List<String> arguments, Path folder) throws OpmException {
        var command = rpm.command(program, arguments).withOutputLimit(LOG_BYTES).in(folder);
        var result = commands.run(command);
        return new Said(result.exitStatus(), lines(result.out()), lines(result.err()));
    }

    /// Lets rpm answer and change nothing.
    Said ask(RpmRun run) throws OpmException {
        list(run);
        return ask("rpm", run.arguments(), run.folder());
    }

    private void list(RpmRun run) throws OpmException {
        if (!run.files().isEmpty()) {
            try (var out = disk.create(run.folder().resolve(RpmRun.LIST))) {
                byte[] text = (String.join("\n", run.files()) + "\n").getBytes(UTF_8);
                out.write(text, 0, text.length);
            }
        }
    }

    /// What a program said.
    record Said(int status, List<String> out, List<String> err) {
        List<String> all() {
            var all = new ArrayList<>(out);
            all.addAll(err);
            return all;
        }
    }

    /// Lets rpm change the machine.
    ///
    /// @param log gets what it prints, after what is there
    /// @return the exit status, which proves nothing
    int run(RpmRun run, Path log) throws OpmException {
        list(run);
        // Says -v, so that rpm names each package where its scripts' words begin.
        List<String> all = new ArrayList<>(List.of("-v"));
        all.addAll(run.arguments());
        if (isForced()) {
            all.add("--force-debian");
        }
        Command plain = rpm.command("rpm", all);
        List<String> argv =
                new ArrayList<>(
                        List.of("sh", "-c", RUN, "sh", state.rpm().toString(), log.toString()));
        argv.addAll(plain.argv());
        var command = Command.of(argv).withEnv(plain.env()).in(run.folder());
        return commands.run(command).exitStatus();
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
            if (commands.run(Command.of("sync", "-f", mount).shield()).exitStatus() != 0) {
                // Older than coreutils 8.24, or a mount that we may not see: everything, then.
                commands.run(Command.of("sync").shield());
                return;
            }
        }
    }

    /// Deletes the files `PATH;HEX8` that a killed rpm left beside paths of these packages.
    void deleteLeftovers(Stage stage) throws OpmException {
        List<String> options = List.of("-qp", "--qf", "[%{FILENAMES}\\n]");
        var query = new RpmRun(stage.folder(), options, List.of(), stage.files());
        var paths = new java.util.HashSet<>(ask(query).out());
        var folders = new java.util.TreeSet<String>();
        paths.forEach(path -> folders.add(path.substring(0, Math.max(0, path.lastIndexOf('/')))));
        String root = rpm.isWholeMachine() ? "" : rpm.root().toString();
        var resolve =
                Command.of("sh", "-c", RESOLVE, "sh", root)
                        .shield()
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

    /// Tells whether a file of these packages is missing or not what it was; configuration is left
    /// out.
    boolean anyDamaged(List<Nevra> packages) throws OpmException {
        if (packages.isEmpty()) {
            return false;
        }
        List<String> arguments = new ArrayList<>(List.of("-V", "--nodeps", "--noscripts"));
        packages.forEach(pkg -> arguments.add(RpmRun.label(pkg)));
        return ask("rpm", arguments, rpm.root()).out().stream()
                .anyMatch(line -> DAMAGED.matcher(line).lookingAt());
    }

    List<String> log(Path file) throws OpmException {
        return disk.exists(file) ? lines(disk.readAll(file, LOG_BYTES)) : List.of();
    }

    private static List<String> lines(byte[] bytes) {
        return new String(bytes, UTF_8).lines().toList();
    }
}
