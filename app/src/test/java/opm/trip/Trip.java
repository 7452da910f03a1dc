package opm.trip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.SimpleFileServer;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import opm.cli.Here;
import org.jspecify.annotations.Nullable;

/// A whole trip in a folder of its own: opm as a process, real rpm, real peers, a server on
/// loopback.
///
/// Tests say first what they need from the machine and are skipped, plainly, where it is absent.
final class Trip implements AutoCloseable {
    private static final int PROCESS_SECONDS = 300;

    private final Path folder;
    private final List<HttpServer> servers = new ArrayList<>();
    private final Map<String, String> environment = new TreeMap<>();
    private boolean isOwnEnvironment = true;

    Trip(Path folder) {
        this.folder = folder;
        // Debian's rpm keeps the database in the home folder: one home for all programs of a trip.
        environment.put("HOME", "/root");
        environment.put("LC_ALL", "C.UTF-8");
    }

    /// Skips the test unless all of these programs are installed.
    static void needs(String... programs) {
        for (String program : programs) {
            assumeTrue(has(program), "skipped: '" + program + "' is not installed here");
        }
    }

    /// Tells whether a program is installed.
    static boolean has(String program) {
        return Arrays.stream(System.getenv("PATH").split(":"))
                .anyMatch(dir -> Files.isExecutable(Path.of(dir, program)));
    }

    /// Skips the test unless it may change to another root, which rpm does.
    static void needsRoot() {
        assumeTrue(
                "root".equals(System.getProperty("user.name")),
                "skipped: `rpm --root` needs the rights of root");
    }

    /// Returns a path of the shared reference data; skips the test where that is absent.
    static Path shared(String relative) {
        String named = System.getenv("OPM_SHARED");
        Path data = named == null ? project().resolve("../shared") : Path.of(named);
        Path path = data.resolve(relative).normalize();
        assumeTrue(Files.exists(path), "skipped: reference data " + relative + " is not here");
        return path;
    }

    /// Returns the project's folder.
    static Path project() {
        String root = System.getProperty("opm.root", ".");
        return Path.of(root).toAbsolutePath().normalize();
    }

    /// Returns a path inside the trip's folder.
    Path at(String relative) {
        return folder.resolve(relative);
    }

    /// Sets a variable of the environment for all that runs from now on.
    Trip withVariable(String name, String value) {
        environment.put(name, value);
        isOwnEnvironment = false;
        return this;
    }

    /// Runs opm. In this process where programs that it starts find the environment of a trip, else
    /// in one of its own.
    Said opm(String... words) {
        var argv = new ArrayList<>(opmCommand());
        argv.addAll(List.of(words));
        if (!isOwnEnvironment || !"/root".equals(System.getenv("HOME"))) {
            return run(argv);
        }
        var all = new TreeMap<>(System.getenv());
        all.putAll(environment);
        Here ran = Here.run(all, project().toString(), List.of(words));
        return new Said(argv, ran.status(), ran.out(), ran.err());
    }

    /// Returns the words that start the opm under test.
    static List<String> opmCommand() {
        return OpmCommand.words();
    }

    /// Runs a program in the trip's folder.
    Said run(String... argv) {
        return run(List.of(argv));
    }

    /// Runs a program in the trip's folder; its standard input is empty.
    Said run(List<String> argv) {
        var builder = new ProcessBuilder(argv).directory(folder.toFile());
        builder.redirectInput(new File("/dev/null"));
        builder.environment().putAll(environment);
        try {
            Process process = builder.start();
            var out = CompletableFuture.supplyAsync(() -> all(process.getInputStream()));
            var err = CompletableFuture.supplyAsync(() -> all(process.getErrorStream()));
            if (!process.waitFor(PROCESS_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(
                        String.join(" ", argv) + ": no end after " + PROCESS_SECONDS + " s");
            }
            return new Said(argv, process.exitValue(), out.join(), err.join());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static String all(InputStream stream) {
        try (stream) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Makes stub packages: `./dev stub-repo`, whose results are kept between runs.
    Path stubRepo(String out, String... arguments) {
        needs("python3", "createrepo_c");
        var argv = new ArrayList<>(List.of(project().resolve("dev.d/stub-repo").toString()));
        argv.addAll(List.of(arguments));
        argv.addAll(List.of("-o", at(out).toString()));
        run(argv).mustEnd(0);
        return at(out);
    }

    /// Makes an empty root that trusts these keys.
    Path newRoot(String name, Path... keys) {
        Path root = at(name);
        try {
            Files.createDirectories(root);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        for (Path key : keys) {
            run("rpmkeys", "--root", root.toString(), "--import", key.toString()).mustEnd(0);
        }
        return root;
    }

    /// Runs rpm at a root.
    Said rpm(Path root, String... arguments) {
        var argv = new ArrayList<>(List.of("rpm", "--root", root.toString()));
        boolean installs = Arrays.stream(arguments).anyMatch(word -> word.matches("-[iUe].*"));
        if (installs && Files.exists(Path.of("/etc/debian_version"))) {
            argv.add("--force-debian");
        }
        argv.addAll(List.of(arguments));
        return run(argv);
    }

    /// Installs package files at a root, given to rpm by manifest.
    void install(Path root, List<Path> packages, String... options) {
        Path manifest = at("manifest");
        write(manifest, String.join("\n", packages.stream().map(Path::toString).toList()) + "\n");
        var words = new ArrayList<>(List.of("-i"));
        words.addAll(List.of(options));
        words.add(manifest.toString());
        rpm(root, words.toArray(String[]::new)).mustEnd(0);
    }

    /// Returns what is installed in full form, sorted, without keys.
    List<String> installed(Path root) {
        String format = "%{NAME}-%{EPOCHNUM}:%{VERSION}-%{RELEASE}.%{ARCH}\\n";
        return rpm(root, "-qa", "--qf", format)
                .mustEnd(0)
                .out()
                .lines()
                .filter(line -> !line.startsWith("gpg-pubkey-"))
                .sorted()
                .toList();
    }

    /// Serves a folder over HTTP on loopback, as the plainest of mirrors does: without ranges.
    URI serve(Path served) {
        try {
            var loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
            var server =
                    SimpleFileServer.createFileServer(
                            loopback, served.toRealPath(), SimpleFileServer.OutputLevel.NONE);
            server.start();
            servers.add(server);
            return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Returns the package files below a folder, sorted.
    static List<Path> rpms(Path below) {
        try (Stream<Path> all = Files.walk(below)) {
            return all.filter(path -> path.toString().endsWith(".rpm")).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        servers.forEach(server -> server.stop(0));
    }

    /// What a program said, and how it ended.
    record Said(List<String> argv, int status, String out, String err) {
        /// Fails the test, showing everything that was said, unless the program ended so.
        Said mustEnd(int wanted) {
            assertThat(status)
                    .as(() -> String.join(" ", shortened(argv)) + "\n" + out + err)
                    .isEqualTo(wanted);
            return this;
        }

        private static List<String> shortened(List<String> argv) {
            int main = argv.indexOf("opm.cli.Main");
            var words = new ArrayList<>(argv.subList(Math.max(main, 0), argv.size()));
            words.replaceAll(word -> word.length() > 300 ? word.substring(0, 300) + "…" : word);
            return words;
        }

        /// Returns the first line of the standard output that begins so; null when none does.
        @Nullable String line(String beginning) {
            return out.lines().filter(l -> l.startsWith(beginning)).findFirst().orElse(null);
        }
    }
}
