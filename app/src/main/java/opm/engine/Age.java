package opm.engine;

import java.util.HashMap;
import java.util.Map;
import opm.base.OpmException;
import opm.history.Change;
import opm.plan.Batch;
import opm.plan.Plan;
import opm.plan.Step;

/// How old a plan is beside what was applied to the root before: the repositories that it was made
/// from say when their metadata was made.
///
/// @param snapshotSeconds of the newest repository that was looked at; 0 when none says
/// @param hadSeconds of the newest of these repositories that an earlier change knew, where that is
///     newer than the plan's; else 0
/// @param goesBack whether a package is taken to an older version
public record Age(long snapshotSeconds, long hadSeconds, boolean goesBack) {
    public static final int STALE_DAYS = 30;

    /// Compares a plan with the root's history.
    public static Age of(Engine engine, Plan plan) throws OpmException {
        Map<String, Long> had = new HashMap<>();
        for (Change change : engine.history()) {
            boolean ours = change.isSettled() && !change.isOfOthers();
            Plan before = ours ? engine.planOf(change) : null;
            if (before != null) {
                before.sources()
                        .forEach(s -> had.merge(s.id(), s.revisionSeconds(), Math::max));
            }
        }
        long newest = 0;
        for (Plan.Source source : plan.sources()) {
            long seconds = had.getOrDefault(source.id(), 0L);
            if (source.revisionSeconds() > 0 && seconds > source.revisionSeconds()) {
                newest = Math.max(newest, seconds);
            }
        }
        return new Age(snapshot(plan), newest, goesBack(plan));
    }

    /// Returns when the newest repository that a plan was made from was made; 0 when none says.
    public static long snapshot(Plan plan) {
        return plan.sources().stream().mapToLong(Plan.Source::revisionSeconds).max().orElse(0);
    }

    private static boolean goesBack(Plan plan) {
        for (Batch batch : plan.batches()) {
            if (batch.steps().stream().anyMatch(step -> step instanceof Step.Downgrade)) {
                return true;
            }
        }
        return false;
    }
}
