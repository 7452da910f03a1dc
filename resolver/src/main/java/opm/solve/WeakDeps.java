package opm.solve;

import java.util.function.IntUnaryOperator;

/// Weak dependencies: what is recommended, suggested, supplemented and enhanced right now.
final class WeakDeps {
    /// What 64 decisions take ([Sat#pass]).
    private static final int COLLECTED = 16_384;

    private final State state;
    private final Pool pool;
    private final Sat sat;

    /// Packages that decided-in ones recommend, and suggest; see [#update].
    final Bits recommended;

    final Bits suggested;

    /// How many decisions the maps know; below 0 when they have to be made again.
    int known;

    /// Rich dependencies to look at again once a package is decided: package, dependency.
    private final IntList laterRecommended = new IntList();

    private final IntList laterSuggested = new IntList();

    WeakDeps(State state) {
        this.state = state;
        pool = state.pool;
        sat = state.sat;
        recommended = new Bits(pool.count);
        suggested = new Bits(pool.count);
    }

    // ---------------------------------------------------------------- maps

    /// Brings the maps up to the decisions made so far.
    void update() {
        if (known < 0) {
            recommended.clear();
            suggested.clear();
            laterRecommended.clear();
            laterSuggested.clear();
            known = 0;
        }
        while (known < sat.decisions.size) {
            int pkg = sat.decisions.at[known++];
            if ((known & 63) == 0) {
                sat.pass(COLLECTED);
            }
            if (pkg < 0) {
                continue;
            }
            again(pkg, recommended, laterRecommended);
            again(pkg, suggested, laterSuggested);
            collect(pkg, Pool.RECOMMENDS, recommended, laterRecommended);
            collect(pkg, Pool.SUGGESTS, suggested, laterSuggested);
        }
    }

    private void collect(int pkg, int kind, Bits into, IntList later) {
        for (int at = pool.deps(kind, pkg); pool.depData[at] != 0; at++) {
            int dep = pool.depData[at];
            if (pool.isRich(dep)) {
                rich(dep, into, later);
                continue;
            }
            for (int list = pool.provides(dep); pool.data[list] != 0; list++) {
                into.set(pool.data[list]);
            }
        }
    }

    private void again(int pkg, Bits into, IntList later) {
        if (later.isEmpty()) {
            return;
        }
        var deps = new IntList();
        int kept = 0;
        for (int i = 0; i < later.size; i += 2) {
            if (later.at[i] == pkg) {
                deps.push(later.at[i + 1]);
            } else {
                later.at[kept] = later.at[i];
                later.at[kept + 1] = later.at[i + 1];
                kept += 2;
            }
        }
        later.truncate(kept);
        for (int i = 0; i < deps.size; i++) {
            rich(deps.at[i], into, later);
        }
    }

    /// Marks the positive literals of each clause whose negative ones are all decided in.
    private void rich(int dep, Bits into, IntList later) {
        var clauses = new IntList();
        if (RichDeps.clauses(pool, dep, clauses, 0) != RichDeps.CLAUSES) {
            return;
        }
        int at = 0;
        while (at < clauses.size) {
            var open = new IntList();
            boolean dead = false;
            while (clauses.at[at] < 0) {
                int level = sat.level[-clauses.at[at]];
                dead |= level < 0;
                if (level == 0) {
                    open.push(-clauses.at[at]);
                }
                at++;
            }
            for (; clauses.at[at] != 0; at++) {
                if (!dead && open.isEmpty()) {
                    into.set(clauses.at[at]);
                } else if (!dead) {
                    for (int i = 0; i < open.size; i++) {
                        pushPair(later, open.at[i], dep);
                    }
                }
            }
            at++;
        }
    }

    private static void pushPair(IntList later, int pkg, int dep) {
        for (int i = 0; i < later.size; i += 2) {
            if (later.at[i] == pkg && later.at[i + 1] == dep) {
                return;
            }
        }
        later.push(pkg, dep);
    }

    // ---------------------------------------------------------------- questions about now

