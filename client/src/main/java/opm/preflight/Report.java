package opm.preflight;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// What the look ahead found.
///
/// @param findings those that stop first, then by package
/// @param needs one for each file system that takes something, sorted by mount point
public record Report(List<Finding> findings, List<Need> needs) {
    public Report {
        findings = List.copyOf(findings);
        needs = List.copyOf(needs);
    }

    /// What one file system has to hold.
    ///
    /// @param mount as seen from inside the root
    /// @param peakBytes more than now, at the worst moment, in whole blocks
    /// @param afterBytes more than now, when all is done; below 0 when it gets less
    /// @param reserveBytes asked for on top: what nobody can know exactly
    /// @param freeBytes now
    /// @param peakInodes more than now, at the worst moment
    /// @param freeInodes now; -1 where there is no bound
    public record Need(
            String mount,
            long peakBytes,
            long afterBytes,
            long reserveBytes,
            long freeBytes,
            long peakInodes,
            long freeInodes) {
        /// Tells whether there is room.
        public boolean fits() {
            return peakBytes + reserveBytes <= freeBytes
                    && (freeInodes < 0 || peakInodes <= freeInodes);
        }
    }

    /// Returns the same with more findings.
    public Report with(List<? extends Finding> more) {
        List<Finding> all = new ArrayList<>(findings);
        all.addAll(more);
        all.sort(Comparator.comparing(finding -> !finding.stops()));
        return new Report(all, needs);
    }

    /// Tells whether nothing stands in the way.
    public boolean isClear() {
        return hasRoom() && findings.stream().noneMatch(Finding::stops);
    }

    /// Tells whether every file system has room.
    public boolean hasRoom() {
        return needs.stream().allMatch(Need::fits);
    }
}
