package opm.cli;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import opm.base.OpmException;
import opm.history.Change;
import opm.plan.Plan;
import opm.words.Messages;

/// `opm history list`: what opm changed on this machine, the newest first.
final class HistoryListVerb implements Verb {
    @Override
    public void accept(Syntax syntax) {}

    @Override
    public int run(Session session) throws OpmException {
        session.engine().notice();
        List<Change> changes = session.engine().history().reversed();
        if (session.settings().json()) {
            document(session, changes);
            return 0;
        }
        var rows = new ArrayList<List<String>>();
        for (Change change : changes) {
            Plan plan = session.engine().planOf(change);
            rows.add(
                    List.of(
                            Integer.toString(change.number()),
                            Instant.ofEpochSecond(begun(change)).toString(),
                            result(session.messages(), change),
                            plan == null ? "" : Integer.toString(plan.stepCount()),
                            plan == null ? "" : String.join(", ", plan.asked())));
        }
        new Columns(session.screen()).print(rows);
        if (rows.isEmpty()) {
            session.screen().note("history.nothing");
        }
        return 0;
    }

    private static long begun(Change change) {
        return change.records().getFirst().seconds();
    }

    private static String result(Messages messages, Change change) {
        return switch (result(change)) {
            case "done" -> messages.text("history.done");
            case "refused" -> messages.text("history.refused");
            case "others" -> messages.text("history.others");
            case "forgotten" -> messages.text("history.forgotten");
            default -> messages.text("history.open");
        };
    }

    /// Returns `done`, `refused`, `forgotten`, `others`, or `open` when nobody finished it yet.
    private static String result(Change change) {
        return change.stage() instanceof Change.Stage.Ended ended ? ended.result() : "open";
    }

    private static void document(Session session, List<Change> changes) throws OpmException {
        try (Json json = session.json()) {
            json.beginList("changes");
            for (Change change : changes) {
                Plan plan = session.engine().planOf(change);
                json.beginItem()
                        .number("number", change.number())
                        .number("beginSeconds", begun(change))
                        .text("result", result(change))
                        .text("seal", change.seal().equals("-") ? null : change.seal())
                        .texts("asked", plan == null ? List.of() : plan.asked())
                        .number("steps", plan == null ? 0 : plan.stepCount())
                        .end();
            }
            json.endList();
        }
    }
}
