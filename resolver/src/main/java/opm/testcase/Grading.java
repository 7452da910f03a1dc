package opm.testcase;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Compares an outcome with what was expected, line by line as multisets.
final class Grading {
    private final List<String> expected;
    private final List<String> outcome;

    Grading(List<String> expected, List<String> outcome) {
        this.expected = sorted(expected);
        this.outcome = sorted(outcome);
    }

    private static List<String> sorted(List<String> lines) {
        var sorted = new ArrayList<>(lines);
        Collections.sort(sorted);
        return sorted;
    }

    /// Names what an expectation is mainly about.
    static String group(EnumSet<Kind> asked, List<String> expected) {
        if (expected.stream().anyMatch(Grading::isProblem)) {
            return "problems";
        }
        for (Kind kind : asked) {
            if (kind != Kind.TRANSACTION && kind != Kind.PROBLEMS) {
                return kind.word();
            }
        }
        return "transaction";
    }

    private static boolean isProblem(String line) {
        return line.startsWith("problem ");
    }

    /// Returns the highest level that holds.
    @Nullable Level level() {
        if (expected.equals(outcome)) {
            return Level.P2;
        }
        if (view(expected, line -> true).equals(view(outcome, line -> true))) {
            return Level.P1;
        }
        Predicate<String> rest = line -> !isProblem(line);
        boolean same =
                view(expected, rest).equals(view(outcome, rest))
                        && expected.stream().anyMatch(Grading::isProblem)
                                == outcome.stream().anyMatch(Grading::isProblem);
        return same ? Level.T : null;
    }

    private static List<String> view(List<String> lines, Predicate<String> which) {
        return lines.stream().filter(which).map(Grading::withoutNames).sorted().toList();
    }

    private static final Set<String> NAMED = Set.of("problem", "alternative");

    /// Leaves out the names that stand for rules.
    private static String withoutNames(String line) {
        String[] words = line.split(" ", 5);
        if (words.length < 3 || !NAMED.contains(words[0])) {
            return line;
        }
        int named = words[0].length() + 1 + words[1].length();
        if (words.length == 5 && words[2].equals("solution")) {
            named += words[2].length() + 1 + words[3].length() + 1;
        }
        return words[0] + line.substring(named);
    }

    /// Returns what differs at the level after the highest that holds.
    List<String> differences() {
        Level level = level();
        boolean exact = level == Level.P1;
        List<String> one = exact ? expected : view(expected, line -> true);
        List<String> two = exact ? outcome : view(outcome, line -> true);
        var found = new ArrayList<String>();
        int at = 0;
        int other = 0;
        while (at < one.size() || other < two.size()) {
            int order =
                    at == one.size()
                            ? 1
                            : other == two.size() ? -1 : one.get(at).compareTo(two.get(other));
            if (order <= 0) {
                if (order < 0) {
                    found.add("-" + one.get(at));
                }
                at++;
            }
            if (order >= 0) {
                if (order > 0) {
                    found.add("+" + two.get(other));
                }
                other++;
            }
        }
        return found;
    }
}
