package opm.solve;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import opm.base.Nevra;
import opm.pkgset.PackageSet;
import opm.pkgset.PackageSetBuilder;

/// What excludes and locks keep out of packages of which only the names are known: somebody else
/// solved, and did not know this machine's.
public final class KeptOut {
    private KeptOut() {}

    /// Returns the packages that may not come, in no order; what they obsolete is not asked.
    ///
    /// @param arch the machine's
    /// @param filters of all repositories; those of one repository mean nothing here
    /// @param excludes as [Policy#excludes]
    public static List<Nevra> of(
            Collection<Nevra> pkgs, String arch, List<Filter> filters, List<String> excludes) {
        if (pkgs.isEmpty() || filters.isEmpty() && excludes.isEmpty()) {
            return List.of();
        }
        var builder = new PackageSetBuilder();
        pkgs.forEach(pkg -> builder.add(pkg.toString()));
        PackageSet set = builder.build();
        var sources = List.of(new Universe.Source("", set));
        var universe = new Universe(arch, null, sources, List.of(), filters);
        var pool = new SetPool(universe);
        IntList barred = new Barred(pool, universe, excludes).all();
        var names = new ArrayList<Nevra>();
        for (int i = 0; i < barred.size; i++) {
            names.add(pool.ref(barred.at[i]).nevra());
        }
        return names;
    }
}
