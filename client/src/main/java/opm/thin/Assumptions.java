package opm.thin;

import java.util.HashSet;
import java.util.Set;

/// Reads of an answer's JSON what it relies on: `"assumes":{"FULL NAME":["PROVIDES",...],...}`. No
/// more of JSON is understood here than the builder writes.
final class Assumptions {
    private static final String START = "\"assumes\":{";

    private final String text;
    private int at;

    Assumptions(String text) {
        this.text = text;
        int start = text.indexOf(START);
        at = start < 0 ? -1 : start + START.length();
    }

    /// Returns the full names.
    ///
    /// @throws IllegalArgumentException when this is not what the builder writes
    Set<String> read() {
        var names = new HashSet<String>();
        if (at < 0) {
            return names;
        }
        while (!next('}')) {
            if (!names.isEmpty()) {
                need(',');
            }
            names.add(string());
            need(':');
            need('[');
            for (boolean first = true; !next(']'); first = false) {
                if (!first) {
                    need(',');
                }
                string();
            }
        }
        return names;
    }

    private boolean next(char wanted) {
        boolean there = at < text.length() && text.charAt(at) == wanted;
        at += there ? 1 : 0;
        return there;
    }

    private void need(char wanted) {
        if (!next(wanted)) {
            throw new IllegalArgumentException("assumes: expected " + wanted + " at " + at);
        }
    }

    private String string() {
        need('"');
        var word = new StringBuilder();
        while (!next('"')) {
            if (next('\\')) {
                boolean code = next('u');
                int end = at + (code ? 4 : 1);
                if (end > text.length()) {
                    throw new IllegalArgumentException("assumes: breaks off");
                }
                word.append(
                        code ? (char) Integer.parseInt(text, at, end, 16) : text.charAt(at));
                at = end;
            } else if (at < text.length()) {
                word.append(text.charAt(at));
                at++;
            } else {
                throw new IllegalArgumentException("assumes: breaks off");
            }
        }
        return word.toString();
    }
}
