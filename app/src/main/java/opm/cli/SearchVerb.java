package opm.cli;

import java.util.List;
import opm.base.OpmException;
import opm.pkgset.PackageRef;
import opm.pkgset.Queries;

/// `opm search WORD...`: packages whose name or summary holds every word.
final class SearchVerb implements Verb {
    @Override
    public void accept(Syntax syntax) {
        Look.accept(syntax).flag("--all").arguments("WORD", 1, -1);
    }

    @Override
    public int run(Session session) throws OpmException {
        var look = Look.of(session);
        boolean everywhere = session.has("--all");
        List<Queries.Found> found = look.query().search(session.arguments(), everywhere);
        var seen = new java.util.HashSet<String>();
        List<PackageRef> shown =
                found.stream()
                        .sorted(
                                (one, two) ->
                                        one.inName() == two.inName()
                                                ? Look.NEWEST_FIRST.compare(one.pkg(), two.pkg())
                                                : Boolean.compare(two.inName(), one.inName()))
                        .map(Queries.Found::pkg)
                        .toList();
        shown =
                look.visible(shown).stream()
                        .filter(pkg -> seen.add(pkg.nevra().nameArch()))
                        .toList();
        if (session.settings().json()) {
            try (Json json = session.json()) {
                json.beginList("packages");
                for (PackageRef pkg : shown) {
                    look.item(json, pkg).text("summary", pkg.summary()).end();
                }
                json.endList();
            }
            return 0;
        }
        for (PackageRef pkg : shown) {
            session.screen()
                    .line(session.screen().bold(pkg.nevra().nameArch()) + " : " + pkg.summary());
        }
        if (shown.isEmpty()) {
            session.screen().note("look.nothing");
        }
        return 0;
    }
}
