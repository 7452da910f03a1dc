package opm.cli;

import java.nio.file.Path;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.pkgset.PackageSet;

/// `opm set build FOLDER|URL -o FILE`: turns a repository into a package set; `opm set merge
/// FILE... -o FILE`: makes one set of several.
final class SetBuildVerb implements Verb {
    private final boolean merge;

    SetBuildVerb(boolean merge) {
        this.merge = merge;
    }

    @Override
    public void accept(Syntax syntax) {
        syntax.value("FILE", "--output", "-o");
        if (merge) {
            syntax.arguments("FILE", 1, -1);
        } else {
            syntax.flag("--files").flag("--bulk").arguments("SOURCE", 1, 1);
        }
    }

    @Override
    public int run(Session session) throws OpmException {
        String output = session.value("--output");
        if (output == null) {
            throw new BadRequest(
                    session.command() + ": found no file to write, expected -o FILE",
                    "For example `opm set build FOLDER -o base.opmset`.");
        }
        Path file = Path.of(output).toAbsolutePath().normalize();
        var files = session.engine().setFiles();
        PackageSet set =
                merge
                        ? files.merge(SetInfoVerb.open(session.arguments()), file)
                        : files.build(
                                session.arguments().getFirst(),
                                file,
                                session.has("--files"),
                                session.has("--bulk"));
        session.progress().clear();
        if (session.settings().json()) {
            try (Json json = session.json()) {
                json.text("file", file.toString());
                SetInfoVerb.describe(json, set);
            }
            return 0;
        }
        session.screen()
                .say(
                        "set.written",
                        file,
                        session.messages().count("refresh.packages", set.packageCount()),
                        Screen.size(set.fileBytes()));
        return 0;
    }
}
