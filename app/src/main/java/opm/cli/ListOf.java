package opm.cli;

import java.util.ArrayList;
import java.util.List;
import opm.base.OpmException;
import opm.pkgset.PackageRef;

/// Writes packages that were found: full name, repository, summary.
final class ListOf {
    private ListOf() {}

    static void print(Session session, Look look, List<PackageRef> found) throws OpmException {
        if (session.settings().json()) {
            try (Json json = session.json()) {
                json.beginList("packages");
                for (PackageRef pkg : found) {
                    look.item(json, pkg).text("summary", pkg.summary()).end();
                }
                json.endList();
            }
            return;
        }
        var rows = new ArrayList<List<String>>();
        for (PackageRef pkg : found) {
            rows.add(List.of(pkg.nevra().toString(), look.repo(pkg), pkg.summary()));
        }
        new Columns(session.screen()).print(rows);
        if (found.isEmpty()) {
            session.screen().note("look.nothing");
        }
    }
}
