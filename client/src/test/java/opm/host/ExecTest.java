package opm.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Another program takes the place of a JVM.
final class ExecTest {
    @TempDir Path folder;

    /// A JVM of its own: opens a file, becomes what its other words say.
    static final class Becomes {
        private Becomes() {}

        public static void main(String[] words) throws IOException {
            try (var open = new RandomAccessFile(words[0], "rw")) {
                open.write(1);
                List<String> others = List.of(words).subList(1, words.length);
                Exec.become(others, Map.of("GIVEN", "a b"));
                System.out.println("goes on, file at " + open.getFilePointer());
            }
        }
    }

    private String run(String... words) throws IOException {
        var all =
                new java.util.ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Becomes.class.getName(),
                                folder.resolve("open").toString()));
        all.addAll(List.of(words));
        Process process = new ProcessBuilder(all).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return said.replace(Long.toString(process.pid()), "PID");
    }

    /// The process stays the same one; words and settings arrive, open files do not.
    @Test
    void becomesAnotherProgram() throws IOException {
        String script = "echo $$ \"$GIVEN\" \"$1\"; test -e /proc/$$/fd/1 && ls -l /proc/$$/fd";
        assertThat(run("/bin/sh", "-c", script, "sh", "c  d"))
                .startsWith("PID a b c  d\n")
                .contains(" 1 -> pipe")
                .doesNotContain(folder.toString());
    }

    @Test
    void goesOnWhereThereIsNoSuchProgram() throws IOException {
        assertThat(run("/nowhere/program")).isEqualTo("goes on, file at 1\n");
    }
}
