package opm.planner;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import opm.base.Nevra;
import opm.pkgset.PackageRef;
import opm.plan.Batch;
import opm.plan.Plan;
import opm.plan.Step;
import opm.solve.Universe;
import opm.solve.Verdict;
import org.jspecify.annotations.Nullable;

/// Which batches of a plan must be done before which others: what of it can be done where some of
/// its packages are missing.
///
/// Batches are counted from 1. One that erases before others is needed by those for which it makes
/// room, and itself needs nothing; one that erases after all needs all of them.
public final class BatchNeeds {
    private BatchNeeds() {}

    /// Returns for each batch the earlier ones that it needs itself, rising.
    public static List<Set<Integer>> of(
            Plan plan, List<Planned.Note> notes, Verdict.Solved verdict, Universe universe) {
        List<Batch> batches = plan.batches();
        var batchOf = new HashMap<Nevra, Integer>();
        for (int at = 0; at < batches.size(); at++) {
            for (Nevra pkg : batches.get(at).comes()) {
                batchOf.put(pkg, at + 1);
            }
        }
        var needs = new ArrayList<Set<Integer>>();
        batches.forEach(_ -> needs.add(new TreeSet<>()));
        List<Unit> units = Unit.of(verdict, universe);
        for (Unit unit : units) {
            Set<Integer> own = batchesOf(unit, batchOf);
            var wanted = new HashSet<>(own);
            for (int other : unit.needs()) {
                wanted.addAll(batchesOf(units.get(other), batchOf));
            }
            for (int batch : own) {
                needs.get(batch - 1).addAll(wanted);
            }
        }
        erasures(batches, notes, batchOf, needs);
        for (int at = 0; at < needs.size(); at++) {
            needs.get(at).remove(at + 1);
            int batch = at + 1;
            if (needs.get(at).stream().anyMatch(other -> other > batch)) {
                return chain(batches.size());
            }
        }
        return needs;
    }

    /// Returns the needs of batches of which nothing is known: each of all before it.
    public static List<Set<Integer>> chain(int count) {
        var needs = new ArrayList<Set<Integer>>();
        for (int at = 0; at < count; at++) {
            needs.add(at == 0 ? Set.of() : new TreeSet<>(Set.of(at)));
        }
        return needs;
    }

    private static Set<Integer> batchesOf(Unit unit, Map<Nevra, Integer> batchOf) {
        var batches = new TreeSet<Integer>();
        for (PackageRef pkg : unit.packages()) {
            Integer batch = batchOf.get(pkg.nevra());
            if (batch != null) {
                batches.add(batch);
            }
        }
        return batches;
    }

    private static void erasures(
            List<Batch> batches,
            List<Planned.Note> notes,
            Map<Nevra, Integer> batchOf,
            List<Set<Integer>> needs) {
        for (int at = 0; at < batches.size(); at++) {
            if (!batches.get(at).erases()) {
                continue;
            }
            for (int other = 1; other <= at; other++) {
                needs.get(at).add(other);
            }
            for (Step step : batches.get(at).steps()) {
                Integer by = step instanceof Step.Erase(Nevra pkg) ? by(pkg, notes, batchOf) : null;
                for (int other = at + 1; other < batches.size(); other++) {
                    if (by == null || by == other + 1) {
                        needs.get(other).add(at + 1);
                    }
                }
            }
        }
    }

    /// Returns the batch for which a package makes room; null for any.
    private static @Nullable Integer by(
            Nevra pkg, List<Planned.Note> notes, Map<Nevra, Integer> batchOf) {
        for (Planned.Note note : notes) {
            if (note instanceof Planned.Note.ErasedFirst(Nevra erased, Nevra by, _)
                    && erased.equals(pkg)) {
                return batchOf.get(by);
            }
        }
        return null;
    }
}
