package opm.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import opm.base.OpmException;
import opm.engine.Solution;
import opm.fetch.Wanted;
import opm.pkgset.PackageRef;
import opm.solve.Request;
import opm.solve.Verdict;
import opm.store.Store;

/// `opm download SPEC...`: packages into a folder, or where they may be had.
final class DownloadVerb implements Verb {
    @Override
    public void accept(Syntax syntax) {
        Addresses.accept(syntax)
                .flag("--resolve")
                .flag("--store-only")
                .value("DIR", "--destdir", "-d")
                .arguments("SPEC", 1, -1);
    }

    @Override
    public int run(Session session) throws OpmException {
        if (!Addresses.areWanted(session)) {
            Store.warmUp();
        }
        List<PackageRef> packages;
        if (session.has("--resolve")) {
            Request request = ChangeVerb.request(Request.Verb.INSTALL, session.arguments());
            Solution solution = session.engine().solve(request, List.of("download"));
            session.progress().clear();
            if (!(solution.verdict() instanceof Verdict.Solved)) {
                return new Answers(session).unsolved(solution);
            }
            packages = solution.coming().values().stream().toList();
        } else {
            packages = newest(session);
        }
        List<Wanted> wanted = session.engine().wanted(packages);
        if (Addresses.areWanted(session)) {
            Addresses.print(session, wanted);
            return 0;
        }
        String destination = session.value("--destdir");
        Path folder = Path.of(destination == null ? "." : destination).toAbsolutePath().normalize();
        session.engine().fetch(wanted);
        session.progress().clear();
        if (session.has("--store-only")) {
            report(session, wanted, session.engine().store().root());
            return 0;
        }
        session.host().disk().createDirectories(folder);
        for (Wanted one : wanted) {
            session.engine()
                    .store()
                    .copyTo(one.digest(), folder.resolve(one.label()), Store.Way.COPY);
        }
        report(session, wanted, folder);
        return 0;
    }

    private static List<PackageRef> newest(Session session) throws OpmException {
        var look = Look.offered(session);
        var newest = new ArrayList<PackageRef>();
        for (String spec : session.arguments()) {
            for (PackageRef pkg : Look.newest(look.named(List.of(spec)))) {
                if (!newest.contains(pkg)) {
                    newest.add(pkg);
                }
            }
        }
        return newest;
    }

    private static void report(Session session, List<Wanted> wanted, Path folder) {
        if (session.settings().json()) {
            try (Json json = session.json()) {
                json.text("folder", folder.toString())
                        .texts("files", wanted.stream().map(Wanted::label).toList());
            }
            return;
        }
        for (Wanted one : wanted) {
            session.screen().line(one.label());
        }
    }
}
