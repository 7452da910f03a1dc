package opm.solve;

/// The rules of installed packages and of all that may update them, sorted: what requests share.
///
/// Equal for all requests that agree on what may stand side by side and on how far weak
/// dependencies reach; never changed once made.
final class RuleBase {
    final int[] lits;
    final int[] start;
    final int count;
    final Bits added;

    /// Rules that could give a choice between installed packages and others, ascending.
    final int[] choices;

    /// Reached packages of an architecture that is neither the machine's own nor `noarch`.
    final IntList odd;

    private RuleBase(Sat sat, Bits added, int[] choices, IntList odd) {
        lits = java.util.Arrays.copyOf(sat.lits, sat.litSize);
        start = java.util.Arrays.copyOf(sat.start, sat.ruleCount);
        count = sat.ruleCount;
        this.added = new Bits(added);
        this.choices = choices;
        this.odd = new IntList(odd);
    }

    /// Takes what a state holds when just these rules were made.
    static RuleBase of(State state, Candidates candidates) {
        Sat sat = state.sat;
        var choices = new IntList();
        for (int rule = 1; rule < sat.ruleCount; rule++) {
            if (mayBeChoice(sat, rule, candidates)) {
                choices.push(rule);
            }
        }
        return new RuleBase(sat, state.added, choices.toArray(), state.odd);
    }

    /// Tells whether a requirement can be met both by installed packages, or what replaces them,
    /// and
    /// by others.
    static boolean mayBeChoice(Sat sat, int rule, Candidates candidates) {
        if (sat.first(rule) >= 0 || !sat.isLong(rule) && sat.second(rule) <= 0) {
            return false;
        }
        boolean replaces = false;
        boolean joins = false;
        for (int at = sat.start[rule]; sat.lits[at] != 0; at++) {
            int pkg = sat.lits[at];
            if (pkg > Pool.SYSTEM) {
                boolean any = candidates.installedFor(pkg) != 0;
                replaces |= any;
                joins |= !any;
            }
        }
        return replaces && joins;
    }
}
