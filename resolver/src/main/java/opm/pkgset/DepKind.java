package opm.pkgset;

/// The kinds of dependencies that a package has, in the order of the columns of `packages`.
public enum DepKind {
    PROVIDES,
    REQUIRES,
    /// The part of [#REQUIRES] that must be there before the package's scripts run.
    PREREQUIRES,
    CONFLICTS,
    OBSOLETES,
    RECOMMENDS,
    SUGGESTS,
    SUPPLEMENTS,
    ENHANCES;

    private static final DepKind[] ALL = values();

    /// Returns how many kinds there are.
    static int count() {
        return ALL.length;
    }

    static DepKind at(int ordinal) {
        return ALL[ordinal];
    }
}
