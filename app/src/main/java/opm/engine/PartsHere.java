package opm.engine;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import opm.base.Digest;
import opm.base.InstalledList;
import opm.base.Limits;
import opm.base.OpmException;
import opm.bundle.BundleReader;
import opm.bundle.PartsAtHand;
import opm.history.Change;
import opm.history.StateFolder;
import opm.plan.Batch;
import opm.plan.Plan;
import opm.plan.Step;

/// What a part of a bundle, and those beside it, can do to the root.
public final class PartsHere {
    private PartsHere() {}

    /// Chooses the batches that can be done now; those of the interrupted change, where there is
    /// one that was begun with this bundle.
    public static PartsAtHand.Choice choose(Engine engine, BundleReader part) throws OpmException {
        List<Change> history = engine.history();
        Set<Digest> again = new HashSet<>();
        for (Change change : history) {
            Plan plan = engine.planOf(change);
            if (plan != null) {
                plan.batches().forEach(batch -> reinstalled(batch, again));
            }
        }
        PartsAtHand.Begun begun = null;
        if (!history.isEmpty() && history.getLast().isOpen()) {
            Change open = history.getLast();
            Plan plan = engine.planOf(open);
            var file = StateFolder.in(engine.rpm().root()).installed(open.number());
            if (plan != null) {
                byte[] list = engine.host().disk().readAll(file, Limits.PROFILE_BYTES);
                begun = new PartsAtHand.Begun(plan, InstalledList.parse(list));
            }
        }
        var disk = engine.host().disk();
        return PartsAtHand.choose(disk, part, engine.installedNames(), again, begun);
    }

    private static void reinstalled(Batch batch, Set<Digest> again) {
        for (Step step : batch.steps()) {
            Digest rpm = step instanceof Step.Reinstall ? step.rpm() : null;
            if (rpm != null) {
                again.add(rpm);
            }
        }
    }
}
