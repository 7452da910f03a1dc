package opm.presolve;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import opm.base.OpmException;
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
            var entries = new TreeMap<String, AnswerIndex.Entry>();
            for (int at = 0; at < count; at++) {
                entries.put("name" + at, entry("name" + at, at));
            }
            AnswerIndex.Made made = AnswerIndex.of(entries);
            AnswerIndex.Known read = read(made);
            assertThat(read.entries()).isEqualTo(entries);
            if (count > 0) {
                entries.put("name0", entry("name0", 77));
                var fresh = new ArrayList<>(AnswerIndex.of(entries).nodes());
                fresh.removeAll(made.nodes());
                assertThat(fresh).hasSize(made.depth() + 1);
            }
        }
    }

    /// An index that is brought up to date is the one that is made from nothing.
    @Test
    void theIndexFollowsItsNames() throws Exception {
        var random = new Random(8);
        var entries = new TreeMap<String, AnswerIndex.Entry>();
        AnswerIndex.Made made = AnswerIndex.of(entries);
        for (int round = 0; round < 60; round++) {
            AnswerIndex.Made before = read(made).index();
            var changed = new HashSet<String>();
            int most = round % 20 == 0 ? 600 : 12;
            for (int i = random.nextInt(most); i >= 0; i--) {
                String name = "name" + random.nextInt(900);
                changed.add(name);
                if (random.nextInt(3) == 0) {
                    entries.remove(name);
                } else {
                    entries.put(name, entry(name, round));
                }
            }
            made = AnswerIndex.of(entries, before, changed);
            AnswerIndex.Made whole = AnswerIndex.of(entries);
            assertThat(made.places()).isEqualTo(whole.places());
            assertThat(read(made).entries()).isEqualTo(entries);
        }
    }

    private final Map<String, byte[]> texts = new HashMap<>();

    private AnswerIndex.Known read(AnswerIndex.Made made) throws OpmException {
        texts.putAll(made.fresh());
        return AnswerIndex.read(
                made.root(), made.depth(), (hex, _) -> texts.getOrDefault(hex, new byte[0]));
    }

    private static AnswerIndex.Entry entry(String name, long seconds) {
        String json = AnswerIndex.key(name);
        return new AnswerIndex.Entry(name, seconds, json, AnswerIndex.key("p" + name));
    }
}
