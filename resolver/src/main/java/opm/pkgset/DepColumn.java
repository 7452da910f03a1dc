package opm.pkgset;

import opm.base.DepKind;

/// The lists of dependencies of a package: one for each kind, and one of those requires that must
/// be there before the package's scripts run.
///
/// Section `packages`, sorted by name, version, architecture, and where these are equal by checksum
/// and everything else:
///
/// | at | field    | type | meaning                       |
/// |---:|----------|------|-------------------------------|
/// |  0 | name     | u32  | string, a name                |
/// |  4 | evr      | u32  | row of `evrs`                 |
/// |  8 | arch     | u32  | string                        |
/// | 12 | vendor   | u32  | string, 0 when it has none    |
/// | 16 | provides | u32  | offset into `dep_lists`       |
/// | 20 | requires | u32  | offset into `dep_lists`       |
/// | 24 | more     | u32  | row of `more_lists`           |
///
/// Section `more_lists`: what most packages do not have; row 0 is all zeros, no row stands twice:
///
/// | at | field, each an offset into `dep_lists`                                    | type |
/// |---:|--------------------------------------------------------------------------|------|
/// |  0 | conflicts obsoletes recommends suggests supplements enhances prerequires | u32 |
///
/// Section `dep_lists`, rows of u32: lists of relations, each behind its length, ascending; offset
/// 0 is the empty list, no other list stands twice.
final class DepColumn {
    static final int COUNT = 9;

    /// The first of the columns of `more_lists`.
    static final int MORE = 2;

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
