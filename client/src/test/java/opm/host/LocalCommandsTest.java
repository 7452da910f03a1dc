package opm.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import opm.base.OpmException.Refused;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Programs get what they need, say what they say, and are stopped when they say or take too much.
@Timeout(60)
class LocalCommandsTest {
    private final LocalCommands commands = new LocalCommands();

    private static Command sh(String script) {
        return Command.of("sh", "-c", script);
    }

    /// Both outputs and the exit status come back, whatever that is.
    @Test
    void runs() throws Exception {
        var result = commands.run(sh("echo out; echo err >&2; exit 7"));
        assertThat(result.exitStatus()).isEqualTo(7);
        assertThat(result.outText()).isEqualTo("out\n");
        assertThat(result.errText()).isEqualTo("err\n");
    }

    /// A program reads its input to the end and sees its variables.
    @Test
    void feeds() throws Exception {
        var command =
                sh("cat; echo $OPM_X; echo ${PATH-none}")
                        .withInput("in\n".getBytes(StandardCharsets.UTF_8))
                        .withEnv(Map.of("OPM_X", "x"));
        assertThat(commands.run(command).outText()).startsWith("in\nx\n");
        var removed = sh("echo ${HOME-none}").withEnv(Map.of("HOME", ""));
        assertThat(commands.run(removed).outText()).isEqualTo("none\n");
    }

    /// Input that nobody reads does not hold us up.
    @Test
    void survivesUnreadInput() throws Exception {
        assertThat(commands.run(sh("exit 3").withInput(new byte[10 << 20])).exitStatus())
                .isEqualTo(3);
    }

    /// Much on both outputs at once does not block.
    @Test
    void readsBothOutputs() throws Exception {
        String much =
                "i=0; while [ $i -lt 20000 ]; do"
                        + " echo 0123456789; echo 0123456789 >&2; i=$((i+1)); done";
        var result = commands.run(sh(much));
        assertThat(result.out()).hasSize(220_000);
        assertThat(result.err()).hasSize(220_000);
    }

    /// Exactly the limit passes, one byte more does not.
    @Test
    void refusesJustPastItsLimit() throws Exception {
        assertThat(commands.run(sh("printf 12345").withOutputLimit(5)).outText())
                .isEqualTo("12345");
        assertThatThrownBy(() -> commands.run(sh("printf 123456").withOutputLimit(5)))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("more than 5 bytes");
        assertThatThrownBy(() -> commands.run(sh("yes").withOutputLimit(1000)))
                .isInstanceOf(Refused.class);
    }

    /// A program that takes too long is stopped, with its children.
    @Test
    void stopsSlowPrograms() {
        long start = System.nanoTime();
        assertThatThrownBy(() -> commands.run(sh("sleep 600; true").withTimeout(1)))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("no end after 1 seconds");
        assertThat((System.nanoTime() - start) / 1e9).isLessThan(30);
    }

    /// A program that is not there is named, with what to do.
    @Test
    void namesMissingPrograms() {
        assertThatThrownBy(() -> commands.run(Command.of("opm-no-such-program")))
                .isInstanceOfSatisfying(
                        Refused.class, e -> assertThat(e.hint()).contains("Install"))
                .hasMessageContaining("opm-no-such-program");
        assertThat(commands.has("opm-no-such-program")).isFalse();
        assertThat(commands.has("sh")).isTrue();
        assertThat(commands.has("/bin/sh")).isTrue();
    }

    /// Output can be read while the program runs; closing stops it.
    @Test
    void streams() throws Exception {
        try (var running = commands.start(sh("echo one; echo err >&2; exit 4"))) {
            assertThat(running.out().readNBytes(4))
                    .isEqualTo("one\n".getBytes(StandardCharsets.UTF_8));
            var result = running.finish();
            assertThat(result.exitStatus()).isEqualTo(4);
            assertThat(result.errText()).isEqualTo("err\n");
        }
        long start = System.nanoTime();
        try (var running = commands.start(sh("echo first; exec sleep 600"))) {
            assertThat(running.out().read()).isEqualTo('f');
        }
        assertThat((System.nanoTime() - start) / 1e9).isLessThan(30);
    }
}
