package opm.testcase;

import java.util.List;

/// Why a test's request cannot be met, for people.
///
/// @param causes sentences, the most telling one first
/// @param repairs ways out, best first: each was tried, and with it and the first way out of every
///     other problem the request can be met
public record Explained(List<String> causes, List<String> repairs) {
    /// Causes and repairs have no more lines together.
    public static final int MOST_LINES = 12;

    public Explained {
        causes = List.copyOf(causes);
        repairs = List.copyOf(repairs);
    }
}
