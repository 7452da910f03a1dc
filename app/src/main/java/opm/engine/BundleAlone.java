package opm.engine;

import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import opm.base.OpmException;
import opm.pkgset.PackageSet;
import opm.rpmmd.Importer;
import opm.solve.Filter;
import opm.solve.Policy;
import opm.solve.Request;
import opm.solve.Solver;
import opm.solve.Universe;
import opm.solve.Verdict;

/// What can be answered with nothing but the machine and a bundle's repodata.
///
/// @param universe what was known
record BundleAlone(Universe universe, Verdict verdict) {
    /// The name of the only repository there.
    static final String REPO = "bundle";

    /// Solves with what lies in a folder.
    ///
    /// @param folder with `repodata/` and what it names
    /// @param filters what of it the machine keeps out
    static BundleAlone solve(
            Engine engine, Path folder, Request request, Policy policy, List<Filter> filters)
            throws OpmException {
        var paths = new TreeSet<String>();
        while (true) {
            var importer = new Importer(engine.host().disk());
            PackageSet set = importer.folderWith(folder, List.copyOf(paths));
            var universe =
                    new Universe(
                            engine.arch(),
                            engine.installed(),
                            List.of(new Universe.Source(REPO, set)),
                            List.of(),
                            filters);
            Verdict verdict =
                    PackageSet.reading(
                            () ->
                                    new Solver(universe)
                                            .solve(request, policy, engine.watcher()::cancelled));
            // Dependencies on paths that primary.xml does not list need the file lists. Each round
            // asks for more paths, so this ends.
            if (!paths.addAll(verdict.missingPaths())) {
                return new BundleAlone(universe, verdict);
            }
        }
    }
}
