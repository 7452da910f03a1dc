package opm.words;

/// Sizes for people.
public final class Sizes {
    private static final String[] UNITS = {"B", "k", "M", "G", "T"};

    private Sizes() {}

    /// Writes a number of bytes in three digits: as dnf does: `1.9 M`, `640 k`, `12 B`.
    public static String of(long bytes) {
        double value = bytes;
        int unit = 0;
        while (value >= 1000 && unit < UNITS.length - 1) {
            value /= 1024;
            unit++;
        }
        // Below ten, one digit after the point tells more; bytes have none. By hand, because the
        // first String.format of a process takes 8 ms.
        long tenths = Math.round(value * 10);
        String number =
                unit == 0 || value >= 9.95
                        ? Long.toString(Math.round(value))
                        : tenths / 10 + "." + tenths % 10;
        return number + " " + UNITS[unit];
    }
}
