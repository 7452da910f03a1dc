package opm.cli;

import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.store.Ref;
import opm.store.Refs;

/// `opm cache unpin NAME...`: takes references away; with `--collect` also what they alone kept.
final class CacheUnpinVerb implements Verb {
    @Override
    public void accept(Syntax syntax) {
        syntax.value("TYPE", "--type").flag("--collect").arguments("NAME", 1, -1);
    }

    @Override
    public int run(Session session) throws OpmException {
        String word = session.value("--type");
        Ref.Type type = word == null ? Ref.Type.PIN : CacheWords.type(word);
        Refs refs = session.engine().store().refs();
        for (String name : session.arguments()) {
            if (!refs.has(type, name)) {
                throw new BadRequest(
                        type.word() + " " + name + ": found no such reference",
                        "`opm cache summary` lists them.");
            }
        }
        for (String name : session.arguments()) {
            refs.remove(type, name);
        }
        if (session.has("--collect")) {
            CacheGcVerb.say(session, CacheWords.collector(session).sweepReleased());
            return 0;
        }
        if (session.settings().json()) {
            try (Json json = session.json()) {
                json.texts("removed", session.arguments());
            }
            return 0;
        }
        session.screen()
                .line(session.messages().count("cache.unpinned", session.arguments().size()));
        return 0;
    }
}
