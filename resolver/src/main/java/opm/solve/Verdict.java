package opm.solve;

import java.util.List;

/// The answer to a request.
///
/// Both answers name the paths that dependencies ask for and no set provides: where a file list
/// was not loaded in full, the caller may materialise those paths and solve again.
public sealed interface Verdict {
    /// Absolute paths, sorted, that were needed and that nothing known provides.
    List<String> missingPaths();

    /// What to change so that the request holds.
    ///
    /// @param changes sorted by the full name of the package that each is about; empty when
    ///     everything asked for is already so
    /// @param reasons one for each package that comes in or goes, in the order of `changes`
    /// @param skippedUpdates newer versions that exist and could not be taken, with the cause
    /// @param missingPaths see [Verdict#missingPaths]
    record Solved(
            List<Change> changes,
            List<Reason> reasons,
            List<Cause> skippedUpdates,
            List<String> missingPaths)
            implements Verdict {
        public Solved {
            changes = List.copyOf(changes);
            reasons = List.copyOf(reasons);
            skippedUpdates = List.copyOf(skippedUpdates);
            missingPaths = List.copyOf(missingPaths);
        }
    }

    /// Why the request cannot hold.
    ///
    /// @param problems at least one; independent of each other, in the order found
    /// @param missingPaths see [Verdict#missingPaths]
    record Unsolvable(List<Problem> problems, List<String> missingPaths) implements Verdict {
        public Unsolvable {
            problems = List.copyOf(problems);
            missingPaths = List.copyOf(missingPaths);
            if (problems.isEmpty()) {
                throw new IllegalArgumentException("unsolvable without a problem");
            }
        }
    }

    /// The work needed more steps than the policy allows, or the caller cancelled it: no answer.
    ///
    /// @param cancelled whether the caller asked for it
    record GaveUp(boolean cancelled) implements Verdict {
        @Override
        public List<String> missingPaths() {
            return List.of();
        }
    }
}
