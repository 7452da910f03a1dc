package opm.workshop;

import opm.base.Nevra;
import opm.solve.Reason;
import org.jspecify.annotations.Nullable;

/// One line of a plan for people.
///
/// @param pkg what comes, or goes
/// @param from what it replaces; null when it replaces nothing
/// @param bytes to fetch
/// @param why null when nobody knows
public record Row(
        Kind kind, Nevra pkg, @Nullable Nevra from, long bytes, @Nullable Reason why) {
    /// What happens to the package.
    public enum Kind {
        INSTALL,
        UPGRADE,
        DOWNGRADE,
        REINSTALL,
        REMOVE
    }
}
