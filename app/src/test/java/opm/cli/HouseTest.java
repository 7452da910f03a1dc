package opm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Every room keeps what the sign on its door says: the `May use:` line of its package-info.
///
/// The JDK's own jdeps says what classes really use; a scan of constant pools would miss types that
/// appear in signatures only.
final class HouseTest {
    private static final Path ROOT = Path.of(System.getProperty("opm.root", ".."));
    private static final List<String> MODULES = List.of("client", "resolver", "app");

    /// Functions of their arguments: no clock, no disk, no threads.
    private static final Set<String> PURE =
            Set.of("opm.base", "opm.plan", "opm.solve", "opm.planner");

    /// Reads the signs: package → the rooms that it may use.
    private static TreeMap<String, Set<String>> signs() throws IOException {
        var signs = new TreeMap<String, Set<String>>();
        for (String module : MODULES) {
            for (Path file : files(ROOT.resolve(module + "/src/main/java"), "package-info.java")) {
                List<String> lines = Files.readAllLines(file);
                String name = word(lines, "package ").replace(";", "");
                String uses = word(lines, "/// May use: ");
                signs.put(
                        name,
                        uses.equals("nothing") ? Set.of() : Set.of(uses.trim().split("\\s+")));
            }
        }
        return signs;
    }

    private static String word(List<String> lines, String start) {
        return lines.stream()
                .filter(line -> line.startsWith(start))
                .map(line -> line.substring(start.length()).trim())
                .findFirst()
                .orElseThrow(() -> new AssertionError("no '" + start + "' in " + lines));
    }

    private static List<Path> files(Path folder, String suffix) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> walk = Files.walk(folder)) {
            return walk.filter(file -> file.toString().endsWith(suffix)).sorted().toList();
        }
    }

    /// Returns the names of the top-level classes that are shipped, tests left out.
    private static Set<String> shipped() throws IOException {
        var names = new TreeSet<String>();
        for (String module : MODULES) {
            Path folder = ROOT.resolve(module + "/src/main/java");
            for (Path file : files(folder, ".java")) {
                String name = folder.relativize(file).toString().replace('/', '.');
                names.add(name.substring(0, name.length() - ".java".length()));
            }
        }
        return names;
    }

    /// One line of jdeps: a class of ours uses a class.
    private record Use(String from, String to) {
        String room() {
            return room(from);
        }

        static String room(String name) {
            int dot = name.lastIndexOf('.');
            return dot < 0 ? "" : name.substring(0, dot);
        }
    }

    private static List<Use> uses() throws IOException {
        List<String> ours =
                Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                        .filter(HouseTest::isOurs)
                        .toList();
        assertThat(ours).as("class path entries with our classes").isNotEmpty();
        // Where our classes have their module-info, jdeps wants to see what that requires.
        String theirs =
                Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                        .filter(entry -> entry.endsWith(".jar") && !isOurs(entry))
                        .collect(Collectors.joining(File.pathSeparator));
        var arguments = new ArrayList<>(List.of("-verbose:class", "--multi-release", "base"));
        arguments.addAll(List.of("--module-path", theirs));
        arguments.addAll(ours);
        var out = new StringWriter();
        int status =
                ToolProvider.findFirst("jdeps")
                        .orElseThrow()
                        .run(
                                new PrintWriter(out),
                                new PrintWriter(System.err, true, StandardCharsets.UTF_8),
                                arguments.toArray(String[]::new));
        assertThat(status).as("jdeps").isZero();
        Set<String> shipped = shipped();
        return out.toString()
                .lines()
                .filter(line -> line.startsWith("   ") && line.contains(" -> "))
                .map(line -> line.trim().split("\\s+"))
                .map(words -> new Use(words[0], words[2]))
                .filter(use -> shipped.contains(use.from().replaceFirst("\\$.*", "")))
                .toList();
    }

    private static boolean isOurs(String entry) {
        return Path.of(entry).getFileName().toString().matches("opm-.*\\.jar")
                || Files.isDirectory(Path.of(entry, "opm"));
    }

    /// The sign on the door is true.
    @Test
    void roomsUseOnlyWhatTheirSignsSay() throws IOException {
        TreeMap<String, Set<String>> signs = signs();
        assertThat(signs).containsKeys("opm.base", "opm.solve", "opm.cli");
        List<Use> uses = uses();
        assertThat(uses).as("what jdeps found").isNotEmpty();
        var broken = new TreeSet<String>();
        for (Use use : uses) {
            String to = Use.room(use.to());
            if (signs.containsKey(to)
                    && !to.equals(use.room())
                    && !signs.getOrDefault(use.room(), Set.of()).contains(to)) {
                broken.add(use.from() + " uses " + use.to());
            }
        }
        assertThat(broken).isEmpty();
    }

    /// A sign names only rooms that exist.
    @Test
    void signsNameRoomsThatExist() throws IOException {
        TreeMap<String, Set<String>> signs = signs();
        signs.forEach((room, uses) -> assertThat(signs.keySet()).as(room).containsAll(uses));
    }

    /// Pure rooms use `java.lang*` and `java.util*` and nothing else of the JDK.
    @Test
    void pureRoomsTouchNothing() throws IOException {
        var broken = new TreeSet<String>();
        for (Use use : uses()) {
            if (PURE.contains(use.room())
                    && !use.to().matches("(java\\.lang|java\\.util|opm)\\..*")
                    && !use.to().matches("java\\.nio\\.(Byte|Char|)Buffer")
                    && !use.to().equals("java.io.ByteArrayOutputStream")
                    // Bytes ⇄ text and digests of bytes are functions too; a plan's text has both.
                    && !use.to().startsWith("java.nio.charset.")
                    && !use.to().matches("java\\.security\\.(MessageDigest|NoSuchAlgor.*)")) {
                broken.add(use.from() + " uses " + use.to());
            }
        }
        assertThat(broken).filteredOn(line -> !line.contains("org.jspecify.")).isEmpty();
    }

    /// Processes are started and sockets opened in `host` and nowhere else; `share`,
    /// `server` and `packagekit` listen.
    @Test
    void onlyHostOpensDoors() throws IOException {
        var broken = new TreeSet<String>();
        for (Use use : uses()) {
            boolean door =
                    use.to().matches("java\\.lang\\.Process(Builder|Handle)?")
                            || use.to().startsWith("java.net.http.")
                            || use.to().matches("java\\.net\\.(.*Socket.*|URLConnection)")
                            || use.to().matches("java\\.nio\\.channels\\..*Socket.*");
            boolean server = use.room().matches("opm\\.(share|server|packagekit)");
            boolean listens = server && use.to().contains("Socket");
            if (door && !listens && !use.room().equals("opm.host")) {
                broken.add(use.from() + " uses " + use.to());
            }
        }
        assertThat(broken).isEmpty();
    }
}
