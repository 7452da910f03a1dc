package opm.solve;

import java.util.List;

/// The choices that are not part of the request: how to choose, and what is out of bounds.
///
/// @param style whose habits to follow where dnf and zypper differ
/// @param weakDeps whether recommended and supplementing packages come along
/// @param declined whether packages stay away that installed ones only recommend, and that nobody
///     installed; dnf's `exclude_from_weak_autodetect`
/// @param best whether an item fails rather than take less than the newest version
/// @param allowErasing whether installed packages may go to make room
/// @param allowVendorChange whether an update may come from another vendor
/// @param allowDowngrade whether any installed package may go to a lower version
/// @param cleanDeps whether removals take along what was installed only for them
/// @param installOnly names and provides (`installonlypkg(kernel)`) of which several versions
///     stay side by side
/// @param installOnlyLimit how many of them stay; 0 for all
/// @param excludes specs, also globs, of packages that must not come in
/// @param protectedNames names that must not go
/// @param userInstalled names that people asked for: what goes does not take them along
/// @param locks specs of installed packages that stay as they are
/// @param running the kernel that runs, as `uname -r` says it, empty where none does: of the
///     packages whose older versions make room it stays
/// @param steps how much to look at until giving up ([Budget]); the same work on every machine
public record Policy(
        Style style,
        boolean weakDeps,
        boolean declined,
        boolean best,
        boolean allowErasing,
        boolean allowVendorChange,
        boolean allowDowngrade,
        boolean cleanDeps,
        List<String> installOnly,
        int installOnlyLimit,
        List<String> excludes,
        List<String> protectedNames,
        List<String> userInstalled,
        List<String> locks,
        String running,
        long steps) {
    /// Ten times the largest seen: to say why libc cannot go from 1,858 packages takes 37 million,
    /// to upgrade the whole universe 100,000.
    public static final long STEPS = 400_000_000;

    public Policy {
        installOnly = List.copyOf(installOnly);
        excludes = List.copyOf(excludes);
        protectedNames = List.copyOf(protectedNames);
        userInstalled = List.copyOf(userInstalled);
        locks = List.copyOf(locks);
    }

    /// Whose habits to follow.
    public enum Style {
        /// Fedora, RHEL and its kin: vendors do not matter, 32- and 64-bit packages coexist.
        DNF,
        /// openSUSE and SLE: an update stays with its vendor.
        ZYPP
    }

    /// dnf's defaults.
    public static Policy dnf() {
        return new Policy(
                Style.DNF,
                true,
                true,
                false,
                false,
                true,
                false,
                false,
                List.of(
                        "kernel",
                        "kernel-PAE",
                        "installonlypkg(kernel)",
                        "installonlypkg(kernel-module)",
                        "installonlypkg(vm)",
                        "multiversion(kernel)"),
                3,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                "",
                STEPS);
    }

    /// zypper's defaults.
    public static Policy zypp() {
        return dnf().withStyle(Style.ZYPP)
                .withDeclined(false)
                .withVendorChange(false)
                .withInstallOnly(List.of("multiversion(kernel)"), 0);
    }

    public Policy withStyle(Style value) {
        var next = new Draft(this);
        next.style = value;
        return next.policy();
    }

    public Policy withWeakDeps(boolean value) {
        var next = new Draft(this);
        next.weakDeps = value;
        return next.policy();
    }

    public Policy withDeclined(boolean value) {
        var next = new Draft(this);
        next.declined = value;
        return next.policy();
    }

    public Policy withBest(boolean value) {
        var next = new Draft(this);
        next.best = value;
        return next.policy();
    }

    public Policy withErasing(boolean value) {
        var next = new Draft(this);
        next.allowErasing = value;
        return next.policy();
    }

    public Policy withVendorChange(boolean value) {
        var next = new Draft(this);
        next.allowVendorChange = value;
        return next.policy();
    }

    public Policy withDowngrade(boolean value) {
        var next = new Draft(this);
        next.allowDowngrade = value;
        return next.policy();
    }

    public Policy withCleanDeps(boolean value) {
        var next = new Draft(this);
        next.cleanDeps = value;
        return next.policy();
    }

    public Policy withInstallOnly(List<String> names, int limit) {
        var next = new Draft(this);
        next.installOnly = names;
        next.installOnlyLimit = limit;
        return next.policy();
    }

    public Policy withExcludes(List<String> specs) {
        var next = new Draft(this);
        next.excludes = specs;
        return next.policy();
    }

    public Policy withProtected(List<String> names) {
        var next = new Draft(this);
        next.protectedNames = names;
        return next.policy();
    }

    public Policy withUserInstalled(List<String> names) {
        var next = new Draft(this);
        next.userInstalled = names;
        return next.policy();
    }

    public Policy withLocks(List<String> specs) {
        var next = new Draft(this);
        next.locks = specs;
        return next.policy();
    }

    public Policy withRunning(String uname) {
        var next = new Draft(this);
        next.running = uname;
        return next.policy();
    }

    public Policy withSteps(long value) {
        var next = new Draft(this);
        next.steps = value;
        return next.policy();
    }

    /// A policy while one thing of it changes.
    private static final class Draft {
        private Style style;
        private boolean weakDeps;
        private boolean declined;
        private boolean best;
        private boolean allowErasing;
        private boolean allowVendorChange;
        private boolean allowDowngrade;
        private boolean cleanDeps;
        private List<String> installOnly;
        private int installOnlyLimit;
        private List<String> excludes;
        private List<String> protectedNames;
        private List<String> userInstalled;
        private List<String> locks;
        private String running;
        private long steps;

        Draft(Policy from) {
            style = from.style;
            weakDeps = from.weakDeps;
            declined = from.declined;
            best = from.best;
            allowErasing = from.allowErasing;
            allowVendorChange = from.allowVendorChange;
            allowDowngrade = from.allowDowngrade;
            cleanDeps = from.cleanDeps;
            installOnly = from.installOnly;
            installOnlyLimit = from.installOnlyLimit;
            excludes = from.excludes;
            protectedNames = from.protectedNames;
            userInstalled = from.userInstalled;
            locks = from.locks;
            running = from.running;
            steps = from.steps;
        }

        Policy policy() {
            return new Policy(
                    style,
                    weakDeps,
                    declined,
                    best,
                    allowErasing,
                    allowVendorChange,
                    allowDowngrade,
                    cleanDeps,
                    installOnly,
                    installOnlyLimit,
                    excludes,
                    protectedNames,
                    userInstalled,
                    locks,
                    running,
                    steps);
        }
    }
}
