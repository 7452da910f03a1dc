package opm.cli;

import java.util.ArrayList;
import java.util.List;
import opm.base.OpmException;
import opm.pkgset.PackageRef;

/// `opm list [SPEC...]`: installed and available packages, one line each.
final class ListVerb implements Verb {
    @Override
    public void accept(Syntax syntax) {
        Look.accept(syntax).flag("--all-versions", "--showduplicates").arguments("SPEC", 0, -1);
    }

    @Override
    public int run(Session session) throws OpmException {
        var look = Look.of(session);
        List<PackageRef> found =
                session.arguments().isEmpty()
                        ? look.query().all()
                        : look.named(session.arguments());
        var installed = new ArrayList<PackageRef>();
        var available = new ArrayList<PackageRef>();
        for (PackageRef pkg : found) {
            (look.repo(pkg).startsWith("@") ? installed : available).add(pkg);
        }
        installed.sort(Look.NEWEST_FIRST);
        List<PackageRef> offered =
                session.has("--all-versions")
                        ? available.stream().sorted(Look.NEWEST_FIRST).toList()
                        : Look.newest(available);
        if (session.settings().json()) {
            try (Json json = session.json()) {
                write(json, look, "installed", installed);
                write(json, look, "available", offered);
            }
            return 0;
        }
        print(session.screen(), look, "list.installed", installed);
        print(session.screen(), look, "list.available", offered);
        return 0;
    }

    private static void write(Json json, Look look, String name, List<PackageRef> packages)
            throws OpmException {
        json.beginList(name);
        for (PackageRef pkg : packages) {
            look.item(json, pkg).end();
        }
        json.endList();
    }

    private static void print(Screen screen, Look look, String heading, List<PackageRef> packages)
            throws OpmException {
        if (packages.isEmpty()) {
            return;
        }
        screen.line(screen.bold(screen.messages().text(heading)));
        var rows = new ArrayList<List<String>>();
        for (PackageRef pkg : packages) {
            rows.add(List.of(pkg.nevra().nameArch(), pkg.nevra().evr().toString(), look.repo(pkg)));
        }
        new Columns(screen).print(rows);
    }
}
