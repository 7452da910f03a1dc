package opm.cli;

import java.util.List;
import java.util.Map;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;
import opm.engine.KeptHeaders;
import opm.engine.KeptHeaders.Checked;
import opm.engine.KeptHeaders.Taken;
import opm.words.Messages;

/// `opm cache headers`: keeps the signed headers of what is installed; `--check` verifies those
/// that are kept, without rpm.
final class CacheHeadersVerb implements Verb {
    private static final int MOST_NAMES = 10;

    @Override
    public void accept(Syntax syntax) {
        syntax.flag("--check");
    }

    @Override
    public int run(Session session) throws OpmException {
        var headers = new KeptHeaders(session.engine());
        if (session.has("--check")) {
            check(session, headers.check());
            return 0;
        }
        Taken taken = headers.take(CacheWords.user());
        session.progress().clear();
        List<String> absent = taken.absent().stream().map(Nevra::toString).toList();
        if (session.settings().json()) {
            try (Json json = session.json()) {
                json.number("headers", taken.taken()).number("new", taken.fresh());
                json.texts("absent", absent);
            }
            return 0;
        }
        session.screen().forPeople().say("cache.headers", taken.taken(), taken.fresh());
        if (!absent.isEmpty()) {
            String names = String.join(", ", absent.stream().limit(MOST_NAMES).toList());
            session.screen().note("cache.headers-absent", absent.size(), names);
        }
        return 0;
    }

    private static void check(Session session, Checked checked) throws OpmException {
        session.progress().clear();
        List<String> damaged = checked.damaged();
        if (session.settings().json()) {
            try (Json json = session.json()) {
                json.number("trusted", checked.trusted());
                json.texts("damaged", damaged);
                for (Map.Entry<String, List<String>> other : checked.others().entrySet()) {
                    json.texts(other.getKey(), other.getValue());
                }
            }
        } else {
            Screen screen = session.screen().forPeople();
            screen.say("cache.headers-trusted", checked.trusted());
            checked.others()
                    .forEach((why, all) -> screen.line("  " + why + ": " + all.size()));
        }
        if (!damaged.isEmpty()) {
            Messages messages = session.messages();
            throw new Damaged(
                    messages.text("cache.headers-damaged", damaged.size(), damaged.getFirst()),
                    messages.text("cache.headers-damaged.hint"));
        }
    }
}
