package opm.plan;

import opm.base.Digest;
import opm.base.Nevra;

/// One change that rpm makes to the installed set.
///
/// A package that leaves because another obsoletes it is a [Replaced] of its own, in the same batch
/// as the package that replaces it, so that a plan names every package that comes or goes.
public sealed interface Step {
    /// A package that was not there comes in, beside whatever is installed.
    record Install(Nevra pkg, Digest rpm) implements Step {}

    /// A package gives way to a newer one of its name.
    record Upgrade(Nevra from, Nevra to, Digest rpm) implements Step {}

    /// A package gives way to an older one of its name.
    record Downgrade(Nevra from, Nevra to, Digest rpm) implements Step {}

    /// A package is laid down again over itself.
    record Reinstall(Nevra pkg, Digest rpm) implements Step {}

    /// A package leaves because `by`, in the same batch, obsoletes it.
    record Replaced(Nevra pkg, Nevra by) implements Step {}

    /// A package leaves.
    record Erase(Nevra pkg) implements Step {}
}
