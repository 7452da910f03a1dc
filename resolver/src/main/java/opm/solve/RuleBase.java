package opm.solve;

import org.jspecify.annotations.Nullable;

/// The rules of installed packages and of all that may update them, sorted, and those that keep
/// them: what requests share.
///
/// Equal for all requests that agree on what may stand side by side, on how far weak dependencies
/// reach and on what may update what; never changed once made, but for what [#choiceBy] notes. Most
/// requests add some dozens of rules to these tens of thousands ([SharedRules] does), so whatever
/// takes a look at each is worth doing once.
final class RuleBase {
    /// Of the package rules first, then of those that keep installed packages.
    final int[] lits;

    final int[] start;
    final int[] w1;
    final int[] w2;
    final boolean[] off;

    /// Rules of packages: they are from 1 to before this. Feature and update rules follow.
    final int count;

    /// All rules.
    final int allCount;

    final Bits added;

    /// Rules that could give a choice between installed packages and others, ascending.
    final int[] choices;

    /// For each of [#choices] the literals of its choice rule, none where it needs none; absent
    /// while nobody asked.
    final int[] @Nullable [] choiceBy;

    /// Rules with two positive literals or more, ascending.
    final int[] asking;

    /// Places in [#asking] by the package that the rule begins with "not" of; those of package `p`
    /// from `askingFrom[p]` on, those of rules without such a beginning for 0. From `askingMet[p]`
    /// on stand those that an installed package meets.
    final int[] askingBy;

    final int[] askingFrom;
    final int[] askingMet;

    /// Places in [#asking] by the installed package, counted from the first, that meets the rule:
    /// one of them, where several do. Those of each start at `metFrom`.
    final int[] metBy;

    final int[] metFrom;

    /// Rules of one literal, ascending.
    final int[] assertions;

    /// Reached packages of an architecture that is neither the machine's own nor `noarch`.
    final IntList odd;

    final IntList orphaned;

    /// For each literal, plus the number of variables, where the rules that it watches begin in
    /// [#watching]; they end where those of the next begin.
    final int[] watchedFrom;

    final int[] watching;

    /// For each rule the next that its first and its second watch watches.
    final int[] n1;

    final int[] n2;

    /// Literals, plus the number of variables, that watch any rule.
    final int[] watched;

    /// For each of [#watched] the first rule that it watches.
    final int[] watchedFirst;

    /// Takes what a state holds when just these rules were made: of `pkgEnd` rules, and those of
    /// [UpdateRules].
    RuleBase(State state, Candidates candidates) {
        Sat sat = state.sat;
        lits = java.util.Arrays.copyOf(sat.lits, sat.litSize);
        count = state.feature;
        allCount = sat.ruleCount;
        start = java.util.Arrays.copyOf(sat.start, allCount);
        w1 = java.util.Arrays.copyOf(sat.w1, allCount);
        w2 = java.util.Arrays.copyOf(sat.w2, allCount);
        off = java.util.Arrays.copyOf(sat.off, allCount);
        added = new Bits(state.added);
        odd = new IntList(state.odd);
        orphaned = new IntList(state.orphaned);
        var choosing = new IntList();
        var asks = new IntList();
        var single = new IntList();
        for (int rule = 1; rule < allCount; rule++) {
            if (rule < count && mayBeChoice(sat, rule, candidates)) {
                choosing.push(rule);
            }
            if (OpenRules.asks(sat, rule)) {
                asks.push(rule);
            }
            if (sat.isAssertion(rule)) {
                single.push(rule);
            }
        }
        choices = choosing.toArray();
        choiceBy = new int[choices.length] @Nullable [];
        asking = asks.toArray();
        askingFrom = new int[sat.variables + 1];
        askingBy = OpenRules.byFirst(sat, asks, askingFrom);
        askingMet = new int[sat.variables + 1];
        metFrom = new int[state.to - state.from + 1];
        metBy = listMet(state);
        assertions = single.toArray();
        watchedFrom = new int[2 * sat.variables + 1];
        n1 = new int[allCount];
        n2 = new int[allCount];
        watching = watching(sat.variables);
        watched = link(sat.variables);
        watchedFirst = new int[watched.length];
        for (int i = 0; i < watched.length; i++) {
            watchedFirst[i] = watching[watchedFrom[watched[i]]];
        }
    }

    /// Puts the rules that installed packages meet behind the others of each beginning, and lists
    /// them by those packages.
    private int[] listMet(State state) {
        int[] meets = new int[asking.length];
        int sum = 0;
        for (int slot = 0; slot < asking.length; slot++) {
            int at = start[asking[slot]];
            while (lits[at] != 0 && !(lits[at] > 0 && state.isInstalled(lits[at]))) {
                at++;
            }
            meets[slot] = lits[at];
            if (lits[at] != 0) {
                metFrom[lits[at] - state.from]++;
                sum++;
            }
        }
        for (int pkg = 0; pkg < askingMet.length; pkg++) {
            int end = pkg + 1 < askingFrom.length ? askingFrom[pkg + 1] : askingBy.length;
            askingMet[pkg] = moveBack(askingFrom[pkg], end, meets);
        }
        int total = 0;
        for (int i = 0; i < metFrom.length; i++) {
            total += metFrom[i];
            metFrom[i] = total;
        }
        int[] by = new int[sum];
        for (int slot = asking.length - 1; slot >= 0; slot--) {
            if (meets[slot] != 0) {
                by[--metFrom[meets[slot] - state.from]] = slot;
            }
        }
        return by;
    }

    /// Sorts a part of [#askingBy], those that are not met first; returns where the others start.
    private int moveBack(int from, int end, int[] meets) {
        int[] part = java.util.Arrays.copyOfRange(askingBy, from, end);
        int at = from;
        for (int slot : part) {
            if (meets[slot] == 0) {
                askingBy[at++] = slot;
            }
        }
        int met = at;
        for (int slot : part) {
            if (meets[slot] != 0) {
                askingBy[at++] = slot;
            }
        }
        return met;
    }

    /// Collects for each literal the rules that it watches, ascending.
    private int[] watching(int variables) {
        for (int rule = 1; rule < allCount; rule++) {
            if (w2[rule] != 0) {
                watchedFrom[variables + w1[rule]]++;
                watchedFrom[variables + w2[rule]]++;
            }
        }
        int sum = 0;
        for (int literal = 0; literal < watchedFrom.length; literal++) {
            sum += watchedFrom[literal];
            watchedFrom[literal] = sum;
        }
        int[] rules = new int[sum];
        for (int rule = allCount - 1; rule > 0; rule--) {
            if (w2[rule] != 0) {
                rules[--watchedFrom[variables + w1[rule]]] = rule;
                rules[--watchedFrom[variables + w2[rule]]] = rule;
            }
        }
        return rules;
    }

    private int[] link(int variables) {
        var any = new IntList();
        for (int literal = 0; literal < 2 * variables; literal++) {
            int end = watchedFrom[literal + 1];
            if (watchedFrom[literal] < end) {
                any.push(literal);
            }
            for (int at = watchedFrom[literal]; at + 1 < end; at++) {
                boolean isFirst = w1[watching[at]] == literal - variables;
                (isFirst ? n1 : n2)[watching[at]] = watching[at + 1];
            }
        }
        return any.toArray();
    }

    /// Tells whether a requirement can be met both by installed packages, or what replaces them,
    /// and by others.
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
