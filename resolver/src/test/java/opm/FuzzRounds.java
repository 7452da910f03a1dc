package opm;

import java.util.concurrent.TimeUnit;

/// How long a test goes on with damaged input: so many rounds as the test says, or
/// `-Dopm.fuzz.rounds=N`; or `-Dopm.fuzz.seconds=N` seconds, and then it prints how many rounds
/// those were.
public final class FuzzRounds {
    private static final long SECONDS = Long.getLong("opm.fuzz.seconds", 0);

    private final String name;
    private final int rounds;
    private final long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    private int done;

    /// @param name of what is tested
    /// @param usual rounds that take a second or two
    public FuzzRounds(String name, int usual) {
        this.name = name;
        rounds = Integer.getInteger("opm.fuzz.rounds", usual);
    }

    /// Tells whether there is to be another round.
    @SuppressWarnings("SystemOut")
    public boolean more() {
        boolean more = SECONDS > 0 ? System.nanoTime() < end : done < rounds;
        if (more) {
            done++;
        } else if (SECONDS > 0) {
            System.out.println(name + ": " + done + " rounds in " + SECONDS + " s");
        }
        return more;
    }

    /// Returns how many rounds there were, with the one at hand.
    public int done() {
        return done;
    }
}
