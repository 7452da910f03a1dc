package opm.cli;

import java.nio.file.Path;
import opm.base.OpmException;
import opm.profile.ProfileText;

/// `opm profile [-o FILE[.gz]]`: this machine as text, for a solve elsewhere.
final class ProfileVerb implements Verb {
    @Override
    public void accept(Syntax syntax) {
        AfterOption.accept(syntax.value("FILE", "--output", "-o"));
    }

    @Override
    public int run(Session session) throws OpmException {
        AfterOption.read(session);
        var machine = session.engine().machine();
        String output = session.value("--output");
        // As `sh opm-profile.sh -o FILE.gz` does.
        byte[] text =
                output != null && output.endsWith(".gz")
                        ? ProfileText.writePacked(machine)
                        : ProfileText.write(machine);
        session.progress().clear();
        if (output == null || output.equals("-")) {
            session.outside().out().writeBytes(text);
            return 0;
        }
        Path file = Path.of(output).toAbsolutePath().normalize();
        session.engine().write(file, text);
        if (session.settings().json()) {
            try (Json json = session.json()) {
                json.text("file", file.toString())
                        .number("bytes", text.length)
                        .number("installed", machine.packages().size())
                        .text("base", machine.installedDigest().hex());
            }
            return 0;
        }
        session.screen().forPeople().say("profile.written", output, machine.packages().size());
        return 0;
    }
}
