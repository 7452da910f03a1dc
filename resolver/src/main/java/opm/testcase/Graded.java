package opm.testcase;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// How one test went.
///
/// @param number of the test within its file, from 1
/// @param asked what the test asks about, as testcases write it: `transaction,problems`
/// @param group what the expectation is about, for counting: `transaction`, `problems`, `genid` ...
/// @param reached the highest level that holds; absent when none does
/// @param skipped why the test could not run; absent when it did
/// @param differences expected lines that are missing, with `-`, and lines that nobody expected,
///     with `+`
/// @param complaints lines of the file that could not be read
/// @param explained the problems for people, if that was asked for
public record Graded(
        int number,
        String asked,
        String group,
        @Nullable Level reached,
        @Nullable String skipped,
        List<String> differences,
        List<String> complaints,
        List<Explained> explained) {
    public Graded {
        differences = List.copyOf(differences);
        complaints = List.copyOf(complaints);
        explained = List.copyOf(explained);
    }

    /// Tells whether the test holds at a level; one that was skipped does not.
    public boolean holds(Level level) {
        return reached != null && reached.compareTo(level) >= 0;
    }
}
