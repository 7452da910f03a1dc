package opm.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.pkgset.PackageRef;
import opm.solve.Policy;
import opm.solve.Request;

/// A solution, and what was left out for it.
///
/// @param left packages that would have come, sorted
public record Without(Solution solution, List<Nevra> left) {
    public Without {
        left = List.copyOf(left);
    }

    /// Solves a request with the packages that are in the store: what lacks a file waits, and what
    /// depends on it.
    public static Without absent(Engine engine, Request request, List<String> asked)
            throws OpmException {
        return solve(
                engine,
                request,
                asked,
                policy -> policy,
                pkg -> {
                    var digest = pkg.checksum();
                    return digest == null || !engine.store().has(digest);
                });
    }

    /// @param change by which other policy than the machine's
    /// @param out which packages must not come
    static Without solve(
            Engine engine,
            Request request,
            List<String> asked,
            UnaryOperator<Policy> change,
            Predicate<PackageRef> out)
            throws OpmException {
        var left = new TreeSet<Nevra>();
        while (true) {
            List<String> names = left.stream().map(Nevra::full).toList();
            Solution solution =
                    engine.solve(
                            request,
                            asked,
                            usual -> {
                                Policy policy = change.apply(usual);
                                var excludes = new ArrayList<>(policy.excludes());
                                excludes.addAll(names);
                                return policy.withExcludes(excludes);
                            });
            List<Nevra> more =
                    solution.coming().values().stream()
                            .filter(out)
                            .map(PackageRef::nevra)
                            .filter(pkg -> !left.contains(pkg))
                            .toList();
            // Each round leaves out more, so this ends.
            if (more.isEmpty()) {
                return new Without(solution, List.copyOf(left));
            }
            left.addAll(more);
        }
    }
}
