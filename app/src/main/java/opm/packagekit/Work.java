package opm.packagekit;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import opm.base.OpmException;
import opm.engine.Engine;
import opm.engine.Presolved;
import opm.engine.RepoSwitches;
import opm.host.Host;
import opm.pkgset.BrokenSet;

/// Does one job: each role of PackageKit that the module has a method for.
final class Work {
    private static final String NONE = "none";

    private final Desk desk;
    private final Host host;
    private final Path state;
    private final Answer answer;
    private final BooleanSupplier cancelled;

    /// @param state a folder of root's own
    Work(Desk desk, Host host, Path state, Answer answer, BooleanSupplier cancelled) {
        this.desk = desk;
        this.host = host;
        this.state = state;
        this.answer = answer;
        this.cancelled = cancelled;
    }

    /// Does it, and says how it ended; the last line is `finished`, whatever happens.
    void run(Question question) {
        try {
            answer(question);
            if (cancelled.getAsBoolean()) {
                Failure.cancelled().tell(answer);
            }
        } catch (Failure e) {
            e.tell(answer);
        } catch (OpmException e) {
            if (cancelled.getAsBoolean()) {
                Failure.cancelled().tell(answer);
            } else {
                Failure.tell(answer, e);
            }
        } catch (BrokenSet e) {
            Failure.tell(answer, e.asDamaged());
        } catch (RuntimeException | Error e) {
            answer.error("internal-error", "a bug in opm: " + e, "Please report it.");
        } finally {
            answer.finished();
        }
    }

    private void answer(Question question) throws OpmException, Failure {
        var telling = new Telling(answer, cancelled);
        switch (question.role()) {
            case "install-packages", "update-packages", "remove-packages", "install-files" ->
                    change(question, telling);
            case "get-details-local" ->
                    new LocalPackages(host.disk()).tellDetails(question.texts(0), answer);
            case "get-files-local" ->
                    new LocalPackages(host.disk()).tellFiles(question.texts(0), answer);
            case "get-categories" -> {}
            default -> ask(question, engine(telling, false), telling);
        }
    }

    /// Makes an engine. A small machine, which asks a server, may have no repository at all; then
    /// an empty one counts, so that what is installed can be asked about and removed.
    private Engine engine(Telling telling, boolean unsigned) throws OpmException {
        Engine engine = desk.engine(telling, unsigned, Map.of());
        if (desk.presolved(engine) == null || FromServer.hasOwn(engine)) {
            return engine;
        }
        Path folder = state.resolve("packagekit").resolve(NONE);
        synchronized (Work.class) {
            if (!host.disk().exists(folder.resolve("repodata/repomd.xml"))) {
                new LocalPackages(host.disk()).publish(List.of(), folder, 0);
            }
        }
        return desk.engine(telling, unsigned, Map.of(NONE, folder.toUri().toString()));
    }

    private void ask(Question question, Engine engine, Telling telling)
            throws OpmException, Failure {
        answer.status("query");
        Presolved presolved = desk.presolved(engine);
        if (presolved != null && askServer(question, engine, presolved, telling)) {
            return;
        }
        var looking = new Looking(engine, answer);
        var offered = new Offered(engine, answer);
        switch (question.role()) {
            case "resolve" -> looking.resolve(question.bits(0), question.texts(1));
            case "search-name" -> looking.searchNames(question.bits(0), question.texts(1));
            case "search-details" -> looking.searchDetails(question.bits(0), question.texts(1));
            case "search-group" -> looking.searchGroups(question.bits(0), question.texts(1));
            case "search-file" -> looking.searchFiles(question.bits(0), question.texts(1));
            case "what-provides" -> looking.whatProvides(question.bits(0), question.texts(1));
            case "get-packages" -> looking.all(question.bits(0));
            case "get-details" -> looking.details(question.texts(0));
            case "get-files" -> looking.files(question.texts(0));
            case "depends-on" ->
                    looking.dependsOn(question.bits(0), question.texts(1), question.flag(2));
            case "required-by" ->
                    looking.requiredBy(question.bits(0), question.texts(1), question.flag(2));
            case "get-repo-list" -> looking.repos();
            case "get-updates" -> offered.updates(question.bits(0));
            case "get-update-detail" -> offered.details(question.texts(0));
            case "refresh-cache" -> refresh(engine);
            case "repo-enable" -> enable(engine, question.text(0), question.flag(1));
            case "download-packages" ->
                    new Changes(engine, answer, telling, desk)
                            .download(question.texts(0), question.text(1));
            default ->
                    throw new Failure("not-supported", question.role() + " is not done here", null);
        }
    }

