package opm.engine;

import opm.solve.Solver;
import opm.solve.Universe;
import org.jspecify.annotations.Nullable;

/// A solver that is kept for the next request about the same universe, where somebody asks one
/// after the other: for a machine of 1,858 packages the rules of what is installed are nine tenths
/// of an answer (of 110 ms, 2026-11), and 12 MB of memory.
public final class WarmSolver {
    private record Kept(Universe universe, Solver solver) {}

    private boolean keeps;
    private volatile @Nullable Kept kept;

    /// Returns what an engine solves with.
    public static WarmSolver of(Engine engine) {
        return engine.warmSolver;
    }

    /// From now on what was made for a request is kept for the next one.
    public void keep() {
        keeps = true;
    }

    /// Forgets what was kept; any thread may say so, a request that is under way goes on.
    public void forget() {
        kept = null;
    }

    /// Returns a solver for a universe; the same as the last time where that was kept.
    public Solver of(Universe universe) {
        if (universe.repositories().isEmpty()) {
            return new Solver(universe); // for a mere removal: soon made, and not worth the other
        }
        Kept now = kept;
        if (now == null || !now.universe().equals(universe)) {
            now = new Kept(universe, new Solver(universe));
            kept = keeps ? now : null;
        }
        return now.solver();
    }
}
