package opm.solve;

/// Paths that only an installed package is known to have, though the newer one of its name may have
/// them too: rpm's database lists every file that dependencies name, primary.xml only a few kinds.
///
/// `app` needs `/srv/base`, which `base-1` has. Of `base-2` primary.xml does not say whether it has
/// it, so the update looks as if it broke `app`, and is not taken; the file list knows better.
final class HomePaths {
    private HomePaths() {}

    /// Remembers those that installed packages, or packages that were to come, need.
    static void note(SetPool pool, State state) {
        for (int pkg = state.from; pkg < state.to; pkg++) {
            add(pool, state, pkg);
        }
        for (int i = 0; i < state.sat.decisions.size; i++) {
            int pkg = state.sat.decisions.at[i];
            if (pkg > 0 && !state.isInstalled(pkg)) {
                add(pool, state, pkg);
            }
        }
    }

    private static void add(SetPool pool, State state, int pkg) {
        for (int at = pool.deps(Pool.REQUIRES, pkg); pool.depData[at] != 0; at++) {
            int dep = pool.depData[at];
            if (dep > 0
                    && dep != pool.preMarker
                    && pool.words.text(dep).startsWith("/")
                    && isAtHomeAlone(pool, state, dep)) {
                state.emptyPaths.pushUnique(dep);
            }
        }
    }

    private static boolean isAtHomeAlone(SetPool pool, State state, int dep) {
        int list = pool.provides(dep);
        boolean newer = false;
        for (int at = list; pool.data[at] != 0; at++) {
            int pkg = pool.data[at];
            if (!state.isInstalled(pkg)) {
                return false;
            }
            newer |= hasOther(state, pkg);
        }
        return newer;
    }

    private static boolean hasOther(State state, int pkg) {
        int rule = state.widestRule(pkg);
        for (int at = state.sat.start[rule]; state.sat.lits[at] != 0; at++) {
            if (state.sat.lits[at] != pkg) {
                return true;
            }
        }
        return false;
    }
}
