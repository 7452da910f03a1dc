package opm.solve;

import java.util.List;
import opm.pkgset.PackageRef;

/// One way out of a problem: acts that together make it go away.
///
/// Ranked by the dearest act: accepting or replacing a package loses nothing, dropping a request
/// does not meet it, erasing takes something from the system.
///
/// @param acts at least one
public record Repair(List<Act> acts) {
    public Repair {
        acts = List.copyOf(acts);
        if (acts.isEmpty()) {
            throw new IllegalArgumentException("a repair without an act");
        }
    }

    /// One thing to give up or to allow.
    public sealed interface Act {}

    /// Do without this item of the request.
    public record Drop(Request.Item item) implements Act {}

    /// Let the installed package be removed.
    public record Erase(PackageRef pkg) implements Act {}

    /// Let the installed package be replaced by one that the policy alone would not take.
    public record Replace(PackageRef pkg, PackageRef by) implements Act {}

    /// Accept this package although a better one exists.
    public record Accept(PackageRef pkg) implements Act {}
}
