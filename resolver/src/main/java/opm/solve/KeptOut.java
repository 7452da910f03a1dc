package opm.solve;

import java.util.Collection;
import java.util.List;
import opm.base.Nevra;
import opm.pkgset.PackageSet;
import opm.pkgset.PackageSetBuilder;

/// What excludes and locks keep out of packages of which only the names are known: somebody else
/// solved, and did not know this machine's.
public final class KeptOut {
    private KeptOut() {}

    /// Tells whether one of some packages may not come; what they obsolete is not asked.
    ///
    /// @param arch the machine's
    /// @param filters of all repositories; those of one repository mean nothing here
    /// @param excludes as [Policy#excludes]
    public static boolean any(
            Collection<Nevra> pkgs, String arch, List<Filter> filters, List<String> excludes) {
        if (pkgs.isEmpty() || filters.isEmpty() && excludes.isEmpty()) {
            return false;
        }
        var builder = new PackageSetBuilder();
        pkgs.forEach(pkg -> builder.add(pkg.toString()));
        PackageSet set = builder.build();
        var sources = List.of(new Universe.Source("", set));
        var universe = new Universe(arch, null, sources, List.of(), filters);
        return !new Barred(new SetPool(universe), universe, excludes).all().isEmpty();
    }
}
