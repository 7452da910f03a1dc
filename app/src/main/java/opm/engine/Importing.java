package opm.engine;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import opm.base.Dep;
import opm.base.DepKind;
import opm.base.Evr;
import opm.base.Limits;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.base.OpmException.Damaged;
import opm.base.RpmDep;
import opm.base.Sense;
import opm.host.Disk;
import opm.host.RpmCommand;
import opm.imports.Layers;
import opm.imports.Listed;
import opm.imports.Listed.Lack;
import opm.imports.PackageLists;
import opm.pkgset.PackageRef;
import opm.profile.ChangeReport;
import opm.profile.InstalledPackage;
import opm.profile.ProfileCapture;
import opm.profile.SystemProfile;
import org.jspecify.annotations.Nullable;

/// A profile made of what others wrote: a root or container image in full, a list of packages as
/// far as it goes.
///
/// A list knows names and versions. Where repositories are named, each package that they offer in
/// just that version is completed from there; an unknown epoch is taken from there too.
public final class Importing {
    private static final List<String> DATABASES =
            List.of("/usr/lib/sysimage/rpm", "/var/lib/rpm", "/usr/share/rpm");

    private final Engine engine;
    private final Disk disk;

    public Importing(Engine engine) {
        this.engine = engine;
        disk = engine.host().disk();
    }

    /// What came of it.
    ///
    /// @param kind `root`, `image`, `changes`, or the word of a list's format
    /// @param lacks what the profile lacks; empty for a root
    /// @param completed packages whose dependencies came from repositories
    /// @param bare packages of which nothing but the name is known
    public record Imported(
            SystemProfile profile, String kind, Set<Lack> lacks, int completed, int bare) {}

    /// Reads a folder or file.
    public Imported read(Path source) throws OpmException {
        String subject = source.toString();
        if (disk.isDirectory(source)) {
            return ContainerImage.isIn(disk, source)
                    ? image(new ContainerImage(disk, source, subject), subject)
                    : new Imported(root(source, subject), "root", Set.of(), 0, 0);
        }
        if (isTar(source)) {
            try (var folder = temporary();
                    InputStream in = disk.read(source)) {
                new Layers(disk, folder.path(), subject).unpackAll(in);
                if (ContainerImage.isIn(disk, folder.path())) {
                    return image(new ContainerImage(disk, folder.path(), subject), subject);
                }
                var profile = root(folder.path(), subject);
                return new Imported(profile, "root", Set.of(), 0, 0);
            } catch (IOException e) {
                throw new Damaged(subject + ": found a file that cannot be read", "Copy it again.");
            }
        }
        byte[] text = disk.readAll(source, Limits.PROFILE_BYTES);
        String words = new String(text, StandardCharsets.UTF_8);
        if (ChangeReport.isIn(words)) {
            return changed(words);
        }
        return list(PackageLists.read(text, subject, engine.options().arch()), subject);
    }

    private TemporaryFolder temporary() throws OpmException {
        return new TemporaryFolder(engine.host(), engine.options().state());
    }

    /// A packed or plain tar, and no text.
    private boolean isTar(Path file) throws OpmException {
        int length = 512;
        byte[] begin;
        try (InputStream in = disk.read(file)) {
            begin = in.readNBytes(length);
        } catch (IOException e) {
            throw new Damaged(file + ": found a file that cannot be read", "Copy it again.");
        }
        boolean gzip = begin.length > 1 && begin[0] == 0x1f && begin[1] == (byte) 0x8b;
        return gzip
                || begin.length == length
                        && new String(begin, 257, 5, StandardCharsets.ISO_8859_1).equals("ustar");
    }

    private Imported image(ContainerImage image, String subject) throws OpmException {
        try (var folder = temporary()) {
            image.lay(folder.path(), engine.options().arch());
            SystemProfile profile = root(folder.path(), subject);
            return new Imported(profile, "image", EnumSet.of(Lack.SPACE), 0, 0);
        }
    }

    private SystemProfile root(Path root, String subject) throws OpmException {
        RpmCommand rpm = RpmCommand.at(root, engine.host().commands());
        for (String folder : DATABASES) {
            if (!disk.list(root.resolve(folder.substring(1))).isEmpty()) {
                rpm = RpmCommand.at(root, folder, engine.host().commands());
                break;
            }
        }
        var profile = ProfileCapture.capture(rpm, disk, engine.host().commands(), 0);
        if (profile.packages().isEmpty()) {
            throw new BadRequest(
                    subject + ": found no installed package, expected a root with an rpm database",
                    "Name the folder of a root or image, or a list that `rpm -qa` printed.");
        }
        return profile;
    }

    /// A machine of which the profile and a short report of what changed since are here.
    private Imported changed(String report) throws OpmException {
        if (engine.options().profile() == null) {
            throw new BadRequest(
                    "the report: found no profile, expected the one that it is compared with",
                    "Add --profile FILE.");
        }
        SystemProfile baseline = engine.machine();
        var known = new HashMap<Nevra, InstalledPackage>();
        baseline.packages().forEach(pkg -> known.put(pkg.nevra(), pkg));
        Map<String, List<PackageRef>> offered = offered();
        int completed = 0;
        int bare = 0;
        var packages = new ArrayList<InstalledPackage>();
        for (Nevra pkg : ChangeReport.read(report, baseline)) {
            InstalledPackage before = known.get(pkg);
            PackageRef same = before == null ? same(offered, pkg, false) : null;
            if (before == null) {
                completed += same == null ? 0 : 1;
                bare += same == null ? 1 : 0;
                before = same == null ? bare(pkg) : complete(same);
            }
            packages.add(before);
        }
        var lacks = bare == 0 ? EnumSet.noneOf(Lack.class) : EnumSet.of(Lack.DEPENDENCIES);
        return new Imported(baseline.withPackages(packages), "changes", lacks, completed, bare);
    }

