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
        this.<RuntimeException>print(rows.size(), rows::get);
    }

    /// A row, made when it is asked for.
    ///
    /// @param <E> what making one may throw
    interface Rows<E extends Exception> {
        List<String> row(int at) throws E;
    }

    /// Writes the rows, each of which is asked for twice and not kept: a list of all packages would
    /// not fit into a small heap.
    <E extends Exception> void print(int count, Rows<E> rows) throws E {
        if (count == 0) {
            return;
        }
        var widths = new int[rows.row(0).size()];
        for (int number = 0; number < count; number++) {
            List<String> row = rows.row(number);
            for (int at = 0; at < widths.length; at++) {
                widths[at] = Math.max(widths[at], row.get(at).length());
            }
        }
        for (int number = 0; number < count; number++) {
            List<String> row = rows.row(number);
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
