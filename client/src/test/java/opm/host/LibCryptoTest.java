package opm.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Random;
import opm.base.Digest;
import opm.base.Digest.Algorithm;
import org.junit.jupiter.api.Test;

/// The system hashes as Java does, whenever it takes over.
class LibCryptoTest {
    @Test
    void bySystem() throws Exception {
        // Half of it by Java, half by the system's library, in pieces of any size: the same.
        LibCrypto here = LibCrypto.here();
        assumeTrue(here != null, "no OpenSSL 3 on this machine");
        assertThat(here.prepare()).isNotNull();
        LibCrypto.offer();
        var bytes = new byte[(1 << 20) + 77];
        var random = new Random(6);
        random.nextBytes(bytes);
        byte[] expected = MessageDigest.getInstance("SHA-256").digest(bytes);
        for (int round = 0; round < 20; round++) {
            MessageDigest engine = Algorithm.SHA256.engine();
            int at = 0;
            while (at < bytes.length) {
                int count = Math.min(bytes.length - at, random.nextInt(1 << (4 + at % 17)));
                engine.update(bytes, at, count);
                at += count;
                if (at > bytes.length / 2) {
                    Digest.prepare();
                }
            }
            assertThat(engine.digest()).as("round %d", round).isEqualTo(expected);
            engine.update(bytes, 1, 70_000);
            engine.reset();
            assertThat(engine.digest(bytes)).as("again").isEqualTo(expected);
            engine.update(ByteBuffer.allocateDirect(bytes.length).put(bytes).flip());
            assertThat(engine.digest()).as("from outside the heap").isEqualTo(expected);
        }
    }
}
