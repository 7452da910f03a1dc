package opm.cli;

import java.util.ArrayList;
import java.util.List;
import opm.base.OpmException;
import opm.engine.EditedConfigs;
import opm.engine.ThreeWay;

/// `opm config diff [PATH]...`, `opm config merge PATH...`: edited configuration files beside new
/// ones, three ways, without a network.
final class ConfigVerb implements Verb {
    private final boolean merge;

    ConfigVerb(boolean merge) {
        this.merge = merge;
    }

    @Override
    public void accept(Syntax syntax) {
        syntax.arguments("PATH", merge ? 1 : 0, -1);
    }

    @Override
    public int run(Session session) throws OpmException {
        var configs = new EditedConfigs(session.engine());
        List<EditedConfigs.Pair> pairs = configs.find(session.arguments());
        session.progress().clear();
        Screen screen = session.screen();
        var merged = new ArrayList<String>();
        for (EditedConfigs.Pair pair : pairs) {
            if (merge) {
                configs.merge(pair);
                merged.add(pair.path());
                screen.say("config.merged", pair.path(), pair.other());
            } else {
                show(screen, pair);
            }
        }
        if (session.settings().json()) {
            document(session, pairs, merged);
        } else if (pairs.isEmpty()) {
            screen.say("config.nothing");
        }
        return 0;
    }

    /// `=` what both have, `-` what the version before had, `m` what somebody made of it here, `p`
    /// what the package makes of it, `!` before both where they do not agree.
    private static void show(Screen screen, EditedConfigs.Pair pair) throws OpmException {
        screen.say(
                pair.base() == null ? "config.two" : "config.three", pair.path(), pair.other());
        for (ThreeWay.Part part : EditedConfigs.parts(pair)) {
            if (part.mine().equals(part.theirs()) && part.mine().equals(part.base())) {
                continue;
            }
            String mark = part.isConflict() ? "!" : " ";
            lines(screen, mark + "- ", part.base());
            if (!part.mine().equals(part.base())) {
                lines(screen, mark + "m ", part.mine());
            }
            if (!part.theirs().equals(part.base())) {
                lines(screen, mark + "p ", part.theirs());
            }
            screen.line("");
        }
    }

    private static void lines(Screen screen, String mark, List<String> lines) {
        lines.forEach(line -> screen.line(mark + Screen.harmless(line.stripTrailing())));
    }

    private static void document(
            Session session, List<EditedConfigs.Pair> pairs, List<String> merged)
            throws OpmException {
        try (Json json = session.json()) {
            json.beginList("files");
            for (EditedConfigs.Pair pair : pairs) {
                long conflicts =
                        EditedConfigs.parts(pair).stream()
                                .filter(ThreeWay.Part::isConflict)
                                .count();
                json.beginItem()
                        .text("path", pair.path())
                        .text("other", pair.other())
                        .flag("hasBase", pair.base() != null)
                        .number("conflicts", conflicts)
                        .flag("merged", merged.contains(pair.path()))
                        .end();
            }
            json.endList();
        }
    }
}
