package opm.solve;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Clauses over numbered variables, decided by conflict-driven learning; knows nothing of packages.
///
/// A literal is a variable or its negative. A clause ("rule") keeps its literals in the order
/// given,
/// as a run in [#lits] that ends with 0; two of them are watched. Rules are numbered from 1; those
/// from [#learntFrom] on were learnt, and each of them remembers the rules that it came from. Every
/// choice of order below is part of the answer: equal input gives equal decisions.
///
/// Variable 1 is true from the start. Levels start at 1, the level of what is certain.
final class Sat {
    int ruleCount = 1;
    int[] start = new int[256];
    int[] w1 = new int[256];
    int[] w2 = new int[256];
    int[] n1 = new int[256];
    int[] n2 = new int[256];
    boolean[] off = new boolean[256];
    int[] lits = new int[1024];
    int litSize = 1;

    /// The level at which a variable was decided; negative for false, 0 for open.
    int[] level;

    final IntList decisions = new IntList();

    /// For each decision the rule that forced it, or minus the rule that a free choice is for.
    final IntList why = new IntList();

    /// For each level from 0 on, what its free choice was made for; the caller's numbers.
    final IntList reasons = new IntList();

    int propagated;

    /// How often decisions were taken back.
    int reverts;

    int learntFrom = Integer.MAX_VALUE;

    /// For each learnt rule, where the rules that it came from start in [#proofs]; each ends with
    /// 0.
    final IntList learntWhy = new IntList();

    final IntList proofs = new IntList();

    /// Rules of one literal, ascending.
    final IntList assertions = new IntList();

    /// For each literal, plus the number of variables, the first rule that watches it.
    int[] watches = new int[0];

    /// The shared rules that these begin with; absent when they are all of this request.
    @Nullable SharedRules shared;

    final int variables;
    final Room room;
    private final Bits seen;
    private final Budget budget;
    private Reverted reverted = to -> {};

    /// Hears that decisions above a level were taken back.
    interface Reverted {
        void to(int level);
    }

    Sat(int variables, Budget budget) {
        this(variables, budget, new Room(variables));
    }

    /// @param room the arrays to use; nobody else does
    Sat(int variables, Budget budget, Room room) {
        this.variables = variables;
        this.budget = budget;
        this.room = room;
        level = room.level;
        seen = new Bits(variables);
        proofs.push(0);
    }

    void onRevert(Reverted listener) {
        reverted = listener;
    }

    // ---------------------------------------------------------------- rules

    /// Adds a rule of one literal, or of two where the second is not 0; 0 and 0 is a placeholder.
    int add(int one, int two) {
        int rule = next(3);
        lits[litSize++] = one;
        if (two != 0) {
            lits[litSize++] = two;
        }
        lits[litSize++] = 0;
        w1[rule] = one;
        w2[rule] = two;
        return rule;
    }

    /// Adds a rule: a literal and a run of others that ends with 0.
    int add(int one, int[] others, int from) {
        int size = 0;
        while (others[from + size] != 0) {
            size++;
        }
        int rule = next(size + 2);
        lits[litSize++] = one;
        System.arraycopy(others, from, lits, litSize, size);
        litSize += size;
        lits[litSize++] = 0;
        w1[rule] = one;
        w2[rule] = size == 0 ? 0 : others[from];
        return rule;
    }

    int add(int one, IntList others) {
        others.push(0);
        int rule = add(one, others.at, 0);
        others.truncate(others.size - 1);
        return rule;
    }

    private int next(int room) {
        budget.step();
        room(1);
        if (litSize + room > lits.length) {
            lits = Arrays.copyOf(lits, Math.max(lits.length * 2, litSize + room));
        }
        start[ruleCount] = litSize;
        off[ruleCount] = false;
        return ruleCount++;
    }

