package opm.solve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Runs every world under cases/solver. Format: docs/formats/cases.md
class CaseTest {
    private static Path folder() {
        return Path.of(System.getProperty("opm.root", "..")).resolve("cases/solver");
    }

    @TestFactory
    Stream<DynamicTest> cases() throws IOException {
        // Each one-screen world ends as it says.
        List<Path> files;
        try (var found = Files.list(folder())) {
            files = found.sorted().toList();
        }
        assertThat(files).hasSizeGreaterThan(40);
        return files.stream()
                .map(
                        file ->
                                DynamicTest.dynamicTest(
                                        file.getFileName().toString(), () -> check(file)));
    }

    private static void check(Path file) throws IOException {
        String text = Files.readString(file);
        assertThat(file.getFileName().toString()).endsWith(".case");
        assertThat(text).as("a case says first what it shows").startsWith("# ");
        CaseWorld world = CaseWorld.read(text);
        assertThat(String.join("\n", world.outcome()))
                .isEqualTo(String.join("\n", world.expected()));
    }

    @Test
    void unknownKeywordsFail() {
        // A misspelt line is no case that happens to pass.
        for (String line :
                List.of(
                        "rpeo a-1-1.noarch",
                        "repo a-1-1.noarch  requries: b",
                        "policy bets",
                        "ask instal a",
                        "repo a-1")) {
            try {
                CaseWorld.read("# x\n" + line + "\nexpect\n").outcome();
            } catch (IllegalArgumentException _) {
                continue;
            }
            throw new AssertionError("'" + line + "' was taken");
        }
    }
}
