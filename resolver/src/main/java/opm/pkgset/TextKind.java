package opm.pkgset;

/// The bulk texts of a package, in the order of the columns of `texts`.
public enum TextKind {
    SUMMARY,
    DESCRIPTION,
    URL,
    LICENSE,
    GROUP,
    SOURCERPM,
    PACKAGER,
    BUILDHOST;

    private static final TextKind[] ALL = values();

    static int count() {
        return ALL.length;
    }
}
