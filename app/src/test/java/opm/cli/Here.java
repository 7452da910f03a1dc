package opm.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import opm.host.Host;

/// opm on this machine in the process of the test, which saves its start: half of the time of most
/// runs. Programs that opm starts get the environment of the test.
///
/// @param status its exit status
public record Here(int status, String out, String err) {
    /// Runs one command line.
    ///
    /// @param home where opm is installed
    public static Here run(Map<String, String> environment, String home, List<String> words) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var outside =
                new Outside(
                        environment,
                        new ByteArrayInputStream(new byte[0]),
                        new PrintStream(out, false, StandardCharsets.UTF_8),
                        new PrintStream(err, false, StandardCharsets.UTF_8),
                        "",
                        Ran.COLUMNS,
                        home);
        int status = Main.run(words, outside, Host.ofThisMachine());
        outside.out().flush();
        outside.err().flush();
        return new Here(
                status,
                out.toString(StandardCharsets.UTF_8),
                err.toString(StandardCharsets.UTF_8));
    }
}
