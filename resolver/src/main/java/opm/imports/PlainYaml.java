package opm.imports;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import opm.base.OpmException.Damaged;

/// The YAML that programs write for lists of packages: mappings and sequences by indentation, plain
/// and quoted words.
///
/// Anchors, tags, blocks of text and flow collections other than `[]` and `{}` are refused by line:
/// no lock file has them.
final class PlainYaml {
    private static final int MOST_DEPTH = 16;

    /// One line without its indentation; `- key: value` is cut into two.
    private record Line(int number, int indent, String text) {}

    private final String subject;
    private final List<Line> lines = new ArrayList<>();
    private int at;

    private PlainYaml(String subject) {
        this.subject = subject;
    }

    /// Reads a document.
    ///
    /// @return mappings as `Map<String, Object>` in their order, sequences as `List<Object>`,
    ///     words as `String`, nothing as ""
    static Object read(String text, String subject) throws Damaged {
        var yaml = new PlainYaml(subject);
        yaml.cut(text);
        if (yaml.lines.isEmpty()) {
            return "";
        }
        Object document = yaml.node(yaml.lines.getFirst().indent(), 0);
        if (yaml.at < yaml.lines.size()) {
            throw yaml.damaged("a line that belongs to nothing before it");
        }
        return document;
    }

    private void cut(String text) {
        int number = 0;
        for (String raw : text.split("\n", -1)) {
            number++;
            String line = raw.stripTrailing();
            String inside = line.stripLeading();
            if (inside.isEmpty() || inside.startsWith("#") || inside.equals("---")) {
                continue;
            }
            int indent = line.length() - inside.length();
            while (inside.startsWith("- ")) {
                lines.add(new Line(number, indent, "-"));
                String rest = inside.substring(2).stripLeading();
                indent += inside.length() - rest.length();
                inside = rest;
            }
            lines.add(new Line(number, indent, inside));
        }
    }

    private Object node(int indent, int depth) throws Damaged {
        if (depth > MOST_DEPTH) {
            throw damaged("more than " + MOST_DEPTH + " levels");
        }
        Line first = lines.get(at);
        if (first.text().equals("-")) {
            return sequence(indent, depth);
        }
        if (colon(first.text()) < 0) {
            at++;
            return word(first.text());
        }
        return mapping(indent, depth);
    }

    private List<Object> sequence(int indent, int depth) throws Damaged {
        var items = new ArrayList<Object>();
        while (isAt(indent) && lines.get(at).text().equals("-")) {
            at++;
            boolean inside = at < lines.size() && lines.get(at).indent() > indent;
            items.add(inside ? node(lines.get(at).indent(), depth + 1) : "");
        }
        return items;
    }

    private Map<String, Object> mapping(int indent, int depth) throws Damaged {
        var fields = new LinkedHashMap<String, Object>();
        while (isAt(indent) && !lines.get(at).text().equals("-")) {
            String text = lines.get(at).text();
            int colon = colon(text);
            if (colon < 0) {
                throw damaged("no `key: value`");
            }
            Object value = word(text.substring(colon + 1).strip());
            String key = word(text.substring(0, colon).strip());
            at++;
            if (value.equals("") && at < lines.size()) {
                Line next = lines.get(at);
                // A sequence may stand at the same indentation as its key.
                if (next.indent() > indent
                        || next.indent() == indent && next.text().equals("-")) {
                    value = node(next.indent(), depth + 1);
                }
            }
            fields.put(key, value);
        }
        return fields;
    }

    private boolean isAt(int indent) throws Damaged {
        if (at < lines.size() && lines.get(at).indent() > indent) {
            throw damaged("a line that is indented too far");
        }
        return at < lines.size() && lines.get(at).indent() == indent;
    }

    /// Returns where the colon behind a key stands; -1 when there is none.
    private static int colon(String text) {
        char quote = text.charAt(0);
        int from = quote == '"' || quote == '\'' ? text.indexOf(quote, 1) + 1 : 0;
        int colon = text.indexOf(':', from);
        while (colon >= 0 && colon + 1 < text.length() && text.charAt(colon + 1) != ' ') {
            colon = text.indexOf(':', colon + 1);
        }
        return colon;
    }

    private String word(String raw) throws Damaged {
        if (raw.isEmpty() || raw.equals("~") || raw.equals("null") || raw.matches("\\[]|\\{}")) {
            return "";
        }
        char first = raw.charAt(0);
        if (first == '"' || first == '\'') {
            int end = raw.indexOf(first, 1);
            if (end < 0 || raw.indexOf('\\') >= 0) {
                throw damaged("a quoted word without its end, or with escapes");
            }
            return raw.substring(1, end);
        }
        if ("&*!|>[{%@`".indexOf(first) >= 0) {
            throw damaged("`" + first + "`");
        }
        int comment = raw.indexOf(" #");
        return comment < 0 ? raw : raw.substring(0, comment).stripTrailing();
    }

    private Damaged damaged(String found) {
        int line = lines.get(Math.min(at, lines.size() - 1)).number();
        return new Damaged(
                subject + ", line " + line + ": found " + found + ", expected plain YAML",
                "Write it again with the program that made it.");
    }
}
