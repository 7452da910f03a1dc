package opm.packagekit;

import java.util.List;
import java.util.Map;
import opm.base.OpmException;
import opm.engine.Engine;
import opm.engine.Presolved;
import opm.engine.Watcher;
import opm.preflight.Finding;
import opm.solve.Problem;
import org.jspecify.annotations.Nullable;

/// Where jobs get what they work with.
public interface Desk {
    /// Makes an engine for one job.
    ///
    /// @param unsignedToo whether the client may have packages that nobody signed
    /// @param beside repositories that count besides the configured ones: id → address
    Engine engine(Watcher watcher, boolean unsignedToo, Map<String, String> beside);

    /// Returns what a server of presolved answers says about the engine's machine; null when none
    /// is named.
    @Nullable Presolved presolved(Engine engine) throws OpmException;

    /// Returns a sentence in the user's language.
    String text(String key, Object... values);

    /// Says in the user's language why a request cannot hold.
    List<String> explain(List<Problem> problems);

    /// Says in the user's language what a look ahead found.
    String sentence(Finding finding);
}
