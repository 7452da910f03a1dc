package opm.planner;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Predicate;
import opm.base.Digest;
import opm.base.Limits;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.base.OpmException.Damaged;
import opm.base.OpmException.Refused;
import opm.pkgset.BrokenSet;
import opm.pkgset.PackageRef;
import opm.plan.Artifact;
import opm.plan.Batch;
import opm.plan.Plan;
import opm.plan.Step;
import opm.profile.SystemProfile;
import opm.solve.Universe;
import opm.solve.Verdict;
import org.jspecify.annotations.Nullable;

/// Turns a verdict into a plan. A function of its arguments.
///
/// Order of the batches: erasures that cannot wait; then what comes in, what is needed before what
/// needs it; then all other erasures, what needs before what is needed.
public final class Planner {
    private Planner() {}

    /// Returns the machine that a plan for this profile is for.
    public static Plan.Target target(SystemProfile profile) {
        return new Plan.Target(
                profile.distro().id(),
                profile.distro().version(),
                profile.arch(),
                profile.installedDigest());
    }

    /// Makes the plan that brings about a verdict.
    ///
    /// @param universe what the verdict is about
    /// @param target the machine whose packages are `universe.installed()`
    /// @param sources the repositories, in order of configuration
    /// @param asked what the user asked, in words
    /// @param mayBeUnsigned tells by name which packages the user accepts without a signature
    /// @param size how large a run of rpm may become
    /// @throws Damaged when a repository's facts cannot make a plan: no digest, an impossible name
    /// @throws BadRequest when there are too many steps for one plan
    /// @throws Refused when packages need each other in a way that no order of runs of rpm can meet
    public static Planned plan(
            Verdict.Solved verdict,
            Universe universe,
            Plan.Target target,
            List<Plan.Source> sources,
            List<String> asked,
            Predicate<String> mayBeUnsigned,
            RunSize size)
            throws OpmException {
        try {
            requireFew(verdict);
            var changes = new Changes(verdict, universe);
            Files files = files(changes.comings, universe);
            var batches = new ArrayList<Batch>();
            addErasures(changes.early, batches);
            for (int[] run : runs(changes, universe, size)) {
                var steps = new ArrayList<Step>();
                for (int place : run) {
                    addSteps(changes.comings.get(place), files.digests, steps);
                }
                batches.add(new Batch(steps));
            }
            addErasures(changes.late, batches);
            var unsigned = new TreeSet<String>();
            for (Coming coming : changes.comings) {
                if (mayBeUnsigned.test(coming.nevra().name())) {
                    unsigned.add(coming.nevra().name());
                }
            }
            var plan =
                    new Plan(
                            target,
                            asked,
                            sources,
                            files.artifacts,
                            batches,
                            List.copyOf(unsigned));
            return new Planned(plan, files.origins, changes.notes);
        } catch (BrokenSet e) {
            throw e.asDamaged();
        }
    }

    private static void requireFew(Verdict.Solved verdict) throws BadRequest {
        if (verdict.changes().size() > Limits.PLAN_STEPS) {
            throw new BadRequest(
                    "plan: " + verdict.changes().size() + " changes, at most " + Limits.PLAN_STEPS,
                    "Ask for fewer packages at once.");
        }
    }

    /// Returns the runs of rpm for what comes in: small ones after each of which the machine is
    /// whole, or as large as order allows where that cannot be or is not wanted.
    private static List<int[]> runs(Changes changes, Universe universe, RunSize size)
            throws Refused {
        List<Coming> comings = changes.comings;
        Needs needs = Needs.among(comings.stream().map(Coming::pkg).toList());
        if (!size.holdsAll(comings)) {
            Needs bonds =
                    Bonds.of(
                            comings,
                            needs,
                            universe.installed(),
                            changes.takers(),
                            changes.alone());
            Groups groups = Groups.of(bonds);
            if (mixed(groups, comings) == null) {
                var runs = new ArrayList<int[]>();
                List<Groups> clusters =
                        size.apart() ? Clusters.of(groups, comings, size) : List.of(groups);
                for (Groups some : clusters) {
                    runs.addAll(Schedule.runs(some, comings, size));
                }
                return runs;
            }
        }
        Groups groups = Groups.of(needs);
        Mixed mixed = mixed(groups, comings);
        if (mixed != null) {
            throw new Refused(
                    "plan: "
                            + mixed.beside
                            + " stays beside an installed package of its name, "
                            + mixed.upgraded
                            + " does not, and they need each other: rpm cannot"
                            + " install the one and upgrade to the other in one run",
                    "Remove the other installed "
                            + mixed.beside.name()
                            + " first, or leave one of the two out.");
        }
        return Schedule.runs(groups, comings, RunSize.ALL);
    }

