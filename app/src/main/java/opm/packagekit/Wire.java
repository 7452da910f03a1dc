package opm.packagekit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import opm.base.Limits;
import org.jspecify.annotations.Nullable;

/// Lines of fields between tabs; in them `\\`, `\t`, `\n`, `\r` stand for what they name.
final class Wire {
    private Wire() {}

    /// Writes a line with its end. Other control characters become spaces: D-Bus would not take
    /// some of them, and no field needs any.
    static byte[] line(List<String> fields) {
        var line = new StringBuilder();
        for (int at = 0; at < fields.size(); at++) {
            if (at > 0) {
                line.append('\t');
            }
            fields.get(at).chars().forEach(c -> put(line, (char) c));
        }
        return line.append('\n').toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void put(StringBuilder line, char c) {
        switch (c) {
            case '\t' -> line.append("\\t");
            case '\n' -> line.append("\\n");
            case '\r' -> line.append("\\r");
            case '\\' -> line.append("\\\\");
            default -> line.append(c < ' ' || c == 0x7f ? ' ' : c);
        }
    }

    /// Takes a line apart. A backslash before another character stands for that character.
    static List<String> fields(String line) {
        var fields = new ArrayList<String>();
        var field = new StringBuilder();
        for (int at = 0; at < line.length(); at++) {
            char c = line.charAt(at);
            if (c == '\t') {
                fields.add(field.toString());
                field.setLength(0);
            } else if (c == '\\' && at + 1 < line.length()) {
                char next = line.charAt(++at);
                field.append(next == 't' ? '\t' : next == 'n' ? '\n' : next == 'r' ? '\r' : next);
            } else {
                field.append(c);
            }
        }
        fields.add(field.toString());
        return fields;
    }

    /// Reads a line without its end.
    ///
    /// @return null at the end of the stream, and for a line that is longer than any may be
    static @Nullable String readLine(InputStream in) throws IOException {
        var line = new ByteArrayOutputStream();
        for (int c = in.read(); c >= 0; c = in.read()) {
            if (c == '\n') {
                return line.toString(StandardCharsets.UTF_8);
            }
            if (line.size() == Limits.LINE_BYTES) {
                return null;
            }
            line.write(c);
        }
        return null;
    }
}
