package opm.cli;

import java.util.List;
import java.util.stream.Stream;
import opm.apply.Outcome;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.engine.Budgeting;
import opm.engine.Pipelined;
import opm.engine.Ready;
import opm.engine.Restarts;
import opm.engine.Smallest;
import opm.engine.Solution;
import opm.engine.Without;
import opm.plan.Plan;
import opm.planner.Planned;
import opm.solve.Request;
import opm.solve.Verdict;

/// What every command that changes packages does with its request: solve, show, ask, fetch, apply.
final class Changing {
    private static final int UPDATES = 100;
    private final Session session;
    private final Answers answers;

    Changing(Session session) {
        this.session = session;
        answers = new Answers(session);
    }

    /// Declares the options that choose among answers.
    static Syntax accept(Syntax syntax) {
        return BudgetOption.accept(syntax)
                .flag("--smallest-download")
                .flag("--no-reboot")
                .flag("--only-here")
                .flag("--no-keep")
                .flag("--pipelined");
    }

    /// Solves as the options say.
    static Solution solve(Session session, Request request, List<String> asked)
            throws OpmException {
        return choose(session, request, asked).solution();
    }

    /// Solves as the options say, and returns also what they leave for the next time.
    static Budgeting.Chosen choose(Session session, Request request, List<String> asked)
            throws OpmException {
        boolean budget = session.value("--budget") != null;
        requireOne(
                session.has("--smallest-download") ? "--smallest-download" : "",
                session.has("--no-reboot") ? "--no-reboot" : "",
                session.has("--only-here") ? "--only-here" : "",
                budget ? "--budget" : "");
        return budget
                ? BudgetOption.solve(session, request, asked)
                : new Budgeting.Chosen(whole(session, request, asked), List.of());
    }

    private static Solution whole(Session session, Request request, List<String> asked)
            throws OpmException {
        if (session.has("--smallest-download")) {
            return Smallest.solve(session.engine(), request, asked);
        }
        if (session.has("--no-reboot")) {
            var without = Restarts.solve(session.engine(), request, asked);
            session.progress().clear();
            if (!without.left().isEmpty()) {
                List<String> left = without.left().stream().map(Nevra::toString).toList();
                session.screen().note("plan.no-reboot", String.join(", ", left));
            }
            return without.solution();
        }
        if (session.has("--only-here")) {
            var without = Without.absent(session.engine(), request, asked);
            session.progress().clear();
            if (!without.left().isEmpty()) {
                List<String> left = without.left().stream().map(Nevra::toString).toList();
                session.screen().note("plan.only-here", String.join(", ", left));
            }
            return without.solution();
        }
        return session.engine().solve(request, asked);
    }

    private static void requireOne(String... options) throws BadRequest {
        List<String> given = Stream.of(options).filter(option -> !option.isEmpty()).toList();
        if (given.size() > 1) {
            throw new BadRequest(
                    String.join(" and ", given) + ": found both, expected one of them",
                    "Leave one out.");
        }
    }

    int run(Request request, List<String> asked) throws OpmException {
        Budgeting.Chosen chosen = choose(session, request, asked);
        Solution solution = chosen.solution();
        session.progress().clear();
        Plan plan = solution.plan();
        if (!(solution.verdict() instanceof Verdict.Solved) || plan == null) {
            return answers.unsolved(solution);
        }
        if (session.has("--check")) {
            answers.updates(solution, plan);
            return plan.batches().isEmpty() ? 0 : UPDATES;
        }
        boolean stop = session.settings().assumeNo() || plan.batches().isEmpty();
        if (session.settings().json() && (stop || !session.hasConsent())) {
            answers.document(solution, plan, "planned");
            return 0;
        }
        answers.show(solution, plan);
        if (stop) {
            return 0;
        }
        requireThisMachine();
        if (!session.hasConsent()) {
            answers.requireConsent();
        }
        if (session.has("--download-only")) {
            session.engine().fetch(solution);
            session.screen().forPeople().say("plan.downloaded", plan.artifacts().size());
            return 0;
        }
        int status = apply(solution);
        if (session.value("--queue") != null) {
            new Waiting(session).keep(chosen.left());
        }
        return status;
    }

    private int apply(Solution solution) throws OpmException {
        if (session.has("--no-keep")) {
            session.engine().keepNoOld();
        }
        var pipelined = new Pipelined(session.engine());
        Planned steps = pipelined.inSteps(solution);
        if (steps != null || session.has("--pipelined")) {
            var applying = new Applying(session);
            Planned arriving = steps == null ? pipelined.forArrival(solution) : steps;
            Outcome outcome;
            if (steps == null) {
                outcome = pipelined.apply(arriving, applying, session.progress()::cancelled);
            } else {
                session.screen().note("plan.in-steps", steps.plan().batches().size());
                outcome = pipelined.applyInSteps(steps, applying, session.progress()::cancelled);
            }
            applying.requireDone(outcome);
            if (session.settings().json()) {
                answers.document(solution, arriving.plan(), "applied");
            }
            return 0;
        }
        Ready ready = Ready.of(session.engine(), solution, false);
        session.progress().clear();
        var outlook = new Outlook(session);
        outlook.show(ready.report());
        outlook.requireClear(ready.report());
        var applying = new Applying(session);
        var outcome =
                session.engine()
                        .apply(ready.fetched().plan(), applying, session.progress()::cancelled);
        applying.requireDone(outcome);
        if (session.settings().json()) {
            answers.document(solution, ready.fetched().plan(), "applied");
        }
        return 0;
    }

    private void requireThisMachine() throws BadRequest {
        if (session.settings().base().place() != null) {
            throw new BadRequest(
                    "--base: found a change to make, expected a question",
                    "--assumeno shows what the base lacks; `opm download` fetches it.");
        }
        if (session.settings().profile() != null) {
            throw new BadRequest(
                    "--profile: found another machine's profile, expected this machine to change",
                    "`opm bundle create` packs it for that machine; --assumeno only shows it.");
        }
    }
}
