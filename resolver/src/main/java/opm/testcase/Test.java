package opm.testcase;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One test of a file: what is asked, and what should come out.
final class Test {
    final int number;
    final List<Job> jobs = new ArrayList<>();

    /// Solver flags in the order given; the last word on one counts.
    final Map<String, Boolean> flags = new LinkedHashMap<>();

    /// Whether the test after this one goes on with the same solver.
    boolean keepsSolver;

    EnumSet<Kind> kinds = EnumSet.noneOf(Kind.class);

    /// The expected lines; absent when the test has no `result`.
    @Nullable List<String> expected;

    /// Why the test cannot run here, in a few words.
    @Nullable String missing;

    /// Lines that could not be read.
    final List<String> complaints = new ArrayList<>();

    Test(int number) {
        this.number = number;
    }

    /// Returns what to compare; transaction and problems when nothing was said.
    EnumSet<Kind> asked() {
        return kinds.isEmpty() ? EnumSet.of(Kind.TRANSACTION, Kind.PROBLEMS) : kinds;
    }

    /// Tells whether the test says nothing at all, as after a last `nextjob`.
    boolean isEmpty() {
        return jobs.isEmpty()
                && flags.isEmpty()
                && expected == null
                && missing == null
                && complaints.isEmpty();
    }
}
