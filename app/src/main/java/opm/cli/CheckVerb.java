package opm.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import opm.apply.Outcome;
import opm.base.Limits;
import opm.base.OpmException;
import opm.bundle.BundleReader;
import opm.engine.FromBundle;
import opm.engine.LookAhead;
import opm.host.Disk;
import opm.host.StreamFailure;
import opm.plan.Plan;
import opm.plan.PlanText;
import opm.preflight.Report;

/// `opm check PLAN|FILE.opm`: what it would do here, and what stands in its way.
final class CheckVerb implements Verb {
    private static final int REFUSED = 5;
    private static final byte[] PLAN = "opm-plan ".getBytes(StandardCharsets.US_ASCII);

    @Override
    public void accept(Syntax syntax) {
        syntax.arguments("FILE", 1, 1);
    }

    @Override
    public int run(Session session) throws OpmException {
        Disk disk = session.host().disk();
        var file = Path.of(session.arguments().getFirst());
        Plan plan;
        Outcome outcome;
        var ahead = new LookAhead(session.engine());
        Report report = null;
        if (isPlan(disk, file)) {
            plan = PlanText.read(disk.readAll(file, Limits.PLAN_BYTES));
            outcome = session.engine().check(plan);
            if (outcome instanceof Outcome.Ready && ahead.canSee(plan)) {
                report = ahead.planAndKeys(plan);
            }
        } else {
            var whole = BundleReader.open(disk, file);
            whole.verify();
            var bundle = SplitWords.take(session, FromBundle.part(session.engine(), whole));
            plan = bundle.plan();
            outcome = session.engine().from(bundle).check();
            if (outcome instanceof Outcome.Ready) {
                report = ahead.bundleAndKeys(bundle);
            }
        }
        if (!plan.batches().isEmpty()) {
            new PlanTable(session.screen(), plan).print();
            session.screen().line("");
        }
        var outlook = new Outlook(session);
        if (report != null) {
            outlook.showAll(report);
        } else if (outcome instanceof Outcome.Ready) {
            session.screen().note("ahead.not-here");
        }
        boolean clear = report == null || report.isClear();
        if (clear) {
            new Applying(session).requireDone(outcome);
        }
        if (session.settings().json()) {
            boolean ready = outcome instanceof Outcome.Ready;
            try (Json json = session.json()) {
                json.text("result", clear ? ready ? "ready" : "already-there" : "not-ready");
                new PlanTable(session.screen(), plan).write(json);
                if (report != null) {
                    outlook.write(report, json);
                }
            }
            return clear ? 0 : REFUSED; // an answer, and a document of its own
        }
        if (report != null) {
            outlook.requireClear(report);
        }
        return 0;
    }

    /// Reads the plan of a file: a plan, or a bundle with one in it.
    static Plan plan(Session session, String name) throws OpmException {
        Disk disk = session.host().disk();
        var file = Path.of(name);
        return isPlan(disk, file)
                ? PlanText.read(disk.readAll(file, Limits.PLAN_BYTES))
                : BundleReader.open(disk, file).plan();
    }

    private static boolean isPlan(Disk disk, Path file) throws OpmException {
        try (InputStream in = disk.read(file)) {
            return java.util.Arrays.equals(in.readNBytes(PLAN.length), PLAN);
        } catch (IOException e) {
            throw StreamFailure.of(e, file.toString());
        }
    }
}
