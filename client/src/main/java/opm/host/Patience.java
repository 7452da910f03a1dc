package opm.host;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import opm.base.OpmException.Unavailable;

/// How long one transfer waits for bytes, and who may end it.
///
/// @param subject the address as messages show it
record Patience(int stallSeconds, BooleanSupplier cancelled, String subject) {
    /// How often the flag is looked at.
    static final int FLAG_MILLIS = 100;

    /// Returns when waiting that begins now is over, by `System.nanoTime`.
    long end() {
        return System.nanoTime() + TimeUnit.SECONDS.toNanos(stallSeconds);
    }

    /// Does nothing while there is reason to wait.
    void go(long end) throws StreamFailure {
        if (cancelled.getAsBoolean()) {
            throw new StreamFailure(
                    new Unavailable(
                            subject + ": cancelled", "Start again; what came is kept."));
        }
        if (System.nanoTime() - end > 0) {
            throw failure("not a byte for " + stallSeconds + " seconds");
        }
    }

    StreamFailure failure(String words) {
        return new StreamFailure(
                new Unavailable(
                        subject + ": " + words,
                        "Try again; what came is kept. Or use another mirror."));
    }
}
