package opm.delta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import opm.FuzzRounds;
import opm.base.Digest;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;
import opm.host.Host;
import opm.host.LocalDisk;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The deltas under fixtures/delta, which every later opm has to read, and hostile ones made of
/// them whose sums are right.
final class DeltaFixtureTest {
    private static final Path FIXTURES =
            Path.of(System.getProperty("opm.root", "."), "fixtures/delta");
    private static final long SEED = Long.getLong("opm.fuzz.seed", 20261121);

    @TempDir Path temp;
    private final LocalDisk disk = new LocalDisk();
    private final Deltas deltas = new Deltas(Host.ofThisMachine());
    private final Path old = FIXTURES.resolve("old.rpm");
    private Path folder;

    @BeforeEach
    void aFolder() throws IOException {
        folder = Files.createDirectory(temp.resolve("folder"));
    }

    /// The delta of the first release leads to the package that it was made for, on any machine:
    /// gzip is packed by opm itself.
    @Test
    void theFirstReleaseIsRead() throws Exception {
        Path made = temp.resolve("made.rpm");
        deltas.apply(old, FIXTURES.resolve("good.opmdelta"), folder, made);
        assertThat(made).hasSameBinaryContentAs(FIXTURES.resolve("new.rpm"));
        Deltas.Facts facts = deltas.facts(FIXTURES.resolve("good.opmdelta"));
        assertThat(facts.base()).isEqualTo("box-0:1-1.noarch");
        assertThat(facts.target()).isEqualTo("box-0:2-1.noarch");
    }

    /// Damage and later versions are named, and nothing is written.
    @Test
    void badOnesAreRefused() throws Exception {
        for (String name : new String[] {"bad-newer", "bad-sum", "bad-stream", "bad-cut"}) {
            Path made = temp.resolve("made.rpm");
            Path bad = FIXTURES.resolve(name + ".opmdelta");
            assertThatThrownBy(() -> deltas.apply(old, bad, folder, made))
                    .as(name)
                    .isInstanceOf(Damaged.class);
            assertThat(made).doesNotExist();
        }
    }

    /// Streams that nobody would write, with sums that fit: a failure, never another file.
    @Test
    void hostileStreamsAreRefused() throws Exception {
        OpmDelta good = OpmDelta.read(disk, FIXTURES.resolve("good.opmdelta"));
        byte[] plain =
                Unpacking.all(new ByteArrayInputStream(good.stream()), 1 << 20, "the fixture");
        byte[] right = Files.readAllBytes(FIXTURES.resolve("new.rpm"));
        var random = new Random(SEED);
        var rounds = new FuzzRounds("deltas", 300);
        for (int round = 0; rounds.more(); round++) {
            byte[] bytes = damaged(plain, random);
            var hostile =
                    new OpmDelta(
                            good.base(),
                            good.baseHeader(),
                            good.baseArchive(),
                            good.target(),
                            good.digest(),
                            good.sizeBytes(),
                            good.frontBytes(),
                            good.archiveBytes() + (round % 3 == 0 ? random.nextInt(3) : 0),
                            good.packing(),
                            bytes);
            Path file = temp.resolve("hostile.opmdelta");
            hostile.write(disk, file);
            check(file, right, "round " + round + ", seed " + SEED);
        }
    }

    /// The same of deltarpm's format, which has no sums at all.
    @Test
    void hostileDrpmsAreRefused() throws Exception {
        byte[] plain = drpm();
        Path file = Files.write(temp.resolve("hostile.drpm"), plain);
        byte[] right = Files.readAllBytes(FIXTURES.resolve("new.rpm"));
        check(file, right, "undamaged");
        assertThat(temp.resolve("made.rpm")).exists();
        var random = new Random(SEED);
        var rounds = new FuzzRounds("deltarpm's deltas", 300);
        for (int round = 0; rounds.more(); round++) {
            Files.write(file, damaged(plain, random));
            check(file, right, "round " + round + ", seed " + SEED);
        }
    }

    /// Makes an rpm-only delta by hand that copies the old header and brings all else.
    private byte[] drpm() throws Exception {
        WholeRpm from = WholeRpm.read(disk, old);
        WholeRpm to = WholeRpm.read(disk, FIXTURES.resolve("new.rpm"));
        int start = (int) to.head().headerStart();
        byte[] md5 =
                Digest.Algorithm.MD5
                        .engine()
                        .digest(Files.readAllBytes(FIXTURES.resolve("new.rpm")));
        byte[] made = to.base();
        var out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {'d', 'r', 'p', 'm', 'D', 'L', 'T', '3'});
        numbers(out, 0, 0);
        out.writeBytes(new byte[] {'D', 'L', 'T', '3'});
        numbers(out, 0, 16);
        out.writeBytes(
                java.util.HexFormat.of()
                        .parseHex(java.util.Objects.requireNonNull(from.head().md5()).hex()));
        out.writeBytes(md5);
        numbers(out, 0, 9 << 8 | 1, 0, to.front().length - start, 0, start);
        out.write(to.front(), 0, start);
        int same = Arrays.mismatch(made, from.base());
        numbers(out, 0, 1, 1, 1, made.length - same, 0, same, 0, from.base().length, 0, 0);
        numbers(out, made.length - same);
        out.write(made, same, made.length - same);
        return out.toByteArray();
    }

    private static void numbers(ByteArrayOutputStream out, int... numbers) {
        for (int number : numbers) {
            out.writeBytes(ByteBuffer.allocate(4).putInt(number).array());
        }
    }

    private static byte[] damaged(byte[] bytes, Random random) {
        byte[] damaged = bytes.clone();
        for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
            int at = random.nextInt(random.nextBoolean() ? damaged.length : 64);
            damaged[at] = (byte) random.nextInt(256);
        }
        return random.nextInt(8) == 0
                ? Arrays.copyOf(damaged, random.nextInt(damaged.length))
                : damaged;
    }

    private void check(Path delta, byte[] right, String what) throws Exception {
        Path made = temp.resolve("made.rpm");
        Files.deleteIfExists(made);
        try {
            deltas.apply(old, delta, folder, made);
            assertThat(Files.readAllBytes(made)).as(what).isEqualTo(right);
        } catch (OpmException expected) {
            assertThat(made).as(what).doesNotExist();
        }
    }
}
