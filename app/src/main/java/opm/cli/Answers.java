package opm.cli;

import java.util.List;
import opm.base.OpmException;
import opm.base.OpmException.Refused;
import opm.engine.Enabling;
import opm.engine.Solution;
import opm.plan.Batch;
import opm.plan.Plan;
import opm.plan.Step;
import opm.solve.Cause;
import opm.solve.Verdict;
import opm.words.Sentences;

/// Shows what the solver answered: a plan, nothing to do, or why not.
final class Answers {
    private static final int UNSOLVABLE = 6;
    private final Session session;
    private final Screen screen;
    private final Sentences sentences;

    Answers(Session session) {
        this.session = session;
        screen = session.screen();
        sentences = new Sentences(session.messages());
    }

    /// Says why the request cannot hold, and returns the exit status.
    int unsolved(Solution solution) throws OpmException {
        return switch (solution.verdict()) {
            case Verdict.Unsolvable unsolvable -> {
                if (session.settings().json()) {
                    unsolvable(unsolvable, Enabling.of(session.engine(), solution));
                } else {
                    // The reasons are an answer, so they are the result; a failure is two lines.
                    sentences
                            .of(unsolvable.problems(), session.settings().verbose())
                            .forEach(screen::line);
                    enabling(solution);
                }
                session.outside().out().flush();
                Screen.fail(
                        session.outside().err(),
                        session.messages().text("unsolvable.what"),
                        session.messages().text(hint(unsolvable)));
                yield UNSOLVABLE;
            }
            case Verdict.GaveUp(var cancelled) -> {
                throw cancelled
                        ? new Refused("the solver was stopped", "Start again.")
                        : new Refused(
                                "the solver gave up: the request needs more steps than it takes",
                                "Ask for fewer packages at once, or name versions.");
            }
            case Verdict.Solved _ -> throw new IllegalStateException("solved without a plan");
        };
    }

    /// Explains as the answer to a question.
    void explain(Verdict.Unsolvable unsolvable) {
        if (session.settings().json()) {
            unsolvable(unsolvable, List.of());
        }
        sentences.of(unsolvable.problems(), session.settings().verbose()).forEach(screen::line);
    }

    /// Names disabled repositories that would help, else those that nobody looked at.
    private void enabling(Solution solution) throws OpmException {
        List<String> helpful = Enabling.of(session.engine(), solution);
        for (String repo : helpful) {
            screen.line("  * " + session.messages().text("repair.enable-repo", repo));
        }
        List<String> disabled = Enabling.disabled(session.engine());
        if (helpful.isEmpty() && !disabled.isEmpty()) {
            screen.say("unsolvable.disabled", String.join(", ", disabled));
        }
    }

    private static String hint(Verdict.Unsolvable unsolvable) {
        boolean unknown =
                unsolvable.problems().stream()
                        .anyMatch(p -> p.causes().getFirst() instanceof Cause.NoMatch);
        return unknown ? "unsolvable.hint-name" : "unsolvable.hint";
    }

    private void unsolvable(Verdict.Unsolvable unsolvable, List<String> enabling) {
        try (Json json = session.json()) {
            json.text("result", "unsolvable").beginList("problems");
            for (var problem : unsolvable.problems()) {
                json.beginItem()
                        .texts("causes", problem.causes().stream().map(sentences::of).toList())
                        .texts("repairs", problem.repairs().stream().map(sentences::of).toList())
                        .end();
            }
            json.endList();
            if (!enabling.isEmpty()) {
                json.texts("enable", enabling);
            }
        }
    }

    /// Shows a plan for people; what could not be updated stands below it.
    void show(Solution solution, Plan plan) {
        if (plan.batches().isEmpty()) {
            screen.say("plan.nothing-to-do");
        } else {
            new PlanTable(screen, solution, plan).print();
        }
        if (solution.verdict() instanceof Verdict.Solved solved
                && !solved.skippedUpdates().isEmpty()) {
            screen.line("");
            screen.say("plan.skipped");
            solved.skippedUpdates().forEach(cause -> screen.line("  - " + sentences.of(cause)));
        }
        if (solution.planned() != null && !solution.planned().notes().isEmpty()) {
            screen.line("");
            screen.say("plan.notes");
            notes(solution).forEach(note -> screen.line("  - " + note));
        }
    }

    private List<String> notes(Solution solution) {
        var planned = solution.planned();
        return planned == null ? List.of() : planned.notes().stream().map(sentences::of).toList();
    }

    /// Writes a plan as the JSON document of this run.
    ///
    /// @param result `planned`, `applied`, `bundled`
    void document(Solution solution, Plan plan, String result) {
        try (Json json = session.json()) {
            json.text("result", plan.batches().isEmpty() ? "nothing-to-do" : result);
            new PlanTable(screen, solution, plan).write(json);
            if (solution.verdict() instanceof Verdict.Solved solved) {
                json.texts("skipped", solved.skippedUpdates().stream().map(sentences::of).toList());
            }
            json.texts("notes", notes(solution));
        }
    }

    /// Lists what `upgrade --check` found: name.arch, version, repository, as dnf's check-update.
    void updates(Solution solution, Plan plan) {
        if (session.settings().json()) {
            document(solution, plan, "planned");
            return;
        }
        var artifacts = plan.artifactsByDigest();
        var rows = new java.util.ArrayList<List<String>>();
        for (Batch batch : plan.batches()) {
            for (Step step : batch.steps()) {
                if (step instanceof Step.Upgrade(_, var to, var rpm)) {
                    var artifact = artifacts.get(rpm);
                    rows.add(
                            List.of(
                                    to.nameArch(),
                                    to.evr().toString(),
                                    artifact == null ? "" : artifact.repo()));
                }
            }
        }
        new Columns(screen).print(rows);
    }

    /// Asks whether to go on.
    ///
    /// @throws Refused when nobody says yes
    void requireConsent() throws Refused {
        if (!screen.ask("ask.go-on")) {
            throw new Refused(
                    session.messages().text("sh.apply.not-now"),
                    session.messages().text("sh.apply.not-now.hint"));
        }
    }
}
