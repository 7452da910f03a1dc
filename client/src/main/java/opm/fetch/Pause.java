package opm.fetch;

import java.util.function.BooleanSupplier;

/// How to wait; tests wait without losing time.
@FunctionalInterface
public interface Pause {
    /// Waits, but no longer than until `cancelled` says true.
    void millis(long millis, BooleanSupplier cancelled);

    /// Returns the one that really waits, and looks at the flag ten times a second.
    static Pause real() {
        return (millis, cancelled) -> {
            long end = System.nanoTime() + millis * 1_000_000;
            for (long left = millis; left > 0 && !cancelled.getAsBoolean(); ) {
                try {
                    Thread.sleep(Math.min(left, 100));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return;
                }
                left = (end - System.nanoTime()) / 1_000_000;
            }
        };
    }
}
