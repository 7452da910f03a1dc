package opm.solve;

/// Turns rich dependencies into clauses over packages.
///
/// A clause is a run of literals, ascending and without doubles, that ends with 0. Read as a
/// conjunction of disjunctions, or, where asked for, as a disjunction of conjunctions.
final class RichDeps {
    /// Nothing can make it true.
    static final int NEVER = 0;

    /// It is always true.
    static final int ALWAYS = 1;

    /// The clauses say it.
    static final int CLAUSES = -1;

    /// Make a disjunction of conjunctions.
    static final int TO_DNF = 1;

    /// Turn every literal round in the end, which also swaps the two forms.
    static final int INVERT = 2;

    /// Look at what packages are called, not at what they provide.
    static final int BY_NAME = 4;

    private final Pool pool;
    private final IntList out;

    private RichDeps(Pool pool, IntList out) {
        this.pool = pool;
        this.out = out;
    }

    /// Appends the clauses of a dependency and says how to take them.
    static int clauses(Pool pool, int dep, IntList out, int flags) {
        var rich = new RichDeps(pool, out);
        int start = out.size;
        int answer = rich.normalize(dep, flags & ~INVERT);
        return (flags & INVERT) != 0 ? rich.invert(start, answer) : answer;
    }

    private int normalize(int dep, int flags) {
        if (pool.isRich(dep)) {
            Rels rels = pool.rels;
            int left = rels.left(dep);
            int right = rels.right(dep);
            switch (rels.op(dep)) {
                case Rels.COND:
                    return rels.hasElse(dep)
                            ? ifElse(left, rels.left(right), rels.right(right), flags)
                            : or(left, right, flags, TO_DNF);
                case Rels.UNLESS:
                    return rels.hasElse(dep)
                            ? unlessElse(left, rels.left(right), rels.right(right), flags)
                            : and(left, right, flags, TO_DNF);
                case Rels.OR:
                    return or(left, right, flags, 0);
                default:
                    return and(left, right, flags, 0);
            }
        }
        return leaf(dep, flags);
    }

    private int leaf(int dep, int flags) {
        int list = pool.provides(dep);
        if (pool.data[list] == 0) {
            return NEVER;
        }
        if (pool.data[list] == Pool.SYSTEM) {
            return ALWAYS;
        }
        int start = out.size;
        for (; pool.data[list] != 0; list++) {
            int pkg = pool.data[list];
            if ((flags & BY_NAME) != 0 && !pool.matchesName(pkg, dep)) {
                continue;
            }
            out.push(pkg);
            if ((flags & TO_DNF) != 0) {
                out.push(0);
            }
        }
        if (out.size == start) {
            return NEVER;
        }
        if ((flags & TO_DNF) == 0) {
            out.push(0);
        }
        return CLAUSES;
    }

    private int or(int one, int two, int flags, int invert) {
        int start = out.size;
        int first = normalize(one, flags);
        if (first == ALWAYS) {
            return ALWAYS;
        }
        int middle = out.size;
        int second = normalize(two, flags ^ invert);
        if (invert != 0) {
            second = invert(middle, second);
        }
        return joinOr(start, middle, first, second, flags);
    }

    private int joinOr(int start, int middle, int first, int second, int flags) {
        if (first == ALWAYS || second == ALWAYS) {
            out.truncate(start);
            return ALWAYS;
        }
        if (first == NEVER) {
            return second;
        }
        if (second == NEVER) {
            return first;
        }
        return (flags & TO_DNF) == 0 ? distribute(start, middle, flags) : CLAUSES;
    }

    private int and(int one, int two, int flags, int invert) {
        int start = out.size;
        int first = normalize(one, flags);
        if (first == NEVER) {
            return NEVER;
        }
        int middle = out.size;
        int second = normalize(two, flags ^ invert);
        if (invert != 0) {
            second = invert(middle, second);
        }
        return joinAnd(start, middle, first, second, flags);
    }

