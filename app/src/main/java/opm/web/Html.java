package opm.web;

import java.util.ArrayDeque;
import java.util.Deque;

/// Writes a page: every text and every attribute goes through [#escaped].
final class Html {
    private final StringBuilder out = new StringBuilder(8192);
    private final Deque<String> open = new ArrayDeque<>();

    /// Returns a text as it may stand in elements and in quoted attributes.
    static String escaped(String text) {
        var out = new StringBuilder(text.length() + 16);
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&#39;");
                default -> out.append(c < ' ' && c != '\n' && c != '\t' ? '\ufffd' : c);
            }
        }
        return out.toString();
    }

    /// Opens an element.
    ///
    /// @param attributes names and values in turn; a name alone at the end has no value
    Html open(String element, String... attributes) {
        tag(element, attributes);
        open.push(element);
        return this;
    }

    private void tag(String element, String... attributes) {
        out.append('<').append(element);
        for (int at = 0; at < attributes.length; at += 2) {
            out.append(' ').append(attributes[at]);
            if (at + 1 < attributes.length) {
                out.append("=\"").append(escaped(attributes[at + 1])).append('"');
            }
        }
        out.append('>');
    }

    /// Writes an element that has no content: `input`, `meta`.
    Html empty(String element, String... attributes) {
        tag(element, attributes);
        return this;
    }

    /// Writes an element with a text.
    Html with(String text, String element, String... attributes) {
        return open(element, attributes).text(text).close();
    }

    Html text(String text) {
        out.append(escaped(text));
        return this;
    }

    /// Closes the element that was opened last.
    Html close() {
        out.append("</").append(open.pop()).append('>');
        return this;
    }

    /// Closes as many.
    Html close(int count) {
        for (int at = 0; at < count; at++) {
            close();
        }
        return this;
    }

    String done() {
        if (!open.isEmpty()) {
            throw new IllegalStateException("open: " + open);
        }
        return "<!doctype html>\n" + out + "\n";
    }

    /// Returns what was written so far, for a part of a page.
    String part() {
        if (!open.isEmpty()) {
            throw new IllegalStateException("open: " + open);
        }
        return out.toString();
    }
}
