package opm.cli;

import java.util.List;
import opm.base.Digest;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.store.Ref;
import opm.store.Stored;

/// `opm cache info OBJECT` and `opm cache why OBJECT`: where it lies, what it is, who keeps it.
final class CacheInfoVerb implements Verb {
    private final boolean why;

    CacheInfoVerb(boolean why) {
        this.why = why;
    }

    @Override
    public void accept(Syntax syntax) {
        syntax.arguments("OBJECT", 1, 1);
    }

    @Override
    public int run(Session session) throws OpmException {
        Digest digest = CacheWords.digest(session, session.arguments().getFirst());
        var collector = CacheWords.collector(session);
        List<Ref> refs = collector.why(digest);
        boolean used = collector.isUsed(digest);
        if (session.settings().json()) {
            try (Json json = session.json()) {
                json.text("digest", digest.toString());
                if (!why) {
                    facts(json, stored(session, digest));
                }
                json.flag("inUse", used);
                CacheWords.refs(json, refs);
            }
            return 0;
        }
        if (!why) {
            say(session, stored(session, digest));
        }
        CacheWords.sayRefs(session, refs);
        if (used) {
            session.screen().say("cache.in-use");
        } else if (refs.isEmpty()) {
            session.screen().say("cache.unkept");
        }
        return 0;
    }

    private static Stored stored(Session session, Digest digest) throws OpmException {
        Stored stored = session.engine().store().get(digest);
        if (stored == null) {
            throw new BadRequest(
                    digest + ": found nothing, expected an object", "`opm cache list` shows them.");
        }
        return stored;
    }

    private static void facts(Json json, Stored stored) {
        json.text("path", stored.path().toString())
                .number("bytes", stored.sizeBytes())
                .text("crc32", Integer.toHexString(stored.crc32()))
                .text("sha256", stored.sha256().hex());
    }

    private static void say(Session session, Stored stored) {
        new Columns(session.screen())
                .print(
                        List.of(
                                List.of(stored.digest().algorithm().word(), stored.digest().hex()),
                                List.of("sha256", stored.sha256().hex()),
                                List.of(
                                        session.messages().text("table.size"),
                                        Long.toString(stored.sizeBytes())),
                                List.of(
                                        session.messages().text("cache.path"),
                                        stored.path().toString())));
    }
}
