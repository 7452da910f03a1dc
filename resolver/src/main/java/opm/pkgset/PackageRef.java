package opm.pkgset;

import java.util.List;
import opm.base.Dep;
import opm.base.DepKind;
import opm.base.Digest;
import opm.base.Nevra;
import org.jspecify.annotations.Nullable;

/// One package of one set: the only form in which a package leaves the thinking rooms.
public final class PackageRef {
    private final PackageSet set;
    private final int pkg;
    private @Nullable Nevra nevra;

    /// Known to who found the package by it.
    private @Nullable String summary;

    /// Null where each thing is read anew; see [PackageSet#keepRead].
    private final @Nullable Read read;

    /// What was read of the package.
    private static final class Read {
        private final @Nullable List<Dep>[] deps;
        private @Nullable List<Dep> prerequires;
        private @Nullable String location;
        private @Nullable Digest checksum;

        @SuppressWarnings({"unchecked", "rawtypes"})
        Read() {
            deps = new List[DepKind.values().length];
        }
    }

    /// @param pkg an index of `set`, from 0
    public PackageRef(PackageSet set, int pkg) {
        this(set, pkg, null);
    }

    static PackageRef keeping(PackageSet set, int pkg) {
        return new PackageRef(set, pkg, new Read());
    }

    private PackageRef(PackageSet set, int pkg, @Nullable Read read) {
        if (pkg < 0 || pkg >= set.packageCount()) {
            throw new IllegalArgumentException("package " + pkg + " of " + set.packageCount());
        }
        this.set = set;
        this.pkg = pkg;
        this.read = read;
    }

    public PackageSet set() {
        return set;
    }

    public int pkg() {
        return pkg;
    }

    /// A set is equal to itself only.
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PackageRef ref && set == ref.set && pkg == ref.pkg;
    }

    @Override
    public int hashCode() {
        return 31 * set.hashCode() + pkg;
    }

    public Nevra nevra() {
        // Kept: sorting asks each package many times. Threads may both make it, equal.
        Nevra known = nevra;
        if (known == null) {
            known = set.nevra(pkg);
            nevra = known;
        }
        return known;
    }

    /// Returns the vendor; empty when the package has none.
    public String vendor() {
        return set.string(set.vendor(pkg));
    }

    /// Returns the dependencies of one kind, sorted by name.
    public List<Dep> deps(DepKind kind) {
        if (read == null) {
            return set.deps(pkg, kind);
        }
        List<Dep> known = read.deps[kind.ordinal()];
        if (known == null) {
            known = set.deps(pkg, kind);
            read.deps[kind.ordinal()] = known;
        }
        return known;
    }

    /// Returns what it requires before its scripts run, sorted by name.
    public List<Dep> prerequires() {
        List<Dep> known = read == null ? null : read.prerequires;
        if (known == null) {
            known = set.deps(set.items(set.prerequires(pkg)));
            if (read != null) {
                read.prerequires = known;
            }
        }
        return known;
    }

    /// Returns the path or URL of the rpm, relative to its repository; empty for an installed one.
    public String location() {
        String known = read == null ? null : read.location;
        if (known == null) {
            known = set.facts().location(pkg);
            if (read != null) {
                read.location = known;
            }
        }
        return known;
    }

    /// Returns the digest of the whole rpm as the repository gives it.
    public @Nullable Digest checksum() {
        Digest known = read == null ? null : read.checksum;
        if (known == null) {
            known = set.facts().checksum(pkg);
            if (read != null) {
                read.checksum = known;
            }
        }
        return known;
    }

    public long packageBytes() {
        return set.facts().packageBytes(pkg);
    }

    public long installedBytes() {
        return set.facts().installedBytes(pkg);
    }

    /// Returns the build time in seconds since 1970; 0 when unknown.
    public long buildSeconds() {
        return set.facts().buildSeconds(pkg);
    }

    /// Returns the time of installation in seconds since 1970; 0 for a package of a repository.
    public long installSeconds() {
        return set.facts().installSeconds(pkg);
    }

    /// Returns why the package is installed, in the profile's words; empty when unknown.
    public String reason() {
        return set.facts().reason(pkg);
    }

    /// Returns where the rpm's main header starts; 0 when unknown.
    public int headerStart() {
        return set.facts().headerStart(pkg);
    }

    /// Returns where the rpm's main header ends and its payload starts; 0 when unknown.
    public int headerEnd() {
        return set.facts().headerEnd(pkg);
    }

    /// Takes the summary from who has read it.
    PackageRef knowing(String text) {
        summary = text;
        return this;
    }

    public String summary() {
        String known = summary;
        return known != null ? known : set.facts().text(pkg, TextKind.SUMMARY);
    }

    public String description() {
        return set.facts().text(pkg, TextKind.DESCRIPTION);
    }

    public String url() {
        return set.facts().text(pkg, TextKind.URL);
    }

    public String license() {
        return set.facts().text(pkg, TextKind.LICENSE);
    }

    public String group() {
        return set.facts().text(pkg, TextKind.GROUP);
    }

    public String sourceRpm() {
        return set.facts().text(pkg, TextKind.SOURCERPM);
    }

    public String packager() {
        return set.facts().text(pkg, TextKind.PACKAGER);
    }

    /// Returns the paths that the set knows of this package, sorted; not its whole file list.
    public List<String> files() {
        return set.files().of(pkg);
    }

    @Override
    public String toString() {
        return nevra().toString();
    }
}
