package opm.cli;

import java.util.List;
import opm.base.Digest;
import opm.base.OpmException;

/// `opm cache check`: reads every byte of the store; exit 3 when something is not what it was.
final class CacheCheckVerb implements Verb {
    private static final int DAMAGED = 3;

    @Override
    public void accept(Syntax syntax) {
        syntax.flag("--repair");
    }

    @Override
    public int run(Session session) throws OpmException {
        boolean repair = session.has("--repair");
        int count = session.engine().store().objects().size();
        List<Digest> damaged = CacheWords.collector(session).check(repair);
        if (session.settings().json()) {
            try (Json json = session.json()) {
                json.number("objects", count)
                        .flag("removed", repair)
                        .texts("damaged", damaged.stream().map(Digest::toString).toList());
            }
        } else {
            damaged.forEach(digest -> session.screen().line(digest.toString()));
            if (damaged.isEmpty()) {
                session.screen().line(session.messages().count("cache.whole", count));
            } else if (repair) {
                session.screen().line(session.messages().count("cache.repaired", damaged.size()));
            } else {
                session.screen().line(session.messages().count("cache.damaged", damaged.size()));
            }
        }
        return damaged.isEmpty() || repair ? 0 : DAMAGED;
    }
}