    /// Makes room for more rules.
    void room(int rules) {
        if (ruleCount + rules > start.length) {
            int size = Math.max(ruleCount + rules, start.length * 2);
            start = Arrays.copyOf(start, size);
            w1 = Arrays.copyOf(w1, size);
            w2 = Arrays.copyOf(w2, size);
            n1 = Arrays.copyOf(n1, size);
            n2 = Arrays.copyOf(n2, size);
            off = Arrays.copyOf(off, size);
        }
    }

    /// Forgets the rules from `count` on.
    void truncate(int count) {
        ruleCount = count;
    }

    /// Returns the first literal of a rule; 0 for a placeholder.
    int first(int rule) {
        return lits[start[rule]];
    }

    /// Returns the second literal in the order given; 0 where there is none.
    int second(int rule) {
        return first(rule) == 0 ? 0 : lits[start[rule] + 1];
    }

    boolean isAssertion(int rule) {
        return first(rule) != 0 && second(rule) == 0;
    }

    /// Tells whether a rule has three literals or more.
    boolean isLong(int rule) {
        return second(rule) != 0 && lits[start[rule] + 2] != 0;
    }

    /// Turns a rule into a placeholder.
    void empty(int rule) {
        start[rule] = 0;
        w1[rule] = 0;
        w2[rule] = 0;
        off[rule] = false;
    }

    /// Orders rules by their literals, in the order given; a short rule before its longer kin.
    int compare(int one, int two) {
        int a = start[one];
        int b = start[two];
        if (lits[a] != lits[b]) {
            return Integer.compare(lits[a], lits[b]);
        }
        if (lits[a] == 0) {
            return 0;
        }
        boolean aLong = isLong(one);
        boolean bLong = isLong(two);
        if (!aLong || !bLong) {
            int order = Integer.compare(lits[a + 1], lits[b + 1]);
            return order != 0 ? order : Boolean.compare(aLong, bLong);
        }
        while (lits[++b] != 0) {
            int order = Integer.compare(lits[++a], lits[b]);
            if (order != 0) {
                return order;
            }
        }
        return lits[a + 1];
    }

    /// Returns the rules by their literals. Many are counted into groups of equal first ones, of
    /// which most are small, and sorted there.
    private int[] sortedRules() {
        if (ruleCount < variables / 4) {
            int[] few = new int[ruleCount - 1];
            for (int rule = 1; rule < ruleCount; rule++) {
                few[rule - 1] = rule;
            }
            IntList.sort(few, 0, few.length, this::compare);
            return few;
        }
        int[] ends = new int[2 * variables + 1];
        for (int rule = 1; rule < ruleCount; rule++) {
            ends[first(rule) + variables]++;
        }
        int sum = 0;
        for (int group = 0; group < ends.length; group++) {
            int size = ends[group];
            ends[group] = sum;
            sum += size;
        }
        int[] sorted = new int[sum];
        for (int rule = 1; rule < ruleCount; rule++) {
            sorted[ends[first(rule) + variables]++] = rule;
        }
        int from = 0;
        for (int end : ends) {
            IntList.sort(sorted, from, end, this::compare);
            from = end;
        }
        return sorted;
    }

    /// Sorts the rules and drops doubles. `marks` keep to their rules; a double loses its mark
    /// unless all of them have it.
    void sortAndUnify(Bits marks) {
        int[] sorted = sortedRules();
        int[] newStart = new int[start.length];
        boolean[] marked = new boolean[start.length];
        int kept = 0;
        int last = 0;
        for (int rule : sorted) {
            if (last != 0 && compare(rule, last) == 0) {
                marked[kept] &= marks.has(rule);
                continue;
            }
            last = rule;
            newStart[++kept] = start[rule];
            marked[kept] = marks.has(rule);
        }
        start = newStart;
        ruleCount = kept + 1;
        marks.clear();
        for (int rule = 1; rule <= kept; rule++) {
            off[rule] = false;
            w1[rule] = first(rule);
            w2[rule] = second(rule);
            if (marked[rule]) {
                marks.set(rule);
            }
        }
    }

