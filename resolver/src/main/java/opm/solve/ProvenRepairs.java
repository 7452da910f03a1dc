package opm.solve;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Keeps only ways out that really lead out, completing those that go half the way.
///
/// A repair is found by giving up one rule at a time; where several others would then have to give
/// way as well, it stops half way. So each one is taken, and what is still in the way is repaired
/// too.
final class ProvenRepairs {
    /// Ways out looked at for each problem; the cheapest come first.
    private static final int MOST = 8;

    /// How often a half repair is completed.
    private static final int ROUNDS = 6;

    /// Answers the request with some acts taken.
    private final Function<List<Repair.Act>, Verdict> ask;

    ProvenRepairs(Function<List<Repair.Act>, Verdict> ask) {
        this.ask = ask;
    }

    @SuppressWarnings("ReferenceEquality") // every other one, also one that says the same
    List<Problem> of(List<Problem> problems) {
        var proven = new ArrayList<Problem>();
        for (Problem problem : problems) {
            var others = new ArrayList<Repair.Act>();
            for (Problem other : problems) {
                if (!other.equals(problem) && !other.repairs().isEmpty()) {
                    others.addAll(other.repairs().getFirst().acts());
                }
            }
            var repairs = new ArrayList<Repair>();
            for (Repair repair : problem.repairs().stream().limit(MOST).toList()) {
                Repair whole = complete(repair, others);
                if (whole != null
                        && repairs.stream().noneMatch(r -> r.acts().equals(whole.acts()))) {
                    repairs.add(whole);
                }
            }
            repairs.sort(Answer::cheapest);
            proven.add(new Problem(problem.causes(), repairs));
        }
        return proven;
    }

    /// Returns a repair that solves everything once the other problems are repaired too; null when
    /// none was found in a few rounds.
    private @Nullable Repair complete(Repair repair, List<Repair.Act> others) {
        var acts = new ArrayList<>(repair.acts());
        for (int round = 0; round < ROUNDS; round++) {
            var all = new ArrayList<>(others);
            all.addAll(acts);
            Verdict verdict = ask.apply(all);
            if (verdict instanceof Verdict.Solved solved) {
                return new Repair(acts, Repair.Cost.of(solved.changes()));
            }
            if (!(verdict instanceof Verdict.Unsolvable(var problems, _))) {
                return null;
            }
            boolean more = false;
            for (Problem problem : problems) {
                if (!problem.repairs().isEmpty()) {
                    for (Repair.Act act : problem.repairs().getFirst().acts()) {
                        if (!acts.contains(act) && !others.contains(act)) {
                            acts.add(act);
                            more = true;
                        }
                    }
                }
            }
            if (!more) {
                return null;
            }
        }
        return null;
    }
}
