package opm.engine;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import opm.solve.Policy;

/// The options of somebody who asks for nothing special, with the habits of dnf; what a test wants
/// otherwise, it says beside.
public final class PlainOptions {
    private PlainOptions() {}

    /// Returns the options for a machine with these repositories, id → address, and no others.
    public static Options of(Path root, Path state, SequencedMap<String, String> repos) {
        return new Options(
                root,
                null,
                Options.Base.NONE,
                repos,
                null,
                Options.Switches.NONE,
                null,
                null,
                state,
                Options.Stores.USUAL,
                null,
                null,
                false,
                List.of(),
                Policy.Style.DNF,
                Map.of(),
                0,
                null,
                false,
                false);
    }

    /// Returns the options for a machine with its own repositories.
    public static Options of(Path root, Path state) {
        return of(root, state, new LinkedHashMap<>());
    }
}
