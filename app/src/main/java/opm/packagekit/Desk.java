package opm.packagekit;

import java.util.List;
import java.util.Map;
import opm.engine.Engine;
import opm.engine.Watcher;
import opm.solve.Problem;

/// Where jobs get what they work with.
public interface Desk {
    /// Makes an engine for one job.
    ///
    /// @param unsignedToo whether the client may have packages that nobody signed
    /// @param beside repositories that count besides the configured ones: id → address
    Engine engine(Watcher watcher, boolean unsignedToo, Map<String, String> beside);

    /// Says in the user's language why a request cannot hold.
    List<String> explain(List<Problem> problems);
}
