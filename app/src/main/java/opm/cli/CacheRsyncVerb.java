package opm.cli;

import java.util.ArrayList;
import java.util.List;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.base.OpmException.Unavailable;
import opm.host.Command;

/// `opm cache rsync-to PLACE` and `rsync-from PLACE`: objects to or from another machine, by rsync.
///
/// What arrives is worth what its bytes are: it is hashed before its first use.
final class CacheRsyncVerb implements Verb {
    private static final int DAY_SECONDS = 86_400;
    private final boolean from;

    CacheRsyncVerb(boolean from) {
        this.from = from;
    }

    @Override
    public void accept(Syntax syntax) {
        syntax.arguments("PLACE", 1, 1);
    }

    @Override
    public int run(Session session) throws OpmException {
        String place = session.arguments().getFirst();
        if (place.startsWith("-")) {
            throw new BadRequest(
                    "'" + place + "': found an option, expected HOST:FOLDER or a folder",
                    "`opm cache rsync-to other:/var/cache/CAShe`");
        }
        if (!session.host().commands().has("rsync")) {
            throw new Unavailable("found no rsync here", "Install it: it does the copying.");
        }
        String ours = session.engine().store().root() + "/";
        String theirs = place.endsWith("/") ? place : place + "/";
        session.host().disk().createDirectories(session.engine().store().root());
        var argv =
                new ArrayList<>(List.of("rsync", "-rt", "--ignore-existing", "--partial-dir=.r"));
        // The objects alone: whose references and settings are whose stays as it is.
        argv.addAll(List.of("--include=/md5/***", "--include=/sha*/***", "--exclude=*", "--"));
        argv.addAll(from ? List.of(theirs, ours) : List.of(ours, theirs));
        var said = session.host().commands().run(Command.of(argv).withTimeout(DAY_SECONDS));
        if (said.exitStatus() != 0) {
            throw new Unavailable(
                    "rsync: found exit status "
                            + said.exitStatus()
                            + ", expected 0: "
                            + said.errText().lines().findFirst().orElse(""),
                    "Check the place and the connection; what came stays.");
        }
        return 0;
    }
}
