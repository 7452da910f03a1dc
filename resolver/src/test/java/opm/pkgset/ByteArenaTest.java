package opm.pkgset;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Bytes in pieces.
class ByteArenaTest {
    private static final int PIECE = 1 << 20;

    @Test
    void writtenAsAdded() throws Exception {
        // Strings as long as a piece, longer and shorter, before and after it is used again.
        var random = new Random(Long.getLong("opm.fuzz.seed", 22));
        var arena = new ByteArena();
        int[] lengths = {PIECE, PIECE - 1, PIECE + 1, 3 * PIECE, 1, 70_000};
        for (int round = 0; round < 12; round++) {
            arena.clear();
            var expected = new ByteArrayOutputStream();
            for (int left = random.nextInt(7); left >= 0; left--) {
                var bytes = new byte[lengths[random.nextInt(lengths.length)]];
                random.nextBytes(bytes);
                int at = arena.add(bytes, 0, bytes.length);
                assertThat(arena.holds(at, bytes, 0, bytes.length)).isTrue();
                expected.write(bytes);
            }
            assertThat(arena.total()).isEqualTo(expected.size());
            var found = new ByteArrayOutputStream();
            var out = new SetOutput(found::write, 1000);
            arena.writeTo(out);
            out.flush();
            assertThat(found.toByteArray()).isEqualTo(expected.toByteArray());
        }
    }
}
