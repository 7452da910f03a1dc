package opm.engine;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import opm.apply.Packages;
import opm.base.Digest;
import opm.base.OpmException;
import opm.fetch.Wanted;
import opm.plan.Artifact;
import opm.plan.Batch;
import opm.plan.Plan;
import opm.store.Collector;
import opm.store.Lease;
import org.jspecify.annotations.Nullable;

/// Packages that are fetched when the applier asks for the first of their batch. Those of batches
/// before it are installed by then, and are let go of: at any time the store holds one batch of the
/// change, and what it had before.
final class StepByStep implements Packages, AutoCloseable {
    private final Engine engine;
    private final Plan plan;
    private final Packages stored;
    private final Map<Digest, Wanted> wanted = new HashMap<>();
    private final Map<Digest, Integer> batchOf = new HashMap<>();
    private int here = -1;
    private @Nullable Lease lease;

    StepByStep(Engine engine, Plan plan, List<Wanted> all) {
        this.engine = engine;
        this.plan = plan;
        stored = engine.stored();
        all.forEach(one -> wanted.put(one.digest(), one));
        for (int batch = 0; batch < plan.batches().size(); batch++) {
            for (Digest rpm : plan.batches().get(batch).rpms()) {
                batchOf.putIfAbsent(rpm, batch);
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
        if (batch != here) {
            close();
            arrive(batch);
            here = batch;
        }
        stored.lay(artifact, file);
    }

    private void arrive(int batch) throws OpmException {
        List<Digest> digests = plan.batches().get(batch).rpms();
        lease = engine.store().lease(digests);
        var left = new ArrayList<Digest>();
        for (Batch later : plan.batches().subList(batch, plan.batches().size())) {
            left.addAll(later.rpms());
        }
        new Keeping(engine).left(plan, left);
        long seconds = engine.host().clock().instant().getEpochSecond();
        new Collector(engine.store(), seconds).sweepReleased();
        engine.fetch(digests.stream().map(wanted::get).filter(Objects::nonNull).toList());
    }

    @Override
    public long stageBytes(Artifact artifact) {
        return stored.stageBytes(artifact);
    }

    @Override
    public void close() throws OpmException {
        if (lease != null) {
            lease.close();
            lease = null;
        }
    }
}
