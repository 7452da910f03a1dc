package opm.planner;

import java.util.List;
import opm.base.Digest;
import opm.base.Nevra;
import opm.plan.Plan;

/// A plan, and what its makers and readers want to know beside it.
///
/// @param origins where each artifact is in its repository, in the order of the plan's artifacts
/// @param notes what is unusual about the plan, in the order of its batches
public record Planned(Plan plan, List<Origin> origins, List<Note> notes) {
    public Planned {
        origins = List.copyOf(origins);
        notes = List.copyOf(notes);
    }

    /// Where a file is. A plan does not carry it: any source that has the digest will do.
    ///
    /// @param repo the repository's id
    /// @param location as the repository writes it: relative to its base, or a URL
    public record Origin(Digest digest, String repo, String location) {}

    /// Something that a person should be told.
    public sealed interface Note {
        /// A package is erased in a batch of its own before `by` comes in, because rpm would not
        /// have both for a moment. Between the two batches other packages may miss it.
        ///
        /// @param by the package that comes in; `pkg` itself when several together are the cause
        /// @param why what they conflict about, what `pkg` would miss, or the name or the program
        ///     that both have; in rpm's words
        record ErasedFirst(Nevra pkg, Nevra by, String why) implements Note {}

        /// A package stays that rpm may erase: `by` has its name, and neither holds programs that
        /// tell their architectures apart.
        record MayGo(Nevra pkg, Nevra by) implements Note {}
    }
}
