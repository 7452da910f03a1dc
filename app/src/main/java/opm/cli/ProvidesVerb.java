package opm.cli;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.pkgset.PackageRef;

/// `opm provides SPEC...`: packages that provide a name or hold a file; `opm owns PATH...`: the
/// latter alone.
final class ProvidesVerb implements Verb {
    private final boolean pathsOnly;

    ProvidesVerb(boolean pathsOnly) {
        this.pathsOnly = pathsOnly;
    }

    @Override
    public void accept(Syntax syntax) {
        Look.accept(syntax).arguments(pathsOnly ? "PATH" : "SPEC", 1, -1);
    }

    @Override
    public int run(Session session) throws OpmException {
        var look = Look.of(session);
        Set<PackageRef> found = new LinkedHashSet<>();
        List<String> paths =
                session.arguments().stream().filter(spec -> spec.startsWith("/")).toList();
        if (pathsOnly && paths.size() < session.arguments().size()) {
            throw new BadRequest(
                    "owns: found a word that does not begin with '/', expected a whole path",
                    "For example `opm owns /usr/bin/vim`.");
        }
        // Most files stand in no primary.xml: their lists are read for the paths asked for.
        session.engine().askPaths(paths);
        for (String spec : session.arguments()) {
            found.addAll(Look.sorted(look.visible(look.query().whatProvides(spec.strip()))));
            if (!spec.startsWith("/") && !spec.contains("/")) {
                found.addAll(
                        Look.sorted(look.visible(look.query().whatProvides("/usr/bin/" + spec))));
            }
        }
        ListOf.print(session, look, List.copyOf(found));
        return 0;
    }
}
