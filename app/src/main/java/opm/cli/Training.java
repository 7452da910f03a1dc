package opm.cli;

import java.io.ByteArrayInputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import opm.host.Host;

/// The run over which the AOT cache is trained: it must load the classes that people wait for.
///
/// Called by dev.d/launch.sh after a build. Prints nothing and changes nothing.
final class Training {
    private Training() {}

    public static void main(String[] arguments) {
        var nowhere = new PrintStream(OutputStream.nullOutputStream());
        for (String line :
                List.of("version", "help", "help version", "version --json", "nothing")) {
            var outside =
                    new Outside(
                            Map.of(),
                            new ByteArrayInputStream(new byte[0]),
                            nowhere,
                            nowhere,
                            "",
                            80,
                            System.getProperty("opm.home", ""));
            Main.run(List.of(line.split(" ")), outside, Host.ofThisMachine());
        }
    }
}
