package opm.apply;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import opm.base.Nevra;
import opm.host.LocalCommands;
import opm.host.RpmCommand;
import org.junit.jupiter.api.Assumptions;

/// A folder that holds a system of its own for the real rpm, and ways to look at it.
public final class ScratchRoot {
    private static final Path PROJECT = Path.of(System.getProperty("opm.root", ".."));
    private static final int LIMIT_SECONDS = Boolean.getBoolean("opm.soak") ? 1800 : 120;
    private static final Path DEMO = PROJECT.resolve("app/src/main/resources/opm/cli/demo");

    public final Path folder;
    public final String dbpath;

    public ScratchRoot(Path folder) throws Exception {
        Files.createDirectories(folder);
        this.folder = folder.toRealPath();
        dbpath = RpmCommand.at(this.folder, new LocalCommands()).dbpath();
    }

    /// Skips a test where programs are missing, saying which.
    public static void needs(String... programs) {
        for (String program : programs) {
            Assumptions.assumeTrue(
                    new LocalCommands().has(program), program + " is not installed here: skipped");
        }
    }

    /// Returns a folder of the shared data; skips the test where there is none.
    public static Path shared(String path) {
        String given = System.getenv("OPM_SHARED");
        Path shared = given == null ? PROJECT.resolve("../shared") : Path.of(given);
        Assumptions.assumeTrue(
                Files.exists(shared.resolve(path)), "no shared data (" + path + "): skipped");
        return shared.resolve(path);
    }

    public static Path demoOlder() {
        return DEMO.resolve("older/Packages");
    }

    public static Path demoNewer() {
        return DEMO.resolve("repository/Packages");
    }

    /// Makes the demo's school: seven small signed packages that are two years old.
    public static ScratchRoot school(Path folder) throws Exception {
        var root = new ScratchRoot(folder);
        root.importKey(DEMO.resolve("RPM-GPG-KEY-demo"));
        root.install(demoOlder());
        return root;
    }

    public void importKey(Path key) throws Exception {
        ok(rpm("rpmkeys", "--import", key.toString()));
    }

    /// Installs every rpm of a folder with the plain rpm command.
    public void install(Path place) throws Exception {
        try (var walk = Files.walk(place)) {
            install(walk.filter(file -> file.toString().endsWith(".rpm")).toList());
        }
    }

    public void install(List<Path> files) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("-U"));
        if (run("rpm", "--help").output.contains("--force-debian")) {
            arguments.add("--force-debian");
        }
        files.forEach(file -> arguments.add(file.toAbsolutePath().toString()));
        ok(rpm("rpm", arguments.toArray(String[]::new)));
    }

    /// Runs rpm or rpmkeys at this root.
    public Run rpm(String program, String... arguments) throws Exception {
        List<String> argv = new ArrayList<>(List.of(program));
        argv.addAll(List.of("--root", folder.toString(), "--dbpath", dbpath));
        argv.addAll(Arrays.asList(arguments));
        return run(argv.toArray(String[]::new));
    }

    public List<Nevra> installed() throws Exception {
        String format = "%{NAME}-%{EPOCHNUM}:%{VERSION}-%{RELEASE}.%{ARCH}\\n";
        return rpm("rpm", "-qa", "--qf", format)
                .output
                .lines()
                .filter(line -> !line.startsWith("gpg-pubkey-"))
                .map(Nevra::parse)
                .sorted()
                .toList();
    }

    /// Returns what `rpm -Va` has to say, nothing when every file is as its package has it.
    public String complaints() throws Exception {
        return rpm("rpm", "-Va").output;
    }

    /// Returns what `dnf check` has to say, nothing when the system is consistent; dnf also reads
    /// its own history. Nothing, too, where there is no dnf.
    public String dnfComplaints() throws Exception {
        if (!new LocalCommands().has("dnf")) {
            return "";
        }
        String[] dnf = {
            "dnf", "-q", "--installroot=" + folder, "--setopt=reposdir=/nonexistent",
            "--setopt=cachedir=" + folder.resolve("var/cache/dnf"), "--releasever=1"
        };
        ok(run(with(dnf, "history", "list")));
        return ok(run(with(dnf, "check"))).output;
    }

    private static String[] with(String[] front, String... more) {
        List<String> all = new ArrayList<>(Arrays.asList(front));
        all.addAll(Arrays.asList(more));
        return all.toArray(String[]::new);
    }

    /// Returns the part below which only the files that packages bring change.
    public SortedMap<String, String> listing() throws IOException {
        return listing(folder);
    }

    /// Returns every name below a folder with its kind, size and time of change.
    public static SortedMap<String, String> listing(Path folder) throws IOException {
        SortedMap<String, String> names = new TreeMap<>();
        try (var walk = Files.walk(folder, new FileVisitOption[0])) {
            for (Path file : walk.toList()) {
                Map<String, Object> facts =
                        Files.readAttributes(
                                file,
                                "unix:mode,size,lastModifiedTime,ino",
                                LinkOption.NOFOLLOW_LINKS);
                names.put(folder.relativize(file).toString(), new TreeMap<>(facts).toString());
            }
        }
        return names;
    }

    /// Copies the whole system, times included, over whatever is at the other place.
    public ScratchRoot copy(Path other) throws Exception {
        ok(run("rm", "-rf", other.toString()));
        ok(run("cp", "-a", folder.toString(), other.toString()));
        return new ScratchRoot(other);
    }

    /// Returns the architecture of this machine as a plan has it.
    public static String arch() throws Exception {
        return run("rpm", "--showrc")
                .output()
                .lines()
                .filter(line -> line.startsWith("install arch"))
                .map(line -> line.split("[ :]+")[2])
                .findFirst()
                .orElseThrow();
    }

    /// Makes something in a folder.
    public interface Making {
        void in(Path folder) throws Exception;
    }

    /// Returns a folder of `target` that is made once: of two processes that ask, the second waits.
    public static synchronized Path kept(String name, Making making) throws Exception {
        Path root = Path.of(System.getProperty("opm.root", ".."));
        Path target = root.resolve("client/target").toAbsolutePath().normalize();
        Path folder = Files.createDirectories(target).resolve(name);
        Path lock = target.resolve(name + ".lock");
        try (var file = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var _ = file.lock()) {
            if (!Files.exists(folder)) {
                Path aside = Files.createTempDirectory(target, "making");
                making.in(aside);
                Files.move(aside, folder);
            }
        }
        return folder;
    }

    /// What a program printed on both outputs.
    public record Run(int status, String output) {}

    public static Run ok(Run run) {
        if (run.status != 0) {
            throw new AssertionError("exit status " + run.status + ": " + run.output);
        }
        return run;
    }

    public static Run run(String... argv) throws Exception {
        return runIn(Path.of("."), Map.of(), argv);
    }

    /// Runs a program for at most two minutes, thirty in a soak; longer is status -1.
    public static Run runIn(Path folder, Map<String, String> environment, String... argv)
            throws Exception {
        var builder = new ProcessBuilder(argv).directory(folder.toFile()).redirectErrorStream(true);
        builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        Path output = Files.createTempFile("opm-test", ".out");
        builder.redirectOutput(output.toFile());
        builder.environment().put("LC_ALL", "C");
        builder.environment().putAll(environment);
        Process process = builder.start();
        boolean ended = process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
        if (!ended) {
            process.destroyForcibly();
        }
        String text = Files.readString(output, StandardCharsets.ISO_8859_1);
        Files.delete(output);
        return new Run(ended ? process.exitValue() : -1, text);
    }
}
