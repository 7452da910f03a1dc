package opm.packagekit;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import opm.apply.Outcome;
import opm.base.Digest;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;
import opm.base.OpmException.Unavailable;
import opm.engine.Engine;
import opm.engine.Everything;
import opm.engine.LookAhead;
import opm.engine.Pipelined;
import opm.engine.Ready;
import opm.engine.Solution;
import opm.pkgset.PackageRef;
import opm.pkgset.Queries;
import opm.plan.Artifact;
import opm.plan.Batch;
import opm.plan.Plan;
import opm.plan.Step;
import opm.planner.Planned;
import opm.preflight.Finding;
import opm.preflight.Report;
import opm.solve.Cause;
import opm.solve.Policy;
import opm.solve.Problem;
import opm.solve.Request;
import opm.solve.Verdict;
import opm.store.Stored;

/// Changes packages: solve, plan, fetch, look ahead, apply, exactly as the command line does, so
/// that history, undo and the reasons of packages do not know who asked.
final class Changes {
    private static final String UNSOLVABLE = "dep-resolution-failed";

    private final Engine engine;
    private final Answer answer;
    private final Telling telling;
    private final Desk desk;

    Changes(Engine engine, Answer answer, Telling telling, Desk desk) {
        this.engine = engine;
        this.answer = answer;
        this.telling = telling;
        this.desk = desk;
    }

    /// What a client wants, and what it would not have.
    ///
    /// @param mayErase packages that may leave; null for any that the solver takes along
    record Wish(
            Request request,
            List<String> asked,
            Flags flags,
            UnaryOperator<Policy> policy,
            @org.jspecify.annotations.Nullable Set<Nevra> mayErase) {}

    /// Installs packages; those that are there are put in again where the client says so.
    void install(Flags flags, List<String> ids) throws OpmException, Failure {
        Queries everything = new Queries(Everything.sets(engine));
        var items = new ArrayList<Request.Item>();
        var asked = new ArrayList<String>();
        for (String text : ids) {
            PackageId id = PackageId.need(text);
            PackageRef pkg = need(id, text, everything);
            boolean there = isThere(pkg.nevra());
            if (there && !flags.mayReinstall()) {
                throw new Failure(
                        "package-already-installed", pkg.nevra() + " is installed already", null);
            }
            if (!there && flags.justReinstall()) {
                throw new Failure("package-not-installed", pkg.nevra() + " is not installed", null);
            }
            Request.Verb verb = there ? Request.Verb.REINSTALL : Request.Verb.INSTALL;
            items.add(new Request.Item(verb, id.spec()));
            asked.add((there ? "reinstall " : "install ") + pkg.nevra());
        }
        UnaryOperator<Policy> policy =
                flags.mayDowngrade() ? usual -> usual.withDowngrade(true) : usual -> usual;
        run(new Wish(new Request(items), asked, flags, policy, Set.of()));
    }

    /// Installs packages by their names alone: what a server has no answer for.
    void installNamed(Flags flags, List<String> ids) throws OpmException, Failure {
        var items = new ArrayList<Request.Item>();
        var asked = new ArrayList<String>();
        for (String text : ids) {
            String name = PackageId.need(text).name();
            items.add(new Request.Item(Request.Verb.INSTALL, name));
            asked.add("install " + name);
        }
        run(new Wish(new Request(items), asked, flags, policy -> policy, Set.of()));
    }

    /// Brings installed packages to the versions named; all of them where none is named.
    void update(Flags flags, List<String> ids) throws OpmException, Failure {
        var items = new ArrayList<Request.Item>();
        var asked = new ArrayList<String>();
        if (ids.isEmpty()) {
            items.add(new Request.Item(Request.Verb.UPGRADE, ""));
            asked.add("upgrade");
        } else {
            Queries everything = new Queries(Everything.sets(engine));
            for (String text : ids) {
                PackageId id = PackageId.need(text);
                PackageRef pkg = need(id, text, everything);
                items.add(new Request.Item(Request.Verb.UPGRADE, id.spec()));
                asked.add("upgrade " + pkg.nevra());
            }
        }
        run(new Wish(new Request(items), asked, flags, policy -> policy, Set.of()));
    }

