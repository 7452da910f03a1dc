package opm.rpmmd;

import java.util.Map;
import java.util.TreeMap;
import opm.base.Arch;

/// What `$releasever` and its kin stand for in addresses.
///
/// `$name`, `${name}`, and dnf5's `${name:-otherwise}` and `${name:+instead}`; a name that is not
/// known stays as it is written.
public record Variables(Map<String, String> values) {
    /// Nested `${a:-${b:-…}}`.
    private static final int MOST_DEPTH = 16;

    public Variables {
        values = Map.copyOf(values);
    }

    /// Makes the variables of a machine.
    ///
    /// @param release empty when it is not known; then `$releasever` stays as it is written
    /// @param more dnf's own from `/etc/dnf/vars`; they win
    public static Variables of(String release, String arch, Map<String, String> more) {
        var all = new TreeMap<String, String>();
        if (!release.isEmpty()) {
            all.put("releasever", release);
            int dot = release.indexOf('.');
            all.put("releasever_major", dot < 0 ? release : release.substring(0, dot));
            all.put("releasever_minor", dot < 0 ? "" : release.substring(dot + 1));
        }
        if (!arch.isEmpty()) {
            all.put("arch", arch);
            all.put("basearch", Arch.basearch(arch));
        }
        all.putAll(more);
        return new Variables(all);
    }

    /// Fills a text in.
    public String fill(String text) {
        return fill(text, 0);
    }

    private String fill(String text, int depth) {
        if (depth > MOST_DEPTH || text.indexOf('$') < 0) {
            return text;
        }
        var filled = new StringBuilder();
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c != '$' || at + 1 == text.length()) {
                filled.append(c);
                at++;
                continue;
            }
            boolean braces = text.charAt(at + 1) == '{';
            int start = at + (braces ? 2 : 1);
            int end = start;
            while (end < text.length() && isNameChar(text.charAt(end))) {
                end++;
            }
            int close = braces ? closing(text, end) : end;
            if (end == start || close < 0) {
                filled.append(c);
                at++;
                continue;
            }
            int after = braces ? close + 1 : end;
            String whole = text.substring(at, after);
            String name = text.substring(start, end);
            filled.append(
                    braces && close > end
                            ? choice(name, text.substring(end, close), whole, depth)
                            : plain(name, braces, whole));
            at = after;
        }
        return filled.toString();
    }

    /// Without braces the longest known name counts, as zypp does it: `$releasever64` is
    /// `$releasever` and `64` unless there is a variable of the long name.
    private String plain(String name, boolean braces, String whole) {
        for (int end = name.length(); end > 0; end--) {
            String value = values.get(name.substring(0, end));
            if (value != null) {
                return value + name.substring(end);
            }
            if (braces) {
                break;
            }
        }
        return whole;
    }

    private String choice(String name, String rest, String whole, int depth) {
        String value = values.getOrDefault(name, "");
        if (rest.startsWith(":-")) {
            return value.isEmpty() ? fill(rest.substring(2), depth + 1) : value;
        }
        if (rest.startsWith(":+")) {
            return value.isEmpty() ? "" : fill(rest.substring(2), depth + 1);
        }
        return whole;
    }

    private static int closing(String text, int from) {
        int open = 1;
        for (int at = from; at < text.length(); at++) {
            if (text.charAt(at) == '{') {
                open++;
            } else if (text.charAt(at) == '}' && --open == 0) {
                return at;
            }
        }
        return -1;
    }

    private static boolean isNameChar(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_';
    }
}
