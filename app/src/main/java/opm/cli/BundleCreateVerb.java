package opm.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.engine.Bundling;
import opm.engine.Engine;
import opm.engine.Importing;
import opm.engine.Ready;
import opm.engine.Solution;
import opm.plan.Plan;
import opm.solve.Request;
import opm.solve.Verdict;

/// `opm bundle create`: solve for a profile, fetch, prove, and write one file.
final class BundleCreateVerb implements Verb {
    @Override
    public void accept(Syntax syntax) {
        Addresses.accept(syntax)
                .several("SPEC", "--install")
                .several("SPEC", "--remove")
                .flag("--upgrade")
                .values("DIR", "--from")
                .flag("--distro-sync")
                .several("FILE", "--fleet")
                .value("FILE", "--output", "-o");
        JobOption.accept(Provenance.accept(SplitOption.accept(syntax)));
        Changing.accept(Advised.accept(Waiting.accept(AfterOption.accept(syntax))));
    }

    @Override
    public int run(Session session) throws OpmException {
        String output = session.value("--output");
        boolean addresses = Addresses.areWanted(session);
        if (!session.values("--fleet").isEmpty()) {
            FleetBundle.requireFits(session);
        }
        if (output == null && !addresses) {
            throw new BadRequest(
                    "bundle create: found no file to write, expected -o FILE.opm",
                    "For example `opm bundle create --profile FILE --upgrade -o box.opm`.");
        }
        if (session.settings().base().place() != null) {
            throw new BadRequest(
                    "--base: found a bundle to write, expected a question",
                    "--assumeno shows what the base lacks; `opm download` fetches it.");
        }
        // With --urls alone nothing is written.
        String name = output == null ? "." : output;
        Path file = Path.of(name).toAbsolutePath().normalize();
        AfterOption.read(session);
        SplitOption.plan(session);
        Provenance provenance = Provenance.of(session);
        var asked = new ArrayList<String>();
        Request request = request(session, asked);
        long bare = Importing.bare(session.engine().machine());
        if (bare > 0) {
            session.screen().note("profile.bare", bare);
        }
        // Now, and not after an hour of downloads.
        if (!addresses) {
            session.engine().requireRoomFor(file);
        }
        if (!session.values("--fleet").isEmpty()) {
            return new FleetBundle(session).create(request, asked, file);
        }
        var chosen = Changing.choose(session, request, asked);
        Solution solution = chosen.solution();
        session.progress().clear();
        var answers = new Answers(session);
        Plan plan = solution.plan();
        if (!(solution.verdict() instanceof Verdict.Solved) || plan == null) {
            return answers.unsolved(solution);
        }
        if (addresses) {
            Addresses.print(session, session.engine().wanted(solution));
            return 0;
        }
        session.engine()
                .lookInto(
                        session.values("--from").stream()
                                .map(text -> Path.of(text).toAbsolutePath().normalize())
                                .toList());
        boolean json = session.settings().json();
        if (!json) {
            answers.show(solution, plan);
        }
        if (plan.batches().isEmpty() || session.settings().assumeNo()) {
            if (json) {
                answers.document(solution, plan, "planned");
            }
            return 0;
        }
        Ready ready = Ready.of(session.engine(), solution, true);
        long partBytes = SplitOption.bytes(session);
        session.progress().clear();
        var outlook = new Outlook(session);
        outlook.show(ready.report());
        outlook.requireNoObstacle(ready.report());
        Engine.Fetched fits = ready.fetched();
        if (partBytes > 0) {
            boolean parity = session.has("--parity");
            var parts =
                    new Bundling(session.engine())
                            .writeParts(solution, fits, file, partBytes, parity);
            new Waiting(session).keep(chosen.left());
            session.progress().clear();
            SplitOption.report(session, parts);
            if (provenance != null) {
                provenance.write(fits.plan(), Provenance.files(parts));
            }
            return 0;
        }
        var written = session.engine().bundle(solution, fits, file);
        new Waiting(session).keep(chosen.left());
        session.progress().clear();
        if (provenance != null) {
            provenance.write(written.plan(), List.of(file));
        }
        if (json) {
            try (Json document = session.json()) {
                document.text("result", "bundled")
                        .text("file", file.toString())
                        .number("bytes", written.sizeBytes())
                        .text("seal", written.seal().hex());
                new PlanTable(session.screen(), solution, written.plan()).write(document);
            }
            return 0;
        }
        Screen screen = session.screen().forPeople();
        screen.line("");
        screen.say("bundle.written", name, Screen.size(written.sizeBytes()));
        screen.say("bundle.proved", session.engine().machine().packages().size());
        if (!written.signaturesChecked()) {
            screen.say("bundle.signatures-unchecked");
        }
        return 0;
    }

    private static Request request(Session session, List<String> asked) throws OpmException {
        var items = new ArrayList<Request.Item>();
        for (Request.Item waiting : new Waiting(session).items()) {
            items.add(waiting);
            asked.add("waiting " + waiting.spec());
        }
        boolean advised = !Advised.filter(session).isEmpty();
        if (advised) {
            items.addAll(Advised.items(session, List.of()));
            asked.add(Advised.asked(session));
        }
        items.addAll(JobOption.items(session, asked));
        if (session.has("--distro-sync")) {
            items.add(new Request.Item(Request.Verb.DISTRO_SYNC, ""));
            asked.add("distro-sync");
        }
        if (session.has("--upgrade")) {
            items.add(new Request.Item(Request.Verb.UPGRADE, ""));
            asked.add("upgrade");
        }
        for (String spec : session.values("--install")) {
            items.add(new Request.Item(Request.Verb.INSTALL, ChangeVerb.checked(spec)));
            asked.add("install " + spec.strip());
        }
        for (String spec : session.values("--remove")) {
            items.add(new Request.Item(Request.Verb.REMOVE, ChangeVerb.checked(spec)));
            asked.add("remove " + spec.strip());
        }
        if (items.isEmpty() && !advised) {
            throw new BadRequest(
                    "bundle create: found nothing to do, expected --install, --remove or --upgrade",
                    "For example `opm bundle create --install vim -o vim.opm`.");
        }
        return new Request(items);
    }
}
