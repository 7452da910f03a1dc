package opm.engine;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.pkgset.PackageRef;
import opm.rpmmd.Advisory;
import opm.rpmmd.Change;

/// What repositories say about their packages beside what solving needs.
public final class Published {
    private Published() {}

    /// Returns what changed in packages of repositories, the newest first.
    public static Map<PackageRef, List<Change>> changes(Engine engine, List<PackageRef> packages)
            throws OpmException {
        return engine.repositories().changes(packages);
    }

    /// Returns the packages that the advisories asked for hold, whether the machine has others of
    /// these names or not.
    public static Set<Nevra> advised(Engine engine, AdvisoryFilter filter) throws OpmException {
        var packages = new HashSet<Nevra>();
        for (Advisory advisory : engine.advisories()) {
            if (filter.takes(advisory)) {
                advisory.packages().forEach(item -> packages.add(item.pkg()));
            }
        }
        return packages;
    }
}