    private int joinAnd(int start, int middle, int first, int second, int flags) {
        if (first == NEVER || second == NEVER) {
            out.truncate(start);
            return NEVER;
        }
        if (first == ALWAYS) {
            return second;
        }
        if (second == ALWAYS) {
            return first;
        }
        return (flags & TO_DNF) != 0 ? distribute(start, middle, flags) : CLAUSES;
    }

    /// `a if c else b` is (a or not c) and (b or c).
    private int ifElse(int then, int condition, int otherwise, int flags) {
        int start = out.size;
        int first = or(then, condition, flags, TO_DNF);
        if (first == NEVER) {
            return NEVER;
        }
        int middle = out.size;
        int second = or(condition, otherwise, flags, 0);
        return joinAnd(start, middle, first, second, flags);
    }

    /// `a unless c else b` is (a and not c) or (b and c).
    private int unlessElse(int then, int condition, int otherwise, int flags) {
        int start = out.size;
        int first = and(then, condition, flags, TO_DNF);
        if (first == ALWAYS) {
            return ALWAYS;
        }
        int middle = out.size;
        int second = and(condition, otherwise, flags, 0);
        return joinOr(start, middle, first, second, flags);
    }

    /// Turns literals round and reverses each run, so that it ascends again.
    private int invert(int start, int answer) {
        if (answer != CLAUSES) {
            return answer == ALWAYS ? NEVER : ALWAYS;
        }
        int from = start;
        for (int at = start; at < out.size; at++) {
            if (out.at[at] != 0) {
                out.at[at] = -out.at[at];
                continue;
            }
            for (int low = from, high = at - 1; low < high; low++, high--) {
                int literal = out.at[low];
                out.at[low] = out.at[high];
                out.at[high] = literal;
            }
            from = at + 1;
        }
        return CLAUSES;
    }

    /// (a + b) * (c + d) = a*c + a*d + b*c + b*d, on runs; runs with both p and -p vanish.
    private int distribute(int start, int middle, int flags) {
        int end = out.size;
        for (int one = start; one < middle; one = after(one)) {
            for (int two = middle; two < end; two = after(two)) {
                merge(one, two);
            }
        }
        out.remove(start, end - start);
        if (out.size == start) {
            return (flags & TO_DNF) != 0 ? NEVER : ALWAYS;
        }
        return CLAUSES;
    }

    private int after(int run) {
        int at = run;
        while (out.at[at] != 0) {
            at++;
        }
        return at + 1;
    }

    private void merge(int one, int two) {
        int from = out.size;
        int a = one;
        int b = two;
        while (out.at[a] != 0 || out.at[b] != 0) {
            if (out.at[b] == 0 || out.at[a] != 0 && out.at[a] < out.at[b]) {
                out.push(out.at[a++]);
            } else {
                if (out.at[a] == out.at[b]) {
                    a++;
                }
                out.push(out.at[b++]);
            }
        }
        for (int low = from, high = out.size - 1; low < high; ) {
            int sum = out.at[low] + out.at[high];
            if (sum == 0) {
                out.truncate(from);
                return;
            }
            if (sum < 0) {
                low++;
            } else {
                high--;
            }
        }
        out.push(0);
    }

    /// Adds every package that a rich dependency could bring in and that is not marked yet.
    static void positives(Pool pool, int rich, IntList into, Bits marked, boolean negated) {
        boolean negative = negated;
        int dep = rich;
        Rels rels = pool.rels;
        while (dep < 0) {
            int op = rels.op(dep);
            if (op != Rels.AND && op != Rels.OR && op != Rels.COND && op != Rels.UNLESS) {
                break;
            }
            positives(pool, rels.left(dep), into, marked, negative);
            int right = rels.right(dep);
            if (op == Rels.COND || op == Rels.UNLESS) {
                negative = !negative;
                if (rels.hasElse(dep)) {
                    positives(pool, rels.left(right), into, marked, !negative);
                    positives(pool, rels.right(right), into, marked, !negative);
                    right = rels.left(right);
                }
            }
            dep = right;
        }
        if (!negative) {
            for (int at = pool.provides(dep); pool.data[at] != 0; at++) {
                if (!marked.has(pool.data[at])) {
                    into.push(pool.data[at]);
                }
            }
        }
    }
}
