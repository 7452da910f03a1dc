package opm.solve;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The rules that may still ask for a choice, so that looking for the next one does not visit all.
///
/// Only rules with two positive literals or more can. They have slots in the order of the rules; a
/// slot is lit while its rule's first package is in and the rule neither holds nor is off. A rule
/// that went dark stays so until decisions are taken back, since those only grow otherwise.
final class OpenRules {
    /// So many decisions at once are those about what is installed.
    private static final int MANY = 256;

    /// More installed packages than these that are not kept make the short way the longer one.
    private static final int FEW = 64;

    /// What following 64 decisions takes ([Sat#pass]).
    private static final int FOLLOWED = 4096;

    private final Sat sat;

    /// The first installed package, and the one behind the last.
    private final int installedFrom;

    private final int installedTo;

    /// Installed packages that were not kept when last looked; their rules were lit.
    private final IntList left = new IntList();

    /// Whether all installed packages are in, which stays so until decisions are taken back.
    private boolean whole;

    /// The rules of the slots; learnt ones follow the others.
    private final IntList rules;

    private final Bits lit;

    /// Slots by the package that the rule begins with "not" of, or, of rules that requests share,
    /// what [#slotOf] tells the slot of: those of package `p` from `slotsFrom[p]` on.
    private final int[] slotsFrom;

    private final int[] slots;
    private final int @Nullable [] slotOf;

    /// The request's own rules, where it shares the others: in the upper half what [#slots] is by,
    /// in the lower the slot; sorted, as a request for everything has one for each package.
    private final long[] own;

    private final int fixed;
    private int known;
    private int reverts = -1;
    private int learnt;

    /// Takes the rules that a search begins with.
    OpenRules(Sat sat, State state) {
        this.sat = sat;
        installedFrom = state.from;
        installedTo = state.to;
        int variables = state.pool.count;
        SharedRules shared = sat.shared;
        if (shared == null) {
            rules = new IntList();
            for (int rule = 1; rule < sat.learntFrom; rule++) {
                if (asks(sat, rule)) {
                    rules.push(rule);
                }
            }
            slotsFrom = new int[variables + 1];
            slots = byFirst(sat, rules, slotsFrom);
            slotOf = null;
            own = new long[0];
        } else {
            IntList ownSlots = shared.findAsking();
            rules = shared.asking();
            slotsFrom = shared.base.askingFrom;
            slots = shared.base.askingBy;
            slotOf = shared.slotOf();
            own = new long[ownSlots.size];
            for (int i = 0; i < own.length; i++) {
                int slot = ownSlots.at[i];
                int first = sat.first(rules.at[slot]);
                own[i] = (long) (first < 0 ? -first : 0) << 32 | slot;
            }
            Arrays.sort(own);
        }
        fixed = rules.size;
        lit = new Bits(fixed);
    }

    /// Returns the places of rules in a list, by the package that they begin with "not" of, 0 for
    /// those that do not; where those of each start comes into `from`.
    static int[] byFirst(Sat sat, IntList rules, int[] from) {
        for (int at = 0; at < rules.size; at++) {
            int first = sat.first(rules.at[at]);
            from[first < 0 ? -first : 0]++;
        }
        int sum = 0;
        for (int variable = 0; variable < from.length; variable++) {
            sum += from[variable];
            from[variable] = sum;
        }
        int[] places = new int[rules.size];
        for (int at = rules.size - 1; at >= 0; at--) {
            int first = sat.first(rules.at[at]);
            places[--from[first < 0 ? -first : 0]] = at;
        }
        return places;
    }

    /// Tells whether a rule has two positive literals or more.
    static boolean asks(Sat sat, int rule) {
        int positives = 0;
        for (int at = sat.start[rule]; sat.lits[at] != 0; at++) {
            positives += sat.lits[at] > 0 ? 1 : 0;
        }
        return positives > 1;
    }