    /// Asks the server of presolved answers first, where one is named.
    ///
    /// @return whether that answered all of it
    private boolean askServer(
            Question question, Engine engine, Presolved presolved, Telling telling)
            throws OpmException, Failure {
        var server = new FromServer(engine, presolved, answer, telling, desk);
        boolean own = FromServer.hasOwn(engine);
        switch (question.role()) {
            case "resolve" -> server.resolve(question.bits(0), question.texts(1));
            case "search-name" -> server.searchNames(question.bits(0), question.texts(1));
            case "get-updates" -> {
                server.updates();
                return !own;
            }
            case "get-repo-list" -> {
                answer.say("repo-detail", FromServer.REPO, desk.text("presolve.repo"), "1");
                return !own;
            }
            case "refresh-cache" -> {
                answer.status("refresh-cache");
                presolved.answers().reference();
                return !own;
            }
            case "get-details", "get-files", "depends-on", "download-packages" -> {
                return aboutPackages(question, server);
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean aboutPackages(Question question, FromServer server)
            throws OpmException, Failure {
        boolean filtered = question.role().equals("depends-on");
        List<String> ids = question.texts(filtered ? 1 : 0);
        if (!ids.stream().allMatch(FromServer::isOurs)) {
            return false;
        }
        switch (question.role()) {
            case "get-details" -> server.details(ids);
            case "depends-on" -> server.dependsOn(ids);
            case "download-packages" -> server.download(ids, question.text(1));
            default -> ids.forEach(id -> answer.files(id, List.of()));
        }
        return true;
    }

    private void refresh(Engine engine) throws OpmException {
        answer.status("refresh-cache");
        engine.refresh(List.of(), false);
        answer.percentage(100);
        answer.say("updates-changed");
    }

    private void enable(Engine engine, String id, boolean on) throws OpmException, Failure {
        if (!RepoSwitches.set(engine, id, on)) {
            throw new Failure("repo-not-found", id + ": found no repository of that name", null);
        }
        answer.say("repo-list-changed");
    }

    private void change(Question question, Telling telling) throws OpmException, Failure {
        var flags = new Flags(question.bits(0));
        List<String> names = question.texts(1);
        answer.status("setup");
        boolean unsigned = !flags.onlyTrusted();
        if (!flags.changesNothing()) {
            resume(telling);
        }
        if (question.role().equals("install-files")) {
            files(flags, names, telling);
            return;
        }
        Engine engine = engine(telling, unsigned);
        var changes = new Changes(engine, answer, telling, desk);
        List<String> ours = names.stream().filter(FromServer::isOurs).toList();
        if (!ours.isEmpty() && !question.role().equals("remove-packages")) {
            changeFromServer(engine, flags, ours, telling);
            names = names.stream().filter(id -> !FromServer.isOurs(id)).toList();
            if (names.isEmpty()) {
                return;
            }
        }
        switch (question.role()) {
            case "install-packages" -> changes.install(flags, names);
            case "update-packages" -> changes.update(flags, names);
            default -> changes.remove(flags, names, question.flag(2), question.flag(3));
        }
    }

    private void changeFromServer(
            Engine engine, Flags flags, List<String> ids, Telling telling)
            throws OpmException, Failure {
        Presolved presolved = desk.presolved(engine);
        List<String> left =
                presolved == null
                        ? ids
                        : new FromServer(engine, presolved, answer, telling, desk)
                                .change(flags, ids);
        if (!left.isEmpty()) {
            new Changes(engine, answer, telling, desk).installNamed(flags, left);
        }
    }

    /// What was interrupted goes on first, whoever began it: nothing else can be done before, and
    /// who sits before a window has no `opm resume`.
    private void resume(Telling telling) throws OpmException, Failure {
        Engine engine = desk.engine(telling, false, Map.of());
        new Changes(engine, answer, telling, desk).resume();
    }

    private void files(Flags flags, List<String> names, Telling telling)
            throws OpmException, Failure {
        var local = new LocalPackages(host.disk());
        Path folder = state.resolve("packagekit").resolve(LocalPackages.DATA);
        try {
            List<LocalPackages.Local> locals = local.read(names);
            local.remove(folder); // of a helper that was killed
            local.publish(locals, folder, host.clock().instant().getEpochSecond());
            Map<String, String> beside = Map.of(LocalPackages.DATA, folder.toUri().toString());
            Engine engine = desk.engine(telling, !flags.onlyTrusted(), beside);
            new Changes(engine, answer, telling, desk).installFiles(flags, locals);
        } finally {
            local.remove(folder);
        }
    }
}
