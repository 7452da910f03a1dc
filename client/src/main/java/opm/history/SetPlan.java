package opm.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import opm.base.Digest;
import opm.base.InstalledList;
import opm.base.Nevra;
import opm.base.OpmException.Unavailable;
import opm.plan.Artifact;
import opm.plan.Batch;
import opm.plan.Plan;
import opm.plan.Reason;
import opm.plan.Step;
import org.jspecify.annotations.Nullable;

/// Makes plans from one installed set to another, of packages that earlier plans brought. Nothing
/// is solved: both sets were whole when they were there. Pure.
///
/// Three batches at most: what has to leave first because it obsoletes what comes; what comes,
/// with what gives way to it; what else leaves.
public final class SetPlan {
    /// A package that can come.
    ///
    /// @param unsigned whether it has no signature, and may
    public record Known(Artifact artifact, Reason reason, boolean unsigned) {}

    private final Map<String, Known> known = new HashMap<>();

    /// Name of a package → names of those that replaced it.
    private final Map<String, Set<String>> heirs = new HashMap<>();

    /// @param past plans of earlier changes, oldest first
    public SetPlan(List<Plan> past) {
        for (Plan plan : past) {
            Map<Digest, Artifact> artifacts = plan.artifactsByDigest();
            for (Batch batch : plan.batches()) {
                for (Step step : batch.steps()) {
                    learn(step, artifacts, plan.unsigned());
                }
            }
        }
    }

    /// Takes note of packages that no plan brought; what plans say counts more.
    public void learn(Map<Nevra, Known> packages) {
        packages.forEach((pkg, from) -> known.putIfAbsent(pkg.full(), from));
    }

    /// Returns the full names of packages that would have to come and that nothing is known of.
    public Set<String> strangers(List<Nevra> now, List<Nevra> goal) {
        var comes = new TreeSet<>(goal);
        now.forEach(comes::remove);
        var strangers = new TreeSet<String>();
        comes.forEach(pkg -> strangers.add(pkg.full()));
        strangers.removeAll(known.keySet());
        return strangers;
    }

    private void learn(Step step, Map<Digest, Artifact> artifacts, List<String> unsigned) {
        switch (step) {
            case Step.Install(var pkg, var rpm, var reason) ->
                    learn(pkg, artifacts.get(rpm), reason, unsigned);
            case Step.Upgrade(_, var to, var rpm) ->
                    learn(to, artifacts.get(rpm), Reason.USER, unsigned);
            case Step.Downgrade(_, var to, var rpm) ->
                    learn(to, artifacts.get(rpm), Reason.USER, unsigned);
            case Step.Reinstall(var pkg, var rpm) ->
                    learn(pkg, artifacts.get(rpm), Reason.USER, unsigned);
            case Step.Replaced(var pkg, var by) ->
                    heirs.computeIfAbsent(pkg.name(), _ -> new HashSet<>()).add(by.name());
            case Step.Erase _ -> {}
        }
    }

    private void learn(
            Nevra pkg, @Nullable Artifact artifact, Reason reason, List<String> unsigned) {
        if (artifact != null) {
            known.put(pkg.full(), new Known(artifact, reason, unsigned.contains(pkg.name())));
        }
    }

