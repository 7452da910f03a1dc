package opm.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import opm.host.Command;
import opm.host.Commands;
import org.junit.jupiter.api.Test;

/// What NetworkManager says about the connection is read as it means it.
class MeteredTest {
    /// @param status of busctl; negative where there is none
    private static boolean is(int status, String out) {
        return Metered.is(
                new Commands() {
                    @Override
                    public Result run(Command command) {
                        assertThat(command.program()).isEqualTo("busctl");
                        return new Result(status, out.getBytes(UTF_8), new byte[0]);
                    }

                    @Override
                    public Running start(Command command) {
                        throw new AssertionError("nothing runs on");
                    }

                    @Override
                    public boolean has(String program) {
                        return status >= 0;
                    }
                });
    }

    // Yes and a guessed yes count; no, a guessed no, unknown and nobody to ask do not.
    @Test
    void readsTheAnswer() {
        assertThat(is(0, "u 1\n")).isTrue();
        assertThat(is(0, "u 3\n")).isTrue();
        for (String other : new String[] {"u 0\n", "u 2\n", "u 4\n", "", "u 11\n"}) {
            assertThat(is(0, other)).as(other).isFalse();
        }
        assertThat(is(1, "u 1\n")).isFalse();
        assertThat(is(-1, "u 1\n")).isFalse();
    }
}
