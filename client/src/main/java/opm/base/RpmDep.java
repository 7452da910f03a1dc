package opm.base;

import org.jspecify.annotations.Nullable;

/// One dependency exactly as an rpm header has it: three columns, nothing interpreted.
///
/// @param name a name, a path, or the whole text of a rich dependency
/// @param flags `RPMSENSE_*` (rpmds.h): [Sense#MASK] compares versions, the rest says what for
/// @param evr `[EPOCH:]VERSION[-RELEASE]`, or empty
public record RpmDep(String name, int flags, String evr) {
    private static final int POSTTRANS = 1 << 5;
    private static final int PREREQ = 1 << 6;
    private static final int PRETRANS = 1 << 7;
    private static final int INTERP = 1 << 8;
    private static final int SCRIPT_PRE = 1 << 9;
    private static final int SCRIPT_POST = 1 << 10;
    private static final int SCRIPT_PREUN = 1 << 11;
    private static final int SCRIPT_POSTUN = 1 << 12;
    private static final int RPMLIB = 1 << 24;

    /// Makes a dependency on a name alone.
    public static RpmDep on(String name) {
        return new RpmDep(name, 0, "");
    }

    // Written out: the JVM takes 3 ms to link those that records come with.
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RpmDep dep
                && flags == dep.flags
                && name.equals(dep.name)
                && evr.equals(dep.evr);
    }

    @Override
    public int hashCode() {
        return (name.hashCode() * 31 + evr.hashCode()) * 31 + flags;
    }

    /// Tells whether this is a rich dependency.
    public boolean isRich() {
        return name.startsWith("(");
    }

    /// Tells whether this asks for a feature of rpm itself.
    public boolean isRpmlib() {
        return (flags & RPMLIB) != 0 || name.startsWith("rpmlib(");
    }

    /// Tells whether this must be there before the package's own scripts run: rpm-md's `pre="1"`.
    ///
    /// The bits are createrepo_c's (parsehdr.c).
    public boolean isPre() {
        return (flags & (PREREQ | SCRIPT_PRE | SCRIPT_POST)) != 0;
    }

    /// Tells whether only the scripts of the package need this, and which end of its life they
    /// are at does not matter.
    public boolean isForScripts() {
        int scripts =
                POSTTRANS
                        | PREREQ
                        | PRETRANS
                        | INTERP
                        | SCRIPT_PRE
                        | SCRIPT_POST
                        | SCRIPT_PREUN
                        | SCRIPT_POSTUN;
        return (flags & scripts) != 0;
    }

    /// Returns how versions are compared; [Sense#NONE] also where there is no version.
    public Sense sense() {
        return evr.isEmpty() ? Sense.NONE : Sense.ofFlags(flags);
    }

    /// Interprets the columns.
    ///
    /// @throws IllegalArgumentException when the name is empty, or looks rich and is not
    public Dep toDep() {
        if (isRich()) {
            return Dep.parse(name);
        }
        Sense sense = sense();
        return sense == Sense.NONE ? Dep.on(name) : new Dep.Simple(name, sense, Evr.parse(evr));
    }

    /// Writes it as people do: `glibc >= 2.17`.
    @Override
    public String toString() {
        Sense sense = sense();
        return sense == Sense.NONE ? name : name + " " + sense.sign() + " " + evr;
    }
}
