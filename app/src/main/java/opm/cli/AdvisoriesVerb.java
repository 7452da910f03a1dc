package opm.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import opm.base.OpmException;
import opm.engine.Updates;
import opm.rpmmd.Advisory;

/// `opm advisories`: what publishers say about updates that this machine has not taken, a line for
/// each package, as `dnf updateinfo list` has them.
final class AdvisoriesVerb implements Verb {
    @Override
    public void accept(Syntax syntax) {
        Advised.accept(syntax);
    }

    @Override
    public int run(Session session) throws OpmException {
        List<Updates.Applicable> found =
                new Updates(session.engine()).applicable(Advised.filter(session));
        session.progress().clear();
        if (session.settings().json()) {
            document(session, found);
            return 0;
        }
        var rows = new ArrayList<List<String>>();
        for (Updates.Applicable one : found) {
            rows.add(
                    List.of(
                            one.advisory().id(),
                            kind(one.advisory()),
                            one.item().pkg().toString(),
                            String.join(" ", one.advisory().cves())));
        }
        new Columns(session.screen()).print(rows);
        if (rows.isEmpty()) {
            session.screen().note("look.nothing");
        }
        return 0;
    }

    private static String kind(Advisory advisory) {
        boolean grave = advisory.isSecurity() && !advisory.severity().isEmpty();
        return grave ? advisory.severity() + "/" + advisory.kind() : advisory.kind();
    }

    private static void document(Session session, List<Updates.Applicable> found) {
        Map<Advisory, List<Updates.Applicable>> byAdvisory = new LinkedHashMap<>();
        found.forEach(
                one -> byAdvisory.computeIfAbsent(one.advisory(), _ -> new ArrayList<>()).add(one));
        try (Json json = session.json()) {
            json.beginList("advisories");
            byAdvisory.forEach(
                    (advisory, items) -> {
                        json.beginItem()
                                .text("id", advisory.id())
                                .text("kind", advisory.kind())
                                .text("severity", advisory.severity())
                                .text("title", advisory.title())
                                .text("issued", advisory.issued())
                                .texts("cves", advisory.cves())
                                .beginList("packages");
                        items.forEach(
                                one ->
                                        json.beginItem()
                                                .nevra(one.item().pkg())
                                                .flag("reboot", one.item().reboot())
                                                .end());
                        json.endList().end();
                    });
            json.endList();
        }
    }
}
