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

    /// @param pkg an index of `set`, from 0
    public PackageRef(PackageSet set, int pkg) {
        if (pkg < 0 || pkg >= set.packageCount()) {
            throw new IllegalArgumentException("package " + pkg + " of " + set.packageCount());
        }
        this.set = set;
        this.pkg = pkg;
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
        return set.deps(pkg, kind);
    }

    /// Returns the path or URL of the rpm, relative to its repository; empty for an installed one.
    public String location() {
        return set.facts().location(pkg);
    }

    /// Returns the digest of the whole rpm as the repository gives it.
    public @Nullable Digest checksum() {
        return set.facts().checksum(pkg);
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

    public String summary() {
        return set.facts().text(pkg, TextKind.SUMMARY);
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
