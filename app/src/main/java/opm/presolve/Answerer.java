package opm.presolve;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import opm.base.Digest;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.engine.Ground;
import opm.pkgset.PackageRef;
import opm.pkgset.PackageSet;
import opm.plan.Artifact;
import opm.plan.Batch;
import opm.plan.Plan;
import opm.plan.PlanText;
import opm.plan.Reason;
import opm.plan.Step;
import opm.planner.Planned;
import opm.planner.Planner;
import opm.planner.RunSize;
import opm.solve.Cause;
import opm.solve.Change;
import opm.solve.Request;
import opm.solve.Solver;
import opm.solve.Verdict;
import opm.thin.Addresses;
import org.jspecify.annotations.Nullable;

/// Answers for one name after the other, on one ground; what they share is kept in between. One
/// thread.
final class Answerer {
    private final Ground ground;
    private final Solver solver;
    private final Reliance reliance;
    private final BooleanSupplier cancelled;

    Answerer(Ground ground, BooleanSupplier cancelled) {
        this.ground = ground;
        this.cancelled = cancelled;
        solver = new Solver(ground.universe());
        reliance = new Reliance(ground.universe().installed());
    }

    /// Makes what all answers share: half a second for 63,440 packages.
    ///
    /// @return this
    Answerer begin() throws OpmException {
        var nothing = new Request(List.of());
        var _ = PackageSet.reading(() -> solver.solve(nothing, ground.policy(), cancelled));
        return this;
    }

    /// Answers for a name.
    ///
    /// @param paths gets what the answer would need to know of file lists
    Answer answer(String name, Collection<String> paths) throws OpmException {
        return answer(name, List.of(name), paths);
    }

    /// Answers for an entry that stands for packages of other names.
    Answer answer(String name, List<String> packages, Collection<String> paths)
            throws OpmException {
        if (!Tree.isEntry(name)) {
            return new Answer.None(name, "this name cannot stand in an address");
        }
        Request request =
                new Request(
                        packages.stream()
                                .map(
                                        pkg ->
                                                new Request.Item(
                                                        isInstalled(pkg)
                                                                ? Request.Verb.UPGRADE
                                                                : Request.Verb.INSTALL,
                                                        pkg))
                                .toList());
        Verdict verdict =
                PackageSet.reading(() -> solver.solve(request, ground.policy(), cancelled));
        paths.addAll(verdict.missingPaths());
        return switch (verdict) {
            case Verdict.Solved solved -> found(name, packages, solved);
            case Verdict.Unsolvable(var problems, _) ->
                    new Answer.None(name, why(problems.getFirst().causes().getFirst()));
            case Verdict.GaveUp _ -> new Answer.None(name, "no answer within the budget of steps");
        };
    }

    private boolean isInstalled(String name) {
        PackageSet set = ground.universe().installed();
        return set != null && set.hasPackage(name);
    }

    private Answer found(String name, List<String> packages, Verdict.Solved solved)
            throws OpmException {
        Planned planned =
                Planner.plan(
                        solved,
                        ground.universe(),
                        ground.target(),
                        List.of(),
                        List.of(name),
                        _ -> false,
                        RunSize.ALL);
        Plan placed = placed(planned);
        var coming = new HashMap<Nevra, PackageRef>();
        for (Change change : solved.changes()) {
            PackageRef comes = change.comes();
            if (comes != null) {
                coming.put(comes.nevra(), comes);
            }
        }
        List<Row> rows = rows(packages, placed, coming);
        var files = new TreeMap<String, PackageRef>();
        rows.forEach(row -> files.put(row.file().path(), row.pkg()));
        return new Answer.Found(
                name, json(rows, solved, coming.values()), PlanText.write(placed), files);
    }

    /// Returns the plan with each file where it is seen from the answer. It names no repository's
    /// state: an answer changes only when what it says does.
    private static Plan placed(Planned planned) {
        Plan plan = planned.plan();
        Map<Digest, Artifact> files = plan.artifactsByDigest();
        var artifacts = new ArrayList<Artifact>();
        var paths = new HashSet<String>();
        for (Planned.Origin one : planned.origins()) {
            Artifact file = Objects.requireNonNull(files.get(one.digest()));
            String path = Tree.packagePath(one.repo(), one.location(), one.digest());
            if (!paths.add(path)) {
                // A repository that gives two packages one place; the one is told by its digest.
                path = Tree.packagePath(one.repo(), "", one.digest());
            }
            artifacts.add(new Artifact(one.digest(), file.sizeBytes(), path, one.repo()));
        }
        artifacts.sort((one, two) -> one.path().compareTo(two.path()));
        return new Plan(
                plan.target(), plan.asked(), List.of(), artifacts, plan.batches(), List.of());
    }

    private record Row(PackageRef pkg, Artifact file, int order, String reason) {}