    boolean isSupplementing(int pkg) {
        return anyFulfilled(pkg, Pool.SUPPLEMENTS);
    }

    boolean isEnhancing(int pkg) {
        return anyFulfilled(pkg, Pool.ENHANCES);
    }

    private boolean anyFulfilled(int pkg, int kind) {
        for (int at = pool.deps(kind, pkg); pool.depData[at] != 0; at++) {
            if (isFulfilled(pool.depData[at])) {
                return true;
            }
        }
        return false;
    }

    /// Tells whether decided-in packages make a dependency true.
    boolean isFulfilled(int dep) {
        if (dep < 0) {
            Rels rels = pool.rels;
            int left = rels.left(dep);
            int right = rels.right(dep);
            switch (rels.op(dep)) {
                case Rels.COND:
                    if (rels.hasElse(dep)) {
                        return isFulfilled(rels.left(right))
                                ? isFulfilled(left)
                                : isFulfilled(rels.right(right));
                    }
                    return isFulfilled(left) || !isFulfilled(right);
                case Rels.UNLESS:
                    if (rels.hasElse(dep)) {
                        return isFulfilled(rels.left(right))
                                ? isFulfilled(rels.right(right))
                                : isFulfilled(left);
                    }
                    return isFulfilled(left) && !isFulfilled(right);
                case Rels.AND:
                    return isFulfilled(left) && isFulfilled(right);
                case Rels.OR:
                    return isFulfilled(left) || isFulfilled(right);
                case Rels.NAMESPACE:
                    if (left == pool.splitProvides) {
                        return splitProvides(right, false);
                    }
                    break;
                default:
            }
        }
        for (int at = pool.provides(dep); pool.data[at] != 0; at++) {
            if (sat.level[pool.data[at]] > 0) {
                return true;
            }
        }
        return false;
    }

    /// Tells whether a dependency could become true with the packages of a map.
    boolean isPossible(int dep, Bits map) {
        if (dep < 0 && pool.rels.op(dep) >= 8) {
            int left = pool.rels.left(dep);
            int right = pool.rels.right(dep);
            switch (pool.rels.op(dep)) {
                case Rels.COND, Rels.UNLESS:
                    return true;
                case Rels.AND:
                    return isPossible(left, map) && isPossible(right, map);
                case Rels.OR:
                    return isPossible(left, map) || isPossible(right, map);
                case Rels.NAMESPACE:
                    if (left == pool.splitProvides) {
                        return splitProvides(right, true);
                    }
                    break;
                default:
            }
        }
        for (int at = pool.provides(dep); pool.data[at] != 0; at++) {
            if (map.has(pool.data[at])) {
                return true;
            }
        }
        return false;
    }

    boolean anyPossible(int pkg, int kind, Bits map) {
        for (int at = pool.deps(kind, pkg); pool.depData[at] != 0; at++) {
            if (isPossible(pool.depData[at], map)) {
                return true;
            }
        }
        return false;
    }

    /// `namespace:splitprovides(package + /path)`: the installed package has the path and is
    /// being updated; the second half only where the question is about now.
    private boolean splitProvides(int dep, boolean onlyPossible) {
        if (!state.flags.splitProvides || dep >= 0 || pool.rels.op(dep) != Rels.WITH) {
            return false;
        }
        for (int at = pool.provides(dep); pool.data[at] != 0; at++) {
            int pkg = pool.data[at];
            if (state.isInstalled(pkg)
                    && pool.name(pkg) == pool.rels.left(dep)
                    && (onlyPossible || isUpdating(pkg))) {
                return true;
            }
        }
        return false;
    }

    private boolean isUpdating(int pkg) {
        if (sat.level[pkg] >= 0) {
            return false;
        }
        for (int at = sat.start[state.widestRule(pkg)]; sat.lits[at] != 0; at++) {
            int other = sat.lits[at];
            if (other > 0
                    && other != pkg
                    && sat.level[other] > 0
                    && (pool.name(other) != pool.name(pkg) || pool.compareEvr(other, pkg) > 0)) {
                return true;
            }
        }
        return false;
    }

