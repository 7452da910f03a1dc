package opm.apply;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import opm.history.StateFolder;
import opm.host.Host;
import opm.host.RpmCommand;

/// Java's applier as a process of its own, which can be killed: `ApplyProcess BUNDLE ROOT`.
final class ApplyProcess {
    private ApplyProcess() {}

    public static void main(String[] words) throws Exception {
        Host host = Host.ofThisMachine();
        RpmCommand rpm = RpmCommand.at(Path.of(words[1]), host.commands());
        var applier = new Applier(host, rpm, StateFolder.in(rpm.root()));
        ScratchRoot.Run run = ApplyWorld.java(applier, Path.of(words[0]));
        System.out.println(run.output());
        System.exit(run.status());
    }

    /// Returns the words that start it; a bundle and a root follow.
    static List<String> command() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-ea",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classPath(),
                ApplyProcess.class.getName());
    }

    private static String classPath() {
        // Surefire hides the class path in a jar's manifest and tells it here.
        String real = System.getProperty("surefire.real.class.path");
        String path = real != null ? real : System.getProperty("java.class.path", "");
        var absolute = new ArrayList<String>();
        for (String element : path.split(File.pathSeparator)) {
            if (!element.isEmpty()) {
                absolute.add(Path.of(element).toAbsolutePath().toString());
            }
        }
        return String.join(File.pathSeparator, absolute);
    }
}
