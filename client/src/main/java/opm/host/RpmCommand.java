package opm.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import opm.base.OpmException;
import opm.base.OpmException.Refused;
import org.jspecify.annotations.Nullable;

/// The `rpm` of this machine, looking at one root, always in the C locale.
///
/// Where the database lies is asked of rpm and never assumed: `/usr/lib/sysimage/rpm` and
/// `/var/lib/rpm` are usual, Debian's rpm keeps it in the home folder of whoever asks.
public final class RpmCommand {
    /// Enough for 20,000 packages with every file name.
    private static final int QUERY_BYTES = 1 << 30;

    private final Commands commands;
    private final Path root;
    private final boolean shielded;
    private final Known known;

    /// What rpm was asked already: each question starts a program.
    private static final class Known {
        private @Nullable String dbpath;
        private @Nullable String showrc;

        Known(@Nullable String dbpath) {
            this.dbpath = dbpath;
        }
    }

    private RpmCommand(Commands commands, Path root, Known known, boolean shielded) {
        this.commands = commands;
        this.root = root;
        this.known = known;
        this.shielded = shielded;
    }

    /// Mounts and rpm's own paths are compared with the root, so it has no symbolic links in it.
    private static Path real(Path root) {
        try {
            return root.toRealPath();
        } catch (IOException absentOrHidden) {
            return root.toAbsolutePath().normalize();
        }
    }

    /// Makes a command that looks at `root` and asks rpm where the database lies in it.
    public static RpmCommand at(Path root, Commands commands) {
        return new RpmCommand(commands, real(root), new Known(null), false);
    }

    /// Makes a command whose database lies in the folder `dbpath` of the root.
    public static RpmCommand at(Path root, String dbpath, Commands commands) {
        return new RpmCommand(commands, real(root), new Known(dbpath), false);
    }

    /// Returns the same, whose runs a Ctrl-C in the terminal does not reach: [Command#shield].
    public RpmCommand shield() {
        return new RpmCommand(commands, root, known, true);
    }

    /// Tells whether there is an `rpm` to run.
    public boolean isPresent() {
        return commands.has("rpm");
    }

    /// Returns the root folder, absolute.
    public Path root() {
        return root;
    }

    /// Tells whether the root is the machine itself.
    public boolean isWholeMachine() {
        return root.getNameCount() == 0;
    }

    /// Returns the folder of the database as seen from inside the root: `/var/lib/rpm`.
    public String dbpath() throws OpmException {
        synchronized (known) {
            if (known.dbpath == null) {
                String asked = macro("%_dbpath");
                if (!asked.startsWith("/") || asked.indexOf('\n') >= 0) {
                    throw new Refused(
                            "rpm -E %_dbpath: found '" + asked + "', expected a folder",
                            "Say where the database is with --dbpath.");
                }
                known.dbpath = asked;
            }
            return known.dbpath;
        }
    }

    /// Returns the folder of the database as this process sees it.
    public Path databaseFolder() throws OpmException {
        return root.resolve(dbpath().substring(1));
    }

    /// Returns what a macro or expression is for this root.
    public String macro(String expression) throws OpmException {
        var argv = new ArrayList<>(List.of("rpm"));
        if (!isWholeMachine()) {
            argv.addAll(List.of("--root", root.toString()));
        }
        argv.addAll(List.of("-E", expression));
        return succeed(command(argv)).outText().strip();
    }

    /// Returns rpm's version: `4.18.0`.
    public String version() throws OpmException {
        String text = succeed(command(List.of("rpm", "--version"))).outText().strip();
        return text.substring(text.lastIndexOf(' ') + 1);
    }

    /// Returns the program and the options that point it at this root, then `arguments`.
    ///
    /// @param program `rpm`, `rpmkeys` or `rpmdb`
    public Command command(String program, List<String> arguments) throws OpmException {
        var argv = new ArrayList<>(List.of(program));
        if (!isWholeMachine()) {
            argv.addAll(List.of("--root", root.toString()));
        }
        argv.addAll(List.of("--dbpath", dbpath()));
        argv.addAll(arguments);
        return command(argv);
    }

    private Command command(List<String> argv) {
        Command command = Command.of(argv).withEnv(Map.of("LC_ALL", "C"));
        return shielded ? command.shield() : command;
    }

    /// Runs rpm at this root; any exit status is an answer.
    public Commands.Result run(String... arguments) throws OpmException {
        return commands.run(command("rpm", List.of(arguments)));
    }

    /// Prints every installed package, or those of a name, in a format of rpm's, as raw bytes.
    ///
    /// A root without a database has no packages; rpm is not run then, because it would make one.
    public byte[] queryAll(String queryFormat, String... names) throws OpmException {
        if (!hasDatabase()) {
            return new byte[0];
        }
        var arguments = new ArrayList<>(List.of("-qa", "--qf", queryFormat));
        arguments.addAll(List.of(names));
        return succeed(command("rpm", arguments).withOutputLimit(QUERY_BYTES)).out();
    }

    /// Returns the tags that this rpm knows in a query format.
    public Set<String> queryTags() throws OpmException {
        return Set.copyOf(
                succeed(command(List.of("rpm", "--querytags")))
                        .outText()
                        .lines()
                        .map(String::strip)
                        .toList());
    }

    /// Returns what `rpm --showrc` prints: architectures, features, macros.
    public String showrc() throws OpmException {
        synchronized (known) {
            if (known.showrc == null) {
                known.showrc = succeed(command(List.of("rpm", "--showrc"))).outText();
            }
            return known.showrc;
        }
    }

    /// Tells whether the root has a database at all. One that may not be read is refused: a machine
    /// that looks empty would get everything anew.
    public boolean hasDatabase() throws OpmException {
        for (String name : List.of("rpmdb.sqlite", "Packages", "Packages.db")) {
            Path file = databaseFolder().resolve(name);
            if (Files.isReadable(file)) {
                return true;
            }
            if (!Files.notExists(file)) {
                throw new Refused(
                        file + ": found rpm's database, which this user may not read",
                        "Run the same command as root, for example with sudo.");
            }
        }
        return false;
    }

    private Commands.Result succeed(Command command) throws OpmException {
        var result = commands.run(command);
        if (result.exitStatus() != 0) {
            String said = new String(result.err(), StandardCharsets.UTF_8).strip();
            throw new Refused(
                    String.join(" ", command.argv().stream().map(RpmCommand::shown).toList())
                            + ": exit status "
                            + result.exitStatus()
                            + (said.isEmpty() ? "" : ": " + said.lines().findFirst().orElse("")),
                    "Run the same command by hand; `rpm --rebuilddb` repairs a damaged database.");
        }
        return result;
    }

    private static String shown(String argument) {
        return argument.length() > 60 ? argument.substring(0, 60) + "…" : argument;
    }
}
