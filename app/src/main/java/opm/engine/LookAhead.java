package opm.engine;

import java.io.InputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;
import opm.base.OpmException.Unavailable;
import opm.base.RpmDep;
import opm.bundle.BundleReader;
import opm.plan.Artifact;
import opm.plan.Plan;
import opm.planner.Planned;
import opm.planner.RunSize;
import opm.preflight.Mount;
import opm.preflight.Preflight;
import opm.preflight.Report;
import opm.profile.InstalledPackage;
import opm.profile.SystemProfile;
import opm.store.Stored;
import org.jspecify.annotations.Nullable;

/// What a plan will do to files and disks, before it does it.
public final class LookAhead {
    private final Engine engine;
    private @Nullable List<Mount> mounts;

    public LookAhead(Engine engine) {
        this.engine = engine;
    }

    /// Notes what is free now: a look that comes later counts from here, whatever was laid into the
    /// stage meanwhile.
    public LookAhead fromNow() throws OpmException {
        mounts = Preflight.mounts(engine.host(), engine.rpm());
        return this;
    }

    /// Looks at a plan whose packages are in the store: at the root, or at the profile of a machine
    /// that is elsewhere.
    public Report plan(Plan plan) throws OpmException {
        return look(plan, stored(engine.stored()::stageBytes));
    }

    /// Looks at a plan whose packages are in the store and will be in a bundle.
    private Report packed(Plan plan) throws OpmException {
        return look(plan, stored(Artifact::sizeBytes));
    }

    /// Tells whether all packages of a plan are in the store, so that [#plan] can be asked.
    public boolean canSee(Plan plan) {
        return plan.artifacts().stream().allMatch(file -> engine.store().has(file.digest()));
    }

    /// Looks at a bundle.
    public Report bundle(BundleReader bundle) throws OpmException {
        return look(bundle.plan(), inside(bundle));
    }

    /// Looks at a plan whose packages are in the store, and at who signed them.
    public Report planAndKeys(Plan plan) throws OpmException {
        Preflight.Files files = stored(engine.stored()::stageBytes);
        return look(plan, files).with(new Signers(engine.machine()).of(plan, files));
    }

    /// Looks at a bundle, and at who signed what is in it.
    public Report bundleAndKeys(BundleReader bundle) throws OpmException {
        Preflight.Files files = inside(bundle);
        Plan plan = bundle.plan();
        return look(plan, files).with(new Signers(engine.machine()).of(plan, files));
    }

    /// Looks at the packages of a bundle alone, whatever machine they are for.
    public static Report packages(BundleReader bundle) throws OpmException {
        return Preflight.elsewhere(
                bundle.plan(), inside(bundle), List.of(), Map.of(), Map.of());
    }

    /// Looks at another plan that takes its packages from a bundle.
    public Report bundle(BundleReader bundle, Plan plan) throws OpmException {
        return look(plan, inside(bundle));
    }

    private Report look(Plan plan, Preflight.Files files) throws OpmException {
        Report report = report(plan, files);
        engine.takesBytes = 0;
        for (Report.Need need : report.needs()) {
            engine.takesBytes += need.peakBytes() + need.reserveBytes();
        }
        return report;
    }

    private Report report(Plan plan, Preflight.Files files) throws OpmException {
        if (engine.options().profile() == null) {
            List<Mount> free =
                    mounts == null ? Preflight.mounts(engine.host(), engine.rpm()) : mounts;
            return Preflight.here(engine.host(), engine.rpm(), plan, files, free);
        }
        SystemProfile machine = engine.machine();
        List<Mount> mounts =
                machine.mounts().stream()
                        .map(
                                at ->
                                        new Mount(
                                                at.point(),
                                                at.type(),
                                                at.freeBytes(),
                                                at.freeInodes(),
                                                at.blockBytes(),
                                                at.readOnly()))
                        .toList();
        Map<String, String> features = new HashMap<>();
        for (RpmDep feature : machine.rpmlib()) {
            features.put(feature.name(), feature.evr());
        }
        Map<String, Long> sizes = new HashMap<>();
        for (InstalledPackage pkg : machine.packages()) {
            sizes.put(pkg.nevra().full(), pkg.sizeBytes());
        }
        return Preflight.elsewhere(plan, files, mounts, features, sizes);
    }

    /// A plan, cut as finely as the room on the disks asks for.
    public record Fitted(Plan plan, Report report) {}

    /// Looks at a plan, and cuts it into smaller steps where the usual ones would not fit.
    ///
    /// @param plan of the solution, with its packages in the store
    /// @param inBundle whether each batch will be copied out of a bundle
    /// @return the first cut that fits; the finest when none does
    public Fitted fit(Solution solution, Plan plan, boolean inBundle) throws OpmException {
        var fitted = new Fitted(plan, inBundle ? packed(plan) : plan(plan));
        for (RunSize size : List.of(RunSize.SMALL, RunSize.LEAST)) {
            if (fitted.report().hasRoom()) {
                return fitted;
            }
            Planned finer = solution.cut(plan, size);
            if (finer.plan().batches().size() > fitted.plan().batches().size()) {
                Plan cut = finer.plan();
                fitted = new Fitted(cut, inBundle ? packed(cut) : plan(cut));
            }
        }
        return fitted;
    }

    private Preflight.Files stored(ToLongFunction<Artifact> stageBytes) {
        return new Preflight.Files() {
            @Override
            public InputStream open(Artifact artifact) throws OpmException {
                Stored stored = engine.store().get(artifact.digest());
                if (stored == null) {
                    throw new Unavailable(
                            artifact.path() + ": the package is not in the store",
                            "Fetch it first: `opm download`, or `opm cache add FILE.rpm`.");
                }
                return engine.host().disk().read(stored.path());
            }

            @Override
            public long stageBytes(Artifact artifact) {
                return stageBytes.applyAsLong(artifact);
            }
        };
    }

    private static Preflight.Files inside(BundleReader bundle) {
        return new Preflight.Files() {
            @Override
            public InputStream open(Artifact artifact) throws OpmException {
                var entry = bundle.find(artifact.path());
                if (entry.isEmpty()) {
                    throw new Damaged(
                            "bundle: found nothing at " + artifact.path() + ", expected a package",
                            "Copy the bundle again, or have it made again.");
                }
                return bundle.read(entry.get());
            }

            @Override
            public long stageBytes(Artifact artifact) {
                return artifact.sizeBytes();
            }
        };
    }
}
