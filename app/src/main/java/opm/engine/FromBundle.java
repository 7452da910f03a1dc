package opm.engine;

import java.util.function.BooleanSupplier;
import opm.apply.Job;
import opm.apply.Outcome;
import opm.apply.Progress;
import opm.base.OpmException;
import opm.bundle.BundleReader;

/// What a bundle says, done to the root.
public final class FromBundle {
    private final Engine engine;
    private final BundleReader bundle;
    private final BundlePackages packages;

    FromBundle(Engine engine, BundleReader bundle) throws OpmException {
        this.engine = engine;
        this.bundle = bundle;
        packages = new BundlePackages(bundle, engine.host().disk(), engine.store());
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
    public Outcome apply(Progress progress, BooleanSupplier stop) throws OpmException {
        new Keeping(engine).ahead(bundle.plan());
        Outcome outcome = engine.applier().apply(job(), progress, stop);
        return new Keeping(engine).after(outcome, bundle.plan(), bundle);
    }

    private Job job() throws OpmException {
        return new Job(bundle.plan(), bundle.installed(), bundle.seal().hex(), packages);
    }
}
