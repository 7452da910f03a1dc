package opm.solve;

import java.util.List;

/// One reason why a request cannot hold: a chain of causes that together contradict each other.
///
/// @param causes the most telling first; the others lead to it in the order of the proof
/// @param repairs ways out, cheapest first; taking one makes this problem go away
public record Problem(List<Cause> causes, List<Repair> repairs) {
    public Problem {
        causes = List.copyOf(causes);
        repairs = List.copyOf(repairs);
        if (causes.isEmpty()) {
            throw new IllegalArgumentException("a problem without a cause");
        }
    }
}
