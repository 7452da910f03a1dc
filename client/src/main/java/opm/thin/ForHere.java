package opm.thin;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import opm.base.Digest;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.plan.Artifact;
import opm.plan.Batch;
import opm.plan.Plan;
import opm.plan.Reason;
import opm.plan.Step;
import org.jspecify.annotations.Nullable;

/// Makes answers, which were solved for a machine as it was installed, a plan for this machine:
/// what is here already, or newer, is left out, and what is here and older is replaced.
///
/// Nothing is removed or downgraded this way, whatever an answer says.
public final class ForHere {
    private final Wording words;
    private final Baseline baseline;
    private final Set<String> several;

    /// What is installed after the batches so far, by full name.
    private final Map<String, Nevra> there = new HashMap<>();

    private final Map<String, Artifact> files = new TreeMap<>();
    private final List<Batch> batches = new ArrayList<>();
    private final List<String> asked = new ArrayList<>();
    private final List<Memory.Came> coming = new ArrayList<>();

    /// Says what the answers were made for; asked only where it makes a difference.
    public interface Baseline {
        /// Returns full names.
        Set<String> names() throws OpmException;
    }

    /// @param several names of installed packages that stay when another of their name comes, as
    ///     kernels do
    public ForHere(
            List<Nevra> installed, Set<String> several, Baseline baseline, Wording words) {
        installed.forEach(pkg -> there.put(pkg.full(), pkg));
        this.several = Set.copyOf(several);
        this.baseline = baseline;
        this.words = words;
    }

    /// Returns what an answer relies on and is not here; sorted.
    public List<String> missing(Answers.Answer answer) {
        return answer.assumes().stream().filter(name -> !there.containsKey(name)).sorted().toList();
    }

    /// Adds what a plan brings that is not here.
    public void add(String name, Plan plan) throws OpmException {
        asked.add("install " + name);
        Map<Digest, Artifact> known = plan.artifactsByDigest();
        for (Batch batch : plan.batches()) {
            var steps = new ArrayList<Step>();
            for (Step step : batch.steps()) {
                Step own = own(name, step);
                if (own != null) {
                    steps.add(own);
                }
            }
            Set<Nevra> comes = new HashSet<>();
            steps.forEach(step -> comes.add(step.comes()));
            for (Step step : batch.steps()) {
                if (step instanceof Step.Replaced(var pkg, var by)
                        && there.containsKey(pkg.full())
                        && comes.contains(by)) {
                    steps.add(step);
                }
            }
            if (!steps.isEmpty()) {
                take(name, new Batch(steps), known);
            }
        }
    }

    private void take(String name, Batch batch, Map<Digest, Artifact> known) throws OpmException {
        for (Digest rpm : batch.rpms()) {
            Artifact file = known.get(rpm);
            if (file == null || rpm.algorithm() == Digest.Algorithm.MD5) {
                throw words.damaged("bad-plan", name);
            }
            Artifact other = files.putIfAbsent(file.path(), file);
            if (other != null && !other.equals(file)) {
                throw words.damaged("bad-plan", name);
            }
        }
        for (Step step : batch.steps()) {
            Nevra comes = step.comes();
            if (comes != null) {
                String reason =
                        step instanceof Step.Install(_, _, var why) ? why.word() : "upgrade";
                coming.add(new Memory.Came(comes.name(), reason, name));
            }
        }
        batch.goes().forEach(pkg -> there.remove(pkg.full()));
        batch.comes().forEach(pkg -> there.put(pkg.full(), pkg));
        batches.add(batch);
    }

    /// Returns what is to be done here for a step; null for nothing.
    private @Nullable Step own(String name, Step step) throws OpmException {
        return switch (step) {
            case Step.Install(var pkg, var rpm, var reason) -> brought(pkg, rpm, reason, true);
            case Step.Upgrade(var from, var to, var rpm) ->
                    there.containsKey(from.full())
                                    && !there.containsKey(to.full())
                                    && !several.contains(to.name())
                            ? step
                            : brought(to, rpm, Reason.DEPENDENCY, false);
            case Step.Reinstall _, Step.Replaced _ -> null;
            case Step.Downgrade _, Step.Erase _ -> throw words.damaged("bad-plan", name);
        };
    }

    /// @param joins whether it may come beside an older one of its name, as kernels do
    private @Nullable Step brought(Nevra pkg, Digest rpm, Reason reason, boolean joins)
            throws OpmException {
        if (there.containsKey(pkg.full())) {
            return null;
        }
        Nevra newest = null;
        for (Nevra one : there.values()) {
            boolean same = one.name().equals(pkg.name()) && one.arch().equals(pkg.arch());
            if (same && (newest == null || one.evr().compareTo(newest.evr()) > 0)) {
                newest = one;
            }
        }
        if (newest == null) {
            return new Step.Install(pkg, rpm, reason);
        }
        if (newest.evr().compareTo(pkg.evr()) > 0) {
            return null;
        }
        // Beside what the baseline had of that name: the solver said so.
        return several.contains(pkg.name()) || joins && baselineHas(pkg)
                ? new Step.Install(pkg, rpm, reason)
                : new Step.Upgrade(newest, pkg, rpm);
    }

    private boolean baselineHas(Nevra pkg) throws OpmException {
        for (String full : baseline.names()) {
            if (full.startsWith(pkg.name() + "-")) {
                Nevra one = Nevra.parse(full);
                if (one.name().equals(pkg.name()) && one.arch().equals(pkg.arch())) {
                    return true;
                }
            }
        }
        return false;
    }

    /// Returns the plan; without batches when everything is here.
    ///
    /// @param target this machine, with what was installed before
    /// @param unsigned names of packages that may be unsigned, sorted
    public Plan plan(Plan.Target target, List<String> unsigned) {
        return new Plan(
                target, asked, List.of(), List.copyOf(files.values()), batches, unsigned);
    }

    /// Returns what comes, and why.
    public List<Memory.Came> coming() {
        return List.copyOf(coming);
    }
}
