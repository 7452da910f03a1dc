package opm.packagekit;

/// How a client wants a change, the bits of PackageKit's `PkTransactionFlagEnum`.
record Flags(long bits) {
    private static final int ONLY_TRUSTED = 1;
    private static final int SIMULATE = 2;
    private static final int ONLY_DOWNLOAD = 3;
    private static final int ALLOW_REINSTALL = 4;
    private static final int JUST_REINSTALL = 5;
    private static final int ALLOW_DOWNGRADE = 6;

    private boolean has(int bit) {
        return (bits & 1L << bit) != 0;
    }

    /// Only packages whose signature is checked. Without it packagekitd has asked for more rights.
    boolean onlyTrusted() {
        return has(ONLY_TRUSTED);
    }

    /// Only tell what would happen; no rights were asked for.
    boolean simulate() {
        return has(SIMULATE);
    }

    /// Only fetch; no rights were asked for.
    boolean onlyDownload() {
        return has(ONLY_DOWNLOAD);
    }

    boolean mayReinstall() {
        return has(ALLOW_REINSTALL) || justReinstall();
    }

    boolean justReinstall() {
        return has(JUST_REINSTALL);
    }

    boolean mayDowngrade() {
        return has(ALLOW_DOWNGRADE);
    }

    /// Tells whether the root stays as it is.
    boolean changesNothing() {
        return simulate() || onlyDownload();
    }
}
