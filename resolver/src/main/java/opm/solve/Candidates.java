package opm.solve;

import org.jspecify.annotations.Nullable;

/// Finds what may take the place of an installed package, and what policy has against it.
final class Candidates {
    static final int DOWNGRADE = 1;
    static final int ARCH_CHANGE = 2;
    static final int VENDOR_CHANGE = 4;
    static final int NAME_CHANGE = 8;

    /// How much a search for updates allows.
    enum Breadth {
        POLICY,
        EVERYTHING,
        DISTUPGRADE
    }

    private final State state;
    private final Pool pool;

    Candidates(State state) {
        this.state = state;
        pool = state.pool;
    }

    /// Returns the packages that may update an installed one, those of its name first. The list is
    /// shared: it is not to be changed.
    IntList updates(int pkg, Breadth breadth) {
        SolverFlags flags = state.flags;
        int key =
                switch (breadth) {
                    case EVERYTHING -> 15;
                    case DISTUPGRADE ->
                            bits(
                                    flags.dupAllowDowngrade,
                                    flags.dupAllowNameChange,
                                    flags.dupAllowArchChange,
                                    flags.dupAllowVendorChange);
                    case POLICY ->
                            bits(
                                    flags.allowDowngrade,
                                    flags.allowNameChange,
                                    flags.allowArchChange,
                                    flags.allowVendorChange);
                };
        key |= bits(flags.noUpdateProvide, flags.needUpdateProvide, false, false) << 4;
        @Nullable IntList[] known = pool.updates(key);
        IntList found = known[pkg - state.from];
        if (found == null) {
            found = findUpdates(pkg, breadth);
            known[pkg - state.from] = found;
        }
        return found;
    }

    private static int bits(boolean one, boolean two, boolean three, boolean four) {
        return (one ? 1 : 0) | (two ? 2 : 0) | (three ? 4 : 0) | (four ? 8 : 0);
    }

    private IntList findUpdates(int pkg, Breadth breadth) {
        SolverFlags flags = state.flags;
        boolean all = breadth == Breadth.EVERYTHING;
        boolean dup = breadth == Breadth.DISTUPGRADE;
        boolean downgrade = all || (dup ? flags.dupAllowDowngrade : flags.allowDowngrade);
        boolean nameChange = all || (dup ? flags.dupAllowNameChange : flags.allowNameChange);
        boolean archChange = all || (dup ? flags.dupAllowArchChange : flags.allowArchChange);
        boolean vendorChange = all || (dup ? flags.dupAllowVendorChange : flags.allowVendorChange);
        var found = new IntList();
        boolean replacing = false;
        boolean colors = pool.flags.implicitObsoleteUsesColors;
        for (int at = pool.provides(pool.name(pkg)); pool.data[at] != 0; at++) {
            int other = pool.data[at];
            if (other == pkg || hidden(other)) {
                continue;
            }
            if (pool.name(pkg) == pool.name(other)) {
                if (colors && !pool.colorsMeet(pkg, other)
                        || !downgrade && pool.compareEvr(pkg, other) > 0) {
                    continue;
                }
            } else if (nameChange
                    && (!flags.noUpdateProvide || flags.needUpdateProvide)
                    && pool.has(Pool.OBSOLETES, other)) {
                if (colors && !pool.colorsMeet(pkg, other)
                        || !obsoletes(/* pkg= */ other, /* other= */ pkg)) {
                    continue;
                }
                replacing = true;
            } else {
                continue;
            }
            if ((archChange || !illegalArch(pkg, other))
                    && (vendorChange || !illegalVendor(pkg, other))) {
                found.push(other);
            }
        }
        if (!nameChange || flags.needUpdateProvide || !flags.noUpdateProvide && replacing) {
            return found;
        }
        int list = pool.obsoleters(pkg);
        for (; pool.obsoleterData()[list] != 0; list++) {
            int other = pool.obsoleterData()[list];
            if ((!colors || pool.colorsMeet(pkg, other))
                    && (archChange || !illegalArch(pkg, other))
                    && (vendorChange || !illegalVendor(pkg, other))) {
                found.push(other);
            }
        }
        return found;
    }

    private boolean hidden(int pkg) {
        return pool.flags.whatProvidesWithDisabled && !state.isInstalled(pkg) && pool.disabled(pkg);
    }

    /// Tells whether a package says that it obsoletes another.
    boolean obsoletes(int pkg, int other) {
        if (pool.flags.obsoleteUsesColors && !pool.colorsMeet(other, pkg)) {
            return false;
        }
        for (int at = pool.deps(Pool.OBSOLETES, pkg); pool.depData[at] != 0; at++) {
            int dep = pool.depData[at];
            for (int list = pool.provides(dep); pool.data[list] != 0; list++) {
                if (pool.data[list] == other
                        && (pool.flags.obsoleteUsesProvides || pool.matchesName(other, dep))) {
                    return true;
                }
            }
        }
        return false;
    }

    boolean illegalArch(int one, int two) {
        int a = pool.arch(one);
        int b = pool.arch(two);
        return a != b
                && a != pool.archs.noarch
                && b != pool.archs.noarch
                && pool.archs.bound()
                && !Archs.alike(pool.archs.score(a), pool.archs.score(b));
    }

    boolean illegalVendor(int one, int two) {
        int a = Math.max(1, pool.vendor(one));
        int b = Math.max(1, pool.vendor(two));
        return a != b && (vendorClasses(a) & vendorClasses(b)) == 0;
    }