    /// Removes packages.
    ///
    /// @param others whether those may leave that need them
    /// @param unneeded whether those leave that nothing needs any more
    void remove(Flags flags, List<String> ids, boolean others, boolean unneeded)
            throws OpmException, Failure {
        Queries here = new Queries(List.of(engine.installed()));
        var items = new ArrayList<Request.Item>();
        var asked = new ArrayList<String>();
        var leave = new HashSet<Nevra>();
        for (String text : ids) {
            PackageId id = PackageId.need(text);
            if (here.named(id.name()).stream().noneMatch(pkg -> pkg.nevra().equals(id.nevra()))) {
                throw new Failure("package-not-installed", text + " is not installed", null);
            }
            leave.add(id.nevra());
            items.add(new Request.Item(Request.Verb.REMOVE, id.spec()));
            asked.add("remove " + id.nevra());
        }
        run(
                new Wish(
                        new Request(items),
                        asked,
                        flags,
                        policy -> policy.withCleanDeps(unneeded),
                        others || unneeded ? null : leave));
    }

    /// Installs package files; the engine knows them as a repository besides the others.
    void installFiles(Flags flags, List<LocalPackages.Local> locals) throws OpmException, Failure {
        var items = new ArrayList<Request.Item>();
        var asked = new ArrayList<String>();
        for (LocalPackages.Local local : locals) {
            Nevra nevra = local.words().nevra();
            if (local.words().isSource()) {
                throw new Failure(
                        "local-install-failed", local.file() + " is a source package", null);
            }
            if (isThere(nevra) && !flags.mayReinstall()) {
                throw new Failure(
                        "all-packages-already-installed", nevra + " is installed already", null);
            }
            Request.Verb verb = isThere(nevra) ? Request.Verb.REINSTALL : Request.Verb.INSTALL;
            items.add(new Request.Item(verb, nevra.full()));
            asked.add("install " + local.file().getFileName());
        }
        run(new Wish(new Request(items), asked, flags, policy -> policy, Set.of()));
    }

    private PackageRef need(PackageId id, String text, Queries everything)
            throws OpmException, Failure {
        PackageRef pkg = id.find(everything, engine);
        if (pkg == null) {
            throw new Failure(
                    "package-not-found", text + " is not there", "Refresh, and search again.");
        }
        return pkg;
    }

    private boolean isThere(Nevra nevra) throws OpmException {
        return new Queries(List.of(engine.installed()))
                .named(nevra.name()).stream().anyMatch(pkg -> pkg.nevra().equals(nevra));
    }

    private void run(Wish wish) throws OpmException, Failure {
        answer.status("dep-resolve");
        Solution solution = engine.solve(wish.request(), wish.asked(), wish.policy());
        Plan plan = solved(solution);
        if (wish.mayErase() != null) {
            requireOnly(wish.mayErase(), plan);
        }
        requireAllowed(wish, plan);
        Told told = new Told(solution);
        told.all(plan, !wish.flags().simulate());
        if (wish.flags().simulate()) {
            return;
        }
        if (plan.batches().isEmpty()) {
            return;
        }
        for (Artifact artifact : plan.artifacts()) {
            told.expect(artifact);
        }
        if (wish.flags().onlyDownload()) {
            fetch(wish, solution, plan);
            return;
        }
        apply(wish, solution, plan);
        told.done(plan);
    }

    private Plan solved(Solution solution) throws Failure {
        switch (solution.verdict()) {
            case Verdict.Unsolvable unsolvable -> throw unsolvable(unsolvable.problems());
            case Verdict.GaveUp(var cancelled) ->
                    throw cancelled
                            ? Failure.cancelled()
                            : new Failure(UNSOLVABLE, "the solver gave up", "Ask for less.");
            case Verdict.Solved _ -> {
                return Objects.requireNonNull(solution.plan(), "solved");
            }
        }
    }