    /// Orders as [#compare] does.
    int compareFast(int one, int two) {
        int order = Integer.compare(first(one), first(two));
        return order != 0 ? order : compare(one, two);
    }

    // ---------------------------------------------------------------- watching

    /// Makes everything that is not learnt ready to be solved.
    void begin() {
        learntFrom = ruleCount;
        learntWhy.clear();
        watches = room.watches;
        Arrays.fill(watches, 0);
        assertions.clear();
        if (shared != null) {
            shared.begin();
            return;
        }
        for (int rule = ruleCount - 1; rule > 0; rule--) {
            if (w2[rule] != 0) {
                watch(rule);
            }
        }
        for (int rule = 1; rule < ruleCount; rule++) {
            if (isAssertion(rule)) {
                assertions.push(rule);
            }
        }
    }

    private void watch(int rule) {
        n1[rule] = watches[variables + w1[rule]];
        watches[variables + w1[rule]] = rule;
        n2[rule] = watches[variables + w2[rule]];
        watches[variables + w2[rule]] = rule;
    }

    boolean isTrue(int lit) {
        return lit > 0 ? level[lit] > 0 : level[-lit] < 0;
    }

    boolean isFalse(int lit) {
        return lit > 0 ? level[lit] < 0 : level[-lit] > 0;
    }

    /// Decides a literal without asking anything.
    void decide(int lit, int atLevel, int because) {
        level[Math.abs(lit)] = lit > 0 ? atLevel : -atLevel;
        decisions.push(lit);
        why.push(because);
    }

    /// How much is looked at between two looks at what the caller wants.
    private static final int LOOKED = 50_000;

    /// Draws all conclusions from the decisions; returns the rule that fails, or 0.
    int propagate(int atLevel) {
        int[] levels = level;
        int[] literals = lits;
        int[] watched = watches;
        int mid = variables;
        int looked = 0;
        while (propagated < decisions.size) {
            if (looked > LOOKED) {
                budget.spend(looked);
                looked = 0;
            }
            int failed = -decisions.at[propagated++];
            int before = 0;
            boolean beforeFirst = false;
            int rule = watched[mid + failed];
            while (rule != 0) {
                looked++;
                boolean isFirst = failed == w1[rule];
                int following = isFirst ? n1[rule] : n2[rule];
                int other = isFirst ? w2[rule] : w1[rule];
                if (off[rule] || (other > 0 ? levels[other] > 0 : levels[-other] < 0)) {
                    before = rule;
                    beforeFirst = isFirst;
                    rule = following;
                    continue;
                }
                int free = 0;
                int at = start[rule];
                for (; (free = literals[at]) != 0; at++) {
                    if (free != other && (free > 0 ? levels[free] >= 0 : levels[-free] <= 0)) {
                        break;
                    }
                }
                looked += at - start[rule];
                if (free != 0) {
                    if (before == 0) {
                        watched[mid + failed] = following;
                    } else if (beforeFirst) {
                        n1[before] = following;
                    } else {
                        n2[before] = following;
                    }
                    if (isFirst) {
                        w1[rule] = free;
                        n1[rule] = watched[mid + free];
                    } else {
                        w2[rule] = free;
                        n2[rule] = watched[mid + free];
                    }
                    watched[mid + free] = rule;
                    rule = following;
                    continue;
                }
                if (other > 0 ? levels[other] < 0 : levels[-other] > 0) {
                    budget.spend(looked);
                    return rule;
                }
                decide(other, atLevel, rule);
                before = rule;
                beforeFirst = isFirst;
                rule = following;
            }
        }
        budget.spend(looked);
        return 0;
    }

    /// Takes back all decisions above a level.
    void revert(int to) {
        reverts++;
        while (decisions.size > 0) {
            int variable = Math.abs(decisions.last());
            if (Math.abs(level[variable]) <= to) {
                break;
            }
            level[variable] = 0;
            decisions.truncate(decisions.size - 1);
            why.truncate(why.size - 1);
            propagated = decisions.size;
        }
        reverted.to(to);
        reasons.truncate(Math.min(reasons.size, to + 1));
    }

