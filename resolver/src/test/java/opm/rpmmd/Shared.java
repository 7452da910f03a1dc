package opm.rpmmd;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/// The shared test data, which lies outside the project and may be absent.
public final class Shared {
    private Shared() {}

    /// Returns a path below the shared data; skips the test when it is not there.
    public static Path path(String name) {
        String set = System.getenv("OPM_SHARED");
        Path root =
                set == null
                        ? Path.of(System.getProperty("opm.root", ".")).resolve("../shared")
                        : Path.of(set);
        Path path = root.resolve(name);
        assumeTrue(Files.exists(path), "shared data " + name + " is not here ($OPM_SHARED)");
        return path;
    }
}
