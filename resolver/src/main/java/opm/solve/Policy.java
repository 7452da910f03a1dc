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
        return with(
                value, weakDeps, best, allowErasing, allowVendorChange, allowDowngrade, cleanDeps);
    }

    public Policy withWeakDeps(boolean value) {
        return with(style, value, best, allowErasing, allowVendorChange, allowDowngrade, cleanDeps);
    }

    public Policy withDeclined(boolean value) {
        return new Policy(
                style,
                weakDeps,
                value,
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

    public Policy withBest(boolean value) {
        return with(
                style, weakDeps, value, allowErasing, allowVendorChange, allowDowngrade, cleanDeps);
    }

    public Policy withErasing(boolean value) {
        return with(style, weakDeps, best, value, allowVendorChange, allowDowngrade, cleanDeps);
    }

    public Policy withVendorChange(boolean value) {
        return with(style, weakDeps, best, allowErasing, value, allowDowngrade, cleanDeps);
    }

    public Policy withDowngrade(boolean value) {
        return with(style, weakDeps, best, allowErasing, allowVendorChange, value, cleanDeps);
    }

    public Policy withCleanDeps(boolean value) {
        return with(style, weakDeps, best, allowErasing, allowVendorChange, allowDowngrade, value);
    }

    public Policy withInstallOnly(List<String> names, int limit) {
        return new Policy(
                style,
                weakDeps,
                declined,
                best,
                allowErasing,
                allowVendorChange,
                allowDowngrade,
                cleanDeps,
                names,
                limit,
                excludes,
                protectedNames,
                userInstalled,
                locks,
                running,
                steps);
    }

    public Policy withExcludes(List<String> specs) {
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
                specs,
                protectedNames,
                userInstalled,
                locks,
                running,
                steps);
    }

    public Policy withProtected(List<String> names) {
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
                names,
                userInstalled,
                locks,
                running,
                steps);
    }

    public Policy withUserInstalled(List<String> names) {
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
                names,
                locks,
                running,
                steps);
    }

    public Policy withLocks(List<String> specs) {
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
                specs,
                running,
                steps);
    }

    public Policy withRunning(String uname) {
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
                uname,
                steps);
    }

    public Policy withSteps(long value) {
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
                value);
    }

    private Policy with(
            Style newStyle,
            boolean weak,
            boolean newBest,
            boolean erasing,
            boolean vendor,
            boolean downgrade,
            boolean clean) {
        return new Policy(
                newStyle,
                weak,
                declined,
                newBest,
                erasing,
                vendor,
                downgrade,
                clean,
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
