package opm.profile;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import opm.base.DepKind;
import opm.base.Digest;
import opm.base.OpmException.Damaged;
import opm.base.RpmDep;
import opm.rpm.RpmFile;
import opm.rpm.RpmFileEntry;
import opm.rpm.RpmWords;
import opm.rpm.Tag;

/// What a machine will say of packages once they are installed, read from the packages themselves:
/// a profile of tomorrow.
///
/// It differs from what the machine would write in two things: installation times are that of the
/// change, and of packages that stay, a path that only a coming package asks for is not listed
/// unless its kind always is ([PackageQuery]).
public final class ComingPackages {
    private final long installTimeSeconds;
    private final Set<String> named = new HashSet<>();
    private final List<Coming> coming = new ArrayList<>();

    private record Coming(RpmFile rpm, InstalledPackage.Reason reason, String repo) {}

    /// @param installTimeSeconds since 1970, for all of them
    /// @param there what was installed before: the paths that its dependencies name count
    public ComingPackages(long installTimeSeconds, List<InstalledPackage> there) {
        this.installTimeSeconds = installTimeSeconds;
        for (InstalledPackage pkg : there) {
            pkg.dependencies().forEach((kind, deps) -> addNamed(kind, deps, named));
        }
    }

    private static void addNamed(DepKind kind, List<RpmDep> deps, Set<String> named) {
        if (kind == DepKind.PROVIDES || kind == DepKind.OBSOLETES) {
            return;
        }
        for (RpmDep dep : deps) {
            if (dep.name().startsWith("/")) {
                named.add(dep.name());
            } else if (dep.isRich()) {
                PackageQuery.addPaths(dep.name(), named);
            }
        }
    }

    /// Adds a package.
    ///
    /// @param repo id of the repository it comes from
    public void add(RpmFile rpm, InstalledPackage.Reason reason, String repo) throws Damaged {
        for (DepKind kind : DepKind.values()) {
            addNamed(kind, rpm.words().dependencies(kind), named);
        }
        coming.add(new Coming(rpm, reason, repo));
    }

    /// Returns them as a profile has them, in the order in which they were added.
    public List<InstalledPackage> packages() throws Damaged {
        var packages = new ArrayList<InstalledPackage>();
        for (Coming one : coming) {
            packages.add(installed(one));
        }
        return packages;
    }

    private InstalledPackage installed(Coming one) throws Damaged {
        RpmWords words = one.rpm().words();
        var dependencies = new EnumMap<DepKind, List<RpmDep>>(DepKind.class);
        for (DepKind kind : DepKind.values()) {
            dependencies.put(kind, words.dependencies(kind));
        }
        var files = new ArrayList<String>();
        for (RpmFileEntry file : words.files()) {
            if (PackageQuery.isPrimary(file.path()) || named.contains(file.path())) {
                files.add(file.path());
            }
        }
        return new InstalledPackage(
                words.nevra(),
                words.vendor(),
                words.buildTimeSeconds(),
                installTimeSeconds,
                words.installedBytes(),
                words.sourceRpm(),
                header(one.rpm()),
                one.reason(),
                one.repo(),
                words.modularityLabel(),
                dependencies,
                files);
    }

    /// Returns the digest that rpm would name: of old packages another one than SHA-256.
    private static Digest header(RpmFile rpm) throws Damaged {
        String sha1 = rpm.signature().string(Tag.SIG_SHA1);
        return sha1 == null || rpm.signature().string(Tag.SIG_SHA256) != null
                ? rpm.headerDigest()
                : new Digest(Digest.Algorithm.SHA1, sha1);
    }
}
