package opm.engine;

import java.util.ArrayList;
import java.util.List;

/// Merges two edited texts with what both come from, line by line, as diff3 does. Pure.
public final class ThreeWay {
    private static final int MOST_LINES = 4000;

    private ThreeWay() {}

    /// One part of the texts.
    ///
    /// @param base lines that both come from
    /// @param merged lines that it becomes; of a conflict those of `mine`
    /// @param isConflict whether both changed it, each in another way
    public record Part(
            List<String> base,
            List<String> mine,
            List<String> theirs,
            List<String> merged,
            boolean isConflict) {}

    /// Returns the parts in order; adjacent unchanged lines are one part.
    ///
    /// @throws IllegalArgumentException when a text has more than 4,000 lines
    public static List<Part> merge(List<String> base, List<String> mine, List<String> theirs) {
        if (base.size() > MOST_LINES || mine.size() > MOST_LINES || theirs.size() > MOST_LINES) {
            throw new IllegalArgumentException("more than " + MOST_LINES + " lines");
        }
        int[] inMine = match(base, mine);
        int[] inTheirs = match(base, theirs);
        var parts = new ArrayList<Part>();
        int b = 0;
        int m = 0;
        int t = 0;
        while (b < base.size() || m < mine.size() || t < theirs.size()) {
            int start = b;
            while (b < base.size() && inMine[b] == m && inTheirs[b] == t) {
                b++;
                m++;
                t++;
            }
            if (b > start) {
                List<String> same = base.subList(start, b);
                parts.add(new Part(same, same, same, same, false));
                continue;
            }
            int next = b;
            while (next < base.size() && (inMine[next] < 0 || inTheirs[next] < 0)) {
                next++;
            }
            int toMine = next < base.size() ? inMine[next] : mine.size();
            int toTheirs = next < base.size() ? inTheirs[next] : theirs.size();
            parts.add(
                    part(
                            base.subList(b, next),
                            mine.subList(m, toMine),
                            theirs.subList(t, toTheirs)));
            b = next;
            m = toMine;
            t = toTheirs;
        }
        return List.copyOf(parts);
    }

    private static Part part(List<String> base, List<String> mine, List<String> theirs) {
        boolean kept = mine.equals(base);
        boolean conflict = !kept && !theirs.equals(base) && !mine.equals(theirs);
        return new Part(base, mine, theirs, kept ? theirs : mine, conflict);
    }

    /// Returns for each line of `from` where it stands in `to`, -1 for nowhere: a longest common
    /// subsequence, so the numbers rise.
    private static int[] match(List<String> from, List<String> to) {
        var longest = new short[from.size() + 1][to.size() + 1];
        for (int i = from.size() - 1; i >= 0; i--) {
            for (int j = to.size() - 1; j >= 0; j--) {
                longest[i][j] =
                        from.get(i).equals(to.get(j))
                                ? (short) (longest[i + 1][j + 1] + 1)
                                : (short) Math.max(longest[i + 1][j], longest[i][j + 1]);
            }
        }
        var match = new int[from.size()];
        int j = 0;
        for (int i = 0; i < from.size(); i++) {
            match[i] = -1;
            while (j < to.size() && longest[i][j] == longest[i][j + 1]) {
                j++;
            }
            if (j < to.size()
                    && from.get(i).equals(to.get(j))
                    && longest[i][j] == longest[i + 1][j + 1] + 1) {
                match[i] = j++;
            }
        }
        return match;
    }
}
