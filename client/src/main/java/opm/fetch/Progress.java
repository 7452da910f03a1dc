package opm.fetch;

import java.util.List;

/// Who wants to know how far a job is. Called from any lane, one call at a time, several times a
/// second; the last call tells the end.
@FunctionalInterface
public interface Progress {
    /// Nobody wants to know.
    Progress NONE = _ -> {};

    /// Tells where the job stands.
    void at(State state);

    /// Where a job stands.
    ///
    /// @param doneBytes what is there, also what earlier runs left and what the store had
    /// @param totalBytes of the whole job, -1 when the size of some file is not known
    /// @param bytesPerSecond from the network in the last seconds
    /// @param active what is coming in just now, in the order of the job
    record State(
            long doneBytes,
            long totalBytes,
            int doneCount,
            int failedCount,
            int totalCount,
            long bytesPerSecond,
            List<Active> active) {
        /// Returns the seconds that the rest will take, -1 when there is no telling.
        public long secondsLeft() {
            return totalBytes < 0 || bytesPerSecond <= 0
                    ? -1
                    : Math.ceilDiv(totalBytes - doneBytes, bytesPerSecond);
        }
    }

    /// One file that is coming in.
    ///
    /// @param totalBytes -1 when it is not known
    record Active(String label, long doneBytes, long totalBytes) {}
}
