package opm.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Digests are those of everybody else.
class DigestTest {
    @Test
    void shortTexts() throws Exception {
        // Our SHA-256 for short texts equals the JDK's at every length around its blocks.
        var random = new Random(3);
        var own = new Sha256();
        MessageDigest jdk = MessageDigest.getInstance("SHA-256");
        assertThat(own).isNotInstanceOf(jdk.getClass());
        for (int length = 0; length < 400; length++) {
            var bytes = new byte[length];
            random.nextBytes(bytes);
            assertThat(own.digest(bytes)).as("%d bytes", length).isEqualTo(jdk.digest(bytes));
            assertThat(Digest.sha256Of(bytes))
                    .isEqualTo(Digest.of(Digest.Algorithm.SHA256, jdk.digest(bytes)));
        }
    }

    @Test
    void inPieces() throws Exception {
        // It does not matter in which pieces the bytes come.
        var random = new Random(4);
        for (int round = 0; round < 200; round++) {
            var bytes = new byte[random.nextInt(1000)];
            random.nextBytes(bytes);
            var own = new Sha256();
            for (int at = 0; at < bytes.length; ) {
                int count = Math.min(bytes.length - at, 1 + random.nextInt(150));
                if (count == 1) {
                    own.update(bytes[at]);
                } else {
                    own.update(bytes, at, count);
                }
                at += count;
            }
            assertThat(own.digest()).isEqualTo(MessageDigest.getInstance("SHA-256").digest(bytes));
        }
    }

    @Test
    void longTexts() throws Exception {
        // Where libcrypto is not there, long texts go to the JDK's engine, and come to the same.
        var bytes = new byte[300_000];
        new Random(5).nextBytes(bytes);
        assertThat(Digest.sha256InJava(bytes.length)).isNotInstanceOf(Sha256.class);
        assertThat(new Sha256().digest(bytes))
                .isEqualTo(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    @Test
    void manyShortTexts() {
        // Who hashes much in small pieces gets the JDK's engine, too.
        for (int at = 0; at < 5; at++) {
            Digest.sha256InJava(250_000);
        }
        assertThat(Digest.sha256InJava(1)).isNotInstanceOf(Sha256.class);
    }

    @Test
    void aWrongOne() {
        // What the machine offers is used only if it computes what Java computes.
        assertThat(FastSha256.isRight((_, _, _, _) -> {})).isFalse();
        FastSha256.Blocks right =
                (context, from, offset, length) -> {
                    byte[] blocks = Arrays.copyOfRange(from, offset, offset + length);
                    int[] state = Sha256.stateAfter(blocks);
                    System.arraycopy(state, 0, context, 0, state.length);
                };
        assertThat(FastSha256.isRight(right)).isTrue();
    }
}
