package opm.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import opm.base.OpmException.Unavailable;
import opm.fetch.Allowance.Hours;
import opm.fetch.Allowance.Setting;
import opm.host.LocalDisk;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `opm fetch limit` says holds for jobs that run already, and the day's bytes for all.
class AllowanceTest {
    private static final long START = 1_800_000_000_000L - 1_800_000_000_000L % 86_400_000L;

    @TempDir Path folder;
    private final AtomicLong millis = new AtomicLong(START);
    private final AtomicBoolean metered = new AtomicBoolean();

    private Allowance allowance() {
        return new Allowance(
                new LocalDisk(),
                folder.resolve("fetch"),
                () -> Instant.ofEpochMilli(millis.get()),
                () -> ZoneOffset.ofHours(2),
                metered::get);
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

    // Bytes come in the hours that were said, local ones, over midnight too; a running job stops.
    @Test
    void keepsToTheHours() throws Exception {
        allowance().write(new Setting(0, 0, new Hours(22, 6), true));
        assertThat(allowance().read().hours()).isEqualTo(new Hours(22, 6));
        RateLimit job = job(0);
        job.setAside(1);
        millis.addAndGet(4 * 3_600_000 - 1);
        job.setAside(1);
        millis.addAndGet(1);
        assertThatThrownBy(() -> job.setAside(1))
                .isInstanceOf(Unavailable.class)
                .hasMessageContaining("from 22 to 6");
        assertThatThrownBy(job::requireOpen).isInstanceOf(Unavailable.class);
        allowance().write(Setting.NONE);
        millis.addAndGet(1_000);
        job.setAside(1);
        for (String wrong : List.of("6", "24-1", "1-25", "a-b", "-1-2", "")) {
            assertThat(Hours.parse(wrong)).as(wrong).isNull();
        }
        assertThat(Hours.parse("0-24")).isEqualTo(Hours.ALL);
    }

    // Where nothing may come over a metered connection, nothing does, also in flight.
    @Test
    void sparesMeteredConnections() throws Exception {
        metered.set(true);
        allowance().write(new Setting(0, 0));
        job(0).setAside(1);
        allowance().write(new Setting(0, 0, Hours.ALL, false));
        assertThatThrownBy(() -> job(0).setAside(1))
                .isInstanceOf(Unavailable.class)
                .hasMessageContaining("metered");
        metered.set(false);
        RateLimit job = job(0);
        job.setAside(1);
        metered.set(true);
        millis.addAndGet(61_000);
        assertThatThrownBy(() -> job.setAside(1)).isInstanceOf(Unavailable.class);
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
