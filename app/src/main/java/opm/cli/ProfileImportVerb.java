package opm.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.engine.Importing;
import opm.engine.Importing.Imported;
import opm.imports.Listed.Lack;
import opm.profile.ProfileText;

/// `opm profile import FILE|DIR -o OUT`: a profile from a root, a container image, or a list that
/// another program wrote; what it lacks is said.
final class ProfileImportVerb implements Verb {
    @Override
    public void accept(Syntax syntax) {
        syntax.value("FILE", "--output", "-o").arguments("FILE", 1, 1);
    }

    @Override
    public int run(Session session) throws OpmException {
        String output = session.value("--output");
        if (output == null) {
            throw new BadRequest(
                    "profile import: found no file to write, expected -o FILE",
                    "For example `opm profile import packages.txt -o box.opmprofile`.");
        }
        Path source = Path.of(session.arguments().getFirst()).toAbsolutePath().normalize();
        Imported imported = new Importing(session.engine()).read(source);
        byte[] text =
                output.endsWith(".gz")
                        ? ProfileText.writePacked(imported.profile())
                        : ProfileText.write(imported.profile());
        session.engine().write(Path.of(output).toAbsolutePath().normalize(), text);
        session.progress().clear();
        List<String> lacks = imported.lacks().stream().map(ProfileImportVerb::word).toList();
        int count = imported.profile().packages().size();
        if (session.settings().json()) {
            try (Json json = session.json()) {
                json.text("file", output)
                        .text("kind", imported.kind())
                        .number("installed", count)
                        .number("completed", imported.completed())
                        .number("bare", imported.bare())
                        .texts("lacks", lacks)
                        .text("base", imported.profile().installedDigest().hex());
            }
            return 0;
        }
        Screen screen = session.screen().forPeople();
        screen.say("profile.imported", output, count, imported.kind());
        if (imported.completed() > 0) {
            screen.say("profile.completed", imported.completed());
        }
        if (!lacks.isEmpty()) {
            screen.say("profile.lacks");
            for (String lack : lacks) {
                screen.line("  - " + session.messages().text("profile.lacks." + lack));
            }
        }
        if (imported.bare() > 0) {
            screen.say("profile.bare", imported.bare());
        }
        return 0;
    }

    private static String word(Lack lack) {
        return lack.name().toLowerCase(Locale.ROOT);
    }
}
