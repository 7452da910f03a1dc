package opm.cli;

import java.nio.file.Path;
import opm.apply.Outcome;
import opm.base.OpmException;
import opm.bundle.BundleReader;
import opm.engine.FromBundle;
import opm.engine.LookAhead;
import opm.plan.Plan;

/// `opm apply FILE.opm`: what `sh FILE.opm` does, by this program.
final class ApplyVerb implements Verb {
    @Override
    public void accept(Syntax syntax) {
        syntax.flag("--dry-run").flag("--forget").flag("--no-keep").arguments("FILE", 1, 1);
    }

    @Override
    public int run(Session session) throws OpmException {
        var file = Path.of(session.arguments().getFirst());
        var bundle = BundleReader.open(session.host().disk(), file);
        var applying = new Applying(session);
        if (session.has("--forget")) {
            bundle.verify();
            applying.requireDone(session.engine().forget());
            return 0;
        }
        if (session.has("--no-keep")) {
            session.engine().keepNoOld();
        }
        Plan plan = bundle.plan();
        if (!plan.batches().isEmpty()) {
            new PlanTable(session.screen(), plan).print();
        }
        FromBundle change = session.engine().from(bundle);
        Outcome outcome = change.check();
        boolean dry = session.has("--dry-run") || session.settings().assumeNo();
        if (!dry && outcome instanceof Outcome.Ready) {
            change.readAhead();
        }
        if (outcome instanceof Outcome.Ready(var afterBatch) && afterBatch == 0) {
            var outlook = new Outlook(session);
            var report = new LookAhead(session.engine()).bundle(bundle);
            outlook.show(report);
            outlook.requireClear(report);
        }
        if (dry || !(outcome instanceof Outcome.Ready)) {
            bundle.verify(); // applying does, while it lays the packages down
            applying.requireDone(outcome);
            if (dry) {
                session.screen().say("sh.apply.dry-run");
            }
            document(session, plan, outcome instanceof Outcome.Ready ? "planned" : "already-there");
            return 0;
        }
        if (!session.settings().yes()) {
            new Answers(session).requireConsent();
        }
        applying.requireDone(change.apply(applying, session.progress()::cancelled));
        document(session, plan, "applied");
        return 0;
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
