package opm.solve;

import java.util.ArrayList;
import java.util.List;

/// Free choices made on the way, with the candidates not taken.
final class Branches {
    /// One choice.
    static final class Branch {
        /// In order of preference; those tried are negative.
        final int[] pkgs;

        /// The level below the decision.
        final int level;

        /// The package that recommends, and its dependency; or 0 and the rule.
        final int by;

        final int data;

        Branch(int[] pkgs, int level, int by, int data) {
            this.pkgs = pkgs;
            this.level = level;
            this.by = by;
            this.data = data;
        }
    }

    private final State state;
    private final Sat sat;
    List<Branch> all = new ArrayList<>();
    private int betterIndex;
    private int betterPkg;
    private List<Branch> kept = List.of();

    Branches(State state) {
        this.state = state;
        sat = state.sat;
    }

    void open(int level, IntList pkgs, int by, int data) {
        int[] copy = pkgs.toArray();
        copy[0] = -copy[0];
        all.add(new Branch(copy, level, by, data));
    }

    void clear() {
        all.clear();
    }

    /// Forgets the choices made at a level or above.
    void reverted(int to) {
        while (!all.isEmpty() && all.getLast().level >= to) {
            all.removeLast();
        }
    }

    /// Finds the oldest choice of which another candidate came in anyway, or of which a recommended
    /// one was passed over for one that is not; -1 when there is none.
    int findBetter(WeakDeps weak, Candidates candidates) {
        if (all.isEmpty()) {
            return -1;
        }
        weak.update();
        int found = -1;
        for (int index = all.size() - 1; index >= 0; index--) {
            Branch branch = all.get(index);
            int recommended = -1;
            boolean cameAnyway = false;
            for (int i = 0; i < branch.pkgs.length && !cameAnyway; i++) {
                int pkg = branch.pkgs[i];
                if (pkg <= 0) {
                    continue;
                }
                if (sat.level[pkg] > branch.level) {
                    found = index;
                    betterPkg = i;
                    cameAnyway = true;
                } else if (recommended < 0
                        && !(state.disfavored && state.favorOf(pkg) < 0)
                        && (weak.recommended.has(pkg) || weak.isSupplementing(pkg))) {
                    recommended = i;
                }
            }
            if (!cameAnyway
                    && recommended >= 0
                    && isWorse(branch, branch.pkgs[recommended], weak, candidates)) {
                found = index;
                betterPkg = recommended;
            }
        }
        betterIndex = found;
        return found;
    }

    /// Tells whether what was taken is not recommended, nor better for other reasons.
    private boolean isWorse(Branch branch, int recommended, WeakDeps weak, Candidates candidates) {
        for (int tried : branch.pkgs) {
            int pkg = -tried;
            if (pkg <= 0 || sat.level[pkg] != branch.level + 1) {
                continue;
            }
            if (state.favor != null && state.favorOf(pkg) > state.favorOf(recommended)
                    || candidates.replacesInstalled(pkg)) {
                continue;
            }
            if (!weak.recommended.has(pkg) && !weak.isSupplementing(pkg)) {
                return true;
            }
        }
        return false;
    }

    /// The level that the found choice was made from.
    int level() {
        return all.get(betterIndex).level;
    }

    /// Marks the better candidate as tried and returns it. The caller reverts, then calls
    /// [#restore], since the choice itself has to survive that.
    int take() {
        Branch branch = all.get(betterIndex);
        int pkg = branch.pkgs[betterPkg];
        branch.pkgs[betterPkg] = -pkg;
        kept = new ArrayList<>(all.subList(0, betterIndex + 1));
        return pkg;
    }

    void restore() {
        all = new ArrayList<>(kept);
    }
}
