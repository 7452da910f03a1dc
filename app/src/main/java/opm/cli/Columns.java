package opm.cli;

import java.util.List;

/// Writes rows whose cells stand below each other.
final class Columns {
    private final Screen screen;

    Columns(Screen screen) {
        this.screen = screen;
    }

    /// Writes the rows; all have the same number of cells.
    void print(List<List<String>> rows) {
        if (rows.isEmpty()) {
            return;
        }
        var widths = new int[rows.getFirst().size()];
        for (List<String> row : rows) {
            for (int at = 0; at < widths.length; at++) {
                widths[at] = Math.max(widths[at], row.get(at).length());
            }
        }
        for (List<String> row : rows) {
            var line = new StringBuilder();
            for (int at = 0; at < widths.length; at++) {
                line.append(row.get(at));
                if (at < widths.length - 1) {
                    line.repeat(' ', widths[at] - row.get(at).length() + 2);
                }
            }
            screen.line(line.toString().stripTrailing());
        }
    }
}