    private Failure unsolvable(List<Problem> problems) {
        boolean unknown =
                problems.stream()
                        .allMatch(problem -> problem.causes().getFirst() instanceof Cause.NoMatch);
        return new Failure(
                unknown ? "package-not-found" : UNSOLVABLE,
                String.join("\n", desk.explain(problems)),
                null);
    }

    /// Of what leaves, only what gives way to something else may not have been named.
    private static void requireOnly(Set<Nevra> leave, Plan plan) throws Failure {
        for (Batch batch : plan.batches()) {
            for (Step step : batch.steps()) {
                if (step instanceof Step.Erase(var pkg) && !leave.contains(pkg)) {
                    throw new Failure(
                            UNSOLVABLE,
                            pkg + " would have to be removed, too",
                            "Allow that, or leave it as it is.");
                }
            }
        }
    }

    private static void requireAllowed(Wish wish, Plan plan) throws Failure {
        for (Batch batch : plan.batches()) {
            for (Step step : batch.steps()) {
                if (step instanceof Step.Downgrade(var from, var to, _)
                        && !wish.flags().mayDowngrade()) {
                    throw new Failure(
                            "package-install-blocked",
                            from + " would become " + to + ", which is older",
                            "Allow a downgrade.");
                }
            }
        }
    }

    private Engine.Fetched fetch(Wish wish, Solution solution, Plan plan)
            throws OpmException, Failure {
        answer.status("download");
        answer.say("allow-cancel", "1");
        try {
            Engine.Fetched fetched = engine.fetch(solution);
            requireWanted();
            return fetched;
        } catch (Damaged e) {
            requireWanted();
            // All are here and as the repository has them: so it is who signed that is wrong.
            // Every word about signatures makes clients ask for more rights and try again, without
            // end: whoever has them gets another word.
            boolean isHere = new LookAhead(engine).canSee(plan);
            boolean mayAsk = wish.flags().onlyTrusted();
            String word = mayAsk ? "missing-gpg-signature" : "package-install-blocked";
            throw Failure.of(isHere ? word : "package-corrupt", e);
        } catch (Unavailable e) {
            requireWanted();
            throw Failure.of("package-download-failed", e);
        }
    }

    private void requireWanted() throws Failure {
        if (telling.cancelled()) {
            throw Failure.cancelled();
        }
    }

    private void apply(Wish wish, Solution solution, Plan plan) throws OpmException, Failure {
        var pipelined = new Pipelined(engine);
        Planned steps = pipelined.inSteps(solution);
        if (steps == null) {
            Engine.Fetched fetched = fetch(wish, solution, plan);
            answer.status("test-commit");
            Ready ready = Ready.of(engine, solution, fetched, false);
            requireClear(ready.report(), desk);
            begin();
            end(engine.apply(ready.fetched().plan(), telling, () -> false));
        } else {
            begin();
            end(pipelined.applyInSteps(steps, telling, () -> false));
        }
    }

    /// From here on nobody stops it.
    private void begin() throws Failure {
        requireWanted();
        answer.say("allow-cancel", "0");
        answer.say("locked", "1");
    }

    /// Goes on with what was interrupted, before anything new is thought about.
    ///
    /// @return whether something was
    boolean resume() throws OpmException, Failure {
        Outcome outcome = engine.resume(null, telling, () -> false);
        if (outcome instanceof Outcome.NothingOpen) {
            return false;
        }
        end(outcome);
        return true;
    }

    private void end(Outcome outcome) throws Failure {
        answer.say("locked", "0");
        answer.say("installed-db-changed");
        answer.say("updates-changed");
        Outcomes.requireDone(outcome);
        answer.percentage(100);
    }

    static void requireClear(Report report, Desk desk) throws Failure {
        for (Finding finding : report.findings()) {
            if (finding.stops()) {
                boolean files = finding instanceof Finding.Clash;
                throw new Failure(
                        files ? "file-conflicts" : "transaction-error",
                        desk.sentence(finding),
                        "`opm check` says more.");
            }
        }
        for (Report.Need need : report.needs()) {
            if (!need.fits()) {
                throw new Failure(
                        "no-space-on-device",
                        need.mount() + ": too little room is free",
                        "Make room, and try again.");
            }
        }
    }