    /// Takes back everything and sees which learnt rules still hold.
    void reset() {
        reverts++;
        for (int i = decisions.size - 1; i >= 0; i--) {
            level[Math.abs(decisions.at[i])] = 0;
        }
        decisions.clear();
        why.clear();
        reasons.clear();
        propagated = 0;
        checkLearnt();
    }

    /// A learnt rule holds as long as all rules that it came from are on.
    void checkLearnt() {
        int looked = 0;
        for (int rule = learntFrom; rule < ruleCount; rule++) {
            boolean broken = false;
            for (int at = learntWhy.at[rule - learntFrom]; proofs.at[at] != 0; at++) {
                looked++;
                if (off[proofs.at[at]]) {
                    broken = true;
                    break;
                }
            }
            off[rule] = broken;
        }
        budget.spend(looked);
    }

    /// Learns from a failed rule: returns the new rule, whose first literal has to be decided at
    /// the level that everything was taken back to, [#learntLevel].
    int learn(int atLevel, int failed) {
        step();
        int looked = 0;
        var others = new IntList();
        int proof = proofs.size;
        int backTo = 1;
        int here = 0;
        int certain = 0;
        int uip = 0;
        int index = decisions.size;
        int rule = failed;
        boolean onlyCertain = false;
        search:
        while (true) {
            proofs.push(rule);
            for (int at = start[rule]; lits[at] != 0; at++) {
                looked++;
                int lit = lits[at];
                int variable = Math.abs(lit);
                if (isTrue(lit) || seen.has(variable)) {
                    continue;
                }
                seen.set(variable);
                int decided = Math.abs(level[variable]);
                if (decided == 1) {
                    certain++;
                } else if (decided == atLevel) {
                    here++;
                } else {
                    others.push(lit);
                    backTo = Math.max(backTo, decided);
                }
            }
            while (true) {
                if (here == 0 && --certain == 0) {
                    break search;
                }
                int lit;
                do {
                    lit = decisions.at[--index];
                } while (!seen.has(Math.abs(lit)));
                seen.unset(Math.abs(lit));
                if (here > 0 && --here == 0) {
                    uip = -lit;
                    if (certain == 0) {
                        break search;
                    }
                    onlyCertain = true;
                    for (int i = 0; i < others.size; i++) {
                        seen.unset(Math.abs(others.at[i]));
                    }
                    certain++;
                    continue;
                }
                if (why.at[index] > 0) {
                    rule = why.at[index];
                    break;
                }
            }
        }
        if (!onlyCertain) {
            for (int i = 0; i < others.size; i++) {
                seen.unset(Math.abs(others.at[i]));
            }
        }
        assert uip != 0 && backTo < atLevel : "no literal to learn";
        budget.spend(looked);
        proofs.push(0);
        revert(backTo);
        learntLevel = backTo;
        int learnt = add(uip, others);
        learntWhy.push(proof);
        if (w2[learnt] != 0) {
            watchHighest(learnt);
            watch(learnt);
        } else {
            assertions.push(learnt);
        }
        return learnt;
    }

    /// The level that [#learn] went back to.
    int learntLevel;

    private void watchHighest(int rule) {
        if (!isLong(rule)) {
            return;
        }
        int highest = 0;
        for (int at = start[rule] + 1; lits[at] != 0; at++) {
            int decided = Math.abs(level[Math.abs(lits[at])]);
            if (decided > highest) {
                highest = decided;
                w2[rule] = lits[at];
            }
        }
    }

    /// Notes that time passed with what is no work ([Budget#pass]).
    void pass(long work) {
        budget.pass(work);
    }

    /// Counts a decision or a conflict.
    void step() {
        budget.step();
    }
}
