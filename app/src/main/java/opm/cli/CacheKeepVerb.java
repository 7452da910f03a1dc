package opm.cli;

import java.util.List;
import opm.base.OpmException;
import opm.engine.Fleet;

/// `opm cache keep NAME [SPEC...] --profile FILE`: keeps in the store what a machine needs, as the
/// solver says, until `opm cache unpin NAME --type fleet`.
final class CacheKeepVerb implements Verb {
    @Override
    public void accept(Syntax syntax) {
        syntax.arguments("MACHINE", 1, -1);
    }

    @Override
    public int run(Session session) throws OpmException {
        List<String> words = session.arguments();
        var fleet = new Fleet(session.engine());
        Fleet.Kept kept = fleet.register(words.getFirst(), words.subList(1, words.size()));
        session.progress().clear();
        if (session.settings().json()) {
            try (Json json = session.json()) {
                json.text("name", kept.name())
                        .number("packages", kept.packages())
                        .number("bytes", kept.bytes());
            }
            return 0;
        }
        session.screen()
                .line(
                        session.messages()
                                .count(
                                        "cache.fleet",
                                        kept.packages(),
                                        Screen.size(kept.bytes()),
                                        kept.name()));
        return 0;
    }
}
