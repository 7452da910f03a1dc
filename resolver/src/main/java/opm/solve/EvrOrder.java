package opm.solve;

/// Orders `[epoch:]version[-release]` strings the way libsolv does for RPM.
///
/// It differs from [Evr] where the forms do: an absent release is not an empty one, and a
/// dependency without a release meets every release. Source: facts on solver test cases, 1.1.
final class EvrOrder {
    /// Only the left side lacks a release, in [#match].
    static final int LEFT_OPEN = -2;

    /// Only the right side lacks a release, in [#match].
    static final int RIGHT_OPEN = 2;

    private final boolean promoteEpoch;
    private final boolean deb;

    EvrOrder(boolean promoteEpoch, boolean deb) {
        this.promoteEpoch = promoteEpoch;
        this.deb = deb;
    }

    /// Orders for sorting and updating: -1, 0, 1.
    int compare(String one, String two) {
        return compare(one, two, 0);
    }

    /// Orders by epoch and version only.
    int compareVersions(String one, String two) {
        return compare(one, two, 1);
    }

    /// Orders for matching dependencies: also [#LEFT_OPEN] and [#RIGHT_OPEN].
    int match(String one, String two) {
        return compare(one, two, deb ? 0 : 2);
    }

    private int compare(String one, String two, int mode) {
        if (one.equals(two)) {
            return 0;
        }
        int a = 0;
        int b = 0;
        int aColon = colon(one);
        int bColon = colon(two);
        if (aColon >= 0 && bColon >= 0) {
            int order = versions(one, 0, aColon, two, 0, bColon);
            if (order != 0) {
                return order;
            }
            a = aColon + 1;
            b = bColon + 1;
        } else if (aColon >= 0) {
            if (!promoteEpoch && !zero(one, aColon)) {
                return 1;
            }
            a = aColon + 1;
        } else if (bColon >= 0) {
            if (!zero(two, bColon)) {
                return -1;
            }
            b = bColon + 1;
        }
        int aDash = one.lastIndexOf('-');
        int bDash = two.lastIndexOf('-');
        boolean aHas = aDash >= a;
        boolean bHas = bDash >= b;
        int order =
                versions(one, a, aHas ? aDash : one.length(), two, b, bHas ? bDash : two.length());
        if (order != 0 || mode == 1) {
            return order;
        }
        if (mode == 0 && aHas != bHas) {
            return aHas ? 1 : -1;
        }
        if (mode == 2) {
            aHas &= aDash + 1 < one.length();
            bHas &= bDash + 1 < two.length();
        }
        if (aHas && bHas) {
            return versions(one, aDash + 1, one.length(), two, bDash + 1, two.length());
        }
        if (mode == 2 && aHas != bHas) {
            return aHas ? RIGHT_OPEN : LEFT_OPEN;
        }
        return 0;
    }

    private static int colon(String evr) {
        int at = 0;
        while (at < evr.length() && evr.charAt(at) >= '0' && evr.charAt(at) <= '9') {
            at++;
        }
        return at > 0 && at < evr.length() && evr.charAt(at) == ':' ? at : -1;
    }

    private static boolean zero(String evr, int end) {
        for (int at = 0; at < end; at++) {
            if (evr.charAt(at) != '0') {
                return false;
            }
        }
        return true;
    }

    private int versions(String one, int a, int aEnd, String two, int b, int bEnd) {
        return deb ? deb(one, a, aEnd, two, b, bEnd) : rpm(one, a, aEnd, two, b, bEnd);
    }

    private static int rpm(String one, int aFrom, int aEnd, String two, int bFrom, int bEnd) {
        int a = aFrom;
        int b = bFrom;
        while (true) {
            a = skip(one, a, aEnd);
            b = skip(two, b, bEnd);
            char x = a < aEnd ? one.charAt(a) : 0;
            char y = b < bEnd ? two.charAt(b) : 0;
            if (x == '~' || y == '~') {
                if (x != y) {
                    return x == '~' ? -1 : 1;
                }
                a++;
                b++;
                continue;
            }
            if (x == '^' || y == '^') {
                if (x == y) {
                    a++;
                    b++;
                    continue;
                }
                return x == '^' ? b < bEnd ? -1 : 1 : a < aEnd ? 1 : -1;
            }
            if (a >= aEnd || b >= bEnd) {
                return a < aEnd ? 1 : b < bEnd ? -1 : 0;
            }
            boolean number = digit(x) || digit(y);
            if (number) {
                a = significant(one, a, aEnd);
                b = significant(two, b, bEnd);
            }
            int aNext = segmentEnd(one, a, aEnd, number);
            int bNext = segmentEnd(two, b, bEnd, number);
            int order = segments(one, a, aNext, two, b, bNext, number);
            if (order != 0) {
                return order;
            }
            a = aNext;
            b = bNext;
        }
    }

    // Small parts: C1 needs 2 MB to compile all of them as one method.

    /// Passes over what only parts segments.
    private static int skip(String evr, int from, int end) {
        int at = from;
        while (at < end && !counts(evr.charAt(at))) {
            at++;
        }
        return at;
    }

    /// Passes over leading zeros, up to the last digit.
    private static int significant(String evr, int from, int end) {
        int at = from;
        while (at + 1 < end && evr.charAt(at) == '0' && digit(evr.charAt(at + 1))) {
            at++;
        }
        return at;
    }

    private static int segmentEnd(String evr, int from, int end, boolean number) {
        int at = from;
        while (at < end && (number ? digit(evr.charAt(at)) : letter(evr.charAt(at)))) {
            at++;
        }
        return at;
    }

    private static int segments(
            String one, int a, int aEnd, String two, int b, int bEnd, boolean number) {
        int longer = (aEnd - a) - (bEnd - b);
        if (number && longer != 0) {
            return longer > 0 ? 1 : -1;
        }
        int shared = Math.min(aEnd - a, bEnd - b);
        for (int at = 0; at < shared; at++) {
            int order = one.charAt(a + at) - two.charAt(b + at);
            if (order != 0) {
                return order > 0 ? 1 : -1;
            }
        }
        return Integer.signum(longer);
    }

    private static int deb(String one, int aFrom, int aEnd, String two, int bFrom, int bEnd) {
        int a = aFrom;
        int b = bFrom;
        while (true) {
            int x = a < aEnd ? one.charAt(a++) : 0;
            int y = b < bEnd ? two.charAt(b++) : 0;
            if (digit((char) x) && digit((char) y)) {
                while (x == '0') {
                    x = a < aEnd ? one.charAt(a++) : 0;
                }
                while (y == '0') {
                    y = b < bEnd ? two.charAt(b++) : 0;
                }
                int order = 0;
                while (digit((char) x) && digit((char) y)) {
                    order = order == 0 ? x - y : order;
                    x = a < aEnd ? one.charAt(a++) : 0;
                    y = b < bEnd ? two.charAt(b++) : 0;
                }
                if (digit((char) x) || digit((char) y) || order != 0) {
                    return digit((char) x) ? 1 : digit((char) y) ? -1 : Integer.signum(order);
                }
            }
            int order = debRank(x) - debRank(y);
            if (order != 0) {
                return Integer.signum(order);
            }
            if (x == 0) {
                return 0;
            }
        }
    }

    private static int debRank(int c) {
        return c == '~' ? -1 : c == 0 || digit((char) c) || letter((char) c) ? c : c + 256;
    }

    private static boolean counts(char c) {
        return digit(c) || letter(c) || c == '~' || c == '^';
    }

    private static boolean digit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean letter(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
    }
}
