package opm.cli;

import java.util.List;
import java.util.Locale;
import opm.base.Dep;
import opm.base.DepKind;
import opm.base.OpmException;
import opm.pkgset.PackageRef;

/// `opm requires SPEC...`: what packages need, recommend, conflict with and so on.
final class RequiresVerb implements Verb {
    private static final List<DepKind> OTHERS =
            List.of(
                    DepKind.RECOMMENDS,
                    DepKind.SUGGESTS,
                    DepKind.SUPPLEMENTS,
                    DepKind.ENHANCES,
                    DepKind.CONFLICTS,
                    DepKind.OBSOLETES,
                    DepKind.PROVIDES);

    @Override
    public void accept(Syntax syntax) {
        Look.accept(syntax);
        OTHERS.forEach(kind -> syntax.flag("--" + kind.word()));
        syntax.arguments("SPEC", 1, -1);
    }

    @Override
    public int run(Session session) throws OpmException {
        var look = Look.of(session);
        DepKind kind = DepKind.REQUIRES;
        for (DepKind other : OTHERS) {
            kind = session.has("--" + other.word()) ? other : kind;
        }
        List<PackageRef> found = Look.newest(look.named(session.arguments()));
        if (session.settings().json()) {
            try (Json json = session.json()) {
                json.beginList("packages");
                for (PackageRef pkg : found) {
                    look.item(json, pkg)
                            .texts(kind.word().toLowerCase(Locale.ROOT), deps(pkg, kind));
                    json.end();
                }
                json.endList();
            }
            return 0;
        }
        for (PackageRef pkg : found) {
            if (found.size() > 1) {
                session.screen().line(session.screen().bold(pkg.toString()));
            }
            deps(pkg, kind).forEach(session.screen()::line);
        }
        return 0;
    }

    private static List<String> deps(PackageRef pkg, DepKind kind) {
        return pkg.deps(kind).stream().map(Dep::toString).distinct().sorted().toList();
    }
}
