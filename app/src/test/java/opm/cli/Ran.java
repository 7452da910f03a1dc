package opm.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import opm.host.Host;

/// One run of the command line inside the test: its status and both streams, none of them a
/// terminal.
record Ran(int status, String out, String err) {
    static final int COLUMNS = 80;

    /// Runs with the state of users below a folder.
    static Ran in(Path folder, Host host, List<String> words) {
        return with(
                Map.of("XDG_STATE_HOME", folder.resolve("state").toString()), host, COLUMNS, words);
    }

    /// Runs with some variables and so many columns.
    static Ran with(Map<String, String> variables, Host host, int columns, List<String> words) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var outside =
                new Outside(
                        variables,
                        new ByteArrayInputStream(new byte[0]),
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        "",
                        columns,
                        "");
        int status = Main.run(words, outside, host);
        return new Ran(
                status,
                out.toString(StandardCharsets.UTF_8),
                err.toString(StandardCharsets.UTF_8));
    }
}
