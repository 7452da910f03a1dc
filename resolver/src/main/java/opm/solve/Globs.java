package opm.solve;

import java.util.Locale;

/// Shell patterns: `*`, `?`, `[a-z]`, `[!x]`, and `\` before any of them.
public final class Globs {
    private Globs() {}

    public static boolean isGlob(String text) {
        return text.indexOf('*') >= 0 || text.indexOf('?') >= 0 || text.indexOf('[') >= 0;
    }

    public static boolean matches(String glob, String text) {
        return matches(glob, 0, text, 0);
    }

    public static boolean matchesIgnoringCase(String glob, String text) {
        return matches(glob.toLowerCase(Locale.ROOT), text.toLowerCase(Locale.ROOT));
    }

    private static boolean matches(String glob, int globFrom, String text, int textFrom) {
        int g = globFrom;
        int t = textFrom;
        int starGlob = -1;
        int starText = -1;
        while (true) {
            if (g == glob.length() && t == text.length()) {
                return true;
            }
            int next = g < glob.length() ? one(glob, g, text, t) : -1;
            if (g < glob.length() && glob.charAt(g) == '*') {
                starGlob = ++g;
                starText = t;
            } else if (next > 0) {
                g = next;
                t++;
            } else if (starGlob >= 0 && starText < text.length()) {
                g = starGlob;
                t = ++starText;
            } else {
                return false;
            }
        }
    }

    /// Returns where the pattern goes on when its next element matches the character, or -1.
    private static int one(String glob, int g, String text, int t) {
        if (t == text.length()) {
            return -1;
        }
        char c = text.charAt(t);
        char p = glob.charAt(g);
        switch (p) {
            case '*':
                return -1;
            case '?':
                return g + 1;
            case '\\':
                return g + 1 < glob.length() && glob.charAt(g + 1) == c ? g + 2 : -1;
            case '[':
                int end = glob.indexOf(']', g + 2);
                if (end < 0) {
                    return c == '[' ? g + 1 : -1;
                }
                return inClass(glob, g + 1, end, c) ? end + 1 : -1;
            default:
                return p == c ? g + 1 : -1;
        }
    }

    private static boolean inClass(String glob, int from, int end, char c) {
        boolean negated = glob.charAt(from) == '!' || glob.charAt(from) == '^';
        boolean found = false;
        for (int at = negated ? from + 1 : from; at < end; at++) {
            char low = glob.charAt(at);
            char high = low;
            if (at + 2 < end && glob.charAt(at + 1) == '-') {
                high = glob.charAt(at + 2);
                at += 2;
            }
            found |= low <= c && c <= high;
        }
        return found != negated;
    }
}
