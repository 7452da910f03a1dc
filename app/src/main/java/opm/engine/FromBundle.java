package opm.engine;

import java.util.List;
import java.util.function.BooleanSupplier;
import opm.apply.Beforehand;
import opm.apply.Job;
import opm.apply.Outcome;
import opm.apply.Progress;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.bundle.BundleReader;
import opm.history.Change;
import opm.plan.Plan;

/// What a bundle says, or another plan with packages of it, done to the root.
public final class FromBundle {
    private final Engine engine;
    private final BundleReader bundle;
    private final Plan plan;
    private final List<Nevra> installed;
    private final BundlePackages packages;

    /// @param installed what was installed when the plan was made
    FromBundle(Engine engine, BundleReader bundle, Plan plan, List<Nevra> installed)
            throws OpmException {
        this.engine = engine;
        this.bundle = bundle;
        this.plan = plan;
        this.installed = installed;
        packages = new BundlePackages(bundle, engine.host().disk(), engine.store());
    }

    /// Returns the part of a bundle that is for this machine; of one for many that it is not among,
    /// the part of the most similar one.
    public static BundleReader part(Engine engine, BundleReader bundle) throws OpmException {
        if (bundle.machines().isEmpty()) {
            return bundle;
        }
        List<Change> history = engine.options().profile() == null ? engine.history() : List.of();
        boolean open = !history.isEmpty() && history.getLast().isOpen();
        return bundle.forMachine(
                engine.installedNames(), open ? history.getLast().plan() : null);
    }

    /// Says what stands in the way here; changes nothing.
    public Outcome check() throws OpmException {
        return engine.applier().check(job());
    }

    /// Begins to read all of the bundle, on a thread of its own; [#apply] waits for its end.
    public void readAhead() {
        packages.begin();
    }

    /// Does it, after every byte of the bundle was read.
    ///
    /// @param stop asked between two batches
    /// @param look run before anything is changed, and not when a change goes on
    public Outcome apply(Progress progress, BooleanSupplier stop, Beforehand look)
            throws OpmException {
        Beforehand all =
                () -> {
                    look.run();
                    new Keeping(engine).ahead(plan);
                };
        Outcome outcome = BootGuard.apply(engine, job(), progress, stop, all);
        return new Keeping(engine).after(outcome, plan, bundle);
    }

    private Job job() throws OpmException {
        return new Job(plan, installed, bundle.seal().hex(), packages);
    }
}
