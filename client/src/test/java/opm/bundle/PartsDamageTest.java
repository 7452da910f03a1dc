package opm.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import opm.apply.ScratchRoot;
import opm.base.OpmException.Damaged;
import opm.host.LocalDisk;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// One wrong byte anywhere in a part, in the parity part or in the sums of pieces: it is found, and
/// the others make up for it.
///
/// `-Dopm.flips=200` for the full count; `-Dopm.seed=N` replays a run.
final class PartsDamageTest {
    private static final int FLIPS = Integer.getInteger("opm.flips", 9);
    private static final long SEED = Long.getLong("opm.seed", 20_261_121L);

    @TempDir Path temp;
    private final LocalDisk disk = new LocalDisk();
    private final Random random = new Random(SEED);
    private final List<Path> parts = new ArrayList<>();
    private Path whole;

    @BeforeEach
    void aBundleInParts() throws Exception {
        var packages = FolderPackages.of(ScratchRoot.demoNewer());
        var plan =
                packages.plan("abc 1 x86_64", BundleTest.INSTALLED, List.of(), packages.names());
        whole = temp.resolve("whole.opm");
        byte[] proof = new byte[100_000];
        var contents =
                new BundleWriter.Contents(plan, BundleTest.INSTALLED, proof, new TreeMap<>());
        try (var out = disk.create(whole)) {
            BundleWriter.write(contents, packages, out);
        }
        BundleReader reader = BundleReader.open(disk, whole);
        Path box = temp.resolve("box.opm");
        for (var part : BundleSplit.split(disk, reader, box, Files.size(whole) * 9 / 4, true)) {
            parts.add(part.file());
        }
        assertThat(parts).hasSizeGreaterThan(1);
    }

    private Path damaged(Path file) throws Exception {
        byte[] bytes = Files.readAllBytes(file);
        int at = random.nextInt(bytes.length);
        bytes[at] ^= (byte) (1 + random.nextInt(255));
        return Files.write(temp.resolve("damaged" + file.getFileName()), bytes);
    }

    /// Of the parts any one may be damaged anywhere.
    @Test
    void theOthersMakeUpForIt() throws Exception {
        for (int flip = 0; flip < FLIPS; flip++) {
            var some = new ArrayList<>(parts);
            int bad = random.nextInt(parts.size());
            some.set(bad, damaged(parts.get(bad)));
            Path file = some.get(bad);
            assertThat(catchThrowableOfType(Damaged.class, () -> verify(file)))
                    .as("flip " + flip + ", seed " + SEED)
                    .isNotNull();
            Path joined = temp.resolve("joined.opm");
            BundleJoin.join(disk, some, joined);
            assertThat(Files.mismatch(joined, whole)).as("flip " + flip).isEqualTo(-1);
        }
    }

    /// A damaged part is refused by sh, which changes nothing, as whole bundles are.
    @Test
    void shRefusesIt() throws Exception {
        ScratchRoot.needs("rpm", "rpmkeys", "dash");
        Path root = Files.createDirectories(temp.resolve("root"));
        var before = ScratchRoot.listing(root);
        for (int flip = 0; flip < FLIPS; flip++) {
            Path file = damaged(parts.get(random.nextInt(parts.size())));
            var run = ScratchRoot.run("dash", file + "", "--yes", "--root", root + "");
            assertThat(run.status()).as(run.output() + SEED).isPositive();
            assertThat(ScratchRoot.listing(root)).isEqualTo(before);
        }
    }

    /// Wrong sums of pieces mislead nobody: what is mended is compared with the manifest.
    @Test
    void sumsThatLieDoNoHarm() throws Exception {
        Entry sums = BundleReader.open(disk, whole).find("chunks").orElseThrow();
        for (int flip = 0; flip < FLIPS; flip++) {
            byte[] bytes = Files.readAllBytes(whole);
            int at = (int) sums.at() + random.nextInt((int) sums.sizeBytes());
            bytes[at] ^= (byte) (1 + random.nextInt(255));
            bytes[bytes.length / 2] ^= 1;
            Path file = Files.write(temp.resolve("box2.opm"), bytes);
            new BundleRepair(disk, file, List.of(Spare.bundle(disk, whole))).run();
            assertThat(Files.mismatch(file, whole)).as("byte " + at).isEqualTo(-1);
        }
    }

    private void verify(Path file) throws Exception {
        BundleReader.open(disk, file).verify();
    }
}
