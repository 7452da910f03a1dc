package opm.cli;

import java.util.ArrayList;
import java.util.List;
import opm.base.OpmException;
import opm.bundle.BundleReader;
import opm.engine.Anew;
import opm.engine.LookAhead;
import opm.engine.Solution;
import opm.plan.Plan;
import opm.solve.Verdict;

/// `opm apply` on a machine that changed since the profile: solve again with what the bundle holds,
/// show, ask, apply.
final class ApplyAnew {
    private static final int MOST_NAMES = 10;
    private final Session session;
    private final BundleReader bundle;
    private final Anew anew;

    ApplyAnew(Session session, BundleReader bundle, Anew anew) {
        this.session = session;
        this.bundle = bundle;
        this.anew = anew;
    }

    /// @param added full names that are there and were not
    /// @param missing full names that were there and are not
    int run(List<String> added, List<String> missing) throws OpmException {
        bundle.verify();
        var names = new ArrayList<String>();
        added.forEach(name -> names.add("+ " + name));
        missing.forEach(name -> names.add("- " + name));
        int shown = Math.min(names.size(), MOST_NAMES);
        session.screen()
                .note(
                        names.isEmpty() ? "apply.anew-locked" : "apply.anew",
                        names.size(),
                        String.join(", ", names.subList(0, shown))
                                + (shown < names.size() ? ", ..." : ""));
        Solution solution = anew.solve();
        session.progress().clear();
        var answers = new Answers(session);
        Plan plan = solution.plan();
        if (!(solution.verdict() instanceof Verdict.Solved) || plan == null) {
            return answers.unsolved(solution);
        }
        boolean json = session.settings().json();
        if (!json) {
            answers.show(solution, plan);
        }
        if (plan.batches().isEmpty()) {
            ApplyVerb.document(session, plan, "already-there");
            return 0;
        }
        var outlook = new Outlook(session);
        var report = new LookAhead(session.engine()).bundle(bundle, plan);
        outlook.show(report);
        outlook.requireClear(report);
        if (ApplyVerb.isDry(session)) {
            session.screen().say("sh.apply.dry-run");
            ApplyVerb.document(session, plan, "planned");
            return 0;
        }
        if (!session.settings().yes()) {
            answers.requireConsent();
        }
        var applying = new Applying(session);
        applying.requireDone(anew.apply(plan, applying, session.progress()::cancelled));
        ApplyVerb.document(session, plan, "applied");
        return 0;
    }
}
