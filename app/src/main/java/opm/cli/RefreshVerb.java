package opm.cli;

import java.util.ArrayList;
import java.util.List;
import opm.base.OpmException;
import opm.engine.OpenRepo;

/// `opm refresh`: fetches new metadata of the repositories and turns it into package sets.
final class RefreshVerb implements Verb {
    @Override
    public void accept(Syntax syntax) {
        syntax.flag("--complete").arguments("REPOSITORY", 0, -1);
    }

    @Override
    public int run(Session session) throws OpmException {
        List<OpenRepo> repos =
                session.engine().refresh(session.arguments(), session.has("--complete"));
        session.progress().clear();
        if (session.settings().json()) {
            try (Json json = session.json()) {
                json.beginList("repositories");
                for (OpenRepo repo : repos) {
                    json.beginItem()
                            .text("id", repo.id())
                            .number("packages", repo.set().packageCount())
                            .text("repomd", repo.repomd().hex())
                            .number("revisionSeconds", repo.revisionSeconds())
                            .end();
                }
                json.endList();
            }
            return 0;
        }
        var rows = new ArrayList<List<String>>();
        for (OpenRepo repo : repos) {
            rows.add(
                    List.of(
                            repo.id(),
                            session.messages()
                                    .count("refresh.packages", repo.set().packageCount())));
        }
        new Columns(session.screen()).print(rows);
        return 0;
    }
}
