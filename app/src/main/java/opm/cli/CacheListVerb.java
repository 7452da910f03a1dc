package opm.cli;

import java.util.Comparator;
import java.util.List;
import opm.base.OpmException;
import opm.store.Item;

/// `opm cache list` and `opm cache recent`: what is in the store, and who keeps it.
final class CacheListVerb implements Verb {
    private static final int RECENT = 20;
    private final boolean recent;

    CacheListVerb(boolean recent) {
        this.recent = recent;
    }

    @Override
    public void accept(Syntax syntax) {
        if (!recent) {
            syntax.flag("--unkept");
        }
    }

    @Override
    public int run(Session session) throws OpmException {
        List<Item> items = CacheWords.collector(session).list();
        if (recent) {
            items =
                    items.stream()
                            .sorted(Comparator.comparingLong(Item::modifiedMillis).reversed())
                            .limit(RECENT)
                            .toList();
        } else if (session.has("--unkept")) {
            items = items.stream().filter(item -> item.keptBy().isEmpty()).toList();
        }
        CacheWords.print(session, items);
        return 0;
    }
}
