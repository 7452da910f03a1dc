package opm.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import opm.apply.Outcome;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.engine.Engine;
import opm.engine.LookAhead;
import opm.engine.Presolved;
import opm.plan.Plan;
import opm.plan.PlanText;
import opm.profile.InstalledPackage;
import org.jspecify.annotations.Nullable;

/// `opm presolve get NAME...`: what a server solved before, as a plan for this machine.
/// `opm presolve install NAME...`: fetches that and does it. Nothing is solved here, and no
/// metadata is read.
final class PresolveInstallVerb implements Verb {
    private static final int UNSOLVED = 6;
    private static final String NOTHING = "already-there";

    private final boolean installs;

    PresolveInstallVerb(boolean installs) {
        this.installs = installs;
    }

    @Override
    public void accept(Syntax syntax) {
        ThinServer.accept(syntax).arguments("SPEC", 1, -1);
        if (installs) {
            syntax.flag("--dry-run").flag("--no-keep");
        } else {
            syntax.value("FILE", "--output", "-o");
        }
    }

    @Override
    public int run(Session session) throws OpmException {
        if (installs && session.settings().profile() != null) {
            throw new BadRequest(
                    "--profile: found another machine's profile, expected this machine to change",
                    "`opm presolve get` shows the plan for it.");
        }
        var thin = new ThinServer(session);
        for (String name : session.arguments()) {
            if (!opm.thin.Answers.isName(name)) {
                throw thin.words().badRequest("bad-name", name);
            }
        }
        // What is there is there, also where no server is.
        List<String> names = installs ? missing(session) : session.arguments();
        if (names.isEmpty()) {
            return 0;
        }
        Presolved presolved = thin.presolved(session.engine());
        for (String name : names) {
            String why = presolved.add(name);
            if (why != null) {
                return unsolved(session, thin, why, name);
            }
        }
        session.progress().clear();
        Plan plan = presolved.plan();
        return installs ? install(session, presolved, plan) : get(session, plan);
    }

    /// Returns the names that are not installed; says so of the others.
    private static List<String> missing(Session session) throws OpmException {
        var missing = new ArrayList<>(session.arguments());
        for (InstalledPackage pkg : session.engine().machine().packages()) {
            if (missing.remove(pkg.nevra().name())) {
                session.progress().clear();
                session.screen().say("sh.thin.already", pkg.nevra().name());
            }
        }
        if (missing.isEmpty() && session.settings().json()) {
            try (Json json = session.json()) {
                json.text("result", NOTHING);
            }
        }
        return missing;
    }

    private static int unsolved(Session session, ThinServer thin, String why, String name) {
        session.progress().clear();
        String text = thin.words().text(why, name);
        if (session.settings().json()) {
            try (Json json = session.json()) {
                json.text("result", "unsolvable").beginList("problems").beginItem();
                json.texts("causes", List.of(text)).texts("repairs", List.of()).end().endList();
            }
        }
        Screen.fail(session.outside().err(), text, thin.words().text(why + ".hint", name));
        return UNSOLVED;
    }

    private static int get(Session session, Plan plan) throws OpmException {
        byte[] text = PlanText.write(plan);
        String output = session.value("--output");
        boolean shown = output == null || output.equals("-");
        if (!shown) {
            Path file = file(output);
            session.engine().write(file, text);
            if (!session.settings().json()) {
                session.screen().say("presolve.written", file, plan.artifacts().size());
            }
        }
        if (session.settings().json()) {
            ApplyVerb.document(session, plan, plan.batches().isEmpty() ? NOTHING : "planned");
        } else if (shown) {
            session.outside().out().writeBytes(text);
        }
        return 0;
    }

    private static Path file(@Nullable String output) {
        return Path.of(output == null ? "" : output).toAbsolutePath().normalize();
    }

    private static int install(Session session, Presolved presolved, Plan found)
            throws OpmException {
        var applying = new Applying(session);
        if (found.batches().isEmpty()) {
            presolved.remember(session.arguments());
            applying.requireDone(new Outcome.AlreadyThere());
            ApplyVerb.document(session, found, NOTHING);
            return 0;
        }
        new PlanTable(session.screen(), found).print();
        if (ApplyVerb.isDry(session)) {
            session.screen().say("sh.apply.dry-run");
            ApplyVerb.document(session, found, "planned");
            return 0;
        }
        if (!session.settings().yes()) {
            new Answers(session).requireConsent();
        }
        Engine engine = session.engine();
        if (session.has("--no-keep")) {
            engine.keepNoOld();
        }
        Plan plan = presolved.fetch(found);
        session.progress().clear();
        var report = new LookAhead(engine).plan(plan);
        var outlook = new Outlook(session);
        outlook.show(report);
        outlook.requireClear(report);
        List<String> asked = session.arguments();
        applying.requireDone(
                presolved.apply(plan, asked, applying, session.progress()::cancelled));
        ApplyVerb.document(session, plan, "applied");
        return 0;
    }
}
