package opm.pkgset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Runs of bytes read alike, whichever way their length makes them be read.
class BytesTest {
    private static List<Bytes> both(byte[] bytes) {
        return List.of(Bytes.of(bytes), Bytes.mapped(MemorySegment.ofArray(bytes)));
    }

    @Test
    void numbersAndCopies() {
        // Both kinds give the same numbers, little-endian, the same copies and the same parts.
        var raw = new byte[300];
        new Random(5).nextBytes(raw);
        for (Bytes whole : both(raw)) {
            for (Bytes bytes : List.of(whole, whole.slice(0, 300))) {
                assertThat(bytes.length()).isEqualTo(300);
                for (int at = 0; at <= 292; at++) {
                    long expected = 0;
                    for (int place = 7; place >= 0; place--) {
                        expected = expected << 8 | raw[at + place] & 0xff;
                    }
                    assertThat(bytes.u8(at)).isEqualTo(raw[at]);
                    assertThat(bytes.u32(at)).isEqualTo((int) expected);
                    assertThat(bytes.u64(at)).isEqualTo(expected);
                }
            }
            var copy = new byte[50];
            whole.slice(100, 80).copy(7, copy);
            assertThat(copy).isEqualTo(java.util.Arrays.copyOfRange(raw, 107, 157));
            var again = new byte[50];
            whole.buffer(107, 50).get(again);
            assertThat(again).isEqualTo(copy);
        }
    }

    @Test
    void ofAFile(@TempDir Path folder) throws Exception {
        // Long runs come from the file as from the map, from it as long as it is open.
        var raw = new byte[50_000];
        new Random(6).nextBytes(raw);
        Path file = Files.write(folder.resolve("bytes"), raw);
        try (var channel = FileChannel.open(file)) {
            var map = channel.map(FileChannel.MapMode.READ_ONLY, 0, raw.length);
            Bytes part = Bytes.of(map, channel).slice(1000, 40_000);
            for (int round = 0; round < 2; round++) {
                var copy = new byte[30_000];
                part.copy(2000, copy);
                assertThat(copy).isEqualTo(java.util.Arrays.copyOfRange(raw, 3000, 33_000));
                part.copy(39_000, copy, 7, 1000);
                assertThat(copy[1006]).isEqualTo(raw[40_999]);
                assertThatThrownBy(() -> part.copy(20_000, copy))
                        .isInstanceOf(IndexOutOfBoundsException.class);
                channel.close();
            }
        }
    }

    @Test
    void outside() {
        // No offset outside is read, not even one that would come round as an int.
        for (Bytes bytes : both(new byte[64])) {
            for (long at : new long[] {-1, 61, 64, 1L << 32, (1L << 32) + 8, -(1L << 32)}) {
                assertThatThrownBy(() -> bytes.u32(at))
                        .isInstanceOf(IndexOutOfBoundsException.class);
                assertThatThrownBy(() -> bytes.copy(at, new byte[4]))
                        .isInstanceOf(IndexOutOfBoundsException.class);
            }
            assertThatThrownBy(() -> bytes.u8(1L << 32))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> bytes.slice(60, 1L << 32))
                    .isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void sameSet() throws Exception {
        // A set answers alike from a buffer and from a segment, which sets beyond 2 GiB are.
        byte[] raw = Worlds.everything().toBytes().toArray(ValueLayout.JAVA_BYTE);
        for (Bytes bytes : both(raw)) {
            PackageSet set = PackageSet.of(bytes);
            set.check();
            assertThat(Worlds.dump(set)).isEqualTo(Worlds.dump(Worlds.everything().build()));
        }
    }
}
