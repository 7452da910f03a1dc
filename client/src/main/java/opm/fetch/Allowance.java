package opm.fetch;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import opm.base.OpmException;
import opm.base.OpmException.Unavailable;
import opm.host.Disk;
import org.jspecify.annotations.Nullable;

/// How fast all downloads of this user may be, and how much a day: files that running jobs look
/// at, so `opm fetch limit` changes them in flight. Format: docs/formats/store.md
///
/// | file        | lines                                                              |
/// |-------------|--------------------------------------------------------------------|
/// | `limit`     | `opm-limit 1`, `rate BYTES` a second, `cap BYTES` a day; 0: none   |
/// | `spent-DAY` | a number a line: bytes that a job set aside, negative: gave back   |
/// | `lock`      | empty; its kernel lock is held by who sets bytes aside             |
///
/// A job sets aside [#PIECE_BYTES] at a time before it asks for them, so the cap is never passed,
/// and a job that is killed costs at most that much of the day.
public final class Allowance {
    private static final String MAGIC = "opm-limit 1";
    private static final long PIECE_BYTES = 1 << 20;
    private static final int FILE_BYTES = 1 << 20;
    private static final long LOOK_MILLIS = 500;
    private static final long DAY_SECONDS = 86_400;

    private final Disk disk;
    private final Path folder;
    private final InstantSource clock;
    private long asideBytes;
    private long asideDay = -1;
    private long lookedMillis = Long.MIN_VALUE;
    private @Nullable Setting setting;

    /// What is allowed.
    ///
    /// @param bytesPerSecond 0 for no limit
    /// @param bytesPerDay 0 for no limit
    public record Setting(long bytesPerSecond, long bytesPerDay) {
        /// Everything is.
        public static final Setting NONE = new Setting(0, 0);

        public Setting {
            if (bytesPerSecond < 0 || bytesPerDay < 0) {
                throw new IllegalArgumentException(bytesPerSecond + ", " + bytesPerDay);
            }
        }
    }

    /// @param folder made when something is written
    public Allowance(Disk disk, Path folder, InstantSource clock) {
        this.disk = disk;
        this.folder = folder;
        this.clock = clock;
    }

    /// Returns what is allowed now; everything, where nothing readable was said.
    public Setting read() throws OpmException {
        Path file = folder.resolve("limit");
        if (!disk.exists(file)) {
            return Setting.NONE;
        }
        String[] lines = text(file).split("\n", -1);
        if (lines.length < 3 || !lines[0].equals(MAGIC)) {
            return Setting.NONE;
        }
        return new Setting(number(lines[1], "rate "), number(lines[2], "cap "));
    }

    private String text(Path file) throws OpmException {
        return new String(disk.readAll(file, FILE_BYTES), StandardCharsets.US_ASCII);
    }

    private static long number(String line, String word) {
        String digits = line.startsWith(word) ? line.substring(word.length()) : "";
        return digits.matches("[0-9]{1,18}") ? Long.parseLong(digits) : 0;
    }

    /// Says what is allowed from now on.
    public void write(Setting wanted) throws OpmException {
        disk.createDirectories(folder);
        Path aside = folder.resolve("limit-" + UUID.randomUUID());
        String text =
                MAGIC
                        + "\nrate "
                        + wanted.bytesPerSecond()
                        + "\ncap "
                        + wanted.bytesPerDay()
                        + "\n";
        try (var out = disk.create(aside)) {
            byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
            out.write(bytes, 0, bytes.length);
            out.force();
        }
        disk.rename(aside, folder.resolve("limit"));
    }

    /// Returns the setting when it is another one than at the last look, else null; looks twice a
    /// second.
    synchronized @Nullable Setting changed() throws OpmException {
        long now = clock.millis();
        if (setting != null && now - lookedMillis < LOOK_MILLIS && now >= lookedMillis) {
            return null;
        }
        lookedMillis = now;
        Setting found = read();
        boolean other = !found.equals(setting);
        setting = found;
        return other ? found : null;
    }

    /// Sets bytes aside before they are asked for.
    ///
    /// @throws Unavailable when the day's bytes are used up
    synchronized void setAside(int bytes) throws OpmException {
        long cap = (setting == null ? read() : setting).bytesPerDay();
        if (cap == 0) {
            return;
        }
        long day = clock.instant().getEpochSecond() / DAY_SECONDS;
        if (day != asideDay) {
            asideDay = day;
            asideBytes = 0;
        }
        if (asideBytes < bytes) {
            asideBytes += book(day, cap, bytes);
        }
        if (asideBytes < bytes) {
            throw new Unavailable(
                    "the " + cap + " bytes that may be downloaded a day are used up",
                    "Go on tomorrow (UTC), or `opm fetch limit --cap SIZE`; what came is kept.");
        }
        asideBytes -= bytes;
    }

    /// Gives back what was set aside and did not come.
    synchronized void giveBack(int bytes) {
        asideBytes += asideDay >= 0 ? bytes : 0;
    }

    private long book(long day, long cap, long need) throws OpmException {
        disk.createDirectories(folder);
        Path file = folder.resolve("spent-" + day);
        while (true) {
            try (Disk.Lock lock = disk.tryLock(folder.resolve("lock"))) {
                if (lock != null) {
                    long left = cap - spent(file);
                    long piece = Math.min(left, Math.max(need, PIECE_BYTES));
                    if (piece > 0) {
                        append(file, piece);
                    }
                    return Math.max(0, piece);
                }
            }
            LockSupport.parkNanos(2_000_000);
        }
    }

    /// Returns how many bytes were set aside today.
    public long spentToday() throws OpmException {
        return spent(folder.resolve("spent-" + clock.instant().getEpochSecond() / DAY_SECONDS));
    }

    private long spent(Path file) throws OpmException {
        long sum = 0;
        if (disk.exists(file)) {
            for (String line : text(file).split("\n", -1)) {
                sum += line.matches("-?[0-9]{1,18}") ? Long.parseLong(line) : 0;
            }
        }
        return sum;
    }

    private void append(Path file, long bytes) throws OpmException {
        byte[] line = (bytes + "\n").getBytes(StandardCharsets.US_ASCII);
        try (var out = disk.append(file)) {
            out.write(line, 0, line.length);
        }
    }

    /// Gives the day back what this job set aside and did not use.
    synchronized void close() throws OpmException {
        if (asideDay >= 0 && asideBytes > 0) {
            append(folder.resolve("spent-" + asideDay), -asideBytes);
            asideBytes = 0;
        }
    }
}