    // ---------------------------------------------------------------- lists

    private Imported list(Listed listed, String subject) throws OpmException {
        if (listed.arch().isEmpty()) {
            throw new BadRequest(
                    subject + ": found no package that tells the machine's architecture",
                    "Say which: --arch x86_64.");
        }
        Map<String, List<PackageRef>> offered = offered();
        int completed = 0;
        var packages = new ArrayList<InstalledPackage>();
        for (Nevra pkg : listed.packages()) {
            PackageRef same = same(offered, pkg, listed.lacks().contains(Lack.EPOCHS));
            completed += same == null ? 0 : 1;
            packages.add(same == null ? bare(pkg) : complete(same));
        }
        var lacks = EnumSet.copyOf(listed.lacks());
        int bare = packages.size() - completed;
        if (bare == 0) {
            lacks.removeAll(EnumSet.of(Lack.DEPENDENCIES, Lack.EPOCHS));
        }
        String release = engine.options().releasever();
        var distro = new SystemProfile.Distro("", release == null ? "" : release, "", "");
        var profile =
                new SystemProfile(
                        distro,
                        listed.arch(),
                        "",
                        "",
                        List.of(),
                        0,
                        0,
                        List.of(),
                        List.of(),
                        listed.repos(),
                        Map.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        packages);
        return new Imported(profile, listed.format().word(), lacks, completed, bare);
    }

    /// Returns what the named repositories have, by name; nothing when none is named.
    private Map<String, List<PackageRef>> offered() throws OpmException {
        var found = new HashMap<String, List<PackageRef>>();
        if (engine.options().repos().isEmpty() && engine.options().reposDir() == null) {
            return found;
        }
        for (OpenRepo repo : engine.repos()) {
            for (int pkg = 0; pkg < repo.set().packageCount(); pkg++) {
                var ref = new PackageRef(repo.set(), pkg);
                found.computeIfAbsent(ref.nevra().name(), _ -> new ArrayList<>()).add(ref);
            }
        }
        return found;
    }

    private static @Nullable PackageRef same(
            Map<String, List<PackageRef>> offered, Nevra pkg, boolean anyEpoch) {
        PackageRef best = null;
        for (PackageRef ref : offered.getOrDefault(pkg.name(), List.of())) {
            Nevra there = ref.nevra();
            boolean sameVersion =
                    there.evr().version().equals(pkg.evr().version())
                            && there.evr().release().equals(pkg.evr().release());
            if (there.arch().equals(pkg.arch()) && sameVersion) {
                if (there.equals(pkg)) {
                    return ref;
                }
                best = anyEpoch ? ref : best;
            }
        }
        return best;
    }

    /// Returns of how many packages a profile knows nothing but the name: rpm's own have the digest
    /// of a header.
    public static long bare(SystemProfile profile) {
        return profile.packages().stream()
                .filter(pkg -> pkg.header() == null && pkg.buildTimeSeconds() == 0)
                .filter(pkg -> pkg.dependencies().keySet().equals(Set.of(DepKind.PROVIDES)))
                .filter(pkg -> pkg.dependencies(DepKind.PROVIDES).size() == 1)
                .count();
    }

    private static InstalledPackage bare(Nevra nevra) {
        var self = new RpmDep(nevra.name(), Sense.EQ.bits(), evr(nevra.evr()));
        var provides = new EnumMap<DepKind, List<RpmDep>>(DepKind.class);
        provides.put(DepKind.PROVIDES, List.of(self));
        return installed(nevra, "", 0, 0, "", provides, List.of());
    }

    private static InstalledPackage complete(PackageRef ref) {
        var all = new EnumMap<DepKind, List<RpmDep>>(DepKind.class);
        for (DepKind kind : DepKind.values()) {
            all.put(kind, ref.deps(kind).stream().map(Importing::dependency).toList());
        }
        return installed(
                ref.nevra(),
                ref.vendor(),
                ref.buildSeconds(),
                ref.installedBytes(),
                ref.sourceRpm(),
                all,
                ref.files());
    }

    private static InstalledPackage installed(
            Nevra nevra,
            String vendor,
            long built,
            long bytes,
            String source,
            Map<DepKind, List<RpmDep>> dependencies,
            List<String> files) {
        return new InstalledPackage(
                nevra,
                vendor,
                built,
                0,
                bytes,
                source,
                null,
                InstalledPackage.Reason.UNKNOWN,
                "",
                "",
                dependencies,
                files);
    }

    private static RpmDep dependency(Dep dep) {
        return dep instanceof Dep.Simple(var name, var sense, var evr) && sense != Sense.NONE
                ? new RpmDep(name, sense.bits(), evr(evr))
                : RpmDep.on(dep.toString());
    }

    private static String evr(Evr evr) {
        return evr.toString();
    }
}
