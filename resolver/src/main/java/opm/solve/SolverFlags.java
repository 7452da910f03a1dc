package opm.solve;

/// What a solve may do: libsolv's solver flags, by their meaning, with the defaults of its tests.
final class SolverFlags {
    boolean allowDowngrade;
    boolean allowNameChange = true;
    boolean allowArchChange;
    boolean allowVendorChange;
    boolean allowUninstall;
    boolean noUpdateProvide;
    boolean needUpdateProvide;
    boolean splitProvides;
    boolean ignoreRecommended;
    boolean addAlreadyRecommended;
    boolean onlyNamespaceRecommended;
    boolean strongRecommends;
    boolean noInfarchCheck;
    boolean keepExplicitObsoletes;
    boolean bestObeyPolicy;
    boolean noAutoTarget;
    boolean dupAllowDowngrade = true;
    boolean dupAllowArchChange = true;
    boolean dupAllowVendorChange = true;
    boolean dupAllowNameChange = true;
    boolean keepOrphans;
    boolean breakOrphans;
    boolean focusInstalled;
    boolean focusBest;
    boolean focusNew;
    boolean yumObsoletes;
    boolean installAlsoUpdates;
    boolean strictRepoPriority;

    /// Leaves out rules of packages that no answer can contain: those only suggested, and, where
    /// recommendations do not count, those only recommended. libsolv makes them, so test cases that
    /// compare rules do without this.
    boolean lean;
}
