package opm.solve;

import java.util.List;
import opm.pkgset.PackageRef;
import org.jspecify.annotations.Nullable;

/// One fact that stands in the way of a request. The app turns it into a sentence.
///
/// Dependencies are in rpm's text form.
public sealed interface Cause {
    /// No package and no provide of this spec is known.
    ///
    /// @param filtered whether such packages exist, but filters keep them out
    record NoMatch(Request.Item item, boolean filtered) implements Cause {}

    /// What was asked for matches only packages that are excluded, or of a foreign architecture.
    record NotInstallable(PackageRef pkg, Ban ban) implements Cause {}

    /// The item of the request that takes part in the contradiction.
    record Asked(Request.Item item) implements Cause {}

    /// Nothing known provides `dep`, which `pkg` requires.
    record NothingProvides(PackageRef pkg, String dep) implements Cause {}

    /// `pkg` requires `dep`, which only packages that cannot be installed here provide.
    record Requires(PackageRef pkg, String dep, List<PackageRef> providers) implements Cause {
        public Requires {
            providers = List.copyOf(providers);
        }
    }

    /// `pkg` conflicts with `dep`, which `other` provides.
    record Conflicts(PackageRef pkg, String dep, PackageRef other) implements Cause {}

    /// `pkg` obsoletes `dep`, which is `other`.
    record Obsoletes(PackageRef pkg, String dep, PackageRef other) implements Cause {}

    /// Two versions or builds of one name exclude each other.
    record SameName(PackageRef pkg, PackageRef other) implements Cause {}

    /// The installed package has to stay, itself or as an update.
    record Installed(PackageRef pkg) implements Cause {}

    /// The package must not be removed.
    record Protected(PackageRef pkg) implements Cause {}

    /// A better build for this machine exists or is installed.
    record InferiorArch(PackageRef pkg) implements Cause {}

    /// The package is not the one that the synchronised repositories hold.
    record NotInRepository(PackageRef pkg) implements Cause {}

    /// Only the best version was to be taken.
    ///
    /// @param pkg the installed package whose update it is, if any
    record NotBest(@Nullable PackageRef pkg, @Nullable PackageRef best, Request.@Nullable Item item)
            implements Cause {}

    /// Why a package may not be installed at all.
    enum Ban {
        /// The policy excludes it.
        EXCLUDED,
        /// This machine cannot run it.
        ARCH,
        /// It is a source package.
        SOURCE,
        /// A version lock names another version.
        LOCKED,
        /// It belongs to a module stream that is not active.
        MODULE
    }
}
