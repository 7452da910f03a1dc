package opm.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import opm.base.OpmException.Unavailable;
import opm.fetch.Allowance.Setting;
import opm.host.LocalDisk;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `opm fetch limit` says holds for jobs that run already, and the day's bytes for all.
class AllowanceTest {
    private static final long START = 1_800_000_000_000L - 1_800_000_000_000L % 86_400_000L;

    @TempDir Path folder;
    private final AtomicLong millis = new AtomicLong(START);

    private Allowance allowance() {
        return new Allowance(
                new LocalDisk(), folder.resolve("fetch"), () -> Instant.ofEpochMilli(millis.get()));
    }

    private RateLimit job(long rate) {
        return new RateLimit(
                () -> Instant.ofEpochMilli(millis.get()),
                (pause, _) -> millis.addAndGet(pause),
                rate,
                allowance());
    }

    private long bytesIn(RateLimit job, long forMillis) throws Exception {
        long end = millis.get() + forMillis;
        long sum = 0;
        while (millis.get() < end) {
            int piece = job.pieceBytes();
            job.setAside(piece);
            sum += piece;
            job.take(piece, () -> false);
        }
        return sum;
    }

    // A running job follows within a second, and ten seconds then hold what was said, within 5 %.
    @Test
    void changesInFlight() throws Exception {
        allowance().write(new Setting(1_000_000, 0));
        RateLimit job = job(0);
        assertThat((double) bytesIn(job, 10_000)).isCloseTo(10_000_000, within(500_000.0));
        allowance().write(new Setting(200_000, 0));
        bytesIn(job, 1_000);
        assertThat((double) bytesIn(job, 10_000)).isCloseTo(2_000_000, within(100_000.0));
    }

    // The command line's limit holds until somebody says another.
    @Test
    void startsWithTheLimitOfTheCommandLine() throws Exception {
        allowance().write(new Setting(5_000_000, 0));
        RateLimit job = job(100_000);
        assertThat((double) bytesIn(job, 10_000)).isCloseTo(1_000_000, within(50_000.0));
        allowance().write(new Setting(2_000_000, 0));
        bytesIn(job, 1_000);
        assertThat((double) bytesIn(job, 10_000)).isCloseTo(20_000_000, within(1_000_000.0));
    }

    // Two jobs together never pass the cap; what one does not use the other gets; tomorrow is new.
    @Test
    void neverPassesTheCap() throws Exception {
        allowance().write(new Setting(0, 3_000_000));
        RateLimit one = job(0);
        RateLimit two = job(0);
        one.setAside(1_000_000);
        two.setAside(500_000);
        one.close();
        assertThat(allowance().spentToday()).isEqualTo(1_000_000 + (1 << 20));
        two.setAside(1_500_000);
        assertThatThrownBy(() -> two.setAside(64 << 10))
                .isInstanceOf(Unavailable.class)
                .hasMessageContaining("3000000 bytes");
        assertThat(allowance().spentToday()).isLessThanOrEqualTo(3_000_000);
        millis.addAndGet(86_400_000);
        two.setAside(64 << 10);
    }
}
