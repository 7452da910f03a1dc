package opm.planner;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;

/// The most valuable choice within a budget among parts of which some need others.
///
/// Depth first, the best worth for a byte first, and no further where even fractions of what is
/// undecided could not add enough: the classic search for knapsacks, here with needs, and with
/// several kinds of worth of which each counts only where those before it are equal. Two greedy
/// choices are its beginning, so it never ends worse than those; it ends with the best of all
/// unless the work runs out before. A pure function: the work is counted, not timed.
public final class Choice {
    /// Parts looked at before the best found so far must do: less than a second.
    private static final long WORK = 40_000_000;

    /// The most that one part costs, and that all are worth together in one kind: their products
    /// fit into a long.
    private static final long MOST_BYTES = 1L << 40;

    private static final long MOST_WORTH = 1L << 22;

    private static final byte UNDECIDED = 0;
    private static final byte IN = 1;
    private static final byte OUT = 2;

    private final List<Part> parts;
    private final long budget;
    private final int kinds;
    private final int[][] needs;
    private final int[][] neededBy;

    /// For each kind of worth the parts that have any, the most for a byte first.
    private final int[][] byDensity;

    /// The parts that are worth anything, in the order in which they are decided.
    private final int[] order;

    private final byte[] state;
    private final long[] worth;
    private long bytes;
    private long work;
    private BitSet best = new BitSet();
    private final long[] bestWorth;
    private long bestBytes;

    /// Something to take or to leave.
    ///
    /// @param bytes what it costs, not negative
    /// @param worth what it is worth, not negative; the most important kind first
    /// @param needs places of the parts that must be taken with it; no circles
    public record Part(long bytes, List<Integer> worth, List<Integer> needs) {
        public Part {
            worth = List.copyOf(worth);
            needs = List.copyOf(needs);
            if (bytes < 0 || bytes > MOST_BYTES || worth.stream().anyMatch(one -> one < 0)) {
                throw new IllegalArgumentException(bytes + " bytes worth " + worth);
            }
        }
    }

    private Choice(List<Part> parts, long budget) {
        this.parts = parts;
        this.budget = Math.min(budget, MOST_BYTES - 1);
        int count = parts.size();
        kinds = count == 0 ? 0 : parts.getFirst().worth().size();
        needs = new int[count][];
        var by = new ArrayList<List<Integer>>();
        for (int at = 0; at < count; at++) {
            needs[at] = parts.get(at).needs().stream().mapToInt(Integer::intValue).toArray();
            by.add(new ArrayList<>());
        }
        for (int at = 0; at < count; at++) {
            for (int needed : needs[at]) {
                by.get(needed).add(at);
            }
        }
        neededBy = new int[count][];
        for (int at = 0; at < count; at++) {
            neededBy[at] = by.get(at).stream().mapToInt(Integer::intValue).toArray();
        }
        state = new byte[count];
        worth = new long[kinds];
        bestWorth = new long[kinds];
        byDensity = new int[kinds][];
        Comparator<Integer> inOrder = Comparator.comparingInt(_ -> 0);
        for (int kind = 0; kind < kinds; kind++) {
            Comparator<Integer> denser = denser(kind);
            inOrder = inOrder.thenComparing(denser);
            byDensity[kind] = sorted(denser, kind);
        }
        order = sorted(inOrder, -1);
        requireSmall();
    }

    private void requireSmall() {
        for (int kind = 0; kind < kinds; kind++) {
            long sum = 0;
            for (Part part : parts) {
                sum += part.worth().get(kind);
            }
            if (sum > MOST_WORTH) {
                throw new IllegalArgumentException("worth " + sum + " in all");
            }
        }
    }

    private Comparator<Integer> denser(int kind) {
        return Comparator.comparingDouble(
                at -> -parts.get(at).worth().get(kind) / (0.5 + parts.get(at).bytes()));
    }

    /// Sorts the parts that are worth something in a kind, or in any when it is negative.
    private int[] sorted(Comparator<Integer> by, int kind) {
        var places = new ArrayList<Integer>();
        for (int at = 0; at < parts.size(); at++) {
            List<Integer> own = parts.get(at).worth();
            if (kind < 0 ? own.stream().anyMatch(one -> one > 0) : own.get(kind) > 0) {
                places.add(at);
            }
        }
        places.sort(by.thenComparing(Comparator.naturalOrder()));
        return places.stream().mapToInt(Integer::intValue).toArray();
    }

    /// Chooses.
    ///
    /// @param parts all with as many kinds of worth
    /// @return places of parts that hold all that they need and cost no more than the budget
    public static BitSet best(List<Part> parts, long budget) {
        var choice = new Choice(parts, budget);
        if (budget >= 0) {
            choice.greedily(true);
            choice.greedily(false);
            choice.search();
        }
        return choice.best;
    }

