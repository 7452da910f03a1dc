package opm.bundle;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import opm.base.Digest;
import opm.base.InstalledList;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.host.Disk;
import opm.host.LocalDisk;
import opm.plan.Artifact;
import opm.plan.Batch;
import opm.plan.Plan;
import opm.plan.Reason;
import opm.plan.Step;
import opm.rpm.RpmFile;
import org.jspecify.annotations.Nullable;

/// Rpm files of a folder, and plans made from them without a solver: what has the name of an
/// installed package replaces it, everything else is new.
public final class FolderPackages implements PackageSource {
    private final Disk disk = new LocalDisk();
    private final Map<Digest, Path> files = new HashMap<>();
    private final Map<Nevra, Artifact> artifacts = new TreeMap<>();

    /// Takes in every rpm below some folders or files.
    public static FolderPackages of(Path... places) throws Exception {
        var packages = new FolderPackages();
        for (Path place : places) {
            try (var walk = Files.walk(place)) {
                for (Path file :
                        walk.filter(f -> f.toString().endsWith(".rpm")).sorted().toList()) {
                    packages.add(file);
                }
            }
        }
        return packages;
    }

    private void add(Path file) throws Exception {
        byte[] bytes = Files.readAllBytes(file);
        Digest digest = Digest.sha256Of(bytes);
        Nevra nevra = RpmFile.parse(bytes, file.toString()).words().nevra();
        String path = "Packages/" + nevra.name().charAt(0) + "/" + file.getFileName();
        files.put(digest, file);
        artifacts.put(nevra, new Artifact(digest, bytes.length, path, "test"));
    }

    public List<Nevra> names() {
        return List.copyOf(artifacts.keySet());
    }

    /// Plans one batch for each list of packages.
    @SafeVarargs
    public final Plan plan(
            String distro, List<Nevra> installed, List<String> unsigned, List<Nevra>... batches) {
        var there = new ArrayList<>(installed);
        List<Batch> planned = new ArrayList<>();
        List<Artifact> used = new ArrayList<>();
        for (List<Nevra> batch : batches) {
            List<Step> steps = new ArrayList<>();
            for (Nevra to : batch) {
                Artifact artifact = artifact(to);
                used.add(artifact);
                Nevra from =
                        there.stream()
                                .filter(pkg -> pkg.nameArch().equals(to.nameArch()))
                                .findFirst()
                                .orElse(null);
                steps.add(step(from, to, artifact.digest()));
            }
            planned.add(new Batch(steps));
            there = new ArrayList<>(planned.getLast().after(there));
        }
        used.sort(Comparator.comparing(Artifact::path));
        return plan(distro, installed, unsigned, used, planned);
    }

    /// Plans batches made by hand.
    ///
    /// @param distro ID, VERSION_ID and architecture; `-` for none
    public static Plan plan(
            String distro,
            List<Nevra> installed,
            List<String> unsigned,
            List<Artifact> artifacts,
            List<Batch> batches) {
        String[] words = distro.replace("-", "").split(" ", -1);
        var target =
                new Plan.Target(
                        words[0],
                        words[1],
                        words[2],
                        Digest.sha256Of(InstalledList.text(installed)));
        return new Plan(target, List.of("a test"), List.of(), artifacts, batches, unsigned);
    }

    private static Step step(@Nullable Nevra from, Nevra to, Digest rpm) {
        if (from == null) {
            return new Step.Install(to, rpm, Reason.USER);
        }
        if (from.equals(to)) {
            return new Step.Reinstall(to, rpm);
        }
        return from.evr().compareTo(to.evr()) < 0
                ? new Step.Upgrade(from, to, rpm)
                : new Step.Downgrade(from, to, rpm);
    }

    public Artifact artifact(Nevra nevra) {
        return Objects.requireNonNull(artifacts.get(nevra), nevra.full());
    }

    /// Returns the same packages, one of them also under another digest, right or wrong.
    public FolderPackages as(Digest digest, Artifact real) {
        files.put(digest, Objects.requireNonNull(files.get(real.digest())));
        return this;
    }

    public Collection<Artifact> artifacts() {
        return artifacts.values();
    }

    @Override
    public InputStream open(Artifact artifact) throws OpmException {
        return disk.read(Objects.requireNonNull(files.get(artifact.digest())));
    }

    @Override
    public @Nullable Noted noted(Artifact artifact) {
        return null;
    }

    /// Writes a bundle into a file and returns the file.
    public Path write(Plan plan, List<Nevra> installed, Path file) throws OpmException {
        return write(plan, installed, file, ZipLayout.ZIP64_FROM);
    }

    Path write(Plan plan, List<Nevra> installed, Path file, long zip64From) throws OpmException {
        var contents =
                new BundleWriter.Contents(
                        plan, installed, "proof by hand\n".getBytes(US_ASCII), new TreeMap<>());
        try (var out = disk.create(file)) {
            BundleWriter.write(contents, this, out, Front.standardBody(), zip64From);
        }
        return file;
    }
}
