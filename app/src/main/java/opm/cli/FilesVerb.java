package opm.cli;

import java.util.List;
import opm.base.OpmException;
import opm.pkgset.PackageRef;

/// `opm files SPEC...`: every file of packages, from rpm's database or the file lists.
final class FilesVerb implements Verb {
    @Override
    public void accept(Syntax syntax) {
        Look.accept(syntax).arguments("SPEC", 1, -1);
    }

    @Override
    public int run(Session session) throws OpmException {
        var look = Look.of(session);
        List<PackageRef> found = Look.newest(look.named(session.arguments()));
        var files = session.engine().files(found);
        session.progress().clear();
        if (session.settings().json()) {
            try (Json json = session.json()) {
                json.beginList("packages");
                for (PackageRef pkg : found) {
                    look.item(json, pkg).texts("files", files.getOrDefault(pkg, List.of())).end();
                }
                json.endList();
            }
            return 0;
        }
        for (PackageRef pkg : found) {
            if (found.size() > 1) {
                session.screen().line(session.screen().bold(pkg.toString()));
            }
            files.getOrDefault(pkg, List.of()).forEach(session.screen()::line);
        }
        return 0;
    }
}