    /// Takes again and again, with all that it needs, the part that is worth most and still fits.
    ///
    /// @param forItsBytes whether to count the worth of a byte
    private void greedily(boolean forItsBytes) {
        while (true) {
            BitSet chosen = new BitSet();
            double[] most = new double[kinds];
            for (int at : order) {
                if (state[at] == UNDECIDED) {
                    var closure = new BitSet();
                    long cost = addClosure(at, closure);
                    double[] own = worthOf(closure, forItsBytes ? 0.5 + cost : 1);
                    if (bytes + cost <= budget && Arrays.compare(own, most) > 0) {
                        most = own;
                        chosen = closure;
                    }
                }
            }
            if (chosen.isEmpty()) {
                break;
            }
            chosen.stream().forEach(this::take);
        }
        keepIfBetter();
        Arrays.fill(state, UNDECIDED);
        Arrays.fill(worth, 0);
        bytes = 0;
    }

    private double[] worthOf(BitSet closure, double divisor) {
        double[] sum = new double[kinds];
        closure.stream()
                .forEach(
                        at -> {
                            for (int kind = 0; kind < kinds; kind++) {
                                sum[kind] += parts.get(at).worth().get(kind) / divisor;
                            }
                        });
        return sum;
    }

    /// Adds a part and all that it needs and is not taken yet.
    ///
    /// @return what they cost
    private long addClosure(int root, BitSet closure) {
        long cost = 0;
        var path = new ArrayList<Integer>();
        closure.set(root);
        path.add(root);
        while (!path.isEmpty()) {
            int at = path.removeLast();
            cost += parts.get(at).bytes();
            work++;
            for (int needed : needs[at]) {
                if (state[needed] != IN && !closure.get(needed)) {
                    closure.set(needed);
                    path.add(needed);
                }
            }
        }
        return cost;
    }

    private void take(int at) {
        state[at] = IN;
        bytes += parts.get(at).bytes();
        for (int kind = 0; kind < kinds; kind++) {
            worth[kind] += parts.get(at).worth().get(kind);
        }
    }

    private void keepIfBetter() {
        int better = Arrays.compare(worth, bestWorth);
        if (better > 0 || better == 0 && bytes < bestBytes) {
            System.arraycopy(worth, 0, bestWorth, 0, kinds);
            bestBytes = bytes;
            best = new BitSet();
            for (int at = 0; at < parts.size(); at++) {
                best.set(at, state[at] == IN);
            }
        }
    }

    /// One decision that was made, and what it settled.
    ///
    /// @param place in [#order]
    /// @param settled the parts that it took or left
    private record Decision(int place, boolean taken, BitSet settled) {}

    private void search() {
        var decisions = new ArrayList<Decision>();
        int place = 0;
        while (work <= WORK) {
            place = nextUndecided(place);
            if (place < order.length && mayBeBetter()) {
                decisions.add(decide(place));
                keepIfBetter();
                continue;
            }
            while (!decisions.isEmpty() && !decisions.getLast().taken()) {
                undo(decisions.removeLast());
            }
            if (decisions.isEmpty()) {
                return;
            }
            // What was taken last is left instead.
            Decision last = decisions.removeLast();
            undo(last);
            place = last.place();
            decisions.add(leave(place));
        }
    }

    private int nextUndecided(int from) {
        int place = from;
        while (place < order.length && state[order[place]] != UNDECIDED) {
            place++;
        }
        return place;
    }

    /// Takes the part where it fits with all that it needs, else leaves it.
    private Decision decide(int place) {
        var closure = new BitSet();
        if (bytes + addClosure(order[place], closure) > budget) {
            return leave(place);
        }
        closure.stream().forEach(this::take);
        return new Decision(place, true, closure);
    }

    /// Leaves a part, and so all that need it.
    private Decision leave(int place) {
        var out = new BitSet();
        var path = new ArrayList<Integer>();
        out.set(order[place]);
        path.add(order[place]);
        while (!path.isEmpty()) {
            int at = path.removeLast();
            state[at] = OUT;
            work++;
            for (int other : neededBy[at]) {
                if (state[other] == UNDECIDED && !out.get(other)) {
                    out.set(other);
                    path.add(other);
                }
            }
        }
        return new Decision(place, false, out);
    }

    private void undo(Decision decision) {
        decision.settled()
                .stream()
                .forEach(
                        at -> {
                            state[at] = UNDECIDED;
                            if (decision.taken()) {
                                Part part = parts.get(at);
                                bytes -= part.bytes();
                                for (int kind = 0; kind < kinds; kind++) {
                                    worth[kind] -= part.worth().get(kind);
                                }
                            }
                        });
    }

    /// Tells whether what is undecided could bring more than the best so far, if nothing needed
    /// anything and parts could be cut.
    private boolean mayBeBetter() {
        for (int kind = 0; kind < kinds; kind++) {
            long bound = worth[kind] + bound(kind);
            if (bound != bestWorth[kind]) {
                return bound > bestWorth[kind];
            }
        }
        return false;
    }

    private long bound(int kind) {
        long room = budget - bytes;
        long sum = 0;
        for (int at : byDensity[kind]) {
            work++;
            if (state[at] == UNDECIDED) {
                Part part = parts.get(at);
                int own = part.worth().get(kind);
                if (part.bytes() > room) {
                    return sum + own * room / part.bytes();
                }
                room -= part.bytes();
                sum += own;
            }
        }
        return sum;
    }
}