    private long vendorClasses(int vendor) {
        String text = pool.words.text(vendor);
        long found = 0;
        for (int i = 0; i < pool.vendorClasses.size(); i++) {
            for (String glob : pool.vendorClasses.get(i)) {
                boolean excluded = glob.startsWith("!");
                if (Globs.matchesIgnoringCase(excluded ? glob.substring(1) : glob, text)) {
                    found |= excluded ? 0 : 1L << i;
                    break;
                }
            }
        }
        return found;
    }

    /// Returns what speaks against replacing an installed package, but for what `ignore` names.
    int illegal(int installed, int by, int ignore) {
        SolverFlags flags = state.flags;
        boolean dup = state.dupInvolved(installed);
        int found = 0;
        if ((ignore & DOWNGRADE) == 0
                && !(dup ? flags.dupAllowDowngrade : flags.allowDowngrade)
                && pool.name(installed) == pool.name(by)
                && pool.compareEvr(installed, by) > 0) {
            found |= DOWNGRADE;
        }
        if ((ignore & ARCH_CHANGE) == 0
                && !(dup ? flags.dupAllowArchChange : flags.allowArchChange)
                && illegalArch(installed, by)) {
            found |= ARCH_CHANGE;
        }
        if ((ignore & VENDOR_CHANGE) == 0
                && !(dup ? flags.dupAllowVendorChange : flags.allowVendorChange)
                && illegalVendor(installed, by)) {
            found |= VENDOR_CHANGE;
        }
        if ((ignore & NAME_CHANGE) == 0
                && !(dup ? flags.dupAllowNameChange : flags.allowNameChange)
                && pool.name(installed) != pool.name(by)) {
            found |= NAME_CHANGE;
        }
        return found;
    }

    /// Returns the first installed package that a package updates or obsoletes, or 0.
    int installedFor(int pkg) {
        if (state.isInstalled(pkg)) {
            return pkg;
        }
        int known = pool.installedFor(pkg);
        if (known == 0) {
            int found = findInstalledFor(pkg);
            known = found == 0 ? -1 : found;
            pool.setInstalledFor(pkg, known);
        }
        return Math.max(0, known);
    }

    private int findInstalledFor(int pkg) {
        for (int at = pool.provides(pool.name(pkg)); pool.data[at] != 0; at++) {
            int other = pool.data[at];
            if (state.isInstalled(other)
                    && (pool.flags.implicitObsoleteUsesProvides
                            || pool.name(pkg) == pool.name(other))
                    && (!pool.flags.implicitObsoleteUsesColors || pool.colorsMeet(pkg, other))) {
                return other;
            }
        }
        for (int at = pool.deps(Pool.OBSOLETES, pkg); pool.depData[at] != 0; at++) {
            int dep = pool.depData[at];
            for (int list = pool.provides(dep); pool.data[list] != 0; list++) {
                int other = pool.data[list];
                if (state.isInstalled(other) && pool.obsoletes(pkg, dep, other)) {
                    return other;
                }
            }
        }
        return 0;
    }

    /// Tells whether a package takes the place of an installed one that may be updated.
    boolean replacesInstalled(int pkg) {
        Bits no = state.noUpdate;
        if (state.isInstalled(pkg) && !no.has(pkg)) {
            return true;
        }
        for (int at = pool.provides(pool.name(pkg)); pool.data[at] != 0; at++) {
            int other = pool.data[at];
            if (pool.name(other) == pool.name(pkg)
                    && state.isInstalled(other)
                    && !no.has(other)
                    && (!pool.flags.implicitObsoleteUsesColors || pool.colorsMeet(pkg, other))) {
                return true;
            }
        }
        for (int at = pool.deps(Pool.OBSOLETES, pkg); pool.depData[at] != 0; at++) {
            int dep = pool.depData[at];
            for (int list = pool.provides(dep); pool.data[list] != 0; list++) {
                int other = pool.data[list];
                if (state.isInstalled(other) && !no.has(other) && pool.obsoletes(pkg, dep, other)) {
                    return true;
                }
            }
        }
        return false;
    }

    /// Adds the installed packages that a package from a repository would push out.
    private void addObsoleted(int pkg, IntList into) {
        int last = 0;
        if (!state.flags.keepExplicitObsoletes || !state.multiversion.has(pkg)) {
            for (int at = pool.provides(pool.name(pkg)); pool.data[at] != 0; at++) {
                int other = pool.data[at];
                if (state.isInstalled(other)
                        && (pool.flags.implicitObsoleteUsesProvides
                                || pool.name(other) == pool.name(pkg))
                        && (!pool.flags.implicitObsoleteUsesColors
                                || pool.colorsMeet(pkg, other))) {
                    into.push(other);
                    last = other;
                }
            }
        }
        for (int at = pool.deps(Pool.OBSOLETES, pkg); pool.depData[at] != 0; at++) {
            int dep = pool.depData[at];
            for (int list = pool.provides(dep); pool.data[list] != 0; list++) {
                int other = pool.data[list];
                if (state.isInstalled(other) && pool.obsoletes(pkg, dep, other) && other != last) {
                    into.push(other);
                    last = other;
                }
            }
        }
    }

    /// Keeps in `list`, from `start` on, what this package would push out too; fills it the first
    /// time, when nothing is there yet.
    void intersectObsoleted(int pkg, IntList list, int start) {
        var mine = new IntList();
        addObsoleted(pkg, mine);
        if (list.size == start) {
            list.pushAll(mine);
            return;
        }
        int kept = start;
        for (int i = start; i < list.size; i++) {
            if (mine.contains(list.at[i])) {
                list.at[kept++] = list.at[i];
            }
        }
        list.truncate(kept);
    }
}
