package opm.cli;

import java.util.ArrayList;
import java.util.List;
import opm.base.OpmException;
import opm.engine.Checkup;
import opm.words.Messages;

/// `opm doctor`: one page about this machine, to look at or to paste where help is asked for.
/// Nothing secret is on it: no addresses, no passwords, no names of files but opm's own.
final class DoctorVerb implements Verb {
    @Override
    public void accept(Syntax syntax) {}

    @Override
    public int run(Session session) throws OpmException {
        Checkup.Page page = new Checkup(session.engine()).page();
        session.progress().clear();
        Messages messages = session.messages();
        if (session.settings().json()) {
            try (Json json = session.json()) {
                json.text("result", page.troubles().isEmpty() ? "well" : "troubles");
                json.beginList("facts");
                for (Checkup.Fact fact : page.facts()) {
                    json.beginItem().text("what", fact.what()).text("value", fact.value()).end();
                }
                json.endList().beginList("troubles");
                for (Checkup.Trouble trouble : page.troubles()) {
                    json.beginItem()
                            .text("what", trouble.what())
                            .text("text", text(messages, trouble))
                            .text("hint", hint(messages, trouble))
                            .end();
                }
                json.endList();
            }
            return 0;
        }
        Screen screen = session.screen();
        var rows = new ArrayList<List<String>>();
        rows.add(List.of("opm", VersionVerb.VERSION + ", Java " + Runtime.version()));
        for (Checkup.Fact fact : page.facts()) {
            String what = messages.text("doctor." + fact.what());
            rows.add(List.of(what, Screen.harmless(fact.value())));
        }
        new Columns(screen).print(rows);
        screen.line("");
        if (page.troubles().isEmpty()) {
            screen.say("doctor.well");
            return 0;
        }
        screen.say("doctor.to-do");
        for (Checkup.Trouble trouble : page.troubles()) {
            screen.line("  - " + Screen.harmless(text(messages, trouble)));
            screen.line("    " + Screen.harmless(hint(messages, trouble)));
        }
        return 0;
    }

    private static String text(Messages messages, Checkup.Trouble trouble) {
        return messages.text("doctor.trouble." + trouble.what(), trouble.values().toArray());
    }

    private static String hint(Messages messages, Checkup.Trouble trouble) {
        return messages.text("doctor.hint." + trouble.what(), trouble.values().toArray());
    }
}
