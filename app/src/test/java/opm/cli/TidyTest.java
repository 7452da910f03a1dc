package opm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The shape of the sources: STYLE in docs/ARCHITECTURE.md, as far as a machine can see it.
final class TidyTest {
    private static final Path ROOT = Path.of(System.getProperty("opm.root", ".."));
    private static final PathMatcher FOREIGN =
            FileSystems.getDefault().getPathMatcher("glob:**/{target,node_modules,.git}/**");
    private static final int MAX_COLUMNS = 100;
    private static final int MAX_LINES = 600;

    /// Files that are one long thought, with the length that they may have and not exceed.
    private static final Map<String, Integer> LONGER =
            Map.of(
                    // The scanner's states in one place.
                    "resolver/src/main/java/opm/rpmmd/XmlScanner.java", 735,
                    // The order of libsolv's search, step by step.
                    "resolver/src/main/java/opm/solve/Search.java", 840);

    private static final Pattern BANNED_NAME =
            Pattern.compile(".*(Util|Utils|Helper|Manager|Impl)\\.java|Default[A-Z].*\\.java");

    /// What an engineer must not find in a pushed file: paths of one machine.
    private static final Pattern MACHINE = Pattern.compile("/wor[k]/(main|shared)|/tmp/[w]/");

    private static List<Path> sources(String... suffixes) throws IOException {
        try (Stream<Path> walk = Files.walk(ROOT).filter(file -> !FOREIGN.matches(file))) {
            return walk.filter(Files::isRegularFile)
                    .filter(file -> Stream.of(suffixes).anyMatch(file.toString()::endsWith))
                    .sorted()
                    .toList();
        }
    }

    private static void eachLine(List<Path> files, BiConsumer<String, String> look)
            throws IOException {
        for (Path file : files) {
            int number = 0;
            for (String line : Files.readAllLines(file)) {
                number++;
                look.accept(ROOT.relativize(file) + ":" + number, line);
            }
        }
    }

    /// Lines fit on a screen, and no tab changes what a reader sees.
    @Test
    void linesFit() throws IOException {
        var broken = new TreeSet<String>();
        eachLine(
                sources(".java", ".sh"),
                (where, line) -> {
                    // These cannot be broken: imports, addresses, signs, messages.
                    boolean free =
                            line.startsWith("import ")
                                    || line.contains("://")
                                    || line.contains("/// May use:")
                                    // written by ./dev accept
                                    || line.matches(" +\\S+:\\S+\\) printf .*");
                    if (line.codePointCount(0, line.length()) > MAX_COLUMNS && !free) {
                        broken.add(where + " is longer than " + MAX_COLUMNS);
                    }
                    if (line.indexOf('\t') >= 0) {
                        broken.add(where + " has a tab");
                    }
                });
        assertThat(broken).isEmpty();
    }

    /// A file is one thought; the few that are longer do not grow.
    @Test
    void filesStaySmall() throws IOException {
        var broken = new TreeSet<String>();
        for (Path file : sources(".java", ".sh")) {
            String name = ROOT.relativize(file).toString();
            int lines = Files.readAllLines(file).size();
            if (lines > LONGER.getOrDefault(name, MAX_LINES)) {
                broken.add(name + " has " + lines + " lines");
            }
        }
        assertThat(broken).isEmpty();
    }

    /// A name says what a thing is.
    @Test
    void namesSayWhatThingsAre() throws IOException {
        assertThat(sources(".java"))
                .noneMatch(file -> BANNED_NAME.matcher(file.getFileName().toString()).matches());
    }

    /// Only the app floor speaks; everything below returns values and throws.
    @Test
    void onlyTheAppFloorPrints() throws IOException {
        var broken = new TreeSet<String>();
        List<Path> files =
                sources(".java").stream()
                        .filter(file -> file.toString().contains("/src/main/"))
                        .filter(file -> !file.toString().contains("/opm/cli/"))
                        .filter(file -> !ROOT.relativize(file).startsWith("bench"))
                        .toList();
        eachLine(
                files,
                (where, line) -> {
                    if (line.matches(".*System\\.(out|err)\\b.*|.*printStackTrace\\(\\).*")) {
                        broken.add(where);
                    }
                });
        assertThat(broken).isEmpty();
    }

    /// Nothing names a path of the machine that it was written on.
    @Test
    void noPathOfOneMachine() throws IOException {
        var broken = new TreeSet<String>();
        eachLine(
                sources(".java", ".sh", ".md", ".txt", ".xml"),
                (where, line) -> {
                    if (MACHINE.matcher(line).find() && !where.contains("TidyTest")) {
                        broken.add(where + ": " + line);
                    }
                });
        assertThat(broken).isEmpty();
    }
}
