package opm.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/// What one run of opm sees of the terminal and the environment. Tests bring their own.
///
/// @param terminals which of standard input, output and error are a terminal: `012`, `2`, empty;
///     the launcher asks, because the JDK cannot
/// @param columns the width of the terminal, 80 when unknown
/// @param home the project's or the installation's folder, empty when unknown
/// @param cancelled set by Ctrl-C
/// @param longWork to be run when a command turns out to need minutes, before it writes anything:
///     may begin it again in a JVM made for that, and not return
record Outside(
        Map<String, String> environment,
        InputStream in,
        PrintStream out,
        PrintStream err,
        String terminals,
        int columns,
        String home,
        AtomicBoolean cancelled,
        Runnable longWork) {
    private static final int USUAL_COLUMNS = 80;
    private static final int BUFFER_BYTES = 1 << 16;

    /// Makes one that nobody interrupts.
    Outside(
            Map<String, String> environment,
            InputStream in,
            PrintStream out,
            PrintStream err,
            String terminals,
            int columns,
            String home) {
        this(environment, in, out, err, terminals, columns, home, new AtomicBoolean(), () -> {});
    }

    /// Returns the terminal that this process runs in.
    ///
    /// @param words that the process was started with
    static Outside ofThisProcess(List<String> words, AtomicBoolean cancelled) {
        String home = System.getProperty("opm.home", "");
        return new Outside(
                System.getenv(),
                System.in,
                stream(FileDescriptor.out, BUFFER_BYTES),
                stream(FileDescriptor.err, BUFFER_BYTES),
                System.getProperty("opm.terminals", ""),
                Integer.getInteger("opm.columns", USUAL_COLUMNS),
                home,
                cancelled,
                () -> LongWork.begin(home, words));
    }

    private static PrintStream stream(FileDescriptor descriptor, int bufferBytes) {
        var buffered =
                new java.io.BufferedOutputStream(new FileOutputStream(descriptor), bufferBytes);
        return new PrintStream(buffered, false, StandardCharsets.UTF_8);
    }

    /// Returns the same with another standard output, which is no terminal.
    Outside writingTo(PrintStream other) {
        return new Outside(
                environment,
                in,
                other,
                err,
                terminals.replace("1", ""),
                columns,
                home,
                cancelled,
                longWork);
    }

    boolean inIsTerminal() {
        return terminals.indexOf('0') >= 0;
    }

    boolean outIsTerminal() {
        return terminals.indexOf('1') >= 0;
    }

    boolean errIsTerminal() {
        return terminals.indexOf('2') >= 0;
    }

    /// Returns a variable of the environment, empty when it is not set.
    String variable(String name) {
        return environment.getOrDefault(name, "");
    }
}
