package opm.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// Mirrors are asked in the order of what they promise.
class RankingTest {
    private static final URI A = URI.create("http://a/x");
    private static final URI B = URI.create("http://b/x");
    private static final URI C = URI.create("http://c/x");
    private static final List<URI> ALL = List.of(A, B, C);

    private final Ranking ranking = new Ranking(5);

    private void transfer(URI source, long bytes, long millis, boolean broke) {
        ranking.begin(source, () -> false);
        ranking.end(source, bytes, millis, broke);
    }

    // Nothing known: the order given. A second lane takes the second one.
    @Test
    void spreadsLanes() {
        assertThat(ranking.order(ALL)).isEqualTo(ALL);
        ranking.begin(A, () -> false);
        assertThat(ranking.order(ALL)).containsExactly(B, C, A);
        ranking.begin(B, () -> false);
        assertThat(ranking.order(ALL)).containsExactly(C, A, B);
    }

    // Each is tried once; then the fastest comes first, as long as it is not shared by too many.
    @Test
    void prefersTheFast() {
        transfer(A, 1 << 20, 1000, false);
        assertThat(ranking.order(ALL)).containsExactly(B, C, A);
        transfer(B, 3 << 20, 1000, false);
        transfer(C, 1 << 19, 1000, false);
        assertThat(ranking.order(ALL)).containsExactly(B, A, C);
        for (int lanes = 0; lanes < 3; lanes++) {
            ranking.begin(B, () -> false);
        }
        assertThat(ranking.order(ALL)).containsExactly(A, B, C);
    }

    // Who breaks off again and again comes last, until it brings something again.
    @Test
    void asksTheBrokenLast() {
        transfer(A, 9 << 20, 1000, false);
        transfer(B, 1 << 20, 1000, false);
        transfer(C, 1 << 20, 1000, false);
        transfer(A, 0, 1000, true);
        transfer(A, 0, 1000, true);
        assertThat(ranking.order(ALL)).startsWith(A);
        transfer(A, 0, 1000, true);
        assertThat(ranking.order(ALL)).endsWith(A);
        transfer(A, 1, 1, false);
        assertThat(ranking.order(ALL)).startsWith(A);
    }

    // A server that has as many requests as it may have comes last, and who asks it waits.
    @Test
    void keepsToTheLimit() throws Exception {
        var asked = new Ranking(2);
        asked.begin(A, () -> false);
        asked.begin(A, () -> false);
        assertThat(asked.order(ALL)).endsWith(A);
        var looks = new AtomicInteger();
        // Cancelled after a while: it has waited until then.
        asked.begin(A, () -> looks.incrementAndGet() > 1);
        assertThat(looks).hasValue(2);
        asked.end(A, 0, 1, false);
        var waiting = new CountDownLatch(1);
        var begun = new CountDownLatch(1);
        Thread.ofVirtual()
                .start(
                        () -> {
                            asked.begin(
                                    A,
                                    () -> {
                                        waiting.countDown();
                                        return false;
                                    });
                            begun.countDown();
                        });
        waiting.await();
        assertThat(begun.getCount()).isOne();
        asked.end(A, 0, 1, false);
        begun.await();
    }

    // A file of this machine is nearer than any mirror, even where it once could not be read.
    @Test
    void prefersFiles() {
        URI file = URI.create("file:/x");
        assertThat(ranking.order(List.of(A, file, B))).containsExactly(file, A, B);
    }
}