    private record Mixed(Nevra beside, Nevra upgraded) {}

    private static @Nullable Mixed mixed(Groups groups, List<Coming> comings) {
        for (int[] members : groups.members()) {
            Coming first = comings.get(members[0]);
            for (int member : members) {
                Coming other = comings.get(member);
                if (other.beside() != first.beside()) {
                    return new Mixed(
                            (first.beside() ? first : other).nevra(),
                            (first.beside() ? other : first).nevra());
                }
            }
        }
        return null;
    }

    private static void addSteps(Coming coming, Map<PackageRef, Digest> digests, List<Step> steps)
            throws Damaged {
        Digest rpm = digests.get(coming.pkg());
        Nevra from = coming.from();
        Nevra to = coming.nevra();
        assert rpm != null;
        if (from == null) {
            steps.add(new Step.Install(to, rpm, coming.reason()));
        } else {
            steps.add(
                    switch (coming.how()) {
                        case INSTALL -> throw new IllegalStateException("install replaces " + from);
                        case UPGRADE -> new Step.Upgrade(writable(from), to, rpm);
                        case DOWNGRADE -> new Step.Downgrade(writable(from), to, rpm);
                        case REINSTALL -> new Step.Reinstall(to, rpm);
                    });
        }
        for (Nevra pkg : coming.replaced()) {
            steps.add(new Step.Replaced(writable(pkg), to));
        }
    }

    private static void addErasures(List<Going> goings, List<Batch> batches) throws Damaged {
        if (goings.isEmpty()) {
            return;
        }
        Groups groups = Groups.of(Needs.among(goings.stream().map(Going::pkg).toList()));
        var steps = new ArrayList<Step>();
        // Groups come needed first; who needs leaves first.
        for (int[] members : groups.members()) {
            for (int member : members) {
                steps.add(new Step.Erase(writable(goings.get(member).nevra())));
            }
        }
        Collections.reverse(steps);
        batches.add(new Batch(steps));
    }

    private record Files(
            Map<PackageRef, Digest> digests,
            List<Artifact> artifacts,
            List<Planned.Origin> origins) {}

    private static Files files(List<Coming> comings, Universe universe) throws Damaged {
        var digests = new HashMap<PackageRef, Digest>();
        var owners = new HashMap<Digest, Nevra>();
        var origins = new HashMap<Digest, Planned.Origin>();
        var artifacts = new ArrayList<Artifact>();
        var paths = new Paths();
        for (Coming coming : comings) {
            PackageRef pkg = coming.pkg();
            Nevra nevra = writable(coming.nevra());
            Universe.Source source = universe.sourceOf(pkg);
            String repo = source == null ? "" : source.id();
            Digest digest = pkg.checksum();
            if (digest == null || pkg.packageBytes() <= 0 || pkg.location().isEmpty()) {
                throw new Damaged(
                        "repository '" + repo + "': " + nevra + " has no digest, size or location",
                        "Make the repository's metadata again, with createrepo_c.");
            }
            Nevra other = owners.put(digest, nevra);
            if (other != null) {
                throw new Damaged(
                        "repository '"
                                + repo
                                + "': "
                                + nevra
                                + " and "
                                + other
                                + " have the same digest "
                                + digest.hex(),
                        "Make the repository's metadata again, with createrepo_c.");
            }
            digests.put(pkg, digest);
            origins.put(digest, new Planned.Origin(digest, repo, pkg.location()));
            artifacts.add(
                    new Artifact(
                            digest,
                            pkg.packageBytes(),
                            paths.next(pkg.location(), nevra, digest),
                            repo));
        }
        artifacts.sort((one, two) -> one.path().compareTo(two.path()));
        var inOrder = new ArrayList<Planned.Origin>();
        for (Artifact artifact : artifacts) {
            Planned.Origin origin = origins.get(artifact.digest());
            assert origin != null;
            inOrder.add(origin);
        }
        return new Files(digests, artifacts, inOrder);
    }

    private static Nevra writable(Nevra nevra) throws Damaged {
        if (!Step.isWritable(nevra)) {
            throw new Damaged(
                    "package '" + nevra.full() + "': its name needs more than printable ASCII",
                    "Exclude it; rpm itself does not build such packages.");
        }
        return nevra;
    }
}
