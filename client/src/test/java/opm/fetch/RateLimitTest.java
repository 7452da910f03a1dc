package opm.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The limit holds over every window of ten seconds, for one lane and for many, also when changed.
class RateLimitTest {
    private long nowMillis;
    private final RateLimit limit =
            new RateLimit(
                    () -> Instant.ofEpochMilli(nowMillis),
                    (millis, _) -> nowMillis += millis,
                    1_000_000);

    private record Taken(long millis, int bytes) {}

    private List<Taken> run(long untilMillis) {
        var all = new ArrayList<Taken>();
        while (nowMillis < untilMillis) {
            int bytes = limit.pieceBytes();
            limit.take(bytes, () -> false);
            all.add(new Taken(nowMillis, bytes));
        }
        return all;
    }

    private static void assertRate(List<Taken> all, long from, long until, double rate) {
        long sum = 0;
        for (Taken taken : all) {
            sum += taken.millis() > from && taken.millis() <= until ? taken.bytes() : 0;
        }
        assertThat(sum * 1000.0 / (until - from)).isCloseTo(rate, within(rate * 0.05));
    }

    // Any ten seconds hold ten seconds' worth.
    @Test
    void holdsOverEveryWindow() {
        var all = run(60_000);
        for (long from = 0; from <= 50_000; from += 1_000) {
            assertRate(all, from, from + 10_000, 1_000_000);
        }
    }

    // Changed in flight, the new limit holds from then on.
    @Test
    void changesWhileRunning() {
        run(10_000);
        limit.set(20_000);
        assertRate(run(40_000), 11_000, 40_000, 20_000);
        limit.set(5_000_000);
        assertRate(run(60_000), 41_000, 60_000, 5_000_000);
    }

    // Without a limit nothing waits; a clock that is set back costs seconds, not hours.
    @Test
    void survivesOddClocks() {
        run(10_000);
        nowMillis = 0;
        limit.take(1, () -> false);
        assertThat(nowMillis).isLessThanOrEqualTo(5_001);
        limit.set(0);
        long before = nowMillis;
        limit.take(Integer.MAX_VALUE, () -> false);
        assertThat(nowMillis).isEqualTo(before);
    }
}
