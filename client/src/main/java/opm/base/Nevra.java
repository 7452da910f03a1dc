package opm.base;

import org.jspecify.annotations.Nullable;

/// The full name of one package: name, epoch, version, release, architecture.
///
/// Ordered by name (code units), then version as rpm orders it, then architecture. `src` and
/// `nosrc` are architectures here.
public record Nevra(String name, Evr evr, String arch) implements Comparable<Nevra> {
    public Nevra {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("a package without a name");
        }
    }

    /// Reads `NAME-[EPOCH:]VERSION-RELEASE.ARCH`, the form that `rpm -q` and [#full] write.
    ///
    /// @throws IllegalArgumentException when a part is missing
    public static Nevra parse(String text) {
        int dot = text.lastIndexOf('.');
        int release = dot < 0 ? -1 : text.lastIndexOf('-', dot);
        int version = release <= 0 ? -1 : text.lastIndexOf('-', release - 1);
        if (version <= 0) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not NAME-[EPOCH:]VERSION-RELEASE.ARCH");
        }
        return new Nevra(
                text.substring(0, version),
                Evr.parse(text.substring(version + 1, dot)),
                text.substring(dot + 1));
    }

    @Override
    public int compareTo(Nevra other) {
        int order = name.compareTo(other.name);
        order = order == 0 ? evr.compareTo(other.evr) : order;
        return order == 0 ? arch.compareTo(other.arch) : order;
    }

    // Written out: see Digest.
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Nevra nevra
                && name.equals(nevra.name)
                && evr.equals(nevra.evr)
                && arch.equals(nevra.arch);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * name.hashCode() + evr.hashCode()) + arch.hashCode();
    }

    /// Writes `NAME-[EPOCH:]VERSION-RELEASE.ARCH`, without an epoch of 0: for people.
    @Override
    public String toString() {
        return name + "-" + evr + "." + arch;
    }

    /// Writes `NAME-EPOCH:VERSION-RELEASE.ARCH`, always with the epoch: for formats.
    ///
    /// Equal to `rpm -q --qf '%{NAME}-%{EPOCHNUM}:%{VERSION}-%{RELEASE}.%{ARCH}'`.
    public String full() {
        return name + "-" + evr.full() + "." + arch;
    }

    /// Writes `NAME.ARCH`.
    public String nameArch() {
        return name + "." + arch;
    }
}
