package opm.solve;

import java.util.function.BooleanSupplier;

/// How much work one request may take, repairs and all: what is looked at while solving counts
/// (watched rules, literals, rules made, decisions), so that it ends at the same place on every
/// machine. Wall time ends it only through the caller's flag.
final class Budget {
    /// Thrown when the work is used up or the caller cancelled; carries no trace.
    static final class Stop extends RuntimeException {
        private static final long serialVersionUID = 1L;
        final boolean cancelled;

        Stop(boolean cancelled) {
            super(null, null, false, false);
            this.cancelled = cancelled;
        }
    }

    /// Work after which the caller is asked again: a millisecond or less.
    private static final long ASK_EVERY = 100_000;

    /// What a step takes in time, in the same measure: around each one more is done.
    private static final long STEP = ASK_EVERY / 256;

    private final BooleanSupplier cancelled;
    private long left;
    private long untilAsked = ASK_EVERY;
    private boolean stopped;

    /// @param work see above; a rule looked at is one
    /// @param cancelled asked now and then
    Budget(long work, BooleanSupplier cancelled) {
        left = work;
        this.cancelled = cancelled;
    }

    /// Takes off what was done; only [#step] looks whether anything is left.
    void spend(long work) {
        left -= work;
        pass(work);
    }

    /// Notes that time passed with what does not count as work, about as much as so many literals
    /// looked at take; the caller is asked now and then.
    void pass(long work) {
        untilAsked -= work;
        if (untilAsked < 0) {
            untilAsked = ASK_EVERY;
            stopped |= cancelled.getAsBoolean();
        }
    }

    /// Counts a decision, a conflict or a rule; throws [Stop] where nothing is left.
    void step() {
        if (--left < 0) {
            throw new Stop(false);
        }
        pass(STEP);
        if (stopped) {
            throw new Stop(true);
        }
    }
}
