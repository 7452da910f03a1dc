package opm.profile;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import opm.base.DepKind;
import opm.base.Digest;
import opm.base.InstalledList;
import opm.base.RpmDep;

/// Everything about a machine that a solve elsewhere needs to answer as a solve at home would.
///
/// Text form: docs/formats/profile.md. Only [#packages], [#repos], [#keys], [#mounts] and the
/// other lists may be empty; text that nobody knows is "".
///
/// @param distro from os-release
/// @param arch what rpm says it installs for: `x86_64`
/// @param kernel `uname -r` where the root is the running machine, else ""
/// @param rpmVersion `4.18.0`
/// @param rpmlib features of that rpm, sorted: `rpmlib(CompressedFileNames) = 3.0.4-1`
/// @param ramBytes 0 when unknown
/// @param capturedAtSeconds seconds since 1970 when the caller said so, else 0
/// @param mounts sorted by point
/// @param mains the `[main]` sections of dnf.conf, yum.conf and zypp.conf
/// @param repos in the order of files and of sections in them
/// @param variables dnf's vars: `stream` → `9-stream`
/// @param withheld files of variables that were left out because they hold secrets
/// @param locks versionlock entries as they stand in their files
/// @param modules what `/etc/dnf/modules.d` says
/// @param protectedNames what `/etc/dnf/protected.d` says
/// @param keys the OpenPGP keys that rpm trusts
/// @param packages in [InstalledPackage#ORDER], without the keys
public record SystemProfile(
        Distro distro,
        String arch,
        String kernel,
        String rpmVersion,
        List<RpmDep> rpmlib,
        long ramBytes,
        long capturedAtSeconds,
        List<Mount> mounts,
        List<Config> mains,
        List<Repo> repos,
        Map<String, String> variables,
        List<String> withheld,
        List<Lock> locks,
        List<Module> modules,
        List<String> protectedNames,
        List<Key> keys,
        List<InstalledPackage> packages) {
    /// What dnf asks for the release, in this order (dnf.const.DISTROVERPKG).
    private static final List<String> RELEASE_PROVIDES =
            List.of(
                    "system-release(releasever)",
                    "system-release",
                    "distribution-release(releasever)",
                    "distribution-release",
                    "redhat-release",
                    "suse-release");

    public SystemProfile {
        rpmlib = List.copyOf(rpmlib);
        mounts = List.copyOf(mounts);
        mains = List.copyOf(mains);
        repos = List.copyOf(repos);
        variables = java.util.Collections.unmodifiableMap(sortedBytewise(variables));
        withheld = List.copyOf(withheld);
        locks = List.copyOf(locks);
        modules = List.copyOf(modules);
        protectedNames = List.copyOf(protectedNames);
        keys = List.copyOf(keys);
        var sorted = new ArrayList<>(packages);
        sorted.sort(InstalledPackage.ORDER);
        packages = List.copyOf(sorted);
    }

    private static TreeMap<String, String> sortedBytewise(Map<String, String> map) {
        var sorted = new TreeMap<String, String>(ByteOrder.STRINGS);
        sorted.putAll(map);
        return sorted;
    }

    /// `ID`, `VERSION_ID`, `PLATFORM_ID` and `PRETTY_NAME` of os-release.
    public record Distro(String id, String version, String platform, String prettyName) {}

    /// One mounted file system on which packages may put files.
    ///
    /// The numbers are coarse: see docs/formats/profile.md.
    ///
    /// @param freeInodes -1 where the file system has no such bound
    public record Mount(
            String point,
            String type,
            long freeBytes,
            long freeInodes,
            int blockBytes,
            boolean readOnly) {}

    /// The `[main]` section of one configuration file, as it was written, without secrets.
    ///
    /// @param file where it stands, seen from inside the root
    /// @param stripped names of options that were left out or lost a part
    public record Config(String file, List<Setting> options, List<String> stripped) {
        public Config {
            options = List.copyOf(options);
            stripped = List.copyOf(stripped);
        }
    }

    /// One line of a versionlock file.
    public record Lock(String file, String text) {}

    /// One module that somebody decided about.
    ///
    /// @param state `enabled`, `disabled` or ""
    /// @param profiles installed profiles, as written
    public record Module(String name, String stream, String state, String profiles) {}

    /// One trusted key.
    ///
    /// @param id version and release of its `gpg-pubkey` package: key id and creation time
    /// @param summary whose it is
    /// @param armor lines of the armored key
    public record Key(String id, String summary, List<String> armor) {
        public Key {
            armor = List.copyOf(armor);
        }
    }

    /// Returns a machine of which nothing is known but what it installs for.
    public static SystemProfile blank(String arch) {
        return blank("", "", arch);
    }

    /// Returns a machine of a system of which nothing else is known.
    public static SystemProfile blank(String id, String release, String arch) {
        return new SystemProfile(
                new Distro(id, release, "", ""),
                arch,
                "",
                "",
                List.of(),
                0,
                0,
                List.of(),
                List.of(),
                List.of(),
                Map.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of());
    }

    /// Returns the same machine with other packages.
    public SystemProfile withPackages(List<InstalledPackage> others) {
        return new SystemProfile(
                distro,
                arch,
                kernel,
                rpmVersion,
                rpmlib,
                ramBytes,
                capturedAtSeconds,
                mounts,
                mains,
                repos,
                variables,
                withheld,
                locks,
                modules,
                protectedNames,
                keys,
                others);
    }

    /// Returns the digest that says "these packages and no others": what a plan is made for.
    ///
    /// SHA-256 over one line `NAME-EPOCH:VERSION-RELEASE.ARCH` per package but gpg-pubkey, sorted
    /// bytewise. In sh:
    ///
    /// ```
    /// rpm -qa --qf '%{NAME}-%{EPOCHNUM}:%{VERSION}-%{RELEASE}.%{ARCH}\n' |
    ///     grep -v '^gpg-pubkey-' | LC_ALL=C sort | sha256sum
    /// ```
    public Digest installedDigest() {
        byte[] list = InstalledList.text(packages.stream().map(InstalledPackage::nevra).toList());
        return Digest.sha256Of(list);
    }

    /// Returns dnf's `$releasever`: the version of whoever provides the release.
    ///
    /// That of os-release where no package does.
    public String releasever() {
        for (String wanted : RELEASE_PROVIDES) {
            for (InstalledPackage pkg : packages) {
                for (RpmDep provide : pkg.dependencies(DepKind.PROVIDES)) {
                    if (!provide.name().equals(wanted)) {
                        continue;
                    }
                    // A version of its own wins: CentOS Stream provides (releasever) = 9.
                    boolean own = wanted.endsWith("(releasever)") && !provide.evr().isEmpty();
                    return own
                            ? opm.base.Evr.parse(provide.evr()).version()
                            : pkg.nevra().evr().version();
                }
            }
        }
        return distro.version();
    }

    /// Returns globs of packages that no repository may bring: `exclude` of the main sections.
    public List<String> excludes() {
        var found = new ArrayList<String>();
        for (Config main : mains) {
            for (Setting option : main.options()) {
                if (option.key().equals("exclude") || option.key().equals("excludepkgs")) {
                    found.addAll(option.words());
                }
            }
        }
        return found;
    }
}
