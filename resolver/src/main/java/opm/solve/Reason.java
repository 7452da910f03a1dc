package opm.solve;

import opm.pkgset.PackageRef;
import org.jspecify.annotations.Nullable;

/// Why a package comes in or goes.
///
/// @param pkg the package
/// @param kind why
/// @param by the package that asks for it; absent where the request itself does
/// @param dep the dependency in rpm's words, or the spec of the request; empty when there is none
public record Reason(PackageRef pkg, Kind kind, @Nullable PackageRef by, String dep) {
    /// The kinds of reason.
    public enum Kind {
        /// The request names it.
        REQUESTED,
        /// It replaces an installed package that was to be updated.
        UPDATE,
        /// `by` requires `dep`.
        REQUIRED,
        /// `by` recommends `dep`.
        RECOMMENDED,
        /// It supplements `by`, which is there.
        SUPPLEMENTS,
        /// It goes because `by` replaces or obsoletes it.
        REPLACED,
        /// It goes because `by`, which stays or comes, conflicts with it.
        CONFLICT,
        /// It goes because something that it requires goes.
        BROKEN,
        /// It goes because nothing needs it any more.
        UNNEEDED
    }
}
