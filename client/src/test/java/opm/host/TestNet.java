package opm.host;

import java.util.Map;

/// The real network with a short patience, for the tests of other rooms.
public final class TestNet {
    private TestNet() {}

    /// Returns one without proxies that waits `stallSeconds` for a byte.
    public static Net impatient(int stallSeconds) {
        return new LocalNet(Map.of(), stallSeconds);
    }
}
