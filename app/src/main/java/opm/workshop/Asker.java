package opm.workshop;

import java.util.function.BooleanSupplier;

/// In whose name something is asked: bound by whoever stands at the door, for as long as the
/// question takes.
///
/// @param address of the machine; those who share one share their turns
/// @param gone tells whether nobody waits for the answer any more
public record Asker(String address, BooleanSupplier gone) {
    public static final ScopedValue<Asker> NOW = ScopedValue.newInstance();
    private static final Asker NOBODY = new Asker("", () -> false);

    static Asker now() {
        return NOW.orElse(NOBODY);
    }
}