    /// Follows the decisions made and taken back since the last call.
    void follow() {
        if (reverts != sat.reverts || learnt != sat.ruleCount) {
            reverts = sat.reverts;
            learnt = sat.ruleCount;
            known = 0;
            rules.truncate(fixed);
            for (int rule = sat.learntFrom; rule < sat.ruleCount; rule++) {
                rules.push(rule);
            }
            lit.grow(rules.size);
            lit.clear();
            whole = false;
            light(0);
            for (int slot = fixed; slot < rules.size; slot++) {
                lit.set(slot);
            }
        }
        boolean asMet = skipsMet();
        while (known < sat.decisions.size) {
            int decided = sat.decisions.at[known++];
            if ((known & 63) == 0) {
                sat.pass(FOLLOWED);
            }
            if (decided > 0 && asMet) {
                lightUnmet(decided);
            } else if (decided > 0) {
                light(decided);
            }
        }
    }

    /// Tells whether rules that installed packages meet may stay dark: those packages are in, but
    /// for a few whose rules are lit here.
    private boolean skipsMet() {
        SharedRules shared = sat.shared;
        if (whole || shared == null || sat.decisions.size - known < MANY) {
            return whole;
        }
        left.clear();
        for (int pkg = installedFrom; pkg < installedTo && left.size <= FEW; pkg++) {
            if (sat.level[pkg] <= 0) {
                left.push(pkg);
            }
        }
        if (left.size > FEW) {
            return false;
        }
        whole = left.size == 0;
        for (int i = 0; i < left.size; i++) {
            int place = left.at[i] - installedFrom;
            for (int at = shared.base.metFrom[place]; at < shared.base.metFrom[place + 1]; at++) {
                int slot = shared.slotOf()[shared.base.metBy[at]];
                int first = sat.first(rules.at[slot]);
                if (first >= 0 || sat.level[-first] > 0) {
                    lit.set(slot);
                }
            }
        }
        return true;
    }

    /// Lights the rules that begin with "not `pkg`"; those without such a beginning for 0.
    private void light(int pkg) {
        light(pkg, slotsFrom[pkg + 1]);
    }

    /// Lights the rules that begin with "not `pkg`", but for those that installed packages meet.
    private void lightUnmet(int pkg) {
        SharedRules shared = sat.shared;
        light(pkg, shared == null ? slotsFrom[pkg + 1] : shared.base.askingMet[pkg]);
    }

    private void light(int pkg, int end) {
        if (slotOf == null) {
            for (int at = slotsFrom[pkg]; at < end; at++) {
                lit.set(slots[at]);
            }
            return;
        }
        for (int at = slotsFrom[pkg]; at < end; at++) {
            lit.set(slotOf[slots[at]]);
        }
        lightOwn(pkg);
    }

    private void lightOwn(int pkg) {
        int at = Arrays.binarySearch(own, (long) pkg << 32);
        for (at = at < 0 ? ~at : at; at < own.length && own[at] >>> 32 == pkg; at++) {
            lit.set((int) own[at]);
        }
    }

    /// Returns the first lit slot from one on, or -1.
    int next(int slot) {
        return slot < rules.size ? lit.next(slot) : -1;
    }

    int rule(int slot) {
        return rules.at[slot];
    }

    /// Tells whether all negatives of a slot's rule are in and no positive is, and collects the
    /// undecided ones, of which there have to be two.
    boolean isOpen(int slot, IntList open) {
        int rule = rules.at[slot];
        if (sat.off[rule]) {
            lit.unset(slot);
            return false;
        }
        open.clear();
        for (int at = sat.start[rule]; sat.lits[at] != 0; at++) {
            int literal = sat.lits[at];
            int level = literal < 0 ? -sat.level[-literal] : sat.level[literal];
            if (level > 0) {
                lit.unset(slot);
                return false;
            }
            if (level == 0) {
                if (literal < 0) {
                    return false;
                }
                open.push(literal);
            }
        }
        return open.size > 1;
    }
}
