package opm.solve;

import java.util.List;
import opm.base.Nevra;
import opm.pkgset.PackageRef;
import opm.pkgset.PackageSet;
import org.jspecify.annotations.Nullable;

/// Everything that a solve may know: what is installed, and what repositories hold.
///
/// @param arch the machine's architecture, as `uname -m` or rpm names it
/// @param installed the installed packages; absent for an empty root
/// @param repositories in the order that breaks ties: first wins
/// @param hidden packages of repositories that are not there for anybody, because they belong to a
///     module stream that is not active, or have the name of one that is
/// @param filters what configuration files keep out of it
public record Universe(
        String arch,
        @Nullable PackageSet installed,
        List<Source> repositories,
        List<Nevra> hidden,
        List<Filter> filters) {
    /// One repository.
    ///
    /// @param priority lower wins, as in `.repo` files; 99 when nothing is said
    /// @param cost lower wins among equal packages; 1000 when nothing is said
    public record Source(String id, PackageSet set, int priority, int cost) {
        public Source(String id, PackageSet set) {
            this(id, set, 99, 1000);
        }
    }

    public Universe {
        repositories = List.copyOf(repositories);
        hidden = List.copyOf(hidden);
        filters = List.copyOf(filters);
    }

    /// Makes one in which nothing is hidden or kept out.
    public Universe(String arch, @Nullable PackageSet installed, List<Source> repositories) {
        this(arch, installed, repositories, List.of(), List.of());
    }

    /// Returns the repository that a package of a verdict comes from; absent for installed ones.
    public @Nullable Source sourceOf(PackageRef pkg) {
        for (Source source : repositories) {
            if (source.set() == pkg.set()) {
                return source;
            }
        }
        return null;
    }
}
