package opm.fetch;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import opm.base.OpmException;
import opm.base.OpmException.Unavailable;
import opm.host.Disk;
import org.jspecify.annotations.Nullable;

/// How fast all downloads of this user may be, how much a day, and when: files that running jobs
/// look at, so `opm fetch limit` changes them in flight. Format: docs/formats/store.md
///
/// | file        | lines                                                              |
/// |-------------|--------------------------------------------------------------------|
/// | `limit`     | `opm-limit 1`, `rate BYTES` a second, `cap BYTES` a day; 0: none;  |
/// |             | `hours FROM-UNTIL`, `metered no` where that was said               |
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
    private static final int DAY_HOURS = 24;

    /// How long an answer about the connection is believed.
    private static final long METERED_MILLIS = 60_000;

    private final Disk disk;
    private final Path folder;
    private final InstantSource clock;
    private final Supplier<ZoneId> zone;
    private final BooleanSupplier metered;
    private boolean isMetered;
    private long askedMillis = Long.MIN_VALUE;
    private long asideBytes;
    private long asideDay = -1;
    private long lookedMillis = Long.MIN_VALUE;
    private @Nullable Setting setting;

    /// What is allowed.
    ///
    /// @param bytesPerSecond 0 for no limit
    /// @param bytesPerDay 0 for no limit
    /// @param hours when bytes may come, local time
    /// @param overMetered whether they may come over a connection that is paid by what it carries
    public record Setting(
            long bytesPerSecond, long bytesPerDay, Hours hours, boolean overMetered) {
        /// Everything is.
        public static final Setting NONE = new Setting(0, 0);

        public Setting {
            if (bytesPerSecond < 0 || bytesPerDay < 0) {
                throw new IllegalArgumentException(bytesPerSecond + ", " + bytesPerDay);
            }
        }

        /// At any time, over any connection.
        public Setting(long bytesPerSecond, long bytesPerDay) {
            this(bytesPerSecond, bytesPerDay, Hours.ALL, true);
        }
    }

    /// Part of each day, over midnight when it ends before it begins; all of it when both are one.
    ///
    /// @param from the first hour, from 0
    /// @param until the hour that is no longer part of it, at most 24
    public record Hours(int from, int until) {
        public static final Hours ALL = new Hours(0, DAY_HOURS);

        public Hours {
            if (from < 0 || from >= DAY_HOURS || until < 0 || until > DAY_HOURS) {
                throw new IllegalArgumentException(from + "-" + until);
            }
        }

        /// Reads `22-6`; null when it is something else.
        public static @Nullable Hours parse(String text) {
            int dash = text.indexOf('-');
            if (!text.matches("[0-9]{1,2}-[0-9]{1,2}")) {
                return null;
            }
            int from = Integer.parseInt(text.substring(0, dash));
            int until = Integer.parseInt(text.substring(dash + 1));
            return from < DAY_HOURS && until <= DAY_HOURS ? new Hours(from, until) : null;
        }

        boolean has(int hour) {
            return from < until ? hour >= from && hour < until : hour >= from || hour < until;
        }

        @Override
        public String toString() {
            return from + "-" + until;
        }
    }

    /// @param folder made when something is written
    /// @param zone whose hours are meant; asked when that matters: the first question for a zone
    ///     looks through every jar of the program
    /// @param metered whether the connection is paid by what it carries; asked when that matters
    public Allowance(
            Disk disk,
            Path folder,
            InstantSource clock,
            Supplier<ZoneId> zone,
            BooleanSupplier metered) {
        this.disk = disk;
        this.folder = folder;
        this.clock = clock;
        this.zone = zone;
        this.metered = metered;
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
        Hours hours = Hours.ALL;
        boolean overMetered = true;
        for (String line : lines) {
            Hours said = line.startsWith("hours ") ? Hours.parse(line.substring(6)) : null;
            hours = said == null ? hours : said;
            overMetered &= !line.equals("metered no");
        }
        return new Setting(
                number(lines[1], "rate "), number(lines[2], "cap "), hours, overMetered);
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
                        + (wanted.hours().equals(Hours.ALL) ? "" : "\nhours " + wanted.hours())
                        + (wanted.overMetered() ? "" : "\nmetered no")
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

    /// Does nothing where bytes may come now.
    ///
    /// @throws Unavailable outside the hours, and over a metered connection where that was said
    synchronized void requireOpen() throws OpmException {
        Setting now = setting == null ? read() : setting;
        int hour = clock.instant().atZone(zone.get()).getHour();
        if (!now.hours().has(hour)) {
            throw new Unavailable(
                    "it is past "
                            + hour
                            + " o'clock, and downloads may come from "
                            + now.hours().from()
                            + " to "
                            + now.hours().until(),
                    "Go on then, or `opm fetch limit --hours none`; what came is kept.");
        }
        if (!now.overMetered() && isMetered()) {
            throw new Unavailable(
                    "the connection is a metered one, and nothing may come over such",
                    "Use another one, or `opm fetch limit --metered yes`; what came is kept.");
        }
    }

    /// Tells whether the connection is paid by what it carries, whatever was said about such.
    public synchronized boolean isMetered() {
        long now = clock.millis();
        if (askedMillis == Long.MIN_VALUE || Math.abs(now - askedMillis) > METERED_MILLIS) {
            askedMillis = now;
            isMetered = metered.getAsBoolean();
        }
        return isMetered;
    }

    /// Sets bytes aside before they are asked for.
    ///
    /// @throws Unavailable when the day's bytes are used up, or as [#requireOpen]
    synchronized void setAside(int bytes) throws OpmException {
        requireOpen();
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
