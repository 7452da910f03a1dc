package opm.plan;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import opm.base.Digest;
import opm.base.Nevra;
import opm.plan.Step.Downgrade;
import opm.plan.Step.Erase;
import opm.plan.Step.Install;
import opm.plan.Step.Reinstall;
import opm.plan.Step.Replaced;
import opm.plan.Step.Upgrade;

/// Steps that one run of rpm makes. The system is consistent before and after.
///
/// A batch holds erasures only, or none: rpm's command line cannot do both in one transaction
/// (rpm 4.18, rpm.c).
///
/// @param steps in the order in which rpm is given them, at least one
public record Batch(List<Step> steps) {
    public Batch {
        steps = List.copyOf(steps);
        if (steps.isEmpty()) {
            throw new IllegalArgumentException("a batch without steps");
        }
        boolean erases = steps.getFirst() instanceof Erase;
        for (Step step : steps) {
            if (step instanceof Erase != erases) {
                throw new IllegalArgumentException("a batch that installs and erases");
            }
        }
        List<Nevra> comes = comes(steps);
        var there = new HashSet<>(comes);
        requireOnce(comes, "comes");
        requireOnce(goes(steps), "goes");
        for (Step step : steps) {
            if (step instanceof Replaced(var pkg, var by) && !there.contains(by)) {
                throw new IllegalArgumentException(
                        pkg.full()
                                + " is replaced by "
                                + by.full()
                                + ", which is not in its batch");
            }
        }
    }

    /// Tells whether rpm is to erase (`rpm -e`) rather than to install (`rpm -U`).
    public boolean erases() {
        return steps.getFirst() instanceof Erase;
    }

    /// Returns the packages that rpm lays down, sorted; a reinstalled one is also in [#goes].
    public List<Nevra> comes() {
        return sorted(comes(steps));
    }

    /// Returns the packages that leave, sorted.
    public List<Nevra> goes() {
        return sorted(goes(steps));
    }

    /// Returns the files to hand to rpm, in the order of the steps.
    public List<Digest> rpms() {
        var rpms = new ArrayList<Digest>();
        for (Step step : steps) {
            Digest rpm = step.rpm();
            if (rpm != null) {
                rpms.add(rpm);
            }
        }
        return rpms;
    }

    /// Returns what is installed after this batch, sorted, where `before` is what was installed.
    ///
    /// Both are multisets: rpm can hold the same NEVRA twice after a crash.
    ///
    /// @throws IllegalArgumentException when a package that leaves is not in `before`, or one that
    ///     comes is there already
    public List<Nevra> after(List<Nevra> before) {
        var after = new ArrayList<>(before);
        var goes = new HashSet<>(goes(steps));
        var left = new HashSet<Nevra>();
        after.removeIf(pkg -> goes.contains(pkg) && left.add(pkg));
        if (left.size() != goes.size()) {
            goes.removeAll(left);
            throw new IllegalArgumentException(
                    sorted(new ArrayList<>(goes)).getFirst().full() + " is not installed");
        }
        List<Nevra> comes = comes(steps);
        var there = new HashSet<>(after);
        for (Nevra pkg : comes) {
            if (there.contains(pkg)) {
                throw new IllegalArgumentException(pkg.full() + " is already installed");
            }
        }
        after.addAll(comes);
        return sorted(after);
    }

    private static List<Nevra> comes(List<Step> steps) {
        var comes = new ArrayList<Nevra>();
        for (Step step : steps) {
            Nevra pkg = step.comes();
            if (pkg != null) {
                comes.add(pkg);
            }
        }
        return comes;
    }

    private static List<Nevra> goes(List<Step> steps) {
        var goes = new ArrayList<Nevra>();
        for (Step step : steps) {
            Nevra pkg = step.goes();
            if (pkg != null) {
                goes.add(pkg);
            }
        }
        return goes;
    }

    private static List<Nevra> sorted(List<Nevra> pkgs) {
        pkgs.sort(null);
        return List.copyOf(pkgs);
    }

    private static void requireOnce(List<Nevra> pkgs, String verb) {
        var seen = new HashSet<Nevra>();
        for (Nevra pkg : pkgs) {
            if (!seen.add(pkg)) {
                throw new IllegalArgumentException(pkg.full() + " " + verb + " twice in one batch");
            }
        }
    }
}
