package opm.pkgset;

/// Orders version strings of two sets as `rpmvercmp` does, by their bytes.
///
/// The same algorithm as `Evr.compareVersions`, which is the oracle of its test; kept apart so
/// that no strings are made.
final class VersionOrder {
    private final byte[] bytes;
    private final int end;
    private int at;

    /// @param start where the version starts
    /// @param end behind it
    VersionOrder(byte[] bytes, int start, int end) {
        this.bytes = bytes;
        this.end = end;
        at = start;
    }

    static int compare(StringPool pool, int one, StringPool otherPool, int two) {
        if (pool == otherPool && one == two) {
            return 0;
        }
        return of(pool, one).compareTo(of(otherPool, two));
    }

    private static VersionOrder of(StringPool pool, int id) {
        var copy = new byte[pool.length(id)];
        pool.bytes().copy(pool.start(id), copy);
        return new VersionOrder(copy, 0, copy.length);
    }

    /// Uses both up.
    int compareTo(VersionOrder other) {
        while (at < end || other.at < other.end) {
            skipSeparators();
            other.skipSeparators();
            int x = peek();
            int y = other.peek();
            if (x == '~' || y == '~') {
                if (x != y) {
                    return x == '~' ? -1 : 1;
                }
                at++;
                other.at++;
                continue;
            }
            if (x == '^' || y == '^') {
                if (x != y) {
                    return at >= end ? -1 : other.at >= other.end ? 1 : x == '^' ? -1 : 1;
                }
                at++;
                other.at++;
                continue;
            }
            if (at >= end || other.at >= other.end) {
                break;
            }
            boolean number = isDigit(x);
            if (number != isDigit(y)) {
                return number ? 1 : -1;
            }
            int order = number ? compareNumbers(other) : compareLetters(other);
            if (order != 0) {
                return order;
            }
        }
        return Boolean.compare(at < end, other.at < other.end);
    }

    private int compareNumbers(VersionOrder other) {
        skipZeros();
        other.skipZeros();
        int order = 0;
        while (true) {
            boolean more = isDigit(peek());
            boolean otherMore = isDigit(other.peek());
            if (!more || !otherMore) {
                return more == otherMore ? order : more ? 1 : -1;
            }
            if (order == 0) {
                order = Integer.compare(peek(), other.peek());
            }
            at++;
            other.at++;
        }
    }

    private int compareLetters(VersionOrder other) {
        while (true) {
            int x = peek();
            int y = other.peek();
            boolean more = isLetter(x);
            boolean otherMore = isLetter(y);
            if (!more || !otherMore) {
                return Boolean.compare(more, otherMore);
            }
            if (x != y) {
                return Integer.compare(x, y);
            }
            at++;
            other.at++;
        }
    }

    private void skipZeros() {
        while (peek() == '0') {
            at++;
        }
    }

    private void skipSeparators() {
        while (at < end && isSeparator(peek())) {
            at++;
        }
    }

    /// Returns the byte at hand, or 0 at the end.
    private int peek() {
        return at < end ? bytes[at] : 0;
    }

    private static boolean isSeparator(int c) {
        return !isDigit(c) && !isLetter(c) && c != '~' && c != '^';
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isLetter(int c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
    }
}
