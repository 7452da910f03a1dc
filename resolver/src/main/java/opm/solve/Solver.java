package opm.solve;

import java.util.function.BooleanSupplier;

/// Answers requests about one universe.
///
/// What requests share (names, providers, the rules of installed packages) is kept between them, so
/// that the second answer costs a fraction of the first. Equal input gives an equal answer, whatever
/// was asked before. One thread at a time.
public final class Solver {
    private final Universe universe;

    public Solver(Universe universe) {
        this.universe = universe;
    }

    /// Answers a request.
    public Verdict solve(Request request, Policy policy) {
        return solve(request, policy, () -> false);
    }

    /// Answers a request, unless `cancelled` says so first.
    ///
    /// @param cancelled asked now and then; once true, the answer is [Verdict.GaveUp]
    public Verdict solve(Request request, Policy policy, BooleanSupplier cancelled) {
        throw new UnsupportedOperationException(universe.arch() + request + policy + cancelled);
    }
}
