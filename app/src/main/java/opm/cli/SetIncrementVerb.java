package opm.cli;

import java.nio.file.Path;
import java.util.List;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.pkgset.PackageSet;
import opm.rpmmd.Increments;

/// `opm set increment OLD NEW -o FOLDER`: publishes the step from one set to the next.
final class SetIncrementVerb implements Verb {
    @Override
    public void accept(Syntax syntax) {
        syntax.value("FOLDER", "--output", "-o").arguments("FILE", 2, 2);
    }

    @Override
    public int run(Session session) throws OpmException {
        String output = session.value("--output");
        if (output == null) {
            throw new BadRequest(
                    "set increment: found no folder to write to, expected -o FOLDER",
                    "For example `opm set increment old.opmset new.opmset -o repodata`.");
        }
        List<PackageSet> sets = SetInfoVerb.open(session.arguments());
        Path folder = Path.of(output).toAbsolutePath().normalize();
        long bytes =
                new Increments(session.host().disk())
                        .publish(sets.getFirst(), sets.getLast(), folder);
        if (session.settings().json()) {
            try (Json json = session.json()) {
                json.text("folder", folder.toString()).number("bytes", bytes);
            }
            return 0;
        }
        session.screen().say("set.step", folder, Screen.size(bytes));
        return 0;
    }
}
