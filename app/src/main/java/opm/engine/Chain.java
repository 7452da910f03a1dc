package opm.engine;

import java.util.List;
import opm.base.OpmException;
import opm.pkgset.PackageRef;
import opm.pkgset.PackageSet;
import opm.solve.Policy;
import opm.solve.Reason;
import opm.solve.Request;
import opm.solve.Solver;
import opm.solve.Universe;

/// Why installed packages are there.
public final class Chain {
    private Chain() {}

    /// Returns the shortest chain of packages that pull each other in, from this one to one that
    /// people asked for.
    public static List<Reason> of(Engine engine, PackageRef pkg) throws OpmException {
        Request request = Request.all(Request.Verb.VERIFY);
        Policy policy =
                Policies.of(engine.configuration(), engine.installed(), engine.options(), request);
        var universe = new Universe(engine.arch(), engine.installed(), List.of());
        return PackageSet.reading(() -> new Solver(universe).why(pkg, policy));
    }
}
