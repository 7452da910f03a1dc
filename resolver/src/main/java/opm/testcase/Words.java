package opm.testcase;

import java.util.ArrayList;
import java.util.List;

/// The words of one line, with the text between them kept.
final class Words {
    private final String line;
    private final List<int[]> places = new ArrayList<>();

    Words(String line) {
        this.line = line;
        int at = 0;
        while (true) {
            while (at < line.length() && isBlank(line.charAt(at))) {
                at++;
            }
            if (at == line.length()) {
                return;
            }
            int start = at;
            while (at < line.length() && !isBlank(line.charAt(at))) {
                at++;
            }
            places.add(new int[] {start, at});
        }
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t' || c == '\r';
    }

    int count() {
        return places.size();
    }

    /// Returns one word; empty past the end.
    String at(int word) {
        return word < places.size() ? range(word, word + 1) : "";
    }

    /// Returns the words from one on, with what stands between them.
    String rest(int from) {
        return range(from, places.size());
    }

    /// Returns the words `[from, to)` with what stands between them.
    String range(int from, int to) {
        return from >= to ? "" : line.substring(places.get(from)[0], places.get(to - 1)[1]);
    }
}
