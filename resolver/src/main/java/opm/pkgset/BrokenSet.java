package opm.pkgset;

import opm.base.OpmException.Damaged;

/// A read met bytes that no importer writes: the file is damaged or hostile.
///
/// Unchecked, because every read of a set may meet damage. It never leaves the thinking rooms:
/// whoever starts a piece of work on sets wraps it in [PackageSet#reading], which turns this into
/// [Damaged].
public final class BrokenSet extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BrokenSet(String message) {
        super(message);
    }

    /// Returns the failure to show.
    public Damaged asDamaged() {
        var damaged =
                new Damaged(
                        "package set: " + getMessage(),
                        "Run `opm refresh` to build the package set again.");
        damaged.initCause(this);
        return damaged;
    }
}
