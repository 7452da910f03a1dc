package opm.engine;

import java.util.HashMap;
import java.util.Map;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.pkgset.PackageRef;
import opm.plan.Plan;
import opm.planner.Planned;
import opm.planner.Planner;
import opm.planner.RunSize;
import opm.solve.Change;
import opm.solve.Policy;
import opm.solve.Reason;
import opm.solve.Request;
import opm.solve.Universe;
import opm.solve.Verdict;
import org.jspecify.annotations.Nullable;

/// A request that was solved, and what became of it.
///
/// @param policy by which rules
/// @param universe what was known
/// @param planned what to do; null unless the verdict is [Verdict.Solved]
public record Solution(
        Policy policy,
        Universe universe,
        Request request,
        Verdict verdict,
        @Nullable Planned planned) {

    /// Returns what to do; null unless the verdict is [Verdict.Solved].
    public @Nullable Plan plan() {
        return planned == null ? null : planned.plan();
    }

    /// Plans the same changes in runs of another size.
    ///
    /// @param plan says what it is for, and which packages may be unsigned
    Planned cut(Plan plan, RunSize size) throws OpmException {
        if (!(verdict instanceof Verdict.Solved solved)) {
            throw new IllegalStateException("only what is solved has a plan");
        }
        return Planner.plan(
                solved,
                universe,
                plan.target(),
                plan.sources(),
                plan.asked(),
                plan.unsigned()::contains,
                size);
    }

    /// Returns the packages that come in, by name.
    public Map<Nevra, PackageRef> coming() {
        var coming = new HashMap<Nevra, PackageRef>();
        if (verdict instanceof Verdict.Solved solved) {
            for (Change change : solved.changes()) {
                PackageRef pkg = change.comes();
                if (pkg != null) {
                    coming.put(pkg.nevra(), pkg);
                }
            }
        }
        return coming;
    }

    /// Returns the installed packages that leave, by name.
    public Map<Nevra, PackageRef> leaving() {
        var leaving = new HashMap<Nevra, PackageRef>();
        if (verdict instanceof Verdict.Solved solved) {
            for (Change change : solved.changes()) {
                PackageRef pkg = change.goes();
                if (pkg != null) {
                    leaving.put(pkg.nevra(), pkg);
                }
            }
        }
        return leaving;
    }

    /// Returns why each package comes or goes, by name.
    public Map<Nevra, Reason> reasons() {
        var reasons = new HashMap<Nevra, Reason>();
        if (verdict instanceof Verdict.Solved solved) {
            for (Reason reason : solved.reasons()) {
                reasons.putIfAbsent(reason.pkg().nevra(), reason);
            }
        }
        return reasons;
    }
}
