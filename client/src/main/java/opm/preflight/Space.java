package opm.preflight;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// How full every file system gets while batches are applied.
///
/// rpm writes all files of a package beside the old ones, then renames them over those; what the
/// new version lacks goes when everything of its transaction has come.
final class Space {
    /// rpm itself refuses unless there is a twentieth more than it counts (`adj_fs_blocks`).
    private static final long RPM_MARGIN = 20;

    private final List<Mount> mounts;
    private final Map<String, Level> levels = new TreeMap<>();

    /// What lies on one file system, more than at the beginning.
    private static final class Level {
        private long bytes;
        private long inodes;
        private long peakBytes;
        private long peakInodes;
        private long reserve;
        private long batchBytes;
        private long wanted;
        private long least;
    }

    Space(List<Mount> mounts) {
        this.mounts = List.copyOf(mounts);
    }

    /// Returns the file system on which a key lies.
    Mount mountOf(String key) {
        Mount best = null;
        for (Mount mount : mounts) {
            String point = mount.point().equals("/") ? "" : mount.point();
            boolean above = key.equals(point) || key.startsWith(point + "/");
            if (above && (best == null || mount.point().length() > best.point().length())) {
                best = mount;
            }
        }
        return best == null ? new Mount("/", "", Long.MAX_VALUE, -1, 4096, false) : best;
    }

    private Level level(Mount mount) {
        return levels.computeIfAbsent(mount.point(), _ -> new Level());
    }

    /// Something comes (or, with numbers below 0, goes).
    void add(Mount mount, long bytes, long inodes) {
        Level level = level(mount);
        level.bytes += bytes;
        level.inodes += inodes;
        level.peakBytes = Math.max(level.peakBytes, level.bytes);
        level.peakInodes = Math.max(level.peakInodes, level.inodes);
        long own = level.bytes - level.batchBytes;
        level.wanted = Math.max(level.wanted, level.bytes + Math.max(0, own) / RPM_MARGIN);
    }

    /// Asks for room that may or may not be used.
    void reserve(Mount mount, long bytes) {
        level(mount).reserve += bytes;
    }

    /// Asks for so much room whatever is used of it.
    void atLeast(Mount mount, long bytes) {
        Level level = level(mount);
        level.least = Math.max(level.least, bytes);
    }

    /// The next run of rpm counts from here.
    void beginBatch() {
        levels.values().forEach(level -> level.batchBytes = level.bytes);
    }

    List<Report.Need> needs() {
        var needs = new ArrayList<Report.Need>();
        for (Mount mount : mounts) {
            Level level = levels.get(mount.point());
            if (level != null) {
                needs.add(
                        new Report.Need(
                                mount.point(),
                                level.peakBytes,
                                level.bytes,
                                Math.max(level.wanted + level.reserve, level.least)
                                        - level.peakBytes,
                                mount.freeBytes(),
                                level.peakInodes,
                                mount.freeInodes()));
            }
        }
        return needs;
    }
}
