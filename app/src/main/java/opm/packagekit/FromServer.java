package opm.packagekit;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import opm.apply.Outcome;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.base.OpmException.Unavailable;
import opm.engine.Engine;
import opm.engine.LookAhead;
import opm.engine.Presolved;
import opm.engine.RepoSwitches;
import opm.pkgset.PackageRef;
import opm.pkgset.Queries;
import opm.plan.Artifact;
import opm.plan.Batch;
import opm.plan.Plan;
import opm.plan.Reason;
import opm.plan.Step;
import opm.store.Store;
import opm.store.Stored;
import opm.thin.Answers;
import opm.thin.Memory;
import org.jspecify.annotations.Nullable;

/// Jobs about packages that a server solved before: their ids name the repository [#REPO]. What the
/// server does not know is looked for in the machine's own repositories, where it has some.
final class FromServer {
    /// What ids say of packages of the server; the polkit rule that ships names it.
    static final String REPO = "presolve";

    private static final int INSTALLED_BIT = 2;
    private static final int NOT_INSTALLED_BIT = 3;

    /// Each hit of a search is asked for by its name.
    private static final int MOST_HITS = 40;

    private final Engine engine;
    private final Presolved presolved;
    private final Answer answer;
    private final Telling telling;
    private final Desk desk;

    FromServer(Engine engine, Presolved presolved, Answer answer, Telling telling, Desk desk) {
        this.engine = engine;
        this.presolved = presolved;
        this.answer = answer;
        this.telling = telling;
        this.desk = desk;
    }

    /// Tells whether the machine has repositories of its own to solve with.
    static boolean hasOwn(Engine engine) throws OpmException {
        if (!engine.options().repos().isEmpty()) {
            return true;
        }
        for (var repo : RepoSwitches.all(engine)) {
            if (repo.enabled()) {
                return true;
            }
        }
        return false;
    }

    static boolean isOurs(String id) {
        return id.endsWith(";" + REPO);
    }

    // ---------------------------------------------------------------- questions

    /// What of an answer somebody asked for: the package of that name, else the first one that
    /// comes because somebody asked.
    private static @Nullable Nevra head(String name, Plan plan) {
        Nevra first = null;
        for (Batch batch : plan.batches()) {
            for (Step step : batch.steps()) {
                Nevra comes = step.comes();
                if (comes != null && comes.name().equals(name)) {
                    return comes;
                }
                boolean asked = step instanceof Step.Install(_, _, var why) && why == Reason.USER;
                first = first == null && asked ? comes : first;
            }
        }
        return first;
    }

    /// Tells what a name means to the server.
    ///
    /// @return false when it has no answer, or the answer is what is installed
    private boolean tell(long filters, String name, Set<Nevra> installed) throws OpmException {
        Answers.Answer found = Answers.isName(name) ? find(name) : null;
        Nevra pkg = found == null ? null : head(name, found.plan());
        if (pkg == null || installed.contains(pkg)) {
            return false;
        }
        if ((filters & 1L << INSTALLED_BIT) == 0) {
            answer.pkg("available", PackageId.of(pkg, REPO), summary(name));
        }
        return true;
    }

    private String summary(String name) {
        return desk.text("presolve.summary", name);
    }

    /// A server that cannot be reached has no answers, where others may have some.
    private Answers.@Nullable Answer find(String name) throws OpmException {
        try {
            return presolved.answers().find(name);
        } catch (Unavailable e) {
            if (hasOwn(engine)) {
                return null;
            }
            throw e;
        }
    }

    private Set<Nevra> installed() throws OpmException {
        var names = new LinkedHashSet<Nevra>();
        new Queries(List.of(engine.installed())).all().forEach(pkg -> names.add(pkg.nevra()));
        return names;
    }

    /// Tells what names and ids are.
    void resolve(long filters, List<String> names) throws OpmException {
        Set<Nevra> installed = installed();
        var others = new ArrayList<String>();
        for (String name : names) {
            PackageId id = PackageId.parse(name);
            String word = id == null ? name : id.name();
            boolean asks = id == null || isOurs(name);
            if (!asks || !tell(filters, word, installed)) {
                others.add(name);
            } else {
                tellInstalled(filters, word);
            }
        }
        if (others.isEmpty()) {
            return;
        }
        if (hasOwn(engine)) {
            new Looking(engine, answer).resolve(filters, others);
        } else {
            for (String name : others) {
                PackageId id = PackageId.parse(name);
                tellInstalled(filters, id == null ? name : id.name());
            }
        }
    }

