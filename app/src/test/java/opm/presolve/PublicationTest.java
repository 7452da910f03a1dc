package opm.presolve;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A publication is valid whole or not at all, whenever its builder dies.
final class PublicationTest {
    @TempDir Path tree;

    /// Dead before everything is ready: as if it had not begun. Dead after that: the next one
    /// finishes it.
    @Test
    void aDeadBuilderLeavesOneOrTheOther() throws Exception {
        var publisher = new Publisher(tree);
        publisher.publish(List.of("a", "b"), 1000); // version 1
        String first = publisher.root();
        publisher.die(List.of("a"), 1001); // version 2: ready, nothing moved
        assertThat(publisher.root()).isEqualTo(first);
        assertThat(publisher.recover()).isTrue();
        String second = publisher.root();
        assertThat(second).isNotEqualTo(first);
        assertThat(Files.readString(tree.resolve("packages/tiny/1/a"))).isEqualTo("{\"a\":2}\n");
        publisher.die(List.of("b"), 1002); // version 3: not ready
        assertThat(publisher.recover()).isFalse();
        assertThat(publisher.root()).isEqualTo(second);
        assertThat(Files.readString(tree.resolve("packages/tiny/1/b"))).isEqualTo("{\"b\":1}\n");
    }

    /// Every name is found again, at all sizes, and a change of one name changes one way from the
    /// root.
    @Test
    void theIndexHoldsWhatWentIn() throws Exception {
        for (int count : new int[] {0, 1, 16, 17, 300, 5_000}) {
            var entries = new ArrayList<AnswerIndex.Entry>();
            for (int at = 0; at < count; at++) {
                entries.add(entry("name" + at, at));
            }
            AnswerIndex.Made made = AnswerIndex.of(entries);
            var read =
                    AnswerIndex.read(
                            made.root(),
                            made.depth(),
                            (hex, _) -> made.nodes().getOrDefault(hex, new byte[0]));
            assertThat(read.values()).containsExactlyInAnyOrderElementsOf(entries);
            if (count > 0) {
                entries.set(0, entry("name0", 77));
                AnswerIndex.Made other = AnswerIndex.of(entries);
                var fresh = new ArrayList<>(other.nodes().keySet());
                fresh.removeAll(made.nodes().keySet());
                assertThat(fresh).hasSize(made.depth() + 1);
            }
        }
    }

    private static AnswerIndex.Entry entry(String name, long seconds) {
        String json = AnswerIndex.key(name);
        return new AnswerIndex.Entry(name, seconds, json, AnswerIndex.key("p" + name));
    }
}
