package opm.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Mirrors are asked in the order of what they promise.
class RankingTest {
    private static final URI A = URI.create("http://a/x");
    private static final URI B = URI.create("http://b/x");
    private static final URI C = URI.create("http://c/x");
    private static final List<URI> ALL = List.of(A, B, C);

    private final Ranking ranking = new Ranking();

    private void transfer(URI source, long bytes, long millis, boolean broke) {
        ranking.begin(source);
        ranking.end(source, bytes, millis, broke);
    }

    // Nothing known: the order given. A second lane takes the second one.
    @Test
    void spreadsLanes() {
        assertThat(ranking.order(ALL)).isEqualTo(ALL);
        ranking.begin(A);
        assertThat(ranking.order(ALL)).containsExactly(B, C, A);
        ranking.begin(B);
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
            ranking.begin(B);
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

    // A file of this machine is nearer than any mirror, even where it once could not be read.
    @Test
    void prefersFiles() {
        URI file = URI.create("file:/x");
        assertThat(ranking.order(List.of(A, file, B))).containsExactly(file, A, B);
    }
}
