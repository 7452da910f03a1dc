package opm.cli;

import java.util.List;
import opm.base.OpmException;
import opm.engine.Solution;
import opm.plan.Plan;
import opm.solve.Request;
import opm.solve.Verdict;

/// `opm why-not SPEC`: what keeps a package, or its newest version, from being installed.
final class WhyNotVerb implements Verb {
    @Override
    public void accept(Syntax syntax) {
        syntax.arguments("SPEC", 1, 1);
    }

    @Override
    public int run(Session session) throws OpmException {
        String spec = ChangeVerb.checked(session.arguments().getFirst());
        Solution solution =
                session.engine()
                        .solve(
                                Request.of(Request.Verb.INSTALL, spec),
                                List.of("install " + spec),
                                // An older one would be an answer to another question.
                                policy -> policy.withBest(true));
        session.progress().clear();
        var answers = new Answers(session);
        Plan plan = solution.plan();
        if (solution.verdict() instanceof Verdict.Unsolvable unsolvable) {
            answers.explain(unsolvable);
            return 0;
        }
        if (plan == null) {
            return answers.unsolved(solution);
        }
        if (session.settings().json()) {
            answers.document(solution, plan, "installable");
            return 0;
        }
        if (plan.batches().isEmpty()) {
            session.screen().say("why-not.installed", spec);
        } else {
            session.screen()
                    .say(
                            "why-not.installable",
                            spec,
                            solution.coming().size(),
                            Screen.size(plan.fetchBytes()));
        }
        return 0;
    }
}
