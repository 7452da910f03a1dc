package opm.solve;

import java.util.ArrayList;
import java.util.List;

/// The steps that lead to a contradiction, or to a learnt rule, in the order in which they follow.
final class Proof {
    /// One step.
    ///
    /// @param literal what follows; 0 for the contradiction itself
    /// @param rule the rule that it follows from; 0 for a premise
    record Step(int literal, int rule) {}

    private final Engine engine;
    private final Sat sat;

    Proof(Engine engine) {
        this.engine = engine;
        sat = engine.state.sat;
    }

    List<Step> of(State.Trouble trouble) {
        return steps(trouble.proof);
    }

    /// Returns how a learnt rule follows: from the opposite of each of its literals.
    List<Step> ofLearnt(int rule) {
        var all = new ArrayList<Step>();
        for (int at = sat.start[rule]; sat.lits[at] != 0; at++) {
            all.add(new Step(-sat.lits[at], 0));
        }
        all.addAll(steps(sat.learntWhy.at[rule - sat.learntFrom]));
        return all;
    }

    /// The proof lists rules from the contradiction back: each new one has one literal that was
    /// seen false before, which is what it makes true.
    private List<Step> steps(int proof) {
        var steps = new ArrayList<Step>();
        var wanted = new IntList();
        for (int at = proof; sat.proofs.at[at] != 0; at++) {
            int rule = sat.proofs.at[at];
            int literal = 0;
            for (int l = sat.start[rule]; sat.lits[l] != 0; l++) {
                int lit = sat.lits[l];
                if (wanted.contains(lit)) {
                    literal = lit;
                } else {
                    wanted.pushUnique(-lit);
                }
            }
            steps.addFirst(new Step(literal, rule));
        }
        swapSameName(steps);
        return steps;
    }

    /// Two packages of one name cannot both be in: the one that comes in last tells more.
    private void swapSameName(List<Step> steps) {
        int size = steps.size();
        if (size < 2) {
            return;
        }
        Step last = steps.get(size - 1);
        Step before = steps.get(size - 2);
        int rule = last.rule();
        boolean binary = !sat.isLong(rule) && sat.first(rule) < 0 && sat.second(rule) < 0;
        boolean about =
                before.literal() > 0
                        && (before.literal() == -sat.first(rule)
                                || before.literal() == -sat.second(rule));
        if (binary && about && new Explain(engine).of(rule).kind() == Rule.SAME_NAME) {
            steps.set(size - 2, new Step(-before.literal(), rule));
            steps.set(size - 1, new Step(0, before.rule()));
        }
    }
}
