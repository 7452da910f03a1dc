package opm.sign;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import opm.apply.ScratchRoot;
import opm.base.OpmException.BadRequest;
import opm.base.OpmException.Damaged;
import opm.host.LocalDisk;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Signatures that minisign made are understood, and it understands ours.
final class FileSignatureTest {
    /// Made by minisign 0.11: `-G -W`, `-S` and `-S -l` over `hello`.
    private static final String PUBLIC =
            """
            untrusted comment: minisign public key 8E6039421A901983
            RWSDGZAaQjlgjoSudpYWA47gLWUg2CD4X1uAx037zNc9Ht6OGoOAf/hB
            """;

    private static final String SECRET =
            """
            untrusted comment: minisign encrypted secret key
            RWQAAEIyAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\
            AAAAgxmQGkI5YI6t9XuuuVsp\
            SllfQnCKjBOVjMdQTI7g2YmM5G/b4SyusoSudpYWA47gLWUg2CD4X1uAx037zNc9Ht6O\
            GoOAf/hBAAAAAAAAAAAAAAAAAA\
            AAAAAAAAAAAAAAAAAAAAAAAAA=
            """;

    private static final String HASHED =
            """
            untrusted comment: signature from minisign secret key
            RUSDGZAaQjlgjgxNCZHonX6PVPzaJ0twW5G93Neu6812K3y72qwMcDYgS92pfzva2E02\
            4IMAXU/fGe2IKpkSvEL253U5e5T3lwo=
            trusted comment: timestamp:1795302147\tfile:f\thashed
            3uTomBxcq6kR+uUrIdczkrXqTKBtLp3UjD6tDYiLAbPixta6aG3yLGjdtuBexrqblGiGaoN2jkq9jjNkFfgoDA==
            """;

    private static final String LEGACY =
            """
            untrusted comment: signature from minisign secret key
            RWSDGZAaQjlgjiLBAXEMY/1Kut0vfCX7dVv2PrRBZWnYYOYhk2XP/1uB4kUIGpnm4QDu\
            JwxxRy09r/7dkbSU4zT3Omci2Vs85wY=
            trusted comment: timestamp:1795302148\tfile:f
            ArPRSE24R2EgPxrYORMuvmwx0c3vs0QwtU5nve8FMBo6fSImRDyxBhI4FGugXkT0FSR2dB6J0+9fNPpEKWWTDw==
            """;

    @TempDir Path temp;
    private final LocalDisk disk = new LocalDisk();

    private Path file(String text) throws Exception {
        return Files.writeString(temp.resolve("f"), text);
    }

    private static VerifyKey key() throws Exception {
        return VerifyKey.parse(PUBLIC.getBytes(UTF_8), "key");
    }

    private static FileSignature signature(String text) throws Exception {
        return FileSignature.parse(text.getBytes(UTF_8), "signature");
    }

    /// The vector of RFC 7693, and lengths around a block against openssl's.
    @Test
    void hashesAsTheRfcSays() throws Exception {
        assertThat(blake("abc".getBytes(UTF_8)))
                .isEqualTo(
                        "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6f"
                                + "dbffa2d17d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925a"
                                + "b92386edd4009923");
        ScratchRoot.needs("openssl");
        var random = new Random(7);
        for (int length : List.of(0, 1, 127, 128, 129, 255, 256, 257, 100_000)) {
            byte[] bytes = new byte[length];
            random.nextBytes(bytes);
            Path file = Files.write(temp.resolve("bytes"), bytes);
            var run = ScratchRoot.run("openssl", "dgst", "-blake2b512", "-r", file.toString());
            assertThat(run.output()).startsWith(blake(bytes));
        }
    }

    private static String blake(byte[] bytes) {
        var blake = new Blake2b();
        blake.update(bytes, 0, bytes.length / 3);
        blake.update(bytes, bytes.length / 3, bytes.length - bytes.length / 3);
        return HexFormat.of().formatHex(blake.digest());
    }

    /// Both formats of minisign, and any other byte anywhere is no signature.
    @Test
    void readsWhatMinisignWrote() throws Exception {
        Path file = file("hello\n");
        for (String text : List.of(HASHED, LEGACY)) {
            FileSignature signature = signature(text);
            assertThat(signature.keyId()).isEqualTo("8E6039421A901983").isEqualTo(key().id());
            assertThat(signature.isOf(disk, file, key())).isTrue();
            assertThat(signature.word("file")).isEqualTo("f");
            assertThat(signature(text.replace("file:f", "file:g")).isSound(key())).isFalse();
        }
        file("hellO\n");
        assertThat(signature(HASHED).isOf(disk, file, key())).isFalse();
        assertThat(signature(LEGACY).isOf(disk, file, key())).isFalse();
        VerifyKey other = SignKey.generate().publicHalf();
        assertThat(signature(HASHED).isSound(other)).isFalse();
        assertThatThrownBy(() -> signature(HASHED.replace("RUSD", "RUS")))
                .isInstanceOf(Damaged.class);
        assertThatThrownBy(() -> signature("")).isInstanceOf(Damaged.class);
    }

    /// Ours are equal to minisign's: Ed25519 leaves nothing to chance.
    @Test
    void writesWhatMinisignWrites() throws Exception {
        var key = SignKey.parse(SECRET.getBytes(UTF_8), "key");
        assertThat(key.publicHalf().text()).isEqualTo(PUBLIC);
        assertThat(key.text().lines().skip(1)).isEqualTo(SECRET.lines().skip(1).toList());
        String comment = "timestamp:1795302147\tfile:f\thashed";
        FileSignature ours = FileSignature.of(disk, file("hello\n"), key, comment);
        assertThat(ours.text().lines().skip(1)).isEqualTo(HASHED.lines().skip(1).toList());
    }

    /// A key with a password is refused with a way out.
    @Test
    void aKeyWithAPasswordIsRefused() {
        String with = SECRET.replace("RWQAAEIy", "RWRTY0Iy");
        assertThatThrownBy(() -> SignKey.parse(with.getBytes(UTF_8), "key"))
                .isInstanceOf(BadRequest.class)
                .hasMessageContaining("password");
    }

    /// The real minisign, and signify for the older format, where they are installed.
    @Test
    void minisignAgrees() throws Exception {
        ScratchRoot.needs("minisign");
        Path file = file("of opm\n");
        SignKey key = SignKey.generate();
        Path pub = Files.writeString(temp.resolve("k.pub"), key.publicHalf().text());
        Path sec = Files.writeString(temp.resolve("k.key"), key.text());
        Path sig = temp.resolve("f.minisig");
        Files.writeString(sig, FileSignature.of(disk, file, key, "by opm").text());
        var run = ScratchRoot.run("minisign", "-Vm", file.toString(), "-p", pub.toString());
        assertThat(run.status()).as(run.output()).isZero();
        assertThat(run.output()).contains("by opm");
        for (String format : List.of("-H", "-l")) {
            run =
                    ScratchRoot.run(
                            "minisign",
                            "-S",
                            format,
                            "-m",
                            file.toString(),
                            "-s",
                            sec.toString(),
                            "-x",
                            sig.toString());
            assertThat(run.status()).as(run.output()).isZero();
            var theirs = FileSignature.parse(Files.readAllBytes(sig), "theirs");
            assertThat(theirs.isOf(disk, file, key.publicHalf())).isTrue();
        }
    }
}
