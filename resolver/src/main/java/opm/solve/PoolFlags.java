package opm.solve;

/// How packages obsolete each other and the like: libsolv's pool flags, by their meaning.
final class PoolFlags {
    boolean promoteEpoch;
    boolean forbidSelfConflicts;
    boolean obsoleteUsesProvides;
    boolean implicitObsoleteUsesProvides;
    boolean obsoleteUsesColors;
    boolean implicitObsoleteUsesColors;
    boolean noInstalledObsoletes;
    boolean whatProvidesWithDisabled;
}
