package opm.engine;

import java.time.ZoneId;
import java.util.List;
import opm.base.OpmException;
import opm.fetch.Allowance;
import opm.host.Command;
import opm.host.Commands;

/// Whether the connection is paid by what it carries, as NetworkManager says or guesses.
///
/// Source: NetworkManager's D-Bus property `Metered`: 1 yes, 3 guessed yes (a telephone).
final class Metered {
    private static final String MANAGER = "org.freedesktop.NetworkManager";

    private static final int SECONDS = 5;

    private Metered() {}

    static Allowance allowance(Engine engine) {
        return new Allowance(
                engine.host().disk(),
                engine.options().state().resolve("fetch"),
                engine.host().clock(),
                ZoneId::systemDefault,
                () -> is(engine.host().commands()));
    }

    /// Returns false also where nobody knows.
    static boolean is(Commands commands) {
        if (!commands.has("busctl")) {
            return false;
        }
        try {
            var asked =
                    Command.of(
                                    "busctl",
                                    "--system",
                                    "get-property",
                                    MANAGER,
                                    "/org/freedesktop/NetworkManager",
                                    MANAGER,
                                    "Metered")
                            .withTimeout(SECONDS);
            Commands.Result said = commands.run(asked);
            return said.exitStatus() == 0
                    && List.of("u 1", "u 3").contains(said.outText().strip());
        } catch (OpmException _) {
            return false;
        }
    }
}
