package opm.cli;

import java.util.List;
import opm.apply.Outcome;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.engine.LookAhead;
import opm.engine.Past;
import opm.plan.Plan;

/// `opm undo [N]`, `opm redo [N]`, `opm rollback WHEN`: back to what was, from the store, offline.
final class TurnVerb implements Verb {
    /// In which direction.
    enum Way {
        UNDO,
        REDO,
        ROLLBACK
    }

    private final Way way;

    TurnVerb(Way way) {
        this.way = way;
    }

    @Override
    public void accept(Syntax syntax) {
        if (way == Way.ROLLBACK) {
            syntax.arguments("WHEN", 1, 1);
        } else {
            syntax.arguments("NUMBER", 0, 1);
        }
    }

    @Override
    public int run(Session session) throws OpmException {
        Past past = session.engine().past();
        List<String> words = session.arguments();
        Plan plan =
                switch (way) {
                    case UNDO -> past.undo(number(words));
                    case REDO -> past.redo(number(words));
                    case ROLLBACK -> past.rollback(words.getFirst());
                };
        session.progress().clear();
        var applying = new Applying(session);
        if (plan.batches().isEmpty()) {
            applying.requireDone(new Outcome.AlreadyThere());
            document(session, plan, "already-there");
            return 0;
        }
        new PlanTable(session.screen(), plan).print();
        var report = new LookAhead(session.engine()).plan(plan);
        var outlook = new Outlook(session);
        outlook.show(report);
        if (session.settings().assumeNo()) {
            document(session, plan, "planned");
            return 0;
        }
        if (!session.settings().yes()) {
            new Answers(session).requireConsent();
        }
        outlook.requireClear(report);
        applying.requireDone(session.engine().apply(plan, applying, session.progress()::cancelled));
        document(session, plan, "applied");
        return 0;
    }

    private static int number(List<String> words) throws BadRequest {
        if (words.isEmpty()) {
            return 0;
        }
        if (!words.getFirst().matches("[1-9][0-9]{0,8}")) {
            throw new BadRequest(
                    "'" + words.getFirst() + "': expected the number of a change",
                    "`opm history list` shows them.");
        }
        return Integer.parseInt(words.getFirst());
    }

    private static void document(Session session, Plan plan, String result) {
        if (session.settings().json()) {
            try (Json json = session.json()) {
                json.text("result", result);
                new PlanTable(session.screen(), plan).write(json);
            }
        }
    }
}
