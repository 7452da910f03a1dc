package opm.cli;

import java.util.List;
import opm.base.Digest;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.store.Ref;
import org.jspecify.annotations.Nullable;

/// `opm cache pin NAME OBJECT...`: keeps objects until somebody says otherwise, or for some days.
final class CachePinVerb implements Verb {
    private static final long DAY_SECONDS = 86_400;

    @Override
    public void accept(Syntax syntax) {
        syntax.value("TYPE", "--type")
                .value("NAME", "--name")
                .value("TEXT", "--reason")
                .value("DAYS", "--days")
                .arguments("OBJECT", 1, -1);
    }

    @Override
    public int run(Session session) throws OpmException {
        List<Digest> digests = CacheWords.digests(session);
        String name = session.value("--name");
        String type = session.value("--type");
        String reason = session.value("--reason");
        var ref =
                new Ref(
                        type == null ? Ref.Type.PIN : CacheWords.type(type),
                        name == null ? CacheWords.shortName(digests.getFirst()) : name,
                        CacheWords.user(),
                        reason == null ? "" : reason,
                        expires(session, session.value("--days")),
                        digests);
        session.engine().store().refs().put(ref);
        if (session.settings().json()) {
            try (Json json = session.json()) {
                CacheWords.refs(json, List.of(ref));
            }
            return 0;
        }
        CacheWords.sayRefs(session, List.of(ref));
        return 0;
    }

    private static long expires(Session session, @Nullable String days) throws BadRequest {
        if (days == null) {
            return 0;
        }
        if (!days.matches("[0-9]{1,5}")) {
            throw new BadRequest(
                    "--days: found '" + days + "', expected a number of days", "--days 30");
        }
        return session.host().clock().instant().getEpochSecond()
                + Long.parseLong(days) * DAY_SECONDS;
    }
}
