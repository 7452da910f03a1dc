package opm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import opm.host.Host;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// Whole runs of the command line over [TinyWorld]: every byte of both streams, and the status.
///
/// A snapshot is a file that begins with `$ opm ...` and holds what that prints. To add one, write
/// that first line and run `./dev accept`; then read what it wrote. `WORLD` stands for the folder.
final class SnapshotTest {
    private static final Path SNAPSHOTS =
            Path.of(System.getProperty("opm.root", ".."))
                    .resolve("app/src/test/resources/opm/cli/snapshots");
    private static final boolean ACCEPT = !System.getProperty("opm.accept", "").isEmpty();
    private static final String PROMPT = "$ opm ";

    @TempDir Path folder;

    /// What users and scripts see changes only on purpose.
    @TestFactory
    Stream<DynamicTest> runsPrintWhatTheyPrinted() throws IOException {
        TinyWorld.in(folder);
        try (Stream<Path> files = Files.list(SNAPSHOTS)) {
            List<Path> snapshots =
                    files.filter(file -> file.toString().endsWith(".txt")).sorted().toList();
            assertThat(snapshots).isNotEmpty();
            return snapshots.stream()
                    .map(file -> DynamicTest.dynamicTest(name(file), () -> check(file)));
        }
    }

    private static String name(Path file) {
        return file.getFileName().toString().replace(".txt", "");
    }

    private void check(Path file) throws IOException {
        String wanted = Files.readString(file);
        String first = wanted.lines().findFirst().orElse("");
        assertThat(first).as("the first line of " + file).startsWith(PROMPT.strip());
        String found = first + "\n" + run(first.substring(PROMPT.strip().length()).strip());
        if (ACCEPT) {
            Files.writeString(file, found);
            return;
        }
        assertThat(found).isEqualTo(wanted);
    }

    private String run(String line) {
        var words = new ArrayList<String>();
        for (String word : line.isEmpty() ? new String[0] : line.split(" +")) {
            words.add(word.replace("WORLD", folder.toString()));
        }
        var real = Host.ofThisMachine();
        InstantSource noon = InstantSource.fixed(Instant.parse("2026-01-01T12:00:00Z"));
        var host = new Host(real.disk(), real.commands(), real.net(), noon);
        Ran ran = Ran.in(folder, host, words);
        return "--- standard output\n"
                + text(ran.out())
                + "--- standard error\n"
                + text(ran.err())
                + "--- exit status "
                + ran.status()
                + "\n";
    }

    private String text(String said) {
        return said.replace(folder.toString(), "WORLD");
    }
}
