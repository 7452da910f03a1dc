package opm.cli;

import java.nio.file.Path;
import java.util.List;
import opm.apply.Beforehand;
import opm.apply.Outcome;
import opm.base.OpmException;
import opm.bundle.BundleReader;
import opm.engine.Anew;
import opm.engine.FromBundle;
import opm.engine.LookAhead;
import opm.history.Change;
import opm.plan.Plan;
import opm.store.Store;

/// `opm apply FILE.opm`: what `sh FILE.opm` does, by this program.
final class ApplyVerb implements Verb {
    /// From here on the launcher lets C2 compile what hashes.
    private static final long MUCH_BYTES = 40_000 * 512;

    @Override
    public void accept(Syntax syntax) {
        SignedBy.accept(syntax).flag("--dry-run").flag("--forget").flag("--no-keep");
        syntax.flag("--older").flag("--at-boot").arguments("FILE", 1, 1);
    }

    @Override
    public int run(Session session) throws OpmException {
        var file = Path.of(session.arguments().getFirst());
        var whole = BundleReader.open(session.host().disk(), file);
        if (whole.sizeBytes() > MUCH_BYTES) {
            Store.warmUp();
        }
        for (String signer : SignedBy.require(session, file, whole.seal(), false)) {
            session.screen().note("sh.apply.signed", signer);
        }
        var bundle = SplitWords.take(session, FromBundle.part(session.engine(), whole));
        var applying = new Applying(session);
        if (session.has("--forget")) {
            bundle.verify();
            applying.requireDone(session.engine().forget());
            return 0;
        }
        if (session.has("--no-keep")) {
            session.engine().keepNoOld();
        }
        if (session.has("--at-boot")) {
            return new AtBoot(session).prepare(whole, file);
        }
        Plan plan = bundle.plan();
        new AgeNote(session).tell(plan);
        FromBundle change = session.engine().from(bundle);
        Outcome outcome = change.check();
        var anew = new Anew(session.engine(), bundle);
        if (outcome instanceof Outcome.Drifted(var added, var missing) && !isInterrupted(session)) {
            return new ApplyAnew(session, bundle, anew).run(added, missing);
        }
        boolean begins = outcome instanceof Outcome.Ready(var afterBatch) && afterBatch == 0;
        if (begins && anew.isLocked()) {
            return new ApplyAnew(session, bundle, anew).run(List.of(), List.of());
        }
        if (!plan.batches().isEmpty()) {
            new PlanTable(session.screen(), plan).print();
        }
        boolean dry = isDry(session);
        if (!dry && outcome instanceof Outcome.Ready && !session.settings().yes()) {
            change.readAhead(); // while somebody thinks about it
        }
        boolean asks = dry || !session.settings().yes();
        LookAhead ahead = new LookAhead(session.engine());
        if (begins && asks) {
            look(session, ahead, bundle);
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
        LookAhead noted = begins && !asks ? ahead.fromNow() : null;
        Beforehand look = noted == null ? Beforehand.NOTHING : () -> look(session, noted, bundle);
        applying.requireDone(change.apply(applying, session.progress()::cancelled, look));
        document(session, plan, "applied");
        return 0;
    }

    private static void look(Session session, LookAhead ahead, BundleReader bundle)
            throws OpmException {
        var outlook = new Outlook(session);
        var report = ahead.bundle(bundle);
        outlook.show(report);
        outlook.requireClear(report);
    }

    private static boolean isInterrupted(Session session) throws OpmException {
        List<Change> history = session.engine().history();
        return !history.isEmpty() && history.getLast().isOpen();
    }

    static boolean isDry(Session session) {
        return session.has("--dry-run") || session.settings().assumeNo();
    }

    static void document(Session session, Plan plan, String result) {
        if (session.settings().json()) {
            try (Json json = session.json()) {
                json.text("result", result);
                new PlanTable(session.screen(), plan).write(json);
            }
        }
    }
}
