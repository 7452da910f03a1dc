package opm.pkgset;

import java.util.List;

/// The kinds of dependencies that a package has.
public enum DepKind {
    PROVIDES(0),
    REQUIRES(1),
    /// The part of [#REQUIRES] that must be there before the package's scripts run.
    PREREQUIRES(2),
    CONFLICTS(3),
    OBSOLETES(4),
    RECOMMENDS(5),
    SUGGESTS(6),
    SUPPLEMENTS(7),
    ENHANCES(8);

    /// All of them, by index.
    static final List<DepKind> ALL = List.of(values());

    private final int index;

    DepKind(int index) {
        this.index = index;
    }

    /// Returns the place of this kind's column among the lists of a row of `packages`.
    int index() {
        return index;
    }
}
