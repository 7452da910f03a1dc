package opm.host;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A program to run, with everything that it gets to see.
///
/// @param argv the program, looked for in PATH unless it has a `/`, and its arguments
/// @param env set on top of this process's environment; an empty value removes the variable
/// @param stdin what it reads; it sees the end after that
/// @param outputLimitBytes how much it may print before it is stopped
/// @param timeoutSeconds how long it may run before it is stopped; 0 for ever
/// @param folder its working directory; null for ours
/// @param shielded a Ctrl-C in the terminal or its end reaches this process and not the program
@SuppressWarnings("ArrayRecordComponent") // one owner, never compared
public record Command(
        List<String> argv,
        Map<String, String> env,
        byte[] stdin,
        int outputLimitBytes,
        int timeoutSeconds,
        @Nullable Path folder,
        boolean shielded) {
    private static final int USUAL_OUTPUT_BYTES = 16 << 20;

    public Command {
        if (argv.isEmpty()) {
            throw new IllegalArgumentException("a command without a program");
        }
        argv = List.copyOf(argv);
        env = Map.copyOf(env);
    }

    /// Makes a command that reads nothing, prints at most 16 MiB and may take its time.
    public static Command of(String... argv) {
        return of(List.of(argv));
    }

    /// Makes a command that reads nothing, prints at most 16 MiB and may take its time.
    public static Command of(List<String> argv) {
        return new Command(argv, Map.of(), new byte[0], USUAL_OUTPUT_BYTES, 0, null, false);
    }

    /// Returns the same with variables set.
    public Command withEnv(Map<String, String> variables) {
        return new Command(
                argv, variables, stdin, outputLimitBytes, timeoutSeconds, folder, shielded);
    }

    /// Returns the same with something to read.
    public Command withInput(byte[] bytes) {
        return new Command(argv, env, bytes, outputLimitBytes, timeoutSeconds, folder, shielded);
    }

    /// Returns the same with another bound on its output.
    public Command withOutputLimit(int bytes) {
        return new Command(argv, env, stdin, bytes, timeoutSeconds, folder, shielded);
    }

    /// Returns the same with a bound on its time.
    public Command withTimeout(int seconds) {
        return new Command(argv, env, stdin, outputLimitBytes, seconds, folder, shielded);
    }

    /// Returns the same in another working directory.
    public Command in(Path other) {
        return new Command(argv, env, stdin, outputLimitBytes, timeoutSeconds, other, shielded);
    }

    /// Returns the same, which a Ctrl-C does not reach. Whoever waits for it says when to stop.
    public Command shield() {
        return new Command(argv, env, stdin, outputLimitBytes, timeoutSeconds, folder, true);
    }

    /// Returns the program.
    public String program() {
        return argv.getFirst();
    }
}
