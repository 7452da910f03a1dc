package opm.testcase;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import opm.base.OpmException;

/// Testcases for the tests of this room, from files and from text.
final class Cases {
    static final Path PROJECT = Path.of(System.getProperty("opm.root", ".."));

    private Cases() {}

    /// Returns shared data, or skips the test where there is none.
    static Path shared(String name) {
        String set = System.getenv("OPM_SHARED");
        Path folder = set == null || set.isEmpty() ? PROJECT.resolve("../shared") : Path.of(set);
        Path path = folder.resolve(name);
        assumeTrue(Files.exists(path), "shared data " + name + " is not here ($OPM_SHARED)");
        return path;
    }

    static List<Path> below(Path folder, String suffix) {
        try (Stream<Path> walk = Files.walk(folder)) {
            return walk.filter(path -> path.toString().endsWith(suffix)).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<Graded> run(Path file) throws OpmException {
        Folder folder = name -> readOrNull(file.resolveSibling(name));
        return Testcase.run(bytes(file), folder, new Shelf(), false, () -> false);
    }

    static List<Graded> run(String text) throws OpmException {
        return Testcase.run(
                text.getBytes(StandardCharsets.ISO_8859_1),
                name -> null,
                new Shelf(),
                true,
                () -> false);
    }

    static byte @org.jspecify.annotations.Nullable [] readOrNull(Path file) {
        return Files.exists(file) ? bytes(file) : null;
    }

    static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
