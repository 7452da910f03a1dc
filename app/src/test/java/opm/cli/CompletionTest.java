package opm.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import opm.host.Host;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Completion of package names from the lists that a refresh leaves, in the shells themselves.
final class CompletionTest {
    @TempDir Path folder;

    private String opm(String... words) {
        Ran ran = Ran.with(Map.of(), Host.ofThisMachine(), 100, List.of(words));
        assertThat(ran.status()).isZero();
        return ran.out();
    }


    private String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return said;
    }

    @Test
    void namesInBash() throws IOException, InterruptedException {
        // TAB behind a command of packages gives the names that begin so; elsewhere commands.
        assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "skipped: no bash here");
        TinyWorld.in(folder);
        String state = folder.resolve("state").toString();
        String profile = folder.resolve("tiny.opmprofile").toString();
        String base = "base=" + folder.resolve("base");
        opm("refresh", "--state", state, "--profile", profile, "--repo", base);
        Path script = folder.resolve("opm.bash");
        Files.writeString(script, opm("completion", "bash"));
        String ask =
                ". %s; COMP_WORDS=(opm %s); COMP_CWORD=$((${#COMP_WORDS[@]} - 1));"
                        + " COMP_LINE=\"${COMP_WORDS[*]}\"; COMP_POINT=${#COMP_LINE};"
                        + " _opm_complete; printf '%%s\\n' \"${COMPREPLY[@]}\"";
        assertThat(run("bash", "-c", ask.formatted(script, "--state " + state + " install ed")))
                .isEqualTo("editor\neditor-common\n");
        assertThat(run("bash", "-c", ask.formatted(script, "--state " + state + " info fight-a")))
                .isEqualTo("fight-a\n");
        assertThat(run("bash", "-c", ask.formatted(script, "--state " + state + " install e.")))
                .isEqualTo("\n");
        assertThat(run("bash", "-c", ask.formatted(script, "upg"))).contains("upgrade");
        assertThat(run("bash", "-n", script.toString())).isEmpty();
    }
}