    /// Makes the plan; it has no batches when the sets are equal.
    ///
    /// @param machine what the plan is for; its base is that of `now`
    /// @param asked in words
    /// @throws Unavailable when no earlier plan brought a package that has to come; names them
    public Plan plan(Plan.Target machine, String asked, List<Nevra> now, List<Nevra> goal)
            throws Unavailable {
        var comes = new TreeSet<>(goal);
        now.forEach(comes::remove);
        var goes = new TreeSet<>(now);
        goal.forEach(goes::remove);
        List<String> strangers = List.copyOf(strangers(now, goal));
        if (!strangers.isEmpty()) {
            throw new Unavailable(
                    "found no plan that brought "
                            + String.join(", ", strangers.subList(0, Math.min(9, strangers.size())))
                            + (strangers.size() > 9 ? " and " + (strangers.size() - 9) : ""),
                    "They were there before opm. `opm cache add FILE.rpm` takes in a package; `opm"
                            + " install NAME-VERSION` brings one back from a repository.");
        }
        var stays = new HashSet<String>();
        now.stream().filter(pkg -> !goes.contains(pkg)).forEach(pkg -> stays.add(pkg.name()));
        var steps = new ArrayList<Step>();
        for (Nevra pkg : comes) {
            steps.addAll(come(pkg, goes, stays));
        }
        var first = new ArrayList<Step>();
        var last = new ArrayList<Step>();
        // What goes may need the very version of what is replaced, and rpm would refuse that then.
        boolean replaces = steps.stream().anyMatch(step -> step.goes() != null);
        for (Nevra pkg : goes) {
            boolean obsoletes = comes.stream().anyMatch(c -> isHeir(pkg, c));
            (replaces || obsoletes ? first : last).add(new Step.Erase(pkg));
        }
        var batches = new ArrayList<Batch>();
        for (List<Step> batch : List.of(first, steps, last)) {
            if (!batch.isEmpty()) {
                batches.add(new Batch(batch));
            }
        }
        return new Plan(
                new Plan.Target(
                        machine.distro(),
                        machine.release(),
                        machine.arch(),
                        Digest.sha256Of(InstalledList.text(now))),
                List.of(asked),
                List.of(),
                artifacts(batches),
                batches,
                unsigned(comes));
    }

    /// Returns the steps with which a package comes, and takes out of `goes` what leaves with it.
    private List<Step> come(Nevra pkg, Set<Nevra> goes, Set<String> stays) {
        Known from = java.util.Objects.requireNonNull(known.get(pkg.full()));
        Digest rpm = from.artifact().digest();
        Nevra old = stays.contains(pkg.name()) ? null : ofName(pkg, goes);
        var steps = new ArrayList<Step>();
        if (old == null) {
            steps.add(new Step.Install(pkg, rpm, from.reason()));
        } else {
            goes.remove(old);
            steps.add(
                    old.evr().compareTo(pkg.evr()) > 0
                            ? new Step.Downgrade(old, pkg, rpm)
                            : new Step.Upgrade(old, pkg, rpm));
        }
        for (Nevra other : List.copyOf(goes)) {
            boolean named = other.name().equals(pkg.name()) && !stays.contains(pkg.name());
            if (named || isHeir(pkg, other)) {
                goes.remove(other);
                steps.add(new Step.Replaced(other, pkg));
            }
        }
        return steps;
    }

    /// Tells whether `heir` was seen to replace packages of the name of `pkg`.
    private boolean isHeir(Nevra heir, Nevra pkg) {
        return heirs.getOrDefault(pkg.name(), Set.of()).contains(heir.name());
    }

    private static @Nullable Nevra ofName(Nevra pkg, Set<Nevra> goes) {
        return goes.stream()
                .filter(old -> old.nameArch().equals(pkg.nameArch()))
                .findFirst()
                .orElse(null);
    }

    private List<Artifact> artifacts(List<Batch> batches) {
        var byPath = new TreeMap<String, Artifact>();
        for (Batch batch : batches) {
            for (Nevra pkg : batch.comes()) {
                Artifact artifact =
                        java.util.Objects.requireNonNull(known.get(pkg.full())).artifact();
                byPath.put(artifact.path(), artifact);
            }
        }
        return byPath.values().stream().sorted(Comparator.comparing(Artifact::path)).toList();
    }

    private List<String> unsigned(Set<Nevra> comes) {
        return comes.stream()
                .filter(pkg -> java.util.Objects.requireNonNull(known.get(pkg.full())).unsigned())
                .map(Nevra::name)
                .distinct()
                .sorted()
                .toList();
    }
}
