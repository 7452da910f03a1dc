package opm.engine;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import opm.base.Digest;
import opm.base.OpmException;
import opm.base.OpmException.Refused;
import opm.bundle.BatchOrder;
import opm.bundle.BundleWriter;
import opm.bundle.PackageSource;
import opm.plan.Artifact;
import opm.plan.Plan;
import opm.plan.PlanText;

/// One bundle for many machines: each package is in it once, and each machine's plan, proved for
/// that machine. Machines that need the same share a part.
public final class ManyMachines {
    private final List<Member> members = new ArrayList<>();
    private final Set<Digest> known = new HashSet<>();

    /// Where a package lies, the same for all.
    private final Map<Digest, String> paths = new HashMap<>();

    private final Set<String> taken = new HashSet<>();

    private record Member(Engine engine, Solution solution, Engine.Fetched fetched, String name) {}

    /// Adds a machine whose packages are in the store.
    ///
    /// @param name for people
    /// @return whether it needs something of its own
    public boolean add(Engine engine, Solution solution, Engine.Fetched fetched, String name) {
        Plan plan = together(fetched.plan());
        if (plan.batches().isEmpty() || !known.add(PlanText.digest(plan))) {
            return false;
        }
        var own = new Engine.Fetched(plan, fetched.signaturesChecked());
        String harmless = name.replaceAll("[^A-Za-z0-9._+-]", "_");
        members.add(
                new Member(engine, solution, own, harmless.isEmpty() ? "-" : harmless));
        return true;
    }

    /// Returns a plan whose packages lie where those of the other machines do.
    private Plan together(Plan plan) {
        var artifacts = new ArrayList<Artifact>();
        for (Artifact artifact : plan.artifacts()) {
            String path = paths.computeIfAbsent(artifact.digest(), digest -> place(artifact));
            artifacts.add(
                    new Artifact(artifact.digest(), artifact.sizeBytes(), path, artifact.repo()));
        }
        artifacts.sort((one, two) -> one.path().compareTo(two.path()));
        return new Plan(
                plan.target(),
                plan.asked(),
                plan.sources(),
                artifacts,
                plan.batches(),
                plan.unsigned());
    }

    /// The last part of a path is taken only once: appliers lay a batch's files into one folder.
    private String place(Artifact artifact) {
        String path = artifact.path();
        int slash = path.lastIndexOf('/') + 1;
        String file = path.substring(slash);
        if (!taken.add(file.toLowerCase(Locale.ROOT))) {
            file =
                    file.substring(0, file.length() - ".rpm".length())
                            + "."
                            + artifact.digest().hex().substring(0, 16)
                            + ".rpm";
            taken.add(file.toLowerCase(Locale.ROOT));
        }
        return path.substring(0, slash) + file;
    }

    /// Proves every part and writes the bundle.
    ///
    /// @return what was written; its plan is the first machine's
    /// @throws Refused when no machine needs anything
    public Engine.Bundled write(Path file) throws OpmException {
        if (members.isEmpty()) {
            throw new Refused(
                    "bundle create: found no machine that needs anything, expected one",
                    "All of them have what was asked for.");
        }
        Member first = members.getFirst();
        Engine engine = first.engine();
        var packages = PackageSource.of(engine.store(), engine.host().disk());
        var parts = new ArrayList<BundleWriter.Contents>();
        boolean checked = true;
        for (Member member : members) {
            Plan plan = member.fetched().plan();
            String proof = new Bundling(member.engine()).prove(member.solution(), plan, packages);
            checked &= member.fetched().signaturesChecked();
            parts.add(
                    new BundleWriter.Contents(
                            member.name(),
                            plan,
                            member.engine().installedNames(plan),
                            proof.getBytes(StandardCharsets.UTF_8),
                            new TreeMap<>(),
                            BatchOrder.UNKNOWN));
        }
        engine.watcher().begins(Watcher.Stage.WRITE, file.toString());
        Plan plan = first.fetched().plan();
        return Bundling.write(
                engine,
                file,
                plan,
                new Engine.Fetched(plan, checked),
                out -> BundleWriter.writeAll(parts, packages, out));
    }
}
