package opm.cli;

import java.util.List;
import opm.base.OpmException;
import opm.engine.Fleet;
import opm.store.Collector;
import opm.store.Collector.Swept;
import opm.store.Item;

/// `opm cache gc`: removes what nobody keeps: what was released since the last time, or, with
/// `--full`, what the settings of the store do not let stay.
final class CacheGcVerb implements Verb {
    @Override
    public void accept(Syntax syntax) {
        syntax.flag("--full").flag("--dry-run");
    }

    @Override
    public int run(Session session) throws OpmException {
        var collector = CacheWords.collector(session);
        boolean full = session.has("--full");
        boolean dry = session.has("--dry-run") || session.settings().assumeNo();
        if (!full && !dry) {
            say(session, collector.sweepReleased());
            return 0;
        }
        if (full && !dry) {
            say(session, full(session));
            return 0;
        }
        Collector.Decision decision =
                full ? collector.decide(collector.retention()) : collector.decideReleased();
        CacheWords.print(session, decision.goes());
        say(session, "cache.would-go", swept(decision.goes(), decision));
        return 0;
    }

    /// Looks at everything, and removes what the settings do not let stay.
    static Swept full(Session session) throws OpmException {
        new Fleet(session.engine()).solveAgain();
        session.progress().clear();
        var collector = CacheWords.collector(session);
        Collector.Decision decision = collector.decide(collector.retention());
        return swept(collector.sweep(decision), decision);
    }

    private static Swept swept(List<Item> items, Collector.Decision decision) {
        long bytes = items.stream().mapToLong(Item::sizeBytes).sum();
        return new Swept(items.size(), bytes, decision.staysBytes());
    }

    /// Says how much went.
    static void say(Session session, Swept swept) {
        if (session.settings().json()) {
            try (Json json = session.json()) {
                json.number("removed", swept.count())
                        .number("bytes", swept.bytes())
                        .number("staysBytes", swept.staysBytes());
            }
            return;
        }
        say(session, "cache.gone", swept);
    }

    private static void say(Session session, String key, Swept swept) {
        session.screen()
                .line(
                        session.messages()
                                .count(
                                        key,
                                        swept.count(),
                                        Screen.size(swept.bytes()),
                                        Screen.size(swept.staysBytes())));
    }
}
