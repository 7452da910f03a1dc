package opm.cli;

import java.util.ArrayList;
import java.util.List;
import opm.base.OpmException;
import opm.engine.AdvisoryFilter;
import opm.engine.Updates;
import opm.solve.Request;

/// The options that choose updates by what their publishers say of them.
final class Advised {
    private Advised() {}

    static Syntax accept(Syntax syntax) {
        return syntax.flag("--security").values("ID", "--advisory").values("ID", "--cve");
    }

    static AdvisoryFilter filter(Session session) {
        return filter(session, List.of());
    }

    /// @param kinds of advisories that are asked for, too
    static AdvisoryFilter filter(Session session, List<String> kinds) {
        return new AdvisoryFilter(
                session.has("--security"),
                session.values("--advisory"),
                session.values("--cve"),
                kinds);
    }

    /// Returns the items that bring the updates asked for; none when the machine has them all.
    ///
    /// @param specs limits them to packages of these names; all when empty
    static List<Request.Item> items(Session session, List<String> specs) throws OpmException {
        var items = new ArrayList<Request.Item>();
        for (String pkg : new Updates(session.engine()).specs(filter(session))) {
            String name = pkg.substring(0, pkg.lastIndexOf('.'));
            if (specs.isEmpty() || specs.contains(name) || specs.contains(pkg)) {
                items.add(new Request.Item(Request.Verb.UPGRADE, pkg));
            }
        }
        return items;
    }

    /// Brings the updates asked for.
    ///
    /// @param specs as [#items] takes them
    static int upgrade(Session session, List<String> specs) throws OpmException {
        var request = new Request(items(session, specs));
        return new Changing(session).run(request, List.of(asked(session)));
    }

    /// Writes the options as people gave them, for the plan.
    static String asked(Session session) {
        var words = new ArrayList<String>(List.of("upgrade"));
        if (session.has("--security")) {
            words.add("--security");
        }
        session.values("--advisory").forEach(id -> words.add("--advisory " + id));
        session.values("--cve").forEach(id -> words.add("--cve " + id));
        return String.join(" ", words);
    }
}
