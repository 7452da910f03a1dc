package opm.store;

import java.util.Locale;

/// How much of what nobody refers to stays: CAShe's settings, from its file `config`.
///
/// As in CAShe 0.99.2: while all of it is less than `olderBytes`, everything stays; then what is
/// old goes, the oldest first, until that is reached; what is new goes only above `newerBytes`.
///
/// | key     | also | value                                          | without it |
/// |---------|------|------------------------------------------------|------------|
/// | `age`   | -    | number and `s`, `m`, `h`, `d` or `w`           | `8d`       |
/// | `older` | `lo` | number and `k`, `m`, `g`, `t` or `p`, of 1000s | `500m`     |
/// | `newer` | `hi` | the same                                       | `2g`       |
///
/// CAShe's `time` is read and not used: the age of an object is the time since it came in.
///
/// @param ageSeconds from when on an object is old
public record Retention(long olderBytes, long newerBytes, long ageSeconds) {
    /// CAShe's own.
    public static final Retention USUAL =
            new Retention(500_000_000L, 2_000_000_000L, 8 * 24 * 3600L);

    /// Nothing that nobody refers to stays.
    public static final Retention NOTHING = new Retention(0, 0, 0);

    public Retention {
        if (olderBytes < 0 || newerBytes < 0 || ageSeconds < 0) {
            throw new IllegalArgumentException(olderBytes + ", " + newerBytes + ", " + ageSeconds);
        }
        newerBytes = Math.max(olderBytes, newerBytes);
    }

    /// Reads a `config`. Lines that CAShe would pass over are passed over.
    static Retention parse(String text) {
        long older = USUAL.olderBytes;
        long newer = USUAL.newerBytes;
        long age = USUAL.ageSeconds;
        for (String line : text.split("\n", -1)) {
            String[] words = line.strip().split("=", -1);
            if (line.strip().startsWith("#") || words.length != 2) {
                continue;
            }
            String value = words[1].strip();
            switch (words[0].strip()) {
                case "age" ->
                        age = number(value, "smhdw", new long[] {1, 60, 3600, 86400, 604800}, age);
                case "older", "lo", "low" -> older = bytes(value, older);
                case "newer", "hi", "high" -> newer = bytes(value, newer);
                default -> {}
            }
        }
        return new Retention(older, newer, age);
    }

    private static long bytes(String value, long otherwise) {
        long k = 1000;
        long[] units = {k, k * k, k * k * k, k * k * k * k, k * k * k * k * k};
        return number(value, "kmgtp", units, otherwise);
    }

    private static long number(String value, String units, long[] factors, long otherwise) {
        String digits = value;
        long factor = 1;
        int unit =
                value.isEmpty()
                        ? -1
                        : units.indexOf(value.toLowerCase(Locale.ROOT).charAt(value.length() - 1));
        if (unit >= 0) {
            factor = factors[unit];
            digits = value.substring(0, value.length() - 1).strip();
        }
        // No more than Python's float would read of what people write; no sign, so never negative.
        return digits.matches("[0-9]{1,15}(\\.[0-9]{0,9})?")
                ? (long) Math.min(Double.parseDouble(digits) * factor, 9e18)
                : otherwise;
    }
}
