package opm.preflight;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.FutureTask;
import opm.base.Awaited;
import opm.base.Digest;
import opm.base.Evr;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.base.RpmDep;
import opm.host.Host;
import opm.host.RpmCommand;
import opm.host.RunningKernel;
import opm.host.StreamFailure;
import opm.plan.Artifact;
import opm.plan.Batch;
import opm.plan.Plan;
import opm.rpm.RpmFile;
import org.jspecify.annotations.Nullable;

/// The look ahead: every batch of a plan, in order, as rpm would go about it.
public final class Preflight {
    /// Where package files come from.
    public interface Files {
        /// Opens a package; the caller closes it. Two threads may ask at once.
        InputStream open(Artifact artifact) throws OpmException;

        /// Returns how many bytes a package takes while its batch is applied, besides where it is.
        long stageBytes(Artifact artifact);
    }

    private final Plan plan;
    private final Files files;
    private final Map<Digest, Parcel> parcels = new HashMap<>();

    private Preflight(Plan plan, Files files) throws OpmException {
        this.plan = plan;
        this.files = files;
        // The other half on another thread: it is what a look at a bundle takes longest for.
        List<Artifact> all = plan.artifacts();
        var half = new FutureTask<>(() -> read(all.subList(0, all.size() / 2)));
        Thread.ofPlatform().daemon().start(half);
        parcels.putAll(read(all.subList(all.size() / 2, all.size())));
        parcels.putAll(Awaited.of(half));
    }

    private Map<Digest, Parcel> read(List<Artifact> some) throws OpmException {
        var found = new HashMap<Digest, Parcel>();
        for (Artifact artifact : some) {
            try (InputStream in = files.open(artifact)) {
                found.put(artifact.digest(), Parcel.of(RpmFile.read(in, artifact.fileName())));
            } catch (IOException e) {
                throw StreamFailure.of(e, artifact.fileName());
            }
        }
        return found;
    }

    /// Returns the file systems of a root, with what is free on them now.
    public static List<Mount> mounts(Host host, RpmCommand rpm) throws OpmException {
        return Mounts.of(host.disk(), host.commands(), rpm.root());
    }

    /// Looks at a machine that is here.
    public static Report here(Host host, RpmCommand rpm, Plan plan, Files files)
            throws OpmException {
        return here(host, rpm, plan, files, mounts(host, rpm));
    }

    /// Looks at a machine that is here.
    ///
    /// @param mounts as they were before packages were laid into the stage, which is counted here
    public static Report here(
            Host host, RpmCommand rpm, Plan plan, Files files, List<Mount> mounts)
            throws OpmException {
        var ahead = new Preflight(plan, files);
        Ground ground = Ground.of(host.disk(), rpm.root());
        var leaving = new HashSet<String>();
        plan.batches().forEach(batch -> batch.goes().forEach(pkg -> leaving.add(pkg.full())));
        Standing standing =
                Standing.of(
                        rpm,
                        host.commands(),
                        ground,
                        Standing.baseNames(List.copyOf(ahead.parcels.values())),
                        leaving);
        Map<String, String> owners = ahead.owners(standing, leaving);
        try (var immutable = new Immutable(host, rpm.root(), owners)) {
            var space = new Space(mounts);
            var findings = new ArrayList<Finding>();
            ahead.words(features(rpm.showrc()), findings);
            ahead.kernels = new Kernels(host.disk(), rpm.root());
            ahead.running = RunningKernel.of(rpm.root(), host.disk());
            var database = Database.of(host.disk(), rpm, space);
            ahead.batches(ground, standing, Switches.of(rpm), space, database, findings);
            findings.addAll(immutable.findings());
            return report(findings, space);
        }
    }

    /// Looks at a machine that is elsewhere, of which only its profile is here: its files are not
    /// known, so what old versions take is free only when all of a batch has come.
    ///
    /// @param features what its rpm knows, by name: `rpmlib(X)` → version; empty when unknown
    /// @param installedBytes by full name, of packages that leave
    public static Report elsewhere(
            Plan plan,
            Files files,
            List<Mount> mounts,
            Map<String, String> features,
            Map<String, Long> installedBytes)
            throws OpmException {
        var ahead = new Preflight(plan, files);
        var space = new Space(mounts);
        var findings = new ArrayList<Finding>();
        ahead.words(features, findings);
        var switches = new Switches(false, Set.of(), 3, 2);
        var database = Database.unknown(space);
        ahead.old = installedBytes;
        ahead.batches(
                Ground.unseen(), Standing.unknown(), switches, space, database, findings);
        return report(findings, space);
    }

    private Map<String, Long> old = Map.of();
    private @Nullable Kernels kernels;
    private String running = "";

    /// Versions of kernels that earlier batches bring.
    private final Set<String> came = new HashSet<>();

    /// Versions of kernels that earlier batches take away.
    private final Set<String> went = new HashSet<>();

    private static Report report(List<Finding> findings, Space space) {
        var sorted = new ArrayList<>(findings);
        sorted.sort(Comparator.comparing((Finding finding) -> !finding.stops()));
        return new Report(sorted, space.needs());
    }

    /// Findings that need nothing but the headers.
    private void words(Map<String, String> features, List<Finding> findings) {
        for (Batch batch : plan.batches()) {
            for (Digest rpm : batch.rpms()) {
                Parcel parcel = parcel(rpm);
                String pkg = parcel.nevra().full();
                for (RpmDep dep : parcel.features()) {
                    if (!features.isEmpty() && !isMet(dep, features.get(dep.name()))) {
                        findings.add(new Finding.Feature(pkg, dep.toString()));
                    }
                }
                if (!parcel.isSigned()) {
                    findings.add(new Finding.Unsigned(pkg));
                }
                for (Parcel.Script script : parcel.scripts()) {
                    findings.add(
                            new Finding.Script(
                                    pkg,
                                    script.when(),
                                    script.interpreter(),
                                    ScriptWords.worries(script)));
                }
            }
        }
    }

