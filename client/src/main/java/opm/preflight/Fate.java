package opm.preflight;

/// What rpm does with a name that a package brings, or that leaves with its package.
public enum Fate {
    /// It is written.
    CREATE(""),
    /// It is as it should be; only its time is set.
    TOUCH(""),
    /// It is left alone.
    SKIP(""),
    /// The edited file stays, the new one comes beside it.
    RPMNEW(".rpmnew"),
    /// The edited file is put aside, the new one takes its place or none does.
    RPMSAVE(".rpmsave"),
    /// A file that no package knew is put aside.
    RPMORIG(".rpmorig");

    private final String suffix;

    Fate(String suffix) {
        this.suffix = suffix;
    }

    public String suffix() {
        return suffix;
    }

    boolean writes() {
        return this != SKIP && this != TOUCH;
    }
}
