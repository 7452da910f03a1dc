package opm.cli;

import java.nio.file.Path;
import opm.base.OpmException;
import opm.bundle.BundleReader;
import opm.plan.Plan;

/// `opm apply FILE.opm`: what `sh FILE.opm` does, by this program.
final class ApplyVerb implements Verb {
    @Override
    public void accept(Syntax syntax) {
        syntax.flag("--dry-run").arguments("FILE", 1, 1);
    }

    @Override
    public int run(Session session) throws OpmException {
        var file = Path.of(session.arguments().getFirst());
        var bundle = BundleReader.open(session.host().disk(), file);
        Plan plan = bundle.plan();
        var screen = session.screen();
        var applying = new Applying(session);
        if (!plan.batches().isEmpty()) {
            new PlanTable(screen, plan).print();
        }
        boolean dry = session.has("--dry-run") || session.settings().assumeNo();
        if (dry) {
            bundle.verify();
            applying.requireDone(session.engine().check(bundle));
            screen.say("sh.apply.dry-run");
            document(session, plan, "planned");
            return 0;
        }
        if (!session.settings().yes() && !plan.batches().isEmpty()) {
            new Answers(session).requireConsent();
        }
        var outcome = session.engine().apply(bundle, applying, session.progress()::cancelled);
        applying.requireDone(outcome);
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
