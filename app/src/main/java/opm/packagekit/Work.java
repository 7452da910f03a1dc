package opm.packagekit;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import opm.base.OpmException;
import opm.engine.Engine;
import opm.engine.RepoSwitches;
import opm.host.Host;
import opm.pkgset.BrokenSet;

/// Does one job: each role of PackageKit that the module has a method for.
final class Work {
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
            default -> ask(question, desk.engine(telling, false, Map.of()), telling);
        }
    }

    private void ask(Question question, Engine engine, Telling telling)
            throws OpmException, Failure {
        answer.status("query");
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
        Engine engine = desk.engine(telling, unsigned, Map.of());
        var changes = new Changes(engine, answer, telling, desk);
        switch (question.role()) {
            case "install-packages" -> changes.install(flags, names);
            case "update-packages" -> changes.update(flags, names);
            default -> changes.remove(flags, names, question.flag(2), question.flag(3));
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
