package opm.engine;

import opm.base.OpmException;
import opm.preflight.Report;

/// What becomes of a solution before it is packed or applied: every package in the store with its
/// signature checked, and the plan cut as finely as the disks ask for.
///
/// @param report what rpm and the disks will say to that plan
public record Ready(Engine.Fetched fetched, Report report) {
    /// Fetches a solution's packages, then looks ahead.
    ///
    /// @param inBundle whether each batch will be copied out of a bundle
    public static Ready of(Engine engine, Solution solution, boolean inBundle)
            throws OpmException {
        return of(engine, solution, engine.fetch(solution), inBundle);
    }

    /// Looks ahead at what was fetched.
    public static Ready of(
            Engine engine, Solution solution, Engine.Fetched fetched, boolean inBundle)
            throws OpmException {
        var fitted = new LookAhead(engine).fit(solution, fetched.plan(), inBundle);
        return new Ready(
                new Engine.Fetched(fitted.plan(), fetched.signaturesChecked()), fitted.report());
    }
}
