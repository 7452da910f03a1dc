package opm.fetch;

import java.net.URI;
import java.util.List;
import opm.base.OpmException;
import opm.store.Stored;

/// What became of one wanted file.
public sealed interface Outcome {
    /// Returns what was wanted.
    Wanted wanted();

    /// Returns what went wrong on the way, in order; perhaps nothing.
    List<Trouble> troubles();

    /// It lies in the store, checked.
    ///
    /// @param networkBytes how many bytes came from the sources; 0 when the store had it
    /// @param from the sources that gave them, perhaps some that gave wrong ones too
    record Fetched(
            Wanted wanted,
            Stored stored,
            long networkBytes,
            List<URI> from,
            List<Trouble> troubles)
            implements Outcome {
        public Fetched {
            from = List.copyOf(from);
            troubles = List.copyOf(troubles);
        }
    }

    /// No source gave it. What came of it is kept for the next time.
    ///
    /// @param why the failure that ended it: of the last source asked, or of the disk
    record Failed(Wanted wanted, OpmException why, List<Trouble> troubles) implements Outcome {
        public Failed {
            troubles = List.copyOf(troubles);
        }
    }

    /// Something that went wrong and was, or was not, got over.
    ///
    /// @param source who gave trouble; `store:HEX` when the store's own copy was damaged
    record Trouble(URI source, OpmException what) {}
}
