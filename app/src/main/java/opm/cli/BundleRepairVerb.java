package opm.cli;

import java.nio.file.Path;
import java.util.Map;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;
import opm.bundle.BundleRepair;
import opm.engine.Mending;

/// `opm bundle repair FILE [--from PLACE...]`: takes from elsewhere what is damaged, and no more.
final class BundleRepairVerb implements Verb {
    @Override
    public void accept(Syntax syntax) {
        syntax.several("PLACE", "--from").arguments("FILE", 1, 1);
    }

    @Override
    public int run(Session session) throws OpmException {
        String name = session.arguments().getFirst();
        Path file = Path.of(name).toAbsolutePath().normalize();
        var result = new Mending(session.engine(), file).run(session.values("--from"));
        session.progress().clear();
        long taken = result.taken().values().stream().mapToLong(Long::longValue).sum();
        if (session.settings().json()) {
            document(session, result, taken);
        }
        if (!result.lost().isEmpty()) {
            throw lost(session, name, result);
        }
        if (session.settings().json()) {
            return 0;
        }
        Screen screen = session.screen().forPeople();
        if (result.damaged().isEmpty()) {
            screen.say("repair.whole", name);
            return 0;
        }
        for (String what : result.damaged().stream().sorted().toList()) {
            screen.line("  " + what);
        }
        for (Map.Entry<String, Long> from : result.taken().entrySet()) {
            screen.say("repair.from", Screen.size(from.getValue()), from.getKey());
        }
        screen.say("repair.done", name, Screen.size(result.damagedBytes()), Screen.size(taken));
        return 0;
    }

    private static Damaged lost(Session session, String name, BundleRepair.Result result) {
        var lost = result.lost().stream().sorted().toList();
        var messages = session.messages();
        return new Damaged(
                messages.count("repair.lost", lost.size(), name, lost.getFirst()),
                messages.text("repair.lost.hint"));
    }

    private static void document(Session session, BundleRepair.Result result, long taken) {
        String word = result.damaged().isEmpty() ? "whole" : "repaired";
        try (Json json = session.json()) {
            json.text("result", result.lost().isEmpty() ? word : "lost")
                    .texts("damaged", result.damaged().stream().sorted().toList())
                    .texts("lost", result.lost().stream().sorted().toList())
                    .number("damagedBytes", result.damagedBytes())
                    .number("takenBytes", taken);
        }
    }
}