    /// Names the packages of a plan to the client.
    private final class Told {
        private final Map<Nevra, PackageRef> coming;
        private final Map<Nevra, PackageRef> leaving;
        private final Map<Digest, Nevra> byFile = new HashMap<>();
        private final InstalledTexts texts;

        Told(Solution solution) throws OpmException {
            coming = solution.coming();
            leaving = solution.leaving();
            texts = InstalledTexts.of(leaving.values(), engine);
        }

        /// @param quietly only to learn which file is which package
        void all(Plan plan, boolean quietly) throws OpmException {
            for (Batch batch : plan.batches()) {
                for (Step step : batch.steps()) {
                    Nevra comes = step.comes();
                    Digest rpm = step.rpm();
                    if (comes != null && rpm != null) {
                        byFile.put(rpm, comes);
                    }
                    if (!quietly) {
                        step(step);
                    }
                }
            }
        }

        private void step(Step step) throws OpmException {
            switch (step) {
                case Step.Install(var pkg, _, _) -> tell("installing", pkg, coming);
                case Step.Upgrade(_, var to, _) -> tell("updating", to, coming);
                case Step.Downgrade(_, var to, _) -> tell("downgrading", to, coming);
                case Step.Reinstall(var pkg, _) -> tell("reinstalling", pkg, coming);
                case Step.Replaced(var pkg, _) -> tell("obsoleting", pkg, leaving);
                case Step.Erase(var pkg) -> tell("removing", pkg, leaving);
            }
        }

        private void tell(String info, Nevra nevra, Map<Nevra, PackageRef> known)
                throws OpmException {
            PackageRef pkg = known.get(nevra);
            if (pkg != null) {
                String summary = pkg.summary();
                answer.pkg(
                        info,
                        PackageId.of(pkg, engine),
                        summary.isEmpty() ? texts.of(nevra).summary() : summary);
            }
        }

        void expect(Artifact artifact) throws OpmException {
            Nevra nevra = byFile.get(artifact.digest());
            PackageRef pkg = nevra == null ? null : coming.get(nevra);
            if (pkg != null) {
                telling.expect(artifact.fileName(), PackageId.of(pkg, engine));
                answer.pkg("downloading", PackageId.of(pkg, engine), pkg.summary());
            }
        }

        /// Tells what was done: first what, then that it is over.
        void done(Plan plan) throws OpmException {
            for (Batch batch : plan.batches()) {
                for (Step step : batch.steps()) {
                    step(step);
                }
            }
            for (Map.Entry<Nevra, PackageRef> one : coming.entrySet()) {
                tell("finished", one.getKey(), coming);
            }
        }
    }

    /// Copies packages into a folder, or leaves them in the store when there is none.
    void download(List<String> ids, String folder) throws OpmException, Failure {
        Queries everything = new Queries(Everything.sets(engine));
        var packages = new ArrayList<PackageRef>();
        for (String text : ids) {
            PackageRef pkg = need(PackageId.need(text), text, everything);
            packages.add(pkg);
            telling.expect(fileName(pkg), PackageId.of(pkg, engine));
            answer.pkg("downloading", PackageId.of(pkg, engine), pkg.summary());
        }
        answer.status("download");
        try {
            engine.fetch(engine.wanted(packages));
        } catch (Unavailable e) {
            requireWanted();
            throw Failure.of("package-download-failed", e);
        }
        for (PackageRef pkg : packages) {
            Digest digest = pkg.checksum();
            Stored stored = digest == null ? null : engine.store().get(digest);
            if (stored == null) {
                throw new Failure("package-not-found", pkg + ": an installed package", null);
            }
            Path file = stored.path();
            if (!folder.isEmpty()) {
                file = Path.of(folder).resolve(fileName(pkg));
                engine.store().copyTo(stored.digest(), file, opm.store.Store.Way.COPY);
            }
            answer.files(PackageId.of(pkg, engine), List.of(file.toString()));
        }
    }

    private static String fileName(PackageRef pkg) {
        return pkg.location().substring(pkg.location().lastIndexOf('/') + 1);
    }
}
