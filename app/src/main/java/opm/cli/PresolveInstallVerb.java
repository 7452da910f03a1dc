package opm.cli;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import opm.apply.Outcome;
import opm.base.Digest;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.base.OpmException.Damaged;
import opm.engine.Engine;
import opm.engine.LookAhead;
import opm.fetch.Wanted;
import opm.plan.Artifact;
import opm.plan.Plan;
import opm.plan.PlanText;
import opm.profile.InstalledPackage;
import opm.store.Lease;
import opm.store.Stored;
import opm.thin.Arrived;
import opm.thin.ForHere;
import opm.thin.Memory;

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
        ThinSession.accept(syntax);
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
        var thin = new ThinSession(session);
        List<String> names = thin.names();
        List<String> already = thin.installed(names);
        var here = new ForHere(installed(session), () -> thin.answers().baseline(), thin.words());
        for (String name : names) {
            if (installs && already.contains(name)) {
                session.screen().say("sh.thin.already", name);
                continue;
            }
            String why = thin.add(name, here);
            if (why != null) {
                return unsolved(session, thin, why, name);
            }
        }
        session.progress().clear();
        Plan plan = here.plan(thin.target(), List.of());
        return installs ? install(session, thin, here, plan) : get(session, plan);
    }

    private static List<Nevra> installed(Session session) throws OpmException {
        return session.engine().machine().packages().stream().map(InstalledPackage::nevra).toList();
    }

    private static int unsolved(Session session, ThinSession thin, String why, String name) {
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
        if (output != null && !output.equals("-")) {
            Path file = Path.of(output).toAbsolutePath().normalize();
            session.engine().write(file, text);
            if (!session.settings().json()) {
                session.screen().say("presolve.written", file, plan.artifacts().size());
            }
        }
        if (session.settings().json()) {
            ApplyVerb.document(session, plan, plan.batches().isEmpty() ? NOTHING : "planned");
        } else if (output == null || output.equals("-")) {
            session.outside().out().writeBytes(text);
        }
        return 0;
    }

    private static int install(Session session, ThinSession thin, ForHere here, Plan found)
            throws OpmException {
        var applying = new Applying(session);
        if (found.batches().isEmpty()) {
            remember(session, thin, here);
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
        List<Digest> digests = found.artifacts().stream().map(Artifact::digest).toList();
        try (Lease lease = engine.store().lease(digests)) {
            assert lease != null;
            engine.fetch(wanted(thin, found));
            session.progress().clear();
            Plan plan =
                    new Arrived(digest -> open(session, digest), thin.words())
                            .complete(found, installed(session), session.settings().unsigned());
            var report = new LookAhead(engine).plan(plan);
            var outlook = new Outlook(session);
            outlook.show(report);
            outlook.requireClear(report);
            applying.requireDone(engine.apply(plan, applying, session.progress()::cancelled));
            remember(session, thin, here);
            ApplyVerb.document(session, plan, "applied");
        }
        return 0;
    }

    private static List<Wanted> wanted(ThinSession thin, Plan plan) throws OpmException {
        var wanted = new ArrayList<Wanted>();
        for (Artifact file : plan.artifacts()) {
            wanted.add(Wanted.of(file, thin.answers().sources(file)));
        }
        return wanted;
    }

    private static InputStream open(Session session, Digest digest) throws OpmException {
        Stored stored = session.engine().store().get(digest);
        if (stored == null) {
            throw new Damaged(
                    digest + ": found nothing in the store, expected what was fetched",
                    "Run the same again.");
        }
        return session.host().disk().read(stored.path());
    }

    /// What somebody asked for was asked for, whatever it came for.
    private static void remember(Session session, ThinSession thin, ForHere here)
            throws OpmException {
        var came = new ArrayList<>(here.coming());
        for (String name : session.arguments()) {
            came.add(new Memory.Came(name, "user", name));
        }
        thin.memory().came(came);
    }
}