    private void tellInstalled(long filters, String name) throws OpmException {
        if ((filters & 1L << NOT_INSTALLED_BIT) != 0) {
            return;
        }
        for (PackageRef pkg : new Queries(List.of(engine.installed())).named(name)) {
            if (pkg.nevra().name().equals(name)) {
                answer.pkg(
                        "installed",
                        PackageId.of(pkg.nevra(), PackageId.INSTALLED),
                        InstalledTexts.of(List.of(pkg), engine).of(pkg.nevra()).summary());
            }
        }
    }

    /// Tells names that hold all words: what the server knows, then what is known here.
    void searchNames(long filters, List<String> words) throws OpmException {
        Set<Nevra> installed = installed();
        int hits = 0;
        for (String name : words.isEmpty() ? List.<String>of() : search(words.getFirst())) {
            String lower = name.toLowerCase(Locale.ROOT);
            boolean all = words.stream().allMatch(w -> lower.contains(w.toLowerCase(Locale.ROOT)));
            if (all && hits < MOST_HITS) {
                tell(filters, name, installed);
                hits++;
            }
        }
        if (hasOwn(engine)) {
            new Looking(engine, answer).searchNames(filters, words);
            return;
        }
        for (Nevra pkg : installed) {
            String lower = pkg.name().toLowerCase(Locale.ROOT);
            if (words.stream().allMatch(w -> lower.contains(w.toLowerCase(Locale.ROOT)))) {
                tellInstalled(filters, pkg.name());
            }
        }
    }

    private List<String> search(String word) throws OpmException {
        try {
            return presolved.answers().search(word);
        } catch (Unavailable e) {
            if (hasOwn(engine)) {
                return List.of();
            }
            throw e;
        }
    }

    /// Tells what is known of packages of the server: which they are, and how much comes with them.
    void details(List<String> ids) throws OpmException, Failure {
        for (String text : ids) {
            PackageId id = PackageId.need(text);
            Plan plan = need(id, text).plan();
            long bytes = 0;
            for (Artifact file : plan.artifacts()) {
                bytes += file.sizeBytes();
            }
            String summary = summary(id.name());
            String size = Long.toString(bytes);
            answer.say("details", text, summary, "", "unknown", summary, "", size, size);
        }
    }

    private Answers.Answer need(PackageId id, String text) throws OpmException, Failure {
        Answers.Answer found = find(id.name());
        if (found == null || !id.nevra().equals(head(id.name(), found.plan()))) {
            throw new Failure(
                    "package-not-found", text + " is not there", "Refresh, and search again.");
        }
        return found;
    }

    /// Tells what comes with packages of the server.
    void dependsOn(List<String> ids) throws OpmException, Failure {
        for (String text : ids) {
            PackageId id = PackageId.need(text);
            Plan plan = need(id, text).plan();
            for (Batch batch : plan.batches()) {
                for (Nevra pkg : batch.comes()) {
                    if (!pkg.equals(id.nevra())) {
                        answer.pkg("available", PackageId.of(pkg, REPO), "");
                    }
                }
            }
        }
    }

    /// Tells newer answers for what came this way.
    void updates() throws OpmException {
        Set<Nevra> installed = installed();
        var told = new LinkedHashSet<Nevra>();
        for (Memory.Came one : presolved.memory().installed()) {
            Presolved alone = presolved.apart();
            boolean asked = one.reason().equals("user") && isInstalled(one.name(), installed);
            if (!asked || !isAdded(one.name(), alone)) {
                continue;
            }
            for (Batch batch : alone.plan().batches()) {
                for (Step step : batch.steps()) {
                    if (step instanceof Step.Upgrade(_, var to, _)
                            && to.name().equals(one.name())
                            && told.add(to)) {
                        answer.pkg("normal", PackageId.of(to, REPO), summary(to.name()));
                    }
                }
            }
        }
    }

    /// Tells whether the server has an answer that holds here.
    private boolean isAdded(String name, Presolved to) throws OpmException {
        try {
            return to.add(name) == null;
        } catch (Unavailable e) {
            if (hasOwn(engine)) {
                return false;
            }
            throw e;
        }
    }

    private static boolean isInstalled(String name, Set<Nevra> installed) {
        return installed.stream().anyMatch(pkg -> pkg.name().equals(name));
    }

    // ---------------------------------------------------------------- changes

