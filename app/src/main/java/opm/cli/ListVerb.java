package opm.cli;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.pkgset.PackageRef;
import opm.profile.InstalledPackage;

/// `opm list [SPEC...]`: installed and available packages, one line each.
final class ListVerb implements Verb {
    @Override
    public void accept(Syntax syntax) {
        Look.accept(syntax)
                .flag("--user-installed", "--userinstalled")
                .flag("--all-versions", "--showduplicates")
                .arguments("SPEC", 0, -1);
    }

    @Override
    public int run(Session session) throws OpmException {
        var look = Look.of(session);
        List<PackageRef> found =
                session.arguments().isEmpty()
                        ? look.visible(look.query().all())
                        : look.named(session.arguments());
        var installed = new ArrayList<PackageRef>();
        var available = new ArrayList<PackageRef>();
        for (PackageRef pkg : found) {
            (look.repo(pkg).startsWith("@") ? installed : available).add(pkg);
        }
        if (session.has("--user-installed")) {
            available.clear();
            installed.retainAll(wantedByPeople(session, installed));
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

    /// Keeps what somebody asked for, as far as the machine's package manager wrote that down.
    private static List<PackageRef> wantedByPeople(Session session, List<PackageRef> packages)
            throws OpmException {
        var wanted = new HashSet<Nevra>();
        for (InstalledPackage pkg : session.engine().machine().packages()) {
            switch (pkg.reason()) {
                case USER, GROUP -> wanted.add(pkg.nevra());
                case UNKNOWN, DEPENDENCY, WEAK -> {}
            }
        }
        return packages.stream().filter(pkg -> wanted.contains(pkg.nevra())).toList();
    }

    private static void write(Json json, Look look, String name, List<PackageRef> packages)
            throws OpmException {
        json.beginList(name);
        for (PackageRef pkg : packages) {
            look.item(json, pkg).end();
        }
        json.endList();
    }

    private static List<String> row(Look look, PackageRef pkg) throws OpmException {
        return List.of(pkg.nevra().nameArch(), pkg.nevra().evr().toString(), look.repo(pkg));
    }

    private static void print(Screen screen, Look look, String heading, List<PackageRef> packages)
            throws OpmException {
        if (packages.isEmpty()) {
            return;
        }
        screen.line(screen.bold(screen.messages().text(heading)));
        new Columns(screen).print(packages.size(), at -> row(look, packages.get(at)));
    }
}
