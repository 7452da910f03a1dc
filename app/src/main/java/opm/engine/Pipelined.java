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
import opm.base.OpmException.Unavailable;
import opm.base.OpmException;
import opm.fetch.Wanted;
import opm.pkgset.PackageRef;
import opm.plan.Artifact;
import opm.plan.Batch;
import opm.plan.Plan;
import opm.planner.Planned;
import opm.store.Lease;

/// Lets rpm install one batch while the next ones still come. After every batch the system is
/// consistent; a download that fails stops the change there, and `opm resume` fetches the rest.
public final class Pipelined {
    private final Engine engine;

    public Pipelined(Engine engine) {
        this.engine = engine;
    }

    /// Fetches and applies a plan at once.
    ///
    /// @param stop asked between two batches
    public Outcome apply(Solution solution, Progress progress, BooleanSupplier stop)
            throws OpmException {
        Planned planned = Objects.requireNonNull(solution.planned(), "solved");
        Plan plan = planned.plan();
        List<Wanted> wanted = engine.wanted(planned);
        List<Digest> digests = wanted.stream().map(Wanted::digest).toList();
        try (Lease lease = engine.store().lease(digests)) {
            assert lease != null;
            new Keeping(engine).planned(plan, false);
            var arriving = new Arriving(plan, wanted);
            var job = new Job(plan, engine.installedNames(plan), "-", arriving);
            arriving.begin();
            new Keeping(engine).ahead(plan);
            Outcome outcome = engine.applier().apply(job, progress, stop);
            return new Keeping(engine).after(outcome, plan, null);
        }
    }

    private final class Arriving implements Packages {
        private final Packages stored = Packages.of(engine.store(), engine.host().disk());
        private final List<List<Wanted>> wanted = new ArrayList<>();
        private final List<CompletableFuture<Void>> batches = new ArrayList<>();
        private final Map<Digest, CompletableFuture<Void>> batchOf = new HashMap<>();

        Arriving(Plan plan, List<Wanted> all) {
            var byDigest = new HashMap<Digest, Wanted>();
            all.forEach(one -> byDigest.put(one.digest(), one));
            for (Batch batch : plan.batches()) {
                var here = new CompletableFuture<Void>();
                batches.add(here);
                wanted.add(
                        batch.rpms().stream().map(byDigest::get).filter(Objects::nonNull).toList());
                batch.rpms().forEach(rpm -> batchOf.putIfAbsent(rpm, here));
            }
        }

        void begin() {
            Thread.ofPlatform().daemon().start(this::fetch);
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
            try {
                Objects.requireNonNull(batchOf.get(artifact.digest())).join();
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

    /// Brings what a resumed change lacks into the store, where a repository still has it.
    static void fetchMissing(Engine engine, Plan plan) throws OpmException {
        var missing = new HashMap<Digest, Artifact>();
        for (Artifact artifact : plan.artifacts()) {
            if (!engine.store().has(artifact.digest())) {
                missing.put(artifact.digest(), artifact);
            }
        }
        if (missing.isEmpty() || engine.options().offline()) {
            return;
        }
        List<OpenRepo> repos;
        try {
            repos = engine.repos();
        } catch (Unavailable e) {
            return; // whoever needs a package says that it is not here
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
        engine.fetch(engine.wanted(found));
    }
}
