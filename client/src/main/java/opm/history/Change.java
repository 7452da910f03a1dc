package opm.history;

import java.util.List;
import opm.base.Digest;

/// One change as the journal tells it.
///
/// @param number counts from 1
/// @param beganSeconds since 1970
/// @param plan SHA-256 of the plan's text
/// @param base SHA-256 of the installed list before
/// @param after SHA-256 of the installed list that the plan leads to
/// @param batches how many the plan has
/// @param seal of the bundle that it came from, `-` for none
/// @param stage where it stands
/// @param records all of them, `begin` first
public record Change(
        int number,
        long beganSeconds,
        Digest plan,
        Digest base,
        Digest after,
        int batches,
        String seal,
        Stage stage,
        List<JournalRecord> records) {
    public Change {
        records = List.copyOf(records);
    }

    /// Tells whether somebody has to go on with it, or forget it.
    public boolean isOpen() {
        return !(stage instanceof Stage.Ended);
    }

    /// Tells whether packages were changed, by opm or by others, and what was installed before and
    /// after is known.
    public boolean isSettled() {
        return stage instanceof Stage.Ended(var result)
                && (result.equals("done") || result.equals("others"));
    }

    /// Tells whether somebody else made it.
    public boolean isOfOthers() {
        return stage instanceof Stage.Ended(var result) && result.equals("others");
    }

    /// Where a change stands: what is true on disk, and what finishing it takes, is the table
    /// in docs/formats/journal.md.
    public sealed interface Stage {
        /// No batch was started.
        record Begun() implements Stage {}

        /// rpm may have run, or may have been killed.
        record Started(int batch, long seconds, String boot) implements Stage {}

        /// rpm has ended, which proves nothing.
        record Exited(int batch, int status, long startSeconds, String boot) implements Stage {}

        /// The set after this batch is there, on the medium.
        record Verified(int batch) implements Stage {}

        /// `done`, `refused`, `forgotten`, or `others`: somebody else made it, and it was noticed.
        record Ended(String result) implements Stage {}
    }
}
