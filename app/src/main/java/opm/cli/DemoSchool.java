package opm.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.base.OpmException.Refused;
import opm.host.Command;
import opm.host.Commands;
import opm.host.Disk;
import opm.host.Host;
import opm.host.Output;
import opm.host.RpmCommand;
import org.jspecify.annotations.Nullable;

/// The computer of the demo: a scratch root in which real, signed packages are installed, beside
/// the town's repository.
///
/// Its packages are resources, built byte for byte from app/src/demo by dev.d/demo-repo; none has a
/// scriptlet that needs more than rpm, so the root can be empty.
final class DemoSchool {
    /// A profile of this computer, for where there is no rpm to ask.
    static final String SAMPLE_PROFILE = "school.opmprofile";

    private static final String KEY = "RPM-GPG-KEY-demo";
    private final Host host;
    private final Path folder;

    private DemoSchool(Host host, Path folder) {
        this.host = host;
        this.folder = folder;
    }

    /// Lays the demo's files down in an empty folder: `older/`, `town/` and the key.
    static DemoSchool in(Path folder, Host host) throws OpmException {
        var school = new DemoSchool(host, folder);
        for (String name : school.text("index").lines().toList()) {
            school.layDown(name, name.replaceFirst("^repository/", "town/"));
        }
        host.disk().createDirectories(school.root());
        return school;
    }

    private void layDown(String resource, String name) throws OpmException {
        Disk disk = host.disk();
        Path file = folder.resolve(name);
        disk.createDirectories(parent(file));
        try (Output out = disk.create(file)) {
            byte[] bytes = bytes(resource);
            out.write(bytes, 0, bytes.length);
        }
    }

    private static Path parent(Path file) {
        return Objects.requireNonNull(file.getParent());
    }

    Path root() {
        return folder.resolve("school");
    }

    Path town() {
        return folder.resolve("town");
    }

    /// Returns how many packages the town offers.
    int offered() throws OpmException {
        return (int)
                text("index").lines().filter(name -> name.matches("repository/.*\\.rpm")).count();
    }

    /// Writes the sample profile to a file.
    void layDownProfile(Path file) throws OpmException {
        layDown(SAMPLE_PROFILE, folder.relativize(file).toString());
    }

    /// Installs the older packages, as somebody did two years ago.
    void install(RpmCommand rpm) throws OpmException {
        must(rpm.command("rpmkeys", List.of("--import", folder.resolve(KEY).toString())));
        var words = new ArrayList<>(List.of("--define", "_pkgverify_level all", "-i"));
        if (host.disk().exists(Path.of("/etc/debian_version"))) {
            words.addFirst("--force-debian"); // else Debian's rpm recommends alien
        }
        for (String name : text("index").lines().toList()) {
            if (name.matches("older/.*\\.rpm")) {
                words.add(folder.resolve(name).toString());
            }
        }
        must(rpm.command("rpm", words));
    }

    private void must(Command command) throws OpmException {
        Commands.Result result = host.commands().run(command);
        if (result.exitStatus() != 0) {
            throw new Refused(
                    String.join(" ", command.argv().subList(0, 3))
                            + ": exit status "
                            + result.exitStatus()
                            + ": "
                            + result.errText().strip(),
                    "The demo's root is " + root() + "; look there, remove it, try again.");
        }
    }

    /// Returns what is installed, sorted, without keys.
    static List<Nevra> installed(RpmCommand rpm) throws OpmException {
        byte[] said = rpm.queryAll("%{NAME}-%{EPOCHNUM}:%{VERSION}-%{RELEASE}.%{ARCH}\\n");
        return new String(said, StandardCharsets.UTF_8)
                .lines()
                .filter(line -> !line.startsWith("gpg-pubkey-"))
                .map(Nevra::parse)
                .sorted()
                .toList();
    }

    /// Returns the host for programs that change to another root; null when we may not.
    ///
    /// An ordinary user may where the kernel grants user namespaces.
    static @Nullable Host privileged(Host host) throws OpmException {
        if (succeeds(host, List.of("sh", "-c", "test $(id -u) = 0"))) {
            return host;
        }
        List<String> prefix = List.of("unshare", "-r");
        if (host.commands().has("unshare") && succeeds(host, List.of("unshare", "-r", "true"))) {
            var commands = new Prefixed(host.commands(), prefix);
            return new Host(host.disk(), commands, host.net(), host.clock());
        }
        return null;
    }

    private static boolean succeeds(Host host, List<String> argv) throws OpmException {
        return host.commands().run(Command.of(argv)).exitStatus() == 0;
    }

    /// Runs every program behind some words.
    private record Prefixed(Commands commands, List<String> prefix) implements Commands {
        private Command behind(Command command) {
            var argv = new ArrayList<>(prefix);
            argv.addAll(command.argv());
            return new Command(
                    argv,
                    command.env(),
                    command.stdin(),
                    command.outputLimitBytes(),
                    command.timeoutSeconds(),
                    command.folder(),
                    command.shielded());
        }

        @Override
        public Result run(Command command) throws OpmException {
            return commands.run(behind(command));
        }

        @Override
        public Running start(Command command) throws OpmException {
            return commands.start(behind(command));
        }

        @Override
        public boolean has(String program) {
            return commands.has(program);
        }
    }

    private String text(String resource) {
        return new String(bytes(resource), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String resource) {
        try (InputStream in = DemoSchool.class.getResourceAsStream("demo/" + resource)) {
            if (in == null) {
                throw new IllegalStateException("demo/" + resource + " is not in the jar");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
