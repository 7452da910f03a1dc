package opm.rpmmd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import opm.host.Command;
import opm.host.Commands;
import opm.host.Host;
import opm.host.LocalCommands;
import opm.host.LocalDisk;
import opm.host.RpmCommand;
import opm.pkgset.PackageSet;
import opm.profile.ProfileCapture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What is kept of rpm's database is what rpm would say now; when in doubt rpm is asked.
class InstalledCacheTest {
    private static final Path DEMO =
            Path.of(System.getProperty("opm.root", ".."))
                    .resolve("app/src/main/resources/opm/cli/demo")
                    .toAbsolutePath();

    @TempDir private Path folder;
    private final Commands commands = new LocalCommands();
    private Path root;
    private Path state;
    private RpmCommand rpm;
    private String backend = "sqlite";

    /// An hour from now: then no change is recent.
    private InstantSource clock = InstantSource.offset(InstantSource.system(), Duration.ofHours(1));

    private int captures;

    @BeforeEach
    void setUp() throws Exception {
        assumeTrue(commands.has("rpm"), "rpm is not installed here: skipped");
        boolean isRoot = Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        assumeTrue(isRoot, "rpm --root needs root: skipped");
        root = Files.createDirectories(folder.resolve("root")).toRealPath();
        state = Files.createDirectories(folder.resolve("state"));
        rpm = RpmCommand.at(root, "/var/lib/rpm", commands);
    }

    private void rpm(String... arguments) throws Exception {
        run("rpm", arguments);
    }

    private void run(String program, String... arguments) throws Exception {
        var words = new ArrayList<>(List.of("--define", "_db_backend " + backend));
        if (Files.exists(Path.of("/etc/debian_version")) && arguments[0].startsWith("-U")) {
            words.add("--force-debian");
        }
        words.addAll(List.of(arguments));
        Command command = rpm.command(program, words);
        Commands.Result result = commands.run(command);
        assertThat(result.exitStatus())
                .as("%s: %s", command.argv(), new String(result.err(), StandardCharsets.UTF_8))
                .isZero();
    }

    private static List<String> rpms(String place) throws Exception {
        try (Stream<Path> files = Files.walk(DEMO.resolve(place))) {
            return files.map(Path::toString).filter(f -> f.endsWith(".rpm")).sorted().toList();
        }
    }

    private static List<String> older(String name) throws Exception {
        return rpms("older").stream().filter(file -> file.contains(name)).toList();
    }

    private static List<String> newer(String name) throws Exception {
        return rpms("repository").stream().filter(file -> file.contains(name)).toList();
    }

    private void install(String option, List<String> files) throws Exception {
        install(option, files, "--justdb");
    }

    private void install(String option, List<String> files, String more) throws Exception {
        var words = new ArrayList<>(List.of(option, "--nosignature", "--nodeps", "--justdb", more));
        words.addAll(files);
        rpm(words.toArray(String[]::new));
    }

    private PackageSet get() throws Exception {
        var host = new Host(new LocalDisk(), commands, Host.ofThisMachine().net(), clock);
        var configuration = ProfileCapture.configuration(root, host.disk());
        return new InstalledCache(host, state, rpm)
                .get(
                        configuration,
                        () -> {
                            captures++;
                            return ProfileCapture.capture(rpm, host.disk(), commands, 0);
                        })
                .set();
    }

    private PackageSet fresh() throws Exception {
        return InstalledSet.of(ProfileCapture.capture(rpm, new LocalDisk(), commands, 0));
    }

