package opm.presolve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
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
            AnswerIndex made = AnswerIndex.of(entries.values());
            AnswerIndex read = read(made);
            assertThat(read.entries()).isEqualTo(entries);
            if (count > 0) {
                entries.put("name0", entry("name0", 77));
                var fresh = new ArrayList<>(AnswerIndex.of(entries.values()).nodes());
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
        AnswerIndex made = AnswerIndex.of(entries.values());
        for (int round = 0; round < 60; round++) {
            AnswerIndex before = read(made);
            var came = new TreeMap<String, AnswerIndex.Entry>();
            var gone = new TreeSet<String>();
            int most = round % 20 == 0 ? 600 : 12;
            for (int i = random.nextInt(most); i >= 0; i--) {
                String name = "name" + random.nextInt(900);
                if (random.nextInt(3) == 0) {
                    entries.remove(name);
                    came.remove(name);
                    gone.add(name);
                } else {
                    entries.put(name, entry(name, round));
                    came.put(name, entry(name, round));
                    gone.remove(name);
                }
            }
            made = before.with(came.values(), gone, entries.size());
            AnswerIndex whole = AnswerIndex.of(entries.values());
            assertThat(made.root()).isEqualTo(whole.root());
            assertThat(made.entries()).isEqualTo(entries);
            assertThat(whole.with(came.values(), gone, entries.size()).entries())
                    .isEqualTo(entries);
            assertThat(made.nodes()).isEqualTo(whole.nodes());
            assertThat(read(made).entries()).isEqualTo(entries);
        }
    }

    /// A change of one name among thousands reads its leaf and no other.
    @Test
    void aLeafIsReadWhenItIsAskedFor() throws Exception {
        var entries = new TreeMap<String, AnswerIndex.Entry>();
        for (int at = 0; at < 5_000; at++) {
            entries.put("name" + at, entry("name" + at, at));
        }
        AnswerIndex made = AnswerIndex.of(entries.values());
        AnswerIndex read = read(made);
        int above = asked;
        assertThat(read.nodes()).isEqualTo(made.nodes());
        assertThat(read.entry("name7")).isEqualTo(entries.get("name7"));
        assertThat(read.entry("name7")).isNotNull();
        read.with(List.of(entry("name7", 9)), List.of(), entries.size());
        assertThat(asked).isEqualTo(above + 1).isLessThan(made.nodes().size() / 10);
    }

    /// A leaf with other bytes than its digest says is no answer, and not no name either.
    @Test
    void aDamagedLeafIsRefused() throws Exception {
        AnswerIndex made = AnswerIndex.of(List.of(entry("one", 1)));
        AnswerIndex read = read(made);
        texts.put(made.root(), "two 1 and more\n".getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> read.entry("one"))
                .isInstanceOf(OpmException.Damaged.class)
                .hasMessageContaining("other bytes than its name says");
    }

    private final Map<String, byte[]> texts = new HashMap<>();
    private int asked;

    private AnswerIndex read(AnswerIndex made) throws OpmException {
        texts.putAll(made.fresh());
        asked = 0;
        return AnswerIndex.read(made.root(), made.depth(), (hex, _) -> text(hex));
    }

    private byte[] text(String hex) {
        asked++;
        return texts.getOrDefault(hex, new byte[0]);
    }

    private static AnswerIndex.Entry entry(String name, long seconds) {
        String json = AnswerIndex.key(name);
        return new AnswerIndex.Entry(name, seconds, json, AnswerIndex.key("p" + name));
    }
}
