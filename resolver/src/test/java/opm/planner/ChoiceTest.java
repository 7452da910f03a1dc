package opm.planner;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import opm.planner.Choice.Part;
import org.junit.jupiter.api.Test;

/// What fits into a budget, and is worth most.
final class ChoiceTest {
    private static final int WORLDS = 2_000;

    private static Part part(long bytes, int security, int asked, Integer... needs) {
        return new Part(bytes, List.of(security, asked), List.of(needs));
    }

    /// What mends security goes before any number of other things.
    @Test
    void securityFirst() {
        var parts = List.of(part(10, 0, 9), part(10, 1, 0), part(10, 0, 9));
        assertThat(Choice.best(parts, 20).stream().boxed()).containsExactly(0, 1);
        assertThat(Choice.best(parts, 10).stream().boxed()).containsExactly(1);
    }

    /// What is needed comes along, and counts.
    @Test
    void needsComeAlong() {
        var parts = List.of(part(30, 0, 0), part(10, 0, 3, 0), part(35, 0, 2));
        assertThat(Choice.best(parts, 40).stream().boxed()).containsExactly(0, 1);
        assertThat(Choice.best(parts, 39).stream().boxed()).containsExactly(2);
    }

    /// Taking what is worth most for a byte first is not enough: two that fill the budget are more.
    @Test
    void greedIsNotEnough() {
        var parts = List.of(part(51, 0, 52), part(50, 0, 50), part(50, 0, 50));
        assertThat(Choice.best(parts, 100).stream().boxed()).containsExactly(1, 2);
    }

    /// Nothing fits, nothing is there, everything is free.
    @Test
    void edges() {
        assertThat(Choice.best(List.of(), 5).isEmpty()).isTrue();
        assertThat(Choice.best(List.of(part(6, 1, 1)), 5).isEmpty()).isTrue();
        assertThat(Choice.best(List.of(part(0, 1, 1)), 0).cardinality()).isOne();
        assertThat(Choice.best(List.of(part(0, 1, 1)), -1).isEmpty()).isTrue();
    }

    /// In small random worlds no subset that is closed and fits is worth more.
    @Test
    void bestOfAll() {
        int tight = 0;
        for (int seed = 0; seed < WORLDS; seed++) {
            var random = new Random(seed);
            List<Part> parts = parts(random, 1 + random.nextInt(12));
            long all = parts.stream().mapToLong(Part::bytes).sum();
            long budget = random.nextLong(all + 2);
            BitSet chosen = Choice.best(parts, budget);
            assertThat(isClosed(parts, chosen)).as("closed, seed %d", seed).isTrue();
            assertThat(bytes(parts, chosen)).as("seed %d", seed).isLessThanOrEqualTo(budget);
            long most = 0;
            for (long mask = 0; mask < 1L << parts.size(); mask++) {
                var subset = BitSet.valueOf(new long[] {mask});
                if (bytes(parts, subset) <= budget && isClosed(parts, subset)) {
                    most = Math.max(most, worth(parts, subset));
                }
            }
            assertThat(worth(parts, chosen)).as("seed %d", seed).isEqualTo(most);
            tight += chosen.cardinality() < parts.size() ? 1 : 0;
        }
        // Else the test would say nothing.
        assertThat(tight).isGreaterThan(WORLDS / 2);
    }

    private static List<Part> parts(Random random, int count) {
        var parts = new ArrayList<Part>();
        for (int at = 0; at < count; at++) {
            var needs = new ArrayList<Integer>();
            for (int other = 0; other < at; other++) {
                if (random.nextInt(5) == 0) {
                    needs.add(other);
                }
            }
            int security = random.nextInt(3) == 0 ? random.nextInt(9) : 0;
            int asked = random.nextInt(2) * random.nextInt(4);
            parts.add(new Part(random.nextInt(40), List.of(security, asked), needs));
        }
        return parts;
    }

    private static long bytes(List<Part> parts, BitSet chosen) {
        return chosen.stream().mapToLong(at -> parts.get(at).bytes()).sum();
    }

    private static long worth(List<Part> parts, BitSet chosen) {
        return chosen.stream()
                .mapToLong(
                        at -> parts.get(at).worth().get(0) * 1_000L + parts.get(at).worth().get(1))
                .sum();
    }

    private static boolean isClosed(List<Part> parts, BitSet chosen) {
        return chosen.stream().allMatch(at -> parts.get(at).needs().stream().allMatch(chosen::get));
    }
}
