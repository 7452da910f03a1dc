package opm.solve;

/// What a solve changes: which packages come and go, and which takes the place of which.
final class Outcome {
    private final State state;
    private final Pool pool;

    /// Packages that come in, in the order of the decisions.
    final IntList coming = new IntList();

    /// Installed packages that go, ascending.
    final IntList going = new IntList();

    /// For each installed package that goes the best package that takes its place; or 0.
    private final int[] partner;

    Outcome(State state) {
        this.state = state;
        pool = state.pool;
        partner = new int[Math.max(0, state.to - state.from)];
        collect();
        for (int i = 0; i < coming.size; i++) {
            match(coming.at[i]);
        }
    }

    private void collect() {
        Sat sat = state.sat;
        var destruct = new Bits(pool.count);
        int word = pool.words.id("libsolv-self-destruct-pkg()");
        for (int at = pool.provides(word); pool.data[at] != 0; at++) {
            destruct.set(pool.data[at]);
        }
        for (int i = 0; i < sat.decisions.size; i++) {
            int pkg = sat.decisions.at[i];
            if (pkg > Pool.SYSTEM && !state.isInstalled(pkg) && !destruct.has(pkg)) {
                coming.push(pkg);
            }
        }
        for (int pkg = state.from; pkg < state.to; pkg++) {
            if (sat.level[pkg] < 0) {
                going.push(pkg);
            }
        }
    }

    private void match(int pkg) {
        boolean multi = state.multiversion.has(pkg);
        for (int at = pool.provides(pool.name(pkg)); pool.data[at] != 0; at++) {
            int old = pool.data[at];
            if (!goes(old)
                    || multi
                            && (pool.name(old) != pool.name(pkg)
                                    || pool.evr(old) != pool.evr(pkg)
                                    || pool.arch(old) != pool.arch(pkg))
                    || !pool.flags.implicitObsoleteUsesProvides && pool.name(old) != pool.name(pkg)
                    || pool.flags.implicitObsoleteUsesColors && !pool.colorsMeet(pkg, old)) {
                continue;
            }
            offer(pkg, old);
        }
        if (multi) {
            return;
        }
        for (int at = pool.deps(Pool.OBSOLETES, pkg); pool.depData[at] != 0; at++) {
            int dep = pool.depData[at];
            for (int list = pool.provides(dep); pool.data[list] != 0; list++) {
                int old = pool.data[list];
                if (goes(old) && pool.obsoletes(pkg, dep, old)) {
                    offer(pkg, old);
                }
            }
        }
    }

    private boolean goes(int pkg) {
        return state.isInstalled(pkg) && state.sat.level[pkg] < 0;
    }

    private void offer(int pkg, int old) {
        int known = partner[old - state.from];
        if (known == 0 || isBetter(old, pkg, known)) {
            partner[old - state.from] = pkg;
        }
    }

    /// Same name first, then name, higher version, same architecture, lower id.
    private boolean isBetter(int old, int one, int two) {
        if (pool.name(one) != pool.name(two)) {
            if (pool.name(one) == pool.name(old) || pool.name(two) == pool.name(old)) {
                return pool.name(one) == pool.name(old);
            }
            return pool.nameText(one).compareTo(pool.nameText(two)) < 0;
        }
        int order = pool.compareEvr(one, two);
        if (order != 0) {
            return order > 0;
        }
        if (pool.arch(one) != pool.arch(two)
                && (pool.arch(one) == pool.arch(old) || pool.arch(two) == pool.arch(old))) {
            return pool.arch(one) == pool.arch(old);
        }
        return one < two;
    }

    /// Returns the package that takes the place of an installed one that goes, or 0.
    int partner(int old) {
        return partner[old - state.from];
    }

    /// Tells whether a package is the main partner of an installed one of the same name.
    boolean replacesSameName(int pkg) {
        for (int at = pool.provides(pool.name(pkg)); pool.data[at] != 0; at++) {
            int old = pool.data[at];
            if (goes(old) && partner(old) == pkg && pool.name(old) == pool.name(pkg)) {
                return true;
            }
        }
        return false;
    }
}
