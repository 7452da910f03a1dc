package opm.engine;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import opm.apply.Outcome;
import opm.apply.Progress;
import opm.base.Digest;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;
import opm.fetch.Wanted;
import opm.plan.Artifact;
import opm.plan.Batch;
import opm.plan.Plan;
import opm.planner.Planner;
import opm.profile.ProfileText;
import opm.profile.SystemProfile;
import opm.solve.Filter;
import opm.solve.KeptOut;
import opm.store.Lease;
import opm.store.Stored;
import opm.thin.Answers;
import opm.thin.Arrived;
import opm.thin.ForHere;
import opm.thin.Memory;
import opm.thin.Server;
import opm.thin.Wording;
import org.jspecify.annotations.Nullable;

/// What a server solved before, made a plan for this machine and done: fetched into the store,
/// applied with history and a way back, like every other change. Nothing is solved here, and no
/// metadata is read.
public final class Presolved {
    private final Engine engine;
    private final Wording words;
    private final Noted noted;
    private final Memory memory;
    private final Answers answers;
    private @Nullable ForHere here;

    /// Hears what somebody should know before it happens.
    public interface Noted {
        /// The machine lacks what the answer for a name relies on, and its profile is sent, or
        /// nobody is there to take it.
        ///
        /// @param profileBytes -1 when nothing is sent
        void drifted(String name, String missing, int packages, long profileBytes);
    }

    public Presolved(Engine engine, Server server, Wording words, Noted noted) {
        this.engine = engine;
        this.words = words;
        this.noted = noted;
        memory = new Memory(engine.host().disk(), engine.options().root());
        answers =
                new Answers(
                        engine.host().net(), server, memory, words, engine.watcher()::cancelled);
    }

    private Presolved(Presolved other) {
        engine = other.engine;
        words = other.words;
        noted = other.noted;
        memory = other.memory;
        answers = other.answers;
    }

    /// Returns one to which nothing was added, with the same answers: what was fetched and checked
    /// for this one counts for it.
    public Presolved apart() {
        return new Presolved(this);
    }

    /// Returns who answers.
    public Answers answers() {
        return answers;
    }

    /// Returns what came this way.
    public Memory memory() {
        return memory;
    }

    private ForHere here() throws OpmException {
        ForHere known = here;
        if (known == null) {
            Set<String> several = Policies.several(engine.machine());
            known = new ForHere(engine.installedNames(), several, answers::baseline, words);
            here = known;
        }
        return known;
    }

    /// Adds what the server answers for a name.
    ///
    /// @return null when it was added, else the key of the sentence that says why not
    public @Nullable String add(String name) throws OpmException {
        Answers.Answer answer = answers.find(name);
        if (answer == null) {
            return "no-answer";
        }
        SystemProfile machine = engine.machine();
        List<String> missing = here().missing(answer);
        Plan plan = answer.plan();
        if (!missing.isEmpty()) {
            byte[] profile = answers.canSend() ? ProfileText.writePacked(machine) : new byte[0];
            int bytes = answers.canSend() ? profile.length : -1;
            noted.drifted(name, missing.getFirst(), machine.packages().size(), bytes);
            plan =
                    answers.canSend()
                            ? answers.solved(name, profile, machine.installedDigest())
                            : null;
            if (plan == null) {
                return "drift-unsolved";
            }
        }
        if (!plan.target().arch().equals(machine.arch())) {
            throw words.damaged("other-machine", name);
        }
        if (isKeptOut(plan, machine)) {
            return "kept-out";
        }
        here().add(name, plan);
        return null;
    }

    /// Tells whether a plan brings what this machine's configuration keeps out; whoever solved it
    /// may not have known that.
    private boolean isKeptOut(Plan plan, SystemProfile machine) throws OpmException {
        var newest = new HashMap<String, Nevra>();
        for (Nevra pkg : engine.installedNames()) {
            newest.merge(pkg.nameArch(), pkg, (a, b) -> a.evr().compareTo(b.evr()) < 0 ? b : a);
        }
        var comes = new HashSet<Nevra>();
        for (Batch batch : plan.batches()) {
            for (Nevra pkg : batch.comes()) {
                Nevra here = newest.get(pkg.nameArch());
                if (here == null || here.evr().compareTo(pkg.evr()) < 0) {
                    comes.add(pkg);
                }
            }
        }
        List<String> excludes = Policies.excludes(machine, engine.options());
        List<Filter> filters = ConfiguredFilters.of(machine, List.of());
        return KeptOut.any(comes, machine.arch(), filters, excludes);
    }

    /// Returns the plan of all that was added; without batches when everything is here.
    public Plan plan() throws OpmException {
        return here().plan(Planner.target(engine.machine()), List.of());
    }

    /// Brings the packages of a plan into the store.
    ///
    /// @return the plan, completed by what the packages say
    public Plan fetch(Plan plan) throws OpmException {
        List<Digest> digests = plan.artifacts().stream().map(Artifact::digest).toList();
        try (Lease lease = engine.store().lease(digests)) {
            assert lease != null;
            engine.fetch(wanted(plan.artifacts()));
            new Keeping(engine).planned(plan, false);
        }
        List<Nevra> installed = engine.installedNames();
        return new Arrived(this::open, words)
                .complete(plan, installed, engine.options().unsigned());
    }

    /// Returns what files are and where they may be had.
    public List<Wanted> wanted(List<Artifact> files) throws OpmException {
        var wanted = new ArrayList<Wanted>();
        for (Artifact file : files) {
            wanted.add(Wanted.of(file, answers.sources(file)));
        }
        return wanted;
    }

    private InputStream open(Digest digest) throws OpmException {
        Stored stored = engine.store().get(digest);
        if (stored == null) {
            throw new Damaged(
                    digest + ": found nothing in the store, expected what was fetched",
                    "Run the same again.");
        }
        return engine.host().disk().read(stored.path());
    }

    /// Does what a plan says; its packages are here.
    ///
    /// @param asked names that somebody asked for
    public Outcome apply(Plan plan, List<String> asked, Progress progress, BooleanSupplier stop)
            throws OpmException {
        Outcome outcome = engine.apply(plan, progress, stop);
        if (outcome instanceof Outcome.Done) {
            remember(asked);
        }
        return outcome;
    }

    /// Takes note of what came. What somebody asked for was asked for, whatever it came for.
    public void remember(List<String> asked) throws OpmException {
        var came = new ArrayList<>(here().coming());
        asked.forEach(name -> came.add(new Memory.Came(name, "user", name)));
        memory.came(came);
    }
}
