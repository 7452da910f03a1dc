package opm.cli;

import java.nio.file.Path;
import opm.base.OpmException;
import opm.bundle.BundleReader;
import opm.bundle.Entry;
import opm.engine.Age;
import opm.engine.FromBundle;
import opm.engine.LookAhead;
import opm.plan.Plan;

/// `opm bundle inspect FILE`: for which machine it is, what it does, and that it was proved.
final class BundleInspectVerb implements Verb {
    @Override
    public void accept(Syntax syntax) {
        syntax.flag("--plan")
                .flag("--proof")
                .flag("--entries")
                .flag("--csv")
                .arguments("FILE", 1, 1);
    }

    @Override
    public int run(Session session) throws OpmException {
        Path file = Path.of(session.arguments().getFirst());
        var whole = BundleReader.open(session.host().disk(), file);
        if (session.has("--csv")) {
            HashList.print(session, file, whole);
            return 0;
        }
        if (!whole.machines().isEmpty() && session.settings().profile() == null) {
            machines(session, whole);
            return 0;
        }
        var bundle = FromBundle.part(session.engine(), whole);
        Plan plan = bundle.plan();
        var screen = session.screen();
        if (session.settings().json()) {
            document(session, bundle, plan);
        } else if (session.has("--plan")) {
            session.outside().out().writeBytes(opm.plan.PlanText.write(plan));
        } else if (session.has("--proof")) {
            session.outside().out().print(bundle.proof());
        } else if (session.has("--entries")) {
            for (Entry entry : bundle.entries()) {
                screen.line(entry.sizeBytes() + "\t" + entry.path());
            }
        } else {
            Plan.Target target = plan.target();
            screen.say("inspect.for", target.distro(), target.release(), target.arch());
            screen.say("inspect.asked", String.join(", ", plan.asked()));
            screen.say("inspect.installed", bundle.installed().size());
            screen.say("inspect.size", Screen.size(bundle.sizeBytes()), bundle.entries().size());
            screen.say("inspect.seal", bundle.seal().hex());
            long snapshot = Age.snapshot(plan);
            if (snapshot > 0) {
                screen.say("inspect.snapshot", AgeNote.day(snapshot));
            }
            if (!plan.unsigned().isEmpty()) {
                screen.say("inspect.unsigned", String.join(", ", plan.unsigned()));
            }
            screen.line("");
            new PlanTable(screen, plan).print();
            new Outlook(session).showScripts(LookAhead.packages(bundle));
        }
        return 0;
    }

    private static void machines(Session session, BundleReader bundle) throws OpmException {
        if (session.settings().json()) {
            try (Json json = session.json()) {
                json.text("seal", bundle.seal().hex())
                        .number("bytes", bundle.sizeBytes())
                        .texts("machines", bundle.machines());
            }
            return;
        }
        var screen = session.screen();
        screen.say("inspect.machines", bundle.machines().size());
        bundle.machines().forEach(name -> screen.line("  " + name));
        screen.say("inspect.size", Screen.size(bundle.sizeBytes()), bundle.entries().size());
        screen.say("inspect.seal", bundle.seal().hex());
    }

    private static void document(Session session, BundleReader bundle, Plan plan)
            throws OpmException {
        try (Json json = session.json()) {
            json.text("seal", bundle.seal().hex())
                    .number("bytes", bundle.sizeBytes())
                    .texts("asked", plan.asked())
                    .number("installed", bundle.installed().size())
                    .number("snapshotSeconds", Age.snapshot(plan));
            new PlanTable(session.screen(), plan).write(json);
            new Outlook(session).writeScripts(LookAhead.packages(bundle), json);
            json.beginList("entries");
            for (Entry entry : bundle.entries()) {
                json.beginItem()
                        .text("path", entry.path())
                        .number("bytes", entry.sizeBytes())
                        .text("sha256", entry.sha256().hex())
                        .end();
            }
            json.endList();
        }
    }
}
