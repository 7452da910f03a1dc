package opm.engine;

import java.util.ArrayList;
import java.util.List;
import opm.base.OpmException;
import opm.base.OpmException.Unavailable;
import opm.solve.Verdict;

/// Finds disabled repositories with which a request could be met.
public final class Enabling {
    /// Repositories that are tried, in the order of their files.
    private static final int MOST_TRIED = 8;

    private Enabling() {}

    /// Returns the configured repositories that were not looked at.
    public static List<String> disabled(Engine engine) throws OpmException {
        return engine.repositories().disabled();
    }

    /// Returns those that were tried and helped; only metadata at hand is looked at.
    public static List<String> of(Engine engine, Solution unsolved) throws OpmException {
        var found = new ArrayList<String>();
        List<String> disabled = disabled(engine);
        for (String repo : disabled.subList(0, Math.min(disabled.size(), MOST_TRIED))) {
            var other =
                    new Engine(engine.host(), engine.options().offlineWith(repo), engine.watcher());
            try {
                Solution solution =
                        other.solve(unsolved.request(), List.of(), policy -> unsolved.policy());
                if (solution.verdict() instanceof Verdict.Solved) {
                    found.add(repo);
                }
            } catch (Unavailable _) {
                // Never refreshed: nothing can be said of it.
            }
        }
        return found;
    }
}
