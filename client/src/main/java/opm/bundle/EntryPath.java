package opm.bundle;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// What a path inside a bundle may look like: the same on every file system, harmless in every
/// shell, one word in a line of text.
///
/// Letters, digits and `._+~^@=,-`, `/` between parts, no part that is empty, starts with `.` or
/// `-`, or is longer than 200 characters; and two paths never differ in case alone, because a stick
/// may be FAT.
final class EntryPath {
    private static final int PART_CHARS = 200;
    private static final int PATH_CHARS = 1000;
    private static final String SIGNS = "._+~^@=,-";

    private EntryPath() {}

    /// Returns why `path` cannot stand in a bundle, or the empty string when it can.
    static String objection(String path) {
        if (path.isEmpty() || path.length() > PATH_CHARS) {
            return "has " + path.length() + " characters, 1 to " + PATH_CHARS + " are allowed";
        }
        for (String part : path.split("/", -1)) {
            if (part.isEmpty() || part.length() > PART_CHARS) {
                return "has a part of " + part.length() + " characters";
            }
            if (part.charAt(0) == '.' || part.charAt(0) == '-') {
                return "has a part that starts with '" + part.charAt(0) + "'";
            }
            for (int at = 0; at < part.length(); at++) {
                char c = part.charAt(at);
                boolean plain =
                        c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
                if (!plain && SIGNS.indexOf(c) < 0) {
                    return String.format(Locale.ROOT, "holds the character U+%04X", (int) c);
                }
            }
        }
        return "";
    }

    /// Returns why these paths cannot stand in one bundle, or the empty string when they can.
    static String objection(List<String> paths) {
        Set<String> seen = new HashSet<>();
        for (String path : paths) {
            String objection = objection(path);
            if (!objection.isEmpty()) {
                return "entry '" + printable(path) + "' " + objection;
            }
            if (!seen.add(path.toLowerCase(Locale.ROOT))) {
                return "entry '" + path + "' is there twice";
            }
        }
        return "";
    }

    private static String printable(String path) {
        String shown = path.length() > 80 ? path.substring(0, 80) + "…" : path;
        return shown.replaceAll("[^\\x20-\\x7e…]", "?");
    }
}
