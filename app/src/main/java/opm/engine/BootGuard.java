package opm.engine;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import opm.apply.Beforehand;
import opm.apply.Job;
import opm.apply.Outcome;
import opm.apply.Packages;
import opm.apply.Progress;
import opm.base.OpmException;
import opm.base.OpmException.Refused;
import opm.host.RunningKernel;
import opm.plan.Artifact;
import opm.plan.Batch;
import opm.preflight.Kernels;

/// Packages of a change after which the machine can still be booted: before a kernel that boots
/// goes, another one has its initramfs and its boot entry. The scripts that make those may fail,
/// and rpm does not mind. The kernel that runs does not go at all.
final class BootGuard implements Packages {
    private final Engine engine;
    private final Packages packages;
    private final Kernels kernels;
    private final String running;

    private BootGuard(Engine engine, Packages packages) throws OpmException {
        this.engine = engine;
        this.packages = packages;
        kernels = new Kernels(engine.host().disk(), engine.rpm().root());
        running = RunningKernel.of(engine.rpm().root(), engine.host().disk());
    }

    @Override
    public void requireReady(Batch batch) throws OpmException {
        packages.requireReady(batch);
        Set<String> there = batch.goes().isEmpty() ? Set.of() : kernels.there();
        if (there.isEmpty()) {
            return;
        }
        var goes = new HashSet<>(batch.goes());
        goes.removeAll(batch.comes());
        Set<String> going = Kernels.versionsOf(engine.rpm(), goes);
        if (going.contains(running)) {
            throw new Refused(
                    "kernel " + running + " runs, and would go",
                    "Start the machine with another kernel, then `opm resume`.");
        }
        var staying = new HashSet<>(there);
        staying.removeAll(going);
        Kernels.Lack lack = kernels.without(going, staying);
        if (lack != null) {
            String pkg = String.join(", ", going);
            throw new Refused(
                    "kernel " + pkg + " would go, and no other boots; missing: " + lack.words(),
                    "Make what is missing (`dracut --kver VERSION`, `kernel-install add`), then"
                            + " `opm resume`.");
        }
    }

    /// Makes a change under guard, and tells the watcher of kernels that came and cannot be booted.
    static Outcome apply(Engine engine, Job job, Progress progress, BooleanSupplier stop)
            throws OpmException {
        return apply(engine, job, progress, stop, Beforehand.NOTHING);
    }

    /// Makes a change under guard, after what has to be done beforehand.
    static Outcome apply(
            Engine engine, Job job, Progress progress, BooleanSupplier stop, Beforehand beforehand)
            throws OpmException {
        var guard = new BootGuard(engine, job.packages());
        Set<String> before = guard.kernels.there();
        var guarded = new Job(job.plan(), job.installed(), job.seal(), guard);
        Outcome outcome = engine.applier().apply(guarded, progress, stop, beforehand);
        if (outcome instanceof Outcome.Done) {
            guard.tell(before);
        }
        return outcome;
    }

    private void tell(Set<String> before) throws OpmException {
        boolean boots = false;
        for (String version : before) {
            boots |= kernels.lacks(version).isEmpty();
        }
        for (String version : kernels.there()) {
            List<String> lacks = kernels.lacks(version);
            if (boots && !before.contains(version) && !lacks.isEmpty()) {
                engine.watcher().cannotBoot(version, String.join(", ", lacks));
            }
        }
    }

    @Override
    public void lay(Artifact artifact, Path file) throws OpmException {
        packages.lay(artifact, file);
    }

    @Override
    public long stageBytes(Artifact artifact) {
        return packages.stageBytes(artifact);
    }

    @Override
    public boolean mayLayAhead() {
        return packages.mayLayAhead();
    }

    @Override
    public boolean areArriving() {
        return packages.areArriving();
    }

    @Override
    public void installed(Artifact artifact, Path file) throws OpmException {
        packages.installed(artifact, file);
    }

    @Override
    public void requireWhole() throws OpmException {
        packages.requireWhole();
    }
}
