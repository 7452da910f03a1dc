package opm.cli;

import java.util.ArrayList;
import java.util.List;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.base.OpmException.Refused;
import opm.host.Command;
import opm.host.Commands;
import opm.pkgset.PackageRef;
import opm.pkgset.Queries;

/// `opm mark user SPEC...`, `opm mark dependency SPEC...`: why packages are there. The machine's
/// own package manager keeps that, so it is told.
final class MarkVerb implements Verb {
    private final boolean user;

    MarkVerb(boolean user) {
        this.user = user;
    }

    @Override
    public void accept(Syntax syntax) {
        syntax.arguments("SPEC", 1, -1);
    }

    @Override
    public int run(Session session) throws OpmException {
        if (session.settings().profile() != null) {
            throw new BadRequest(
                    "--profile: found another machine's profile, expected this machine to change",
                    "Run it on that machine.");
        }
        var installed = new Queries(List.of(session.engine().installed()));
        session.progress().clear();
        var names = new ArrayList<String>();
        for (String spec : session.arguments()) {
            List<PackageRef> found = installed.named(ChangeVerb.checked(spec));
            if (found.isEmpty()) {
                throw new BadRequest(
                        "'" + spec + "': found no installed package, expected one",
                        "`opm list --installed` lists them.");
            }
            found.forEach(pkg -> names.add(pkg.nevra().toString()));
        }
        Commands commands = session.host().commands();
        if (!commands.has("dnf")) {
            throw new Refused(
                    "found no dnf, expected one that keeps why packages are there",
                    "zypper and rpm keep no such list that could be changed.");
        }
        var argv = new ArrayList<>(List.of("dnf", "-y", "-C"));
        argv.add("--installroot=" + session.settings().root());
        argv.addAll(List.of("mark", user ? "install" : "remove"));
        argv.addAll(names);
        Commands.Result said = commands.run(Command.of(argv));
        if (said.exitStatus() != 0) {
            throw new Refused(
                    "dnf mark: " + said.errText().strip(), "Its words say what is in the way.");
        }
        if (session.settings().json()) {
            try (Json json = session.json()) {
                json.text("reason", user ? "user" : "dependency").texts("packages", names);
            }
            return 0;
        }
        names.forEach(name -> session.screen().forPeople().line(name));
        return 0;
    }
}
