package opm.engine;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;
import opm.apply.Job;
import opm.apply.Outcome;
import opm.apply.Packages;
import opm.apply.Progress;
import opm.base.Digest;
import opm.base.OpmException;
import opm.base.OpmException.Unavailable;
import opm.fetch.Wanted;
import opm.pkgset.PackageRef;
import opm.plan.Artifact;
import opm.plan.Batch;
import opm.plan.Plan;
import opm.planner.Planned;
import opm.planner.RunSize;
import opm.store.Lease;
import org.jspecify.annotations.Nullable;

/// Lets rpm install one batch before all others are here. After every batch the system is
/// consistent; a download that fails stops the change there, and `opm resume` fetches the rest.
///
/// Two ways: the next batch comes while one is installed, which is faster; or it comes after that,
/// and what is installed is let go of first, which needs room for one batch only.
public final class Pipelined {
    private final Engine engine;

    public Pipelined(Engine engine) {
        this.engine = engine;
    }

    /// Returns the plan in steps for packages that are waited for.
    public Planned forArrival(Solution solution) throws OpmException {
        Planned usual = Objects.requireNonNull(solution.planned(), "solved");
        return engine.options().oneBatch() ? usual : solution.cut(usual.plan(), RunSize.ARRIVING);
    }

    /// Fetches and applies a plan at once.
    ///
    /// @param stop asked between two batches
    public Outcome apply(Planned planned, Progress progress, BooleanSupplier stop)
            throws OpmException {
        Plan plan = planned.plan();
        List<Wanted> wanted = engine.wanted(planned);
        List<Digest> digests = wanted.stream().map(Wanted::digest).toList();
        try (Lease lease = engine.store().lease(digests)) {
            assert lease != null;
            new Keeping(engine).planned(plan, false);
            var arriving = new Arriving(plan, wanted, new Keeping(engine).there());
            var job = new Job(plan, engine.installedNames(plan), "-", arriving);
            arriving.begin();
            Outcome outcome = BootGuard.apply(engine, job, progress, stop);
            return new Keeping(engine).after(outcome, plan, null);
        }
    }

    /// Returns the plan in steps small enough for the room on the store's disk.
    ///
    /// @return null where all packages have room at once, as usual
    public @Nullable Planned inSteps(Solution solution) throws OpmException {
        return Room.inSteps(engine, solution);
    }

    /// Fetches and applies a plan batch by batch, and keeps no packages.
    ///
    /// @param stop asked between two batches
    public Outcome applyInSteps(Planned steps, Progress progress, BooleanSupplier stop)
            throws OpmException {
        Plan plan = steps.plan();
        engine.keepNoOld();
        new Keeping(engine).ahead(plan);
        try (var one = new StepByStep(engine, plan, engine.wanted(steps))) {
            var job = new Job(plan, engine.installedNames(plan), "-", one);
            Outcome outcome = BootGuard.apply(engine, job, progress, stop);
            return new Keeping(engine).after(outcome, plan, null);
        }
    }

    private final class Arriving implements Packages {
        private final Packages stored = engine.stored();
        private final Plan plan;
        private final @Nullable Map<String, Digest> there;
        private int kept;
        private final List<List<Wanted>> wanted = new ArrayList<>();
        private final List<CompletableFuture<Void>> batches = new ArrayList<>();
        private final Map<Digest, Integer> batchOf = new HashMap<>();

        /// @param there what the store has of what is installed; null where nothing is kept
        Arriving(Plan plan, List<Wanted> all, @Nullable Map<String, Digest> there) {
            this.plan = plan;
            this.there = there;
            var byDigest = new HashMap<Digest, Wanted>();
            all.forEach(one -> byDigest.put(one.digest(), one));
            for (Batch batch : plan.batches()) {
                int here = batches.size();
                batches.add(new CompletableFuture<>());
                wanted.add(
                        batch.rpms().stream().map(byDigest::get).filter(Objects::nonNull).toList());
                batch.rpms().forEach(rpm -> batchOf.putIfAbsent(rpm, here));
            }
        }

        void begin() throws OpmException {
            Thread.ofPlatform().daemon().start(this::fetch);
            keepThrough(-1);
        }

        /// Keeps what a batch removes, and those after it that only remove; meanwhile packages
        // come.
        private void keepThrough(int batch) throws OpmException {
            int end = batch + 1;
            while (end < batches.size() && plan.batches().get(end).rpms().isEmpty()) {
                end++;
            }
            if (there != null && end > kept) {
                new OldPackages(engine).keep(plan.batches().subList(kept, end), there);
                kept = end;
            }
        }

        /// What fails is told to whoever waits for it; nothing after it is asked for.
        private void fetch() {
            int at = 0;
            try {
                for (; at < batches.size(); at++) {
                    engine.fetch(wanted.get(at));
                    batches.get(at).complete(null);
                }
            } catch (OpmException | RuntimeException | Error e) {
                for (; at < batches.size(); at++) {
                    batches.get(at).completeExceptionally(e);
                }
            }
        }

        @Override
        public boolean areArriving() {
            return true;
        }

        @Override
        public void lay(Artifact artifact, Path file) throws OpmException {
            int batch = Objects.requireNonNull(batchOf.get(artifact.digest()));
            keepThrough(batch);
            try {
                batches.get(batch).join();
            } catch (CompletionException e) {
                if (e.getCause() instanceof OpmException failure) {
                    throw failure;
                }
                throw e;
            }
            stored.lay(artifact, file);
        }

        @Override
        public long stageBytes(Artifact artifact) {
            return stored.stageBytes(artifact);
        }
    }

    /// Returns the packages of a resumed change. Those that are not in the store are fetched where
    /// a repository still has them: at once, or batch by batch where there is no room for all.
    static Packages resumed(Engine engine, Plan plan) throws OpmException {
        var missing = new HashMap<Digest, Artifact>();
        for (Artifact artifact : plan.artifacts()) {
            if (!engine.store().has(artifact.digest())) {
                missing.put(artifact.digest(), artifact);
            }
        }
        if (missing.isEmpty() || engine.options().offline()) {
            return engine.stored();
        }
        List<OpenRepo> repos;
        try {
            repos = engine.repos();
        } catch (Unavailable e) {
            return engine.stored(); // whoever needs a package says that it is not here
        }
        var found = new ArrayList<PackageRef>();
        for (OpenRepo repo : repos) {
            for (int pkg = 0; pkg < repo.set().packageCount(); pkg++) {
                PackageRef ref = repo.set().ref(pkg);
                Digest digest = ref.checksum();
                if (digest != null && missing.remove(digest) != null) {
                    found.add(ref);
                }
            }
        }
        List<Wanted> wanted = engine.wanted(found);
        if (Room.isTooLittle(engine, plan, wanted)) {
            return new StepByStep(engine, plan, wanted);
        }
        engine.fetch(wanted);
        return engine.stored();
    }
}