    /// Returns what rpm says that it knows.
    private static Map<String, String> features(String showrc) {
        var features = new HashMap<String, String>();
        for (String line : showrc.split("\n")) {
            String[] words = line.strip().split(" *= *");
            if (words.length == 2 && words[0].startsWith("rpmlib(")) {
                features.put(words[0], words[1]);
            }
        }
        return features;
    }

    private static boolean isMet(RpmDep dep, @Nullable String version) {
        return version != null
                && (dep.evr().isEmpty()
                        || Evr.parse(version).compareTo(Evr.parse(dep.evr())) >= 0);
    }

    private Parcel parcel(Digest rpm) {
        Parcel parcel = parcels.get(rpm);
        assert parcel != null : "the plan names all its files";
        return parcel;
    }

    private void batches(
            Ground ground,
            Standing standing,
            Switches switches,
            Space space,
            Database database,
            List<Finding> findings)
            throws OpmException {
        Map<Digest, Artifact> artifacts = plan.artifactsByDigest();
        for (Batch batch : plan.batches()) {
            Mount state = space.mountOf(ground.key("/var/lib/opm/stage"));
            long stage = 0;
            var coming = new ArrayList<Parcel>();
            for (Digest rpm : batch.rpms()) {
                Artifact artifact = artifacts.get(rpm);
                stage += artifact == null ? 0 : state.blocks(files.stageBytes(artifact));
                coming.add(parcel(rpm));
            }
            space.add(state, stage, coming.size());
            space.atLeast(state, stage + plan.reserveBytes());
            var leaving = new HashSet<String>();
            batch.goes().forEach(pkg -> leaving.add(pkg.full()));
            space.beginBatch();
            kernels(batch, coming, standing, space, findings);
            new BatchFiles(ground, standing, switches, space, database, findings, leaving)
                    .run(RunOrder.of(coming));
            if (!ground.isSeen()) {
                leaveUnseen(batch, space);
            }
            database.endBatch();
            coming.forEach(parcel -> came.addAll(Kernels.versions(parcel.items())));
            space.add(state, -stage, -coming.size());
        }
    }

    /// What packages of a machine elsewhere took is free on the file systems where their new
    /// versions lie, in the same parts.
    private void leaveUnseen(Batch batch, Space space) {
        for (Nevra pkg : batch.goes()) {
            Parcel heir = null;
            for (Digest rpm : batch.rpms()) {
                heir = parcel(rpm).nevra().name().equals(pkg.name()) ? parcel(rpm) : heir;
            }
            long bytes = old.getOrDefault(pkg.full(), 0L);
            if (heir == null) {
                space.add(space.mountOf("/usr"), -bytes, 0);
                continue;
            }
            var parts = new HashMap<Mount, Long>();
            long all = 1;
            for (Item item : heir.items()) {
                long size = item.type() == Item.Type.FILE ? item.entry().sizeBytes() : 0;
                parts.merge(space.mountOf(item.path()), size, Long::sum);
                all += size;
            }
            for (var part : parts.entrySet()) {
                space.add(part.getKey(), -(bytes * part.getValue() / all), 0);
            }
        }
    }

    /// Returns every path that would be replaced or removed, with the package that it is about.
    private Map<String, String> owners(Standing standing, Set<String> leaving) {
        var owners = new HashMap<String, String>();
        for (String pkg : leaving) {
            standing.of(pkg).forEach(held -> owners.put(held.item().path(), pkg));
        }
        for (Parcel parcel : parcels.values()) {
            parcel.items().forEach(item -> owners.put(item.path(), parcel.nevra().full()));
        }
        return owners;
    }

    /// An initramfs is made for every kernel that comes; the last kernel that boots has to stay
    /// until another one does.
    private void kernels(
            Batch batch,
            List<Parcel> coming,
            Standing standing,
            Space space,
            List<Finding> findings)
            throws OpmException {
        if (kernels == null) {
            return;
        }
        long bytes = kernels.initramfsBytes();
        for (Parcel parcel : coming) {
            if (!Kernels.versions(parcel.items()).isEmpty() && bytes > 0) {
                Mount boot = space.mountOf("/boot/initramfs");
                space.add(boot, boot.blocks(bytes), 1);
            }
        }
        var going = new HashSet<String>();
        String last = "";
        for (Nevra pkg : batch.goes()) {
            var held = standing.of(pkg.full()).stream().map(Standing.Held::item).toList();
            Set<String> versions = Kernels.versions(held);
            going.addAll(versions);
            last = versions.isEmpty() ? last : pkg.full();
            if (versions.contains(running) && !batch.comes().contains(pkg)) {
                findings.add(new Finding.Running(pkg.full()));
            }
        }
        if (going.isEmpty()) {
            return;
        }
        var staying = new HashSet<>(kernels.there());
        staying.removeAll(went);
        staying.removeAll(going);
        // One that came before will be looked at when it is there, before this batch is begun.
        Kernels.Lack lack = came.isEmpty() ? kernels.without(going, staying) : null;
        if (lack != null) {
            findings.add(new Finding.Unbootable(last, lack.words()));
        }
        went.addAll(going);
    }
}
