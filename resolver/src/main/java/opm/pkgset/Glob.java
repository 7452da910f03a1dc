package opm.pkgset;

/// A pattern of a shell: `*`, `?`, `[a-z]`, `[!a-z]`, and `\` before a character that stands for
/// itself. A `/` is a character like others, as in `fnmatch` without flags.
public final class Glob {
    private final String pattern;
    private final String prefix;

    public Glob(String pattern) {
        this.pattern = pattern;
        var literal = new StringBuilder();
        int at = 0;
        while (at < pattern.length() && "*?[\\".indexOf(pattern.charAt(at)) < 0) {
            literal.append(pattern.charAt(at++));
        }
        prefix = literal.toString();
    }

    /// Tells whether a text means more than itself.
    public static boolean isGlob(String text) {
        for (int at = 0; at < text.length(); at++) {
            if ("*?[".indexOf(text.charAt(at)) >= 0) {
                return true;
            }
        }
        return false;
    }

    /// Returns the text that everything matched starts with.
    public String prefix() {
        return prefix;
    }

    /// Tells whether all of a text matches. Takes at most pattern times text steps.
    public boolean matches(String text) {
        int p = 0;
        int t = 0;
        int star = -1;
        int starText = 0;
        while (t < text.length()) {
            int next = p < pattern.length() ? one(p, text.charAt(t)) : -1;
            if (p < pattern.length() && pattern.charAt(p) == '*') {
                star = p++;
                starText = t;
            } else if (next > 0) {
                p = next;
                t++;
            } else if (star >= 0) {
                p = star + 1;
                t = ++starText;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') {
            p++;
        }
        return p == pattern.length();
    }

    /// Returns the place behind the pattern for one character, or -1 when it does not match.
    private int one(int p, char c) {
        switch (pattern.charAt(p)) {
            case '?' -> {
                return p + 1;
            }
            case '\\' -> {
                boolean escaped = p + 1 < pattern.length();
                int literal = escaped ? p + 1 : p;
                return pattern.charAt(literal) == c ? literal + 1 : -1;
            }
            case '[' -> {
                return set(p, c);
            }
            default -> {
                return pattern.charAt(p) == c ? p + 1 : -1;
            }
        }
    }

    private int set(int p, char c) {
        int at = p + 1;
        boolean not = at < pattern.length() && "!^".indexOf(pattern.charAt(at)) >= 0;
        if (not) {
            at++;
        }
        int first = at;
        boolean in = false;
        while (at < pattern.length() && (pattern.charAt(at) != ']' || at == first)) {
            char low = pattern.charAt(at);
            char high = low;
            if (at + 2 < pattern.length()
                    && pattern.charAt(at + 1) == '-'
                    && pattern.charAt(at + 2) != ']') {
                high = pattern.charAt(at + 2);
                at += 2;
            }
            in |= c >= low && c <= high;
            at++;
        }
        if (at >= pattern.length()) {
            return c == '[' ? p + 1 : -1;
        }
        return in != not ? at + 1 : -1;
    }
}
