package opm.pkgset;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Sets are canonical: what packs their texts may become faster, and nothing else.
final class LzTest {
    /// Made by the encoder that wrote the first sets.
    private static final String DIGEST =
            "fb5f1104f37e851c9d9347129367255f6420449a06435d1b523e8398ac8eab86";

    /// So many that places are counted from the start again, with few and with many repetitions.
    private static final int BLOCKS = 40_000;

    @Test
    void theSameBytesPackTheSameWayForEver() throws Exception {
        var random = new Random(20_261_122);
        var lz = new Lz();
        var out = new VarOutput();
        MessageDigest sha = MessageDigest.getInstance("SHA-256");
        for (int block = 0; block < BLOCKS; block++) {
            byte[] raw = bytes(random, block % 1000 == 0 ? Lz.MOST_BYTES + 1 : 120);
            out.clear();
            lz.pack(raw, raw.length, out);
            sha.update(out.buffer(), 0, out.size());
        }
        assertThat(HexFormat.of().formatHex(sha.digest())).isEqualTo(DIGEST);
    }

    /// Returns bytes below a bound, each one that came before or one of a small alphabet.
    private static byte[] bytes(Random random, int bound) {
        var raw = new byte[random.nextInt(bound)];
        int alphabet = 1 + random.nextInt(6);
        for (int at = 0; at < raw.length; at++) {
            raw[at] =
                    at > 20 && random.nextInt(3) > 0
                            ? raw[at - 1 - random.nextInt(20)]
                            : (byte) (random.nextInt(alphabet) * 50);
        }
        return raw;
    }
}