    // ---------------------------------------------------------------- old and new supplements

    /// Tells whether a package supplements something that this solve changes.
    boolean isNewlySupplementing(int pkg) {
        for (int at = pool.deps(Pool.SUPPLEMENTS, pkg); pool.depData[at] != 0; at++) {
            int dep = pool.depData[at];
            if ((state.flags.addAlreadyRecommended || fulfilledBy(dep) == 2)
                    && (!state.flags.onlyNamespaceRecommended || namespaceFulfilled(dep) == 2)) {
                return true;
            }
        }
        return false;
    }

    /// 0 not fulfilled, 1 fulfilled by kept packages, 2 a new package takes part.
    private int fulfilledBy(int dep) {
        if (dep < 0) {
            int op = pool.rels.op(dep);
            if (isLogic(op)) {
                return logic(dep, this::fulfilledBy);
            }
            if (op == Rels.NAMESPACE) {
                int left = pool.rels.left(dep);
                if (left == pool.splitProvides) {
                    return splitProvides(pool.rels.right(dep), false) ? 2 : 0;
                }
                if (state.installSupplements.contains(dep)
                        || state.installSupplements.contains(left)) {
                    return 2;
                }
            }
        }
        int found = 0;
        for (int at = pool.provides(dep); pool.data[at] != 0; at++) {
            int pkg = pool.data[at];
            if (sat.level[pkg] > 0) {
                if (pkg != Pool.SYSTEM && !state.isInstalled(pkg)) {
                    return 2;
                }
                found = 1;
            }
        }
        return found;
    }

    private int namespaceFulfilled(int dep) {
        int answer = 1;
        if (dep < 0) {
            int op = pool.rels.op(dep);
            if (isLogic(op)) {
                return logic(dep, this::namespaceFulfilled);
            }
            if (op == Rels.NAMESPACE) {
                if (pool.rels.left(dep) == pool.splitProvides) {
                    return splitProvides(pool.rels.right(dep), false) ? 2 : 0;
                }
                answer = 2;
            }
        }
        for (int at = pool.provides(dep); pool.data[at] != 0; at++) {
            if (sat.level[pool.data[at]] > 0) {
                return answer;
            }
        }
        return 0;
    }

    private static boolean isLogic(int op) {
        return op == Rels.COND || op == Rels.UNLESS || op == Rels.AND || op == Rels.OR;
    }

    private int logic(int dep, IntUnaryOperator ask) {
        Rels rels = pool.rels;
        int left = rels.left(dep);
        int right = rels.right(dep);
        int op = rels.op(dep);
        if ((op == Rels.COND || op == Rels.UNLESS) && rels.hasElse(dep)) {
            int condition = ask.applyAsInt(rels.left(right));
            boolean inner = op == Rels.COND;
            if (condition == 0) {
                return ask.applyAsInt(inner ? rels.right(right) : left);
            }
            int then = ask.applyAsInt(inner ? left : rels.right(right));
            return then != 0 && condition == 2 ? 2 : then;
        }
        int one = ask.applyAsInt(left);
        if (op == Rels.COND || op == Rels.UNLESS) {
            boolean not = ask.applyAsInt(right) == 0;
            boolean holds = op == Rels.COND ? one != 0 || not : one != 0 && not;
            return !holds ? 0 : one == 2 ? 2 : 1;
        }
        if (op == Rels.AND && one == 0) {
            return 0;
        }
        int two = ask.applyAsInt(right);
        boolean holds = op == Rels.AND ? two != 0 : one != 0 || two != 0;
        return !holds ? 0 : one == 2 || two == 2 ? 2 : 1;
    }

    /// Tells whether a dependency asks a namespace anywhere.
    boolean hasNamespace(int dep) {
        return dep < 0
                && (pool.rels.op(dep) == Rels.NAMESPACE
                        || hasNamespace(pool.rels.left(dep))
                        || hasNamespace(pool.rels.right(dep)));
    }
}
