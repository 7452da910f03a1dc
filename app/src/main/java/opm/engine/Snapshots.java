package opm.engine;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.TreeMap;
import opm.base.Digest;
import opm.base.Limits;
import opm.base.OpmException;
import opm.host.Disk;
import opm.rpmmd.RepositoryConfig;

/// The date of the newest snapshot that was seen of each repository: a mirror that goes back to an
/// older one, or that shows none for months, is noticed, whoever signed what it shows.
///
/// `snapshots` in the state folder: `HASH SECONDS MOVED` lines, where HASH stands for the
/// repository's id and addresses, and MOVED is 1 once a newer one followed an older one: of those
/// that never move, as the first release of a distribution, nothing is expected. Losing the file
/// costs one notice.
final class Snapshots {
    /// A publisher that brings updates does so more often.
    static final long QUIET_DAYS = 60;

    private static final long DAY_SECONDS = 86_400;

    /// What is smaller is a number of something, and no time.
    private static final long FIRST_SECONDS = 1_000_000_000;

    private final Disk disk;
    private final Path file;
    private final TreeMap<String, Seen> all = new TreeMap<>();

    private record Seen(long seconds, boolean moved) {}

    /// What the date of a snapshot says.
    sealed interface Finding {
        /// Nothing.
        record Ordinary() implements Finding {}

        /// It is older than one that was here before.
        record Older(long nowSeconds, long beforeSeconds) implements Finding {}

        /// Nothing has come for a long time.
        record Quiet(long sinceSeconds, long days) implements Finding {}
    }

    Snapshots(Disk disk, Path state) throws OpmException {
        this.disk = disk;
        this.file = state.resolve("snapshots");
        if (disk.exists(file)) {
            String text =
                    new String(disk.readAll(file, Limits.REPOMD_BYTES), StandardCharsets.US_ASCII);
            for (String line : text.split("\n")) {
                if (line.matches("[0-9a-f]{16} \\d{1,12} [01]")) {
                    String[] words = line.split(" ");
                    var seen = new Seen(Long.parseLong(words[1]), words[2].equals("1"));
                    all.put(words[0], seen);
                }
            }
        }
    }

    /// Judges a snapshot and takes note of it.
    ///
    /// @param clockSeconds what the machine believes; a date that was seen proves that it is later
    Finding look(RepositoryConfig repo, long seconds, long clockSeconds) {
        if (seconds < FIRST_SECONDS) {
            return new Finding.Ordinary();
        }
        String text = repo.id() + "\n" + repo.baseUrls() + repo.mirrorList() + repo.metalink();
        String key = Digest.sha256Of(text.getBytes(StandardCharsets.UTF_8)).hex().substring(0, 16);
        Seen before = all.get(key);
        boolean moved = before != null && (before.moved() || seconds > before.seconds());
        long newest = before == null ? seconds : Math.max(before.seconds(), seconds);
        all.put(key, new Seen(newest, moved));
        if (seconds < newest) {
            return new Finding.Older(seconds, newest);
        }
        long now = clockSeconds;
        for (Seen other : all.values()) {
            now = Math.max(now, other.seconds());
        }
        long days = (now - seconds) / DAY_SECONDS;
        return moved && days > QUIET_DAYS
                ? new Finding.Quiet(seconds, days)
                : new Finding.Ordinary();
    }

    void write(Engine engine) throws OpmException {
        var text = new StringBuilder();
        all.forEach(
                (key, seen) -> {
                    text.append(key).append(' ').append(seen.seconds());
                    text.append(seen.moved() ? " 1\n" : " 0\n");
                });
        byte[] bytes = text.toString().getBytes(StandardCharsets.US_ASCII);
        boolean same =
                disk.exists(file)
                        && java.util.Arrays.equals(bytes, disk.readAll(file, Limits.REPOMD_BYTES));
        if (!same) {
            engine.write(file, bytes);
        }
    }
}
