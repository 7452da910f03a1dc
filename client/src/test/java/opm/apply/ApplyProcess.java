package opm.apply;

import java.nio.file.Path;
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
        if (run.status() != 0) {
            throw new IllegalStateException(run.output());
        }
    }
}
