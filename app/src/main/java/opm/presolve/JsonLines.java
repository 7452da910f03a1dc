package opm.presolve;

import java.nio.charset.StandardCharsets;

/// Writes JSON of which every package stands on a line of its own, so that line tools can read it.
final class JsonLines {
    private final StringBuilder out = new StringBuilder(4096);
    private boolean first = true;

    JsonLines raw(String text) {
        out.append(text);
        first = true;
        return this;
    }

    JsonLines field(String name, String value) {
        key(name);
        text(value);
        return this;
    }

    JsonLines field(String name, long value) {
        key(name);
        out.append(value);
        return this;
    }

    /// Begins a field whose value follows by [#raw] or as items.
    JsonLines key(String name) {
        comma();
        text(name);
        out.append(':');
        return this;
    }

    JsonLines item(String value) {
        comma();
        text(value);
        return this;
    }

    /// The next field or item needs a comma before it.
    JsonLines goesOn() {
        first = false;
        return this;
    }

    private void comma() {
        if (!first) {
            out.append(',');
        }
        first = false;
    }

    private void text(String value) {
        out.append('"');
        for (int at = 0; at < value.length(); at++) {
            char c = value.charAt(at);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ') {
                out.append("\\u00").append(Character.forDigit(c >> 4, 16));
                out.append(Character.forDigit(c & 15, 16));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }

    byte[] bytes() {
        return out.toString().getBytes(StandardCharsets.UTF_8);
    }
}