    private byte[] json(
            List<Row> rows, Verdict.Solved solved, Collection<PackageRef> coming) {
        var goes = new HashSet<Nevra>();
        for (Change change : solved.changes()) {
            PackageRef old = change.goes();
            if (old != null) {
                goes.add(old.nevra());
            }
        }
        var out = new JsonLines();
        out.raw("{").key(ground.target().arch()).raw("[");
        for (int at = 0; at < rows.size(); at++) {
            Row row = rows.get(at);
            out.raw(at == 0 ? "\n{" : ",\n{");
            write(out, row);
            if (at == 0) {
                out.field("baseline", ground.target().base().hex());
                write(out, reliance.of(coming, goes));
            }
            out.raw("}");
        }
        return out.raw("\n]}\n").bytes();
    }

    private static void write(JsonLines out, Row row) {
        Nevra nevra = row.pkg().nevra();
        Artifact file = row.file();
        out.field("name", nevra.name())
                .field("version", nevra.evr().version())
                .field("release", nevra.evr().release())
                .field("path", Addresses.of(file.path()))
                .field("epoch", nevra.evr().epoch())
                .field("arch", nevra.arch())
                .field("size", file.sizeBytes())
                .field(file.digest().algorithm().word(), file.digest().hex())
                .field("order", row.order())
                .field("reason", row.reason());
    }

    private static void write(JsonLines out, Map<String, Set<String>> assumes) {
        out.key("assumes").raw("{");
        boolean first = true;
        for (var entry : assumes.entrySet()) {
            out = first ? out : out.goesOn();
            out.key(entry.getKey()).raw("[");
            entry.getValue().forEach(out::item);
            out.raw("]");
            first = false;
        }
        out.raw("}");
    }

    /// Returns the packages as they are listed: the one that was asked for, then the others in
    /// rpm's order.
    private List<Row> rows(
            List<String> packages, Plan plan, Map<Nevra, PackageRef> coming) {
        String name = packages.isEmpty() ? "" : packages.getFirst();
        Map<Digest, Artifact> files = plan.artifactsByDigest();
        var rows = new ArrayList<Row>();
        int order = 0;
        int asked = -1;
        for (Batch batch : plan.batches()) {
            for (Step step : batch.steps()) {
                Digest rpm = step.rpm();
                Nevra nevra = step.comes();
                PackageRef pkg = nevra == null ? null : coming.get(nevra);
                Artifact file = rpm == null ? null : files.get(rpm);
                if (pkg == null || file == null) {
                    continue;
                }
                Reason reason = step instanceof Step.Install it ? it.reason() : null;
                boolean wanted =
                        pkg.nevra().name().equals(name)
                                || asked < 0 && reason == Reason.USER;
                if (wanted) {
                    asked = rows.size();
                }
                String word = reason == null ? "upgrade" : reason.word();
                rows.add(new Row(pkg, file, ++order, word));
            }
        }
        if (asked > 0) {
            rows.addFirst(rows.remove(asked));
        }
        if (rows.isEmpty()) {
            Row same = standing(name);
            return same == null ? rows : List.of(same);
        }
        return rows;
    }

    /// Returns the package of a repository that is installed already.
    private @Nullable Row standing(String name) {
        PackageSet system = ground.universe().installed();
        int id = system == null ? -1 : system.nameId(name);
        if (system == null || id < 0) {
            return null;
        }
        for (int pkg = system.packagesStart(id); pkg < system.packagesEnd(id); pkg++) {
            Nevra nevra = system.nevra(pkg);
            for (var source : ground.universe().repositories()) {
                PackageSet set = source.set();
                int there = set.nameId(name);
                int end = there < 0 ? 0 : set.packagesEnd(there);
                for (int at = there < 0 ? 0 : set.packagesStart(there); at < end; at++) {
                    PackageRef ref = set.ref(at);
                    Digest digest = ref.checksum();
                    if (ref.nevra().equals(nevra) && digest != null) {
                        String path = Tree.packagePath(source.id(), ref.location(), digest);
                        var file =
                                new Artifact(digest, ref.packageBytes(), path, source.id());
                        return new Row(ref, file, 0, "installed");
                    }
                }
            }
        }
        return null;
    }

    /// Says in one line why something cannot be had.
    private static String why(Cause cause) {
        return switch (cause) {
            case Cause.NoMatch(var item, _) -> "no package is called " + item.spec();
            case Cause.NothingProvides(var pkg, var dep) ->
                    "nothing provides " + dep + ", which " + pkg.nevra() + " requires";
            case Cause.Requires(var pkg, var dep, _) ->
                    pkg.nevra() + " requires " + dep + ", which cannot be had";
            case Cause.Conflicts(var pkg, var dep, var other) ->
                    pkg.nevra() + " conflicts with " + dep + ", which " + other.nevra() + " is";
            case Cause.SameName(var one, var two) ->
                    one.nevra() + " and " + two.nevra() + " cannot both be installed";
            case Cause.Obsoletes(var pkg, var dep, var other) ->
                    pkg.nevra() + " obsoletes " + dep + ", which " + other.nevra() + " is";
            default -> "it does not fit what is installed";
        };
    }
}
