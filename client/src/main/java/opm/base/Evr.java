package opm.base;

import org.jspecify.annotations.Nullable;

/// An epoch, a version and a release, ordered as rpm orders them.
///
/// An absent epoch and epoch 0 are the same number here, as they are for `rpmVersionCompare`; an
/// absent release is the empty string and matters only to [#matches]. The order follows rpm's
/// `rpmvercmp` (rpmio/rpmvercmp.c, rpm 4.18): segments of digits or letters, `~` sorts before
/// everything, also before the end, `^` sorts after the end and before anything else.
///
/// @param epoch never negative
/// @param version not empty, unless the whole value is [#NONE]
/// @param release may be empty
public record Evr(int epoch, String version, String release) implements Comparable<Evr> {
    /// No version at all: what an unversioned dependency carries.
    public static final Evr NONE = new Evr(0, "", "");

    public Evr {
        if (epoch < 0) {
            throw new IllegalArgumentException("negative epoch " + epoch);
        }
    }

    /// Reads `[EPOCH:]VERSION[-RELEASE]`. The release starts after the last `-`.
    ///
    /// @throws IllegalArgumentException when the epoch is not a number below 2^31
    public static Evr parse(String text) {
        int colon = text.indexOf(':');
        int epoch = 0;
        String rest = text;
        if (colon >= 0 && isDigits(text, colon)) {
            epoch = colon == 0 ? 0 : epoch(text.substring(0, colon));
            rest = text.substring(colon + 1);
        }
        int dash = rest.lastIndexOf('-');
        return dash < 0
                ? new Evr(epoch, rest, "")
                : new Evr(epoch, rest.substring(0, dash), rest.substring(dash + 1));
    }

    private static int epoch(String digits) {
        try {
            return Integer.parseInt(digits);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("epoch " + digits + " is not below 2^31", e);
        }
    }

    private static boolean isDigits(String text, int end) {
        for (int at = 0; at < end; at++) {
            if (text.charAt(at) < '0' || text.charAt(at) > '9') {
                return false;
            }
        }
        return true;
    }

    @Override
    public int compareTo(Evr other) {
        int order = Integer.compare(epoch, other.epoch);
        if (order == 0) {
            order = compareVersions(version, other.version);
        }
        return order == 0 ? compareVersions(release, other.release) : order;
    }

    // Written out: see Digest.
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Evr evr
                && epoch == evr.epoch
                && version.equals(evr.version)
                && release.equals(evr.release);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * epoch + version.hashCode()) + release.hashCode();
    }

    /// Compares epoch and version, and the release only where both sides have one.
    ///
    /// This is how a dependency meets a provide (`rpmdsCompare`): `foo = 1.2` is met by
    /// `foo = 1.2-3`.
    public int matches(Evr other) {
        int order = Integer.compare(epoch, other.epoch);
        if (order == 0) {
            order = compareVersions(version, other.version);
        }
        if (order == 0 && !release.isEmpty() && !other.release.isEmpty()) {
            order = compareVersions(release, other.release);
        }
        return order;
    }

    /// Orders two version strings, or two release strings, as `rpmvercmp` does.
    ///
    /// @return negative, zero or positive
    public static int compareVersions(CharSequence one, CharSequence two) {
        int a = 0;
        int b = 0;
        int aEnd = one.length();
        int bEnd = two.length();
        while (a < aEnd || b < bEnd) {
            while (a < aEnd && isSeparator(one.charAt(a))) {
                a++;
            }
            while (b < bEnd && isSeparator(two.charAt(b))) {
                b++;
            }
            char x = a < aEnd ? one.charAt(a) : 0;
            char y = b < bEnd ? two.charAt(b) : 0;
            if (x == '~' || y == '~') {
                if (x != '~') {
                    return 1;
                }
                if (y != '~') {
                    return -1;
                }
                a++;
                b++;
                continue;
            }
            if (x == '^' || y == '^') {
                if (a >= aEnd) {
                    return -1;
                }
                if (b >= bEnd) {
                    return 1;
                }
                if (x != '^') {
                    return 1;
                }
                if (y != '^') {
                    return -1;
                }
                a++;
                b++;
                continue;
            }
            if (a >= aEnd || b >= bEnd) {
                break;
            }
            int aStart = a;
            int bStart = b;
            boolean number = isDigit(x);
            while (a < aEnd && (number ? isDigit(one.charAt(a)) : isLetter(one.charAt(a)))) {
                a++;
            }
            while (b < bEnd && (number ? isDigit(two.charAt(b)) : isLetter(two.charAt(b)))) {
                b++;
            }
            if (b == bStart) {
                return number ? 1 : -1;
            }
            int order =
                    number
                            ? compareNumbers(one, aStart, a, two, bStart, b)
                            : compareLetters(one, aStart, a, two, bStart, b);
            if (order != 0) {
                return order;
            }
        }
        return Boolean.compare(a < aEnd, b < bEnd);
    }

    private static int compareNumbers(
            CharSequence one, int aStart, int aEnd, CharSequence two, int bStart, int bEnd) {
        int a = aStart;
        int b = bStart;
        while (a < aEnd && one.charAt(a) == '0') {
            a++;
        }
        while (b < bEnd && two.charAt(b) == '0') {
            b++;
        }
        return aEnd - a != bEnd - b
                ? Integer.compare(aEnd - a, bEnd - b)
                : compareLetters(one, a, aEnd, two, b, bEnd);
    }

    private static int compareLetters(
            CharSequence one, int aStart, int aEnd, CharSequence two, int bStart, int bEnd) {
        int shared = Math.min(aEnd - aStart, bEnd - bStart);
        for (int at = 0; at < shared; at++) {
            int order = Character.compare(one.charAt(aStart + at), two.charAt(bStart + at));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(aEnd - aStart, bEnd - bStart);
    }

    private static boolean isSeparator(char c) {
        return !isDigit(c) && !isLetter(c) && c != '~' && c != '^';
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isLetter(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
    }

    /// Writes `[EPOCH:]VERSION[-RELEASE]`, without an epoch of 0.
    @Override
    public String toString() {
        return epoch == 0 ? versionRelease() : full();
    }

    /// Writes `EPOCH:VERSION[-RELEASE]`, always with the epoch.
    public String full() {
        return epoch + ":" + versionRelease();
    }

    /// Writes `VERSION[-RELEASE]`.
    public String versionRelease() {
        return release.isEmpty() ? version : version + "-" + release;
    }
}
