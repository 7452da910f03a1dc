package opm.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.engine.Past;

/// `opm history diff A B`: what changed between two times; `opm history show N`: what one change
/// did.
final class HistoryDiffVerb implements Verb {
    private final boolean show;

    HistoryDiffVerb(boolean show) {
        this.show = show;
    }

    @Override
    public void accept(Syntax syntax) {
        syntax.arguments(show ? "NUMBER" : "WHEN", show ? 1 : 2, show ? 1 : 2);
    }

    @Override
    public int run(Session session) throws OpmException {
        Past past = session.engine().past();
        List<String> words = session.arguments();
        List<Nevra> from;
        List<Nevra> to;
        if (show) {
            String word = words.getFirst();
            var change = past.change(word.matches("[0-9]{1,9}") ? Integer.parseInt(word) : -1);
            from = past.before(change);
            to = past.after(change);
        } else {
            from = past.at(words.get(0));
            to = past.at(words.get(1));
        }
        var gone = minus(from, to);
        var come = minus(to, from);
        if (session.settings().json()) {
            try (Json json = session.json()) {
                json.texts("removed", gone.stream().map(Nevra::full).toList());
                json.texts("added", come.stream().map(Nevra::full).toList());
            }
            return 0;
        }
        for (String line : lines(gone, come)) {
            session.screen().line(line);
        }
        if (gone.isEmpty() && come.isEmpty()) {
            session.screen().note("history.same");
        }
        return 0;
    }

    private static List<Nevra> minus(List<Nevra> one, List<Nevra> other) {
        var left = new ArrayList<>(one);
        other.forEach(left::remove);
        return left;
    }

    /// One line a name: `^ old -> new`, `- old`, `+ new`, as the sh program writes them.
    static List<String> lines(List<Nevra> gone, List<Nevra> come) {
        var lines = new TreeMap<String, String>();
        var rest = new ArrayList<>(gone);
        for (Nevra pkg : come) {
            Nevra old =
                    rest.stream()
                            .filter(other -> other.nameArch().equals(pkg.nameArch()))
                            .findFirst()
                            .orElse(null);
            rest.remove(old);
            lines.put(pkg.full(), old == null ? "+ " + pkg : "^ " + old + " -> " + pkg);
        }
        rest.forEach(pkg -> lines.put(pkg.full(), "- " + pkg));
        return List.copyOf(lines.values());
    }
}
