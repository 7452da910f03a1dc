package opm.solve;

/// The installed packages of the kernel that runs, which is called `VERSION-RELEASE.ARCH`, with
/// `+debug` and the like behind it where it is of another kind.
final class Running {
    private Running() {}

    /// @param kernel as `uname -r` says it; empty where none runs
    static IntList of(Pool pool, String kernel) {
        var found = new IntList();
        Pool.Repo installed = pool.installed;
        if (installed == null || kernel.isEmpty()) {
            return found;
        }
        for (int pkg = installed.start; pkg < installed.end; pkg++) {
            String evr = pool.evrText(pkg);
            String name =
                    evr.substring(evr.indexOf(':') + 1) + "." + pool.words.text(pool.arch(pkg));
            if (kernel.equals(name) || kernel.startsWith(name + "+")) {
                found.push(pkg);
            }
        }
        return found;
    }
}
