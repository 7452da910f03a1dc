package opm.cli;

import java.util.List;
import opm.base.OpmException;
import opm.store.Item;
import opm.store.Ref;
import opm.store.Retention;

/// `opm cache summary`: how much there is, who keeps it, what the settings are.
final class CacheSummaryVerb implements Verb {
    @Override
    public void accept(Syntax syntax) {}

    @Override
    public int run(Session session) throws OpmException {
        var collector = CacheWords.collector(session);
        List<Item> items = collector.list();
        List<Item> unkept = items.stream().filter(item -> item.keptBy().isEmpty()).toList();
        List<Ref> refs = session.engine().store().refs().all();
        Retention retention = collector.retention();
        if (session.settings().json()) {
            try (Json json = session.json()) {
                json.text("store", session.engine().store().root().toString())
                        .number("objects", items.size())
                        .number("bytes", bytes(items))
                        .number("unkeptObjects", unkept.size())
                        .number("unkeptBytes", bytes(unkept))
                        .number("olderBytes", retention.olderBytes())
                        .number("newerBytes", retention.newerBytes())
                        .number("ageSeconds", retention.ageSeconds());
                CacheWords.refs(json, refs);
            }
            return 0;
        }
        var screen = session.screen();
        screen.line(session.engine().store().root().toString());
        screen.line(
                session.messages().count("cache.objects", items.size(), Screen.size(bytes(items))));
        screen.line(
                session.messages()
                        .count("cache.objects-unkept", unkept.size(), Screen.size(bytes(unkept))));
        screen.say(
                "cache.settings",
                Screen.size(retention.olderBytes()),
                Screen.size(retention.newerBytes()),
                retention.ageSeconds() / 86_400);
        CacheWords.sayRefs(session, refs);
        return 0;
    }

    private static long bytes(List<Item> items) {
        return items.stream().mapToLong(Item::sizeBytes).sum();
    }
}
