package opm.base;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Programs and data that tests compare with, where they are present.
final class Peer {
    private Peer() {}

    static boolean has(String program) {
        return Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    /// Where the shared test data is, or null.
    static @Nullable Path shared() {
        String named = System.getenv("OPM_SHARED");
        Path path =
                named == null
                        ? Path.of(System.getProperty("opm.root", ".."), "../shared")
                        : Path.of(named);
        return Files.isDirectory(path.resolve("corpus")) ? path : null;
    }

    static String outputOf(String... argv) throws Exception {
        var process =
                new ProcessBuilder(argv).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(120, TimeUnit.SECONDS)) {
            throw new AssertionError(argv[0] + " does not end");
        }
        return out;
    }

    /// Returns the standard error of a program that failed, "" where it did not.
    static String errorOf(String... argv) throws Exception {
        var process =
                new ProcessBuilder(argv).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        process.getOutputStream().close();
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(120, TimeUnit.SECONDS)) {
            throw new AssertionError(argv[0] + " does not end");
        }
        return process.exitValue() == 0 ? "" : err.isEmpty() ? "failed" : err;
    }
}
