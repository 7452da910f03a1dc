package opm.cli;

import java.nio.file.Path;
import java.util.List;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.bundle.BundleJoin;

/// `opm bundle join PART... -o FILE`: the whole bundle again, byte for byte; one lost part is
/// computed from the others and the parity part.
final class BundleJoinVerb implements Verb {
    @Override
    public void accept(Syntax syntax) {
        syntax.value("FILE", "--output", "-o").arguments("FILE", 1, -1);
    }

    @Override
    public int run(Session session) throws OpmException {
        String output = session.value("--output");
        if (output == null) {
            throw new BadRequest(
                    "bundle join: found no file to write, expected -o FILE.opm",
                    "For example `opm bundle join box.*.opm -o box.opm`.");
        }
        List<Path> parts =
                session.arguments().stream()
                        .map(part -> Path.of(part).toAbsolutePath().normalize())
                        .toList();
        Path file = Path.of(output).toAbsolutePath().normalize();
        if (parts.contains(file)) {
            throw new BadRequest(
                    "-o " + output + ": found one of the parts, expected another file",
                    "Choose another name.");
        }
        var joined = BundleJoin.join(session.host().disk(), parts, file);
        if (session.settings().json()) {
            try (Json json = session.json()) {
                json.text("result", joined.recovered() > 0 ? "recovered" : "joined")
                        .text("file", file.toString())
                        .number("bytes", joined.whole().sizeBytes())
                        .text("seal", joined.whole().seal().hex())
                        .number("recovered", joined.recovered());
            }
            return 0;
        }
        Screen screen = session.screen().forPeople();
        if (joined.recovered() > 0) {
            screen.say("join.recovered", joined.recovered());
        }
        screen.say("join.done", output, Screen.size(joined.whole().sizeBytes()));
        screen.say("inspect.seal", joined.whole().seal().hex());
        return 0;
    }
}
