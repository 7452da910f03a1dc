package opm.cli;

import java.util.ArrayList;
import java.util.List;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.engine.Solution;
import opm.plan.Plan;
import opm.solve.Request;
import opm.solve.Verdict;

/// `opm install`, `remove`, `upgrade`, `downgrade`, `reinstall`: solve, show, ask, fetch, apply.
final class ChangeVerb implements Verb {
    private static final int UPDATES = 100;
    private final Request.Verb act;

    ChangeVerb(Request.Verb act) {
        this.act = act;
    }

    @Override
    public void accept(Syntax syntax) {
        boolean all = act == Request.Verb.UPGRADE || act == Request.Verb.DISTRO_SYNC;
        syntax.arguments("SPEC", all ? 0 : 1, -1);
        if (act == Request.Verb.UPGRADE) {
            syntax.flag("--check");
        }
        syntax.flag("--download-only", "--downloadonly");
    }

    @Override
    public int run(Session session) throws OpmException {
        Request request = request(act, session.arguments());
        Solution solution = session.engine().solve(request, asked(session));
        session.progress().clear();
        var answers = new Answers(session);
        if (!(solution.verdict() instanceof Verdict.Solved) || solution.plan() == null) {
            return answers.unsolved(solution);
        }
        Plan plan = solution.plan();
        if (session.has("--check")) {
            answers.updates(solution, plan);
            return plan.batches().isEmpty() ? 0 : UPDATES;
        }
        boolean stop = session.settings().assumeNo() || plan.batches().isEmpty();
        if (session.settings().json() && (stop || !session.settings().yes())) {
            answers.document(solution, plan, "planned");
            return 0;
        }
        answers.show(solution, plan);
        if (stop) {
            return 0;
        }
        requireThisMachine(session);
        if (!session.settings().yes()) {
            answers.requireConsent();
        }
        if (session.has("--download-only")) {
            session.engine().keepForLater(session.engine().fetch(solution).plan());
            session.screen().say("plan.downloaded", plan.artifacts().size());
            return 0;
        }
        return apply(session, answers, solution);
    }

    /// Makes a request of one verb about all specs; about everything when there is none.
    static Request request(Request.Verb verb, List<String> specs) throws BadRequest {
        if (specs.isEmpty()) {
            return Request.all(verb);
        }
        var items = new ArrayList<Request.Item>();
        for (String spec : specs) {
            items.add(new Request.Item(verb, checked(spec)));
        }
        return new Request(items);
    }

    /// Returns the spec, when it can be one.
    static String checked(String spec) throws BadRequest {
        String trimmed = spec.strip();
        if (trimmed.isEmpty()) {
            throw new BadRequest(
                    "found an empty word, expected the name of a package",
                    "`opm search WORD` finds names.");
        }
        if (trimmed.endsWith(".rpm") && trimmed.contains("/") && !trimmed.contains("*")) {
            throw new BadRequest(
                    "'" + trimmed + "': found a file, expected a package of a repository",
                    "Make its folder a repository with createrepo_c, then --repo here=FOLDER.");
        }
        return trimmed;
    }

    private static int apply(Session session, Answers answers, Solution solution)
            throws OpmException {
        var fetched = session.engine().fetch(solution);
        session.progress().clear();
        var applying = new Applying(session);
        var outcome =
                session.engine().apply(fetched.plan(), applying, session.progress()::cancelled);
        applying.requireDone(outcome);
        if (session.settings().json()) {
            answers.document(solution, fetched.plan(), "applied");
        }
        return 0;
    }

    private static List<String> asked(Session session) {
        String verb = session.command();
        return session.arguments().isEmpty()
                ? List.of(verb)
                : session.arguments().stream().map(spec -> verb + " " + spec.strip()).toList();
    }

    private static void requireThisMachine(Session session) throws BadRequest {
        if (session.settings().profile() != null) {
            throw new BadRequest(
                    "--profile: found another machine's profile, expected this machine to change",
                    "`opm bundle create` packs it for that machine; --assumeno only shows it.");
        }
    }
}