    /// Installs or updates packages of the server.
    ///
    /// @return ids of what the server cannot give this machine, and the machine's own repositories
    ///     may
    List<String> change(Flags flags, List<String> ids) throws OpmException, Failure {
        answer.status("dep-resolve");
        Set<Nevra> installed = installed();
        var names = new ArrayList<String>();
        for (String text : ids) {
            PackageId id = PackageId.need(text);
            if (installed.contains(id.nevra())) {
                throw new Failure(
                        "package-already-installed", id.nevra() + " is installed already", null);
            }
            String why = presolved.add(id.name());
            if (why != null && hasOwn(engine)) {
                return ids;
            }
            if (why != null) {
                String key = "sh.thin." + why;
                throw new Failure(
                        "dep-resolution-failed",
                        desk.text(key, id.name()),
                        desk.text(key + ".hint", id.name()));
            }
            names.add(id.name());
        }
        Plan plan = presolved.plan();
        if (!flags.simulate()) {
            files(plan);
        } else {
            steps(plan);
            return List.of();
        }
        if (plan.batches().isEmpty()) {
            return List.of();
        }
        Plan whole = fetch(plan);
        if (flags.onlyDownload()) {
            return List.of();
        }
        answer.status("test-commit");
        Changes.requireClear(new LookAhead(engine).plan(whole), desk);
        requireWanted();
        answer.say("allow-cancel", "0");
        answer.say("locked", "1");
        Outcome outcome = presolved.apply(whole, names, telling, () -> false);
        answer.say("locked", "0");
        answer.say("installed-db-changed");
        answer.say("updates-changed");
        Outcomes.requireDone(outcome);
        answer.percentage(100);
        steps(whole);
        for (Batch batch : whole.batches()) {
            batch.comes().forEach(p -> answer.pkg("finished", PackageId.of(p, REPO), ""));
        }
        return List.of();
    }

    private void requireWanted() throws Failure {
        if (telling.cancelled()) {
            throw Failure.cancelled();
        }
    }

    private Plan fetch(Plan plan) throws OpmException, Failure {
        answer.status("download");
        answer.say("allow-cancel", "1");
        try {
            Plan whole = presolved.fetch(plan);
            requireWanted();
            return whole;
        } catch (Unavailable e) {
            requireWanted();
            throw Failure.of("package-download-failed", e);
        } catch (OpmException.Damaged e) {
            requireWanted();
            throw Failure.of("package-corrupt", e);
        }
    }

    private void files(Plan plan) {
        var artifacts = plan.artifactsByDigest();
        for (Batch batch : plan.batches()) {
            for (Step step : batch.steps()) {
                Nevra comes = step.comes();
                Artifact file = step.rpm() == null ? null : artifacts.get(step.rpm());
                if (comes != null && file != null) {
                    telling.expect(file.fileName(), PackageId.of(comes, REPO));
                    answer.pkg("downloading", PackageId.of(comes, REPO), "");
                }
            }
        }
    }

    private void steps(Plan plan) {
        for (Batch batch : plan.batches()) {
            for (Step step : batch.steps()) {
                String info =
                        switch (step) {
                            case Step.Install _ -> "installing";
                            case Step.Upgrade _ -> "updating";
                            case Step.Downgrade _ -> "downgrading";
                            case Step.Reinstall _ -> "reinstalling";
                            case Step.Replaced _ -> "obsoleting";
                            case Step.Erase _ -> "removing";
                        };
                Nevra comes = step.comes();
                Nevra goes = step.goes();
                if (comes != null) {
                    answer.pkg(info, PackageId.of(comes, REPO), summary(comes.name()));
                } else if (goes != null) {
                    answer.pkg(info, PackageId.of(goes, PackageId.INSTALLED), "");
                }
            }
        }
    }

    /// Copies packages of the server into a folder, or leaves them in the store.
    void download(List<String> ids, String folder) throws OpmException, Failure {
        for (String text : ids) {
            PackageId id = PackageId.need(text);
            Plan plan = need(id, text).plan();
            Artifact file = null;
            for (Batch batch : plan.batches()) {
                for (Step step : batch.steps()) {
                    if (id.nevra().equals(step.comes()) && step.rpm() != null) {
                        file = plan.artifactsByDigest().get(step.rpm());
                    }
                }
            }
            if (file == null) {
                throw new Failure("package-not-found", text + ": an installed package", null);
            }
            telling.expect(file.fileName(), text);
            answer.pkg("downloading", text, summary(id.name()));
            answer.status("download");
            engine.fetch(presolved.wanted(List.of(file)));
            Stored stored = engine.store().get(file.digest());
            if (stored == null) {
                throw new Failure("package-download-failed", text, "Try again.");
            }
            Path place = stored.path();
            if (!folder.isEmpty()) {
                place = Path.of(folder).resolve(file.fileName());
                engine.store().copyTo(stored.digest(), place, Store.Way.COPY);
            }
            answer.files(text, List.of(place.toString()));
        }
    }
}
