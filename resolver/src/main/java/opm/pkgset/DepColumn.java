package opm.pkgset;

import opm.base.DepKind;

/// The lists of dependencies in a row of `packages`: one for each kind, and one of those requires
/// that must be there before the package's scripts run.
final class DepColumn {
    static final int COUNT = 9;
    static final int PREREQUIRES = 8;

    private DepColumn() {}

    static int of(DepKind kind) {
        return switch (kind) {
            case PROVIDES -> 0;
            case REQUIRES -> 1;
            case CONFLICTS -> 2;
            case OBSOLETES -> 3;
            case RECOMMENDS -> 4;
            case SUGGESTS -> 5;
            case SUPPLEMENTS -> 6;
            case ENHANCES -> 7;
        };
    }
}
