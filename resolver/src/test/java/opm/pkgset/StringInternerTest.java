package opm.pkgset;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Strings and their numbers.
class StringInternerTest {
    private static List<String> words(Random random, int count) {
        String[] parts = {"/usr/share/", "doc/", "a", "ä", "locale/pt_BR/", "b-1.2/", "/", "zz"};
        var words = new ArrayList<String>();
        for (int word = 0; word < count; word++) {
            var text = new StringBuilder();
            for (int part = random.nextInt(9); part >= 0; part--) {
                text.append(parts[random.nextInt(parts.length)]);
            }
            words.add(text.toString());
        }
        return words;
    }

    @Test
    void sortedAndUsedAgain() {
        // Bytewise, whatever they share; and nothing is left of what was forgotten.
        var random = new Random(Long.getLong("opm.fuzz.seed", 21));
        var strings = new StringInterner();
        for (int round = 0; round < 6; round++) {
            strings.clear();
            List<String> words = words(random, 40 + 400 * round);
            words.forEach(strings::intern);
            var expected = new TreeSet<byte[]>(java.util.Arrays::compareUnsigned);
            expected.add(new byte[0]);
            words.forEach(word -> expected.add(word.getBytes(StandardCharsets.UTF_8)));
            assertThat(IntStream.of(strings.sorted()).mapToObj(strings::string).toList())
                    .isEqualTo(
                            expected.stream()
                                    .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                                    .toList());
        }
    }

    @Test
    void hashesCannotBePrepared() {
        // All of these have one hash where the factor is Java's 31.
        var hashes = new TreeSet<Integer>();
        for (int bits = 0; bits < 1 << 14; bits++) {
            var text = new StringBuilder();
            for (int bit = 0; bit < 14; bit++) {
                text.append((bits >> bit & 1) == 0 ? "Aa" : "BB");
            }
            byte[] bytes = text.toString().getBytes(StandardCharsets.US_ASCII);
            hashes.add(StringInterner.hash(bytes, 0, bytes.length));
        }
        assertThat(hashes).hasSizeGreaterThan(16_000);
    }
}