    /// Asks twice: the first time rpm has to be asked, the second time not.
    private void isAskedOnce(String why) throws Exception {
        int before = captures;
        var expected = fresh().digest();
        assertThat(get().digest()).as(why).isEqualTo(expected);
        assertThat(captures).as("asked after: " + why).isEqualTo(before + 1);
        assertThat(get().digest()).as(why).isEqualTo(expected);
        assertThat(captures).as("kept after: " + why).isEqualTo(before + 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "ndb"})
    void everyTransaction(String kind) throws Exception {
        // Whatever rpm does to its database, the next answer is the new one; reading changes
        // nothing.
        backend = kind;
        String knows =
                "rpm --define '_db_backend " + kind + "' --dbpath " + folder + "/db --initdb 2>&1";
        var known = commands.run(Command.of("sh", "-c", knows));
        assumeTrue(
                !known.outText().contains("invalid %_db_backend"),
                "this rpm does not write " + kind + ": skipped");
        install("-U", rpms("older"));
        isAskedOnce("install");
        rpm("-qa");
        rpm("-V", "--nofiles", "--nodeps", "-a");
        get();
        assertThat(captures).as("reading").isEqualTo(1);
        install("-U", newer("abc-reader"));
        isAskedOnce("upgrade");
        install("-U", older("abc-reader"), "--oldpackage");
        isAskedOnce("downgrade");
        install("-U", older("abc-reader"), "--replacepkgs");
        isAskedOnce("reinstall");
        rpm("-e", "--nodeps", "abc-songs");
        isAskedOnce("erase");
        run("rpmkeys", "--import", DEMO.resolve("RPM-GPG-KEY-demo").toString());
        isAskedOnce("import of a key");
        run("rpmdb", "--rebuilddb");
        isAskedOnce("rebuild");
        assertThat(get().packageCount()).isPositive();
    }

    @Test
    void timesSetBack() throws Exception {
        // A database put back with its old times is not taken for the one that was read.
        install("-U", rpms("older"));
        Path file = root.resolve("var/lib/rpm/rpmdb.sqlite");
        assumeTrue(Files.exists(file), "this rpm does not write sqlite: skipped");
        Path copy = folder.resolve("copy");
        Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES);
        isAskedOnce("install");
        var time = Files.getLastModifiedTime(file);
        rpm("-e", "--nodeps", "abc-songs");
        Files.setLastModifiedTime(file, time);
        isAskedOnce("erase, with the time set back");
        Files.copy(
                copy,
                file,
                StandardCopyOption.REPLACE_EXISTING,
                StandardCopyOption.COPY_ATTRIBUTES);
        isAskedOnce("another file of the same time");
    }

    @Test
    void clocks() throws Exception {
        // What changed just now, or in the future because a clock was set back, is not kept.
        install("-U", rpms("older"));
        clock = InstantSource.fixed(Instant.now()); // stands still, however slow the machine is
        get();
        get();
        assertThat(captures).isEqualTo(2);
        clock = InstantSource.offset(InstantSource.system(), Duration.ofDays(-300));
        get();
        get();
        assertThat(captures).isEqualTo(4);
    }

    @Test
    void doubtfulFolder() throws Exception {
        // A folder that others may write to, a link, and damaged files are not believed.
        install("-U", rpms("older"));
        isAskedOnce("install");
        Path kept = state.resolve("installed");
        Files.setPosixFilePermissions(kept, PosixFilePermissions.fromString("rwxrwxr-x"));
        get();
        assertThat(captures).as("writable by the group").isEqualTo(2);
        Files.setPosixFilePermissions(kept, PosixFilePermissions.fromString("rwxr-xr-x"));
        get();
        assertThat(captures).isEqualTo(2);
        Path elsewhere = Files.move(kept, folder.resolve("elsewhere"));
        Files.createSymbolicLink(kept, elsewhere);
        get();
        assertThat(captures).as("a link").isEqualTo(3);
        Files.delete(kept);
        Files.move(elsewhere, kept);
        get();
        assertThat(captures).isEqualTo(3);
        try (Stream<Path> files = Files.list(kept)) {
            for (Path file : files.toList()) {
                byte[] bytes = Files.readAllBytes(file);
                Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length / 2));
                int before = captures;
                assertThat(get().digest()).isEqualTo(fresh().digest());
                assertThat(captures).as("half of " + file).isEqualTo(before + 1);
            }
        }
    }

    @Test
    void reasons() throws Exception {
        // A package that its user marked is read anew though rpm's database is the same.
        install("-U", rpms("older"));
        isAskedOnce("install");
        Path marks = root.resolve("usr/lib/sysimage/libdnf5/packages.toml");
        Files.createDirectories(marks.getParent());
        Files.writeString(marks, "[packages.\"abc-songs.noarch\"]\nreason = \"Dependency\"\n");
        isAskedOnce("a mark");
    }

    @Test
    void noDatabase() throws Exception {
        // A root without a database has no packages, and nobody is asked.
        assertThat(get().packageCount()).isZero();
        assertThat(captures).isZero();
        assertThat(get().digest()).isEqualTo(fresh().digest());
    }
}
