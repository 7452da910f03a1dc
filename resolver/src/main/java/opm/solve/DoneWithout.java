package opm.solve;

/// What the machine does without: weak dependencies of installed packages that nobody installed.
///
/// Whoever removed a recommended package, or never wanted it, does not want it back with every
/// update of the package that recommends it. So candidates for these are no candidates for any
/// weak dependency; when something requires them they come all the same. dnf has done so since
/// libdnf 0.64 (`exclude_from_weak_autodetect`, on by default).
final class DoneWithout {
    private final SetPool pool;
    private final Bits found;

    private DoneWithout(SetPool pool) {
        this.pool = pool;
        found = new Bits(pool.count);
    }

    /// Returns packages of the repositories, each once, ascending.
    static IntList of(SetPool pool) {
        Pool.Repo installed = pool.installed;
        if (installed == null || installed.start == installed.end) {
            return new IntList();
        }
        var without = new DoneWithout(pool);
        for (int pkg = installed.start; pkg < installed.end; pkg++) {
            without.unmetRecommends(pkg);
        }
        without.supplementsOfInstalled();
        var pkgs = new IntList();
        for (int pkg = 2; pkg < pool.count; pkg++) {
            if (without.found.has(pkg) && !pool.isInstalled(pkg)) {
                pkgs.push(pkg);
            }
        }
        return pkgs;
    }

    /// A version does not count: the next one may be recommended in the next version. Rich ones are
    /// left alone, as libdnf 0.69 does (seen on the universe: it brings `(aspell or ispell)`).
    private void unmetRecommends(int pkg) {
        for (int at = pool.deps(Pool.RECOMMENDS, pkg); pool.depData[at] != 0; at++) {
            int dep = pool.depData[at];
            boolean versioned = dep < 0 && pool.rels.op(dep) < 8;
            if (dep < 0 && !versioned) {
                continue;
            }
            dep = versioned ? pool.rels.left(dep) : dep;
            if (!isMet(dep)) {
                for (int list = pool.provides(dep); pool.data[list] != 0; list++) {
                    found.set(pool.data[list]);
                }
            }
        }
    }

    private boolean isMet(int dep) {
        for (int list = pool.provides(dep); pool.data[list] != 0; list++) {
            if (pool.isInstalled(pool.data[list])) {
                return true;
            }
        }
        return false;
    }

    /// Packages that could have come because of what is installed, under names that are not.
    private void supplementsOfInstalled() {
        IntList all = pool.supplementing();
        for (int i = 0; i < all.size; i++) {
            int pkg = all.at[i];
            if (!pool.isInstalled(pkg) && supplements(pkg) && !pool.isInstalledName(pkg)) {
                found.set(pkg);
            }
        }
    }

    private boolean supplements(int pkg) {
        for (int at = pool.deps(Pool.SUPPLEMENTS, pkg); pool.depData[at] != 0; at++) {
            if (holds(pool.depData[at])) {
                return true;
            }
        }
        return false;
    }

    /// Tells whether the installed packages alone make a dependency true.
    private boolean holds(int dep) {
        if (dep < 0) {
            int left = pool.rels.left(dep);
            int right = pool.rels.right(dep);
            switch (pool.rels.op(dep)) {
                case Rels.AND -> {
                    return holds(left) && holds(right);
                }
                case Rels.OR -> {
                    return holds(left) || holds(right);
                }
                case Rels.COND -> {
                    return holds(left) || !holds(right);
                }
                case Rels.UNLESS -> {
                    return holds(left) && !holds(right);
                }
                default -> {
                    return isMet(dep);
                }
            }
        }
        return isMet(dep);
    }
}
