package opm.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import opm.apply.ScratchRoot;
import opm.base.Nevra;
import opm.base.OpmException.Damaged;
import opm.host.LocalDisk;
import opm.host.LocalNet;
import opm.host.SimDisk;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A damaged bundle becomes whole again, with little taken from elsewhere.
final class BundleRepairTest {
    private static final long SEED = Long.getLong("opm.seed", 20_261_121L);

    @TempDir Path temp;
    private final LocalDisk disk = new LocalDisk();
    private final Random random = new Random(SEED);
    private Path file;
    private Path copy;
    private byte[] bytes;
    private ZipLayout layout;
    private Front front;

    @BeforeEach
    void aBundleAndItsCopy() throws Exception {
        aBundleAndItsCopy(3_000_000);
    }

    /// @param proofBytes few where the whole of it is hashed a hundred times
    private void aBundleAndItsCopy(int proofBytes) throws Exception {
        var proof = new byte[proofBytes];
        random.nextBytes(proof);
        var packages = FolderPackages.of(ScratchRoot.demoNewer());
        List<Nevra> installed = BundleTest.INSTALLED;
        var plan = packages.plan("abc 1 x86_64", installed, List.of("abc-maps"), packages.names());
        copy = temp.resolve("copy.opm");
        try (var out = disk.create(copy)) {
            BundleWriter.write(
                    new BundleWriter.Contents(plan, installed, proof, new TreeMap<>()),
                    packages,
                    out);
        }
        bytes = Files.readAllBytes(copy);
        file = Files.write(temp.resolve("box.opm"), bytes);
        front = Front.parse(Arrays.copyOf(bytes, Front.HEAD_BYTES));
        List<Entry> entries = BundleReader.open(disk, copy).entries();
        layout = BundleReader.layout(front, entries, ZipLayout.ZIP64_FROM);
    }

    private Entry entry(String path) throws Exception {
        return BundleReader.open(disk, copy).find(path).orElseThrow();
    }

    private void damage(long at, int length) throws Exception {
        byte[] bad = Files.readAllBytes(file);
        for (int i = 0; i < length; i++) {
            bad[(int) at + i] ^= (byte) (1 + random.nextInt(255));
        }
        Files.write(file, bad);
    }

    private BundleRepair.Result repair(Spare... spares) throws Exception {
        return new BundleRepair(disk, file, List.of(spares)).run();
    }

    private static long taken(BundleRepair.Result result) {
        return result.taken().values().stream().mapToLong(Long::longValue).sum();
    }

    private void assertWhole() throws Exception {
        assertThat(Files.mismatch(file, copy)).as("seed " + SEED).isEqualTo(-1);
        assertThat(temp.resolve("box.opm.repair")).doesNotExist();
    }

    /// A whole bundle stays as it is.
    @Test
    void aWholeBundleNeedsNothing() throws Exception {
        var result = repair();
        assertThat(result.damaged()).isEmpty();
        assertThat(taken(result)).isZero();
        assertWhole();
    }

    /// Of a large entry only the damaged pieces come from the copy.
    @Test
    void onlyDamagedPiecesAreTaken() throws Exception {
        Entry proof = entry("proof");
        damage(proof.at() + 500_000, 1);
        damage(proof.at() + 1_000_000, 100_000);
        var result = repair(Spare.bundle(disk, copy));
        assertThat(result.damaged()).containsExactly("proof");
        assertThat(result.lost()).isEmpty();
        assertThat(taken(result)).isBetween(100_001L, 4L * 65_536);
        assertWhole();
    }

    /// What follows from the manifest needs nobody: headers, padding, directory, seal, script.
    @Test
    void whatFollowsFromTheManifestNeedsNoCopy() throws Exception {
        damage(layout.headerAt(3) + 5, 2);
        damage(layout.dataAt(4) - 3, 2);
        damage(layout.directoryAt() + 40, 20);
        damage(bytes.length - 20, 20);
        damage(5_000, 300);
        var result = repair();
        assertThat(result.damaged())
                .containsExactlyInAnyOrder("script", "ZIP headers", "directory", "seal");
        assertThat(taken(result)).isZero();
        assertWhole();
    }

    /// Damage anywhere at all, with a copy at hand, in as many places as a bad stick has.
    @Test
    void damageAnywhere() throws Exception {
        aBundleAndItsCopy(800_000);
        for (int round = 0; round < 20; round++) {
            Files.write(file, bytes);
            int places = 1 + random.nextInt(6);
            for (int place = 0; place < places; place++) {
                int length = 1 + random.nextInt(5_000);
                damage(2048 + random.nextInt(bytes.length - 2048 - length), length);
            }
            repair(Spare.bundle(disk, copy));
            assertWhole();
        }
        damage(100, 1);
        repair(Spare.bundle(disk, copy));
        assertWhole();
    }

    /// A bundle that is cut off or has something behind its end gets its length back.
    @Test
    void lengthIsRepairedToo() throws Exception {
        Files.write(file, Arrays.copyOf(bytes, bytes.length - 1_500_000));
        repair(Spare.bundle(disk, copy));
        assertWhole();
        Files.write(file, Arrays.copyOf(bytes, bytes.length + 10));
        repair();
        assertWhole();
        Files.write(file, Arrays.copyOf(bytes, 3_000));
        repair(Spare.bundle(disk, copy));
        assertWhole();
    }

    /// Packages come from a folder where they lie under their names.
    @Test
    void packagesComeFromAFolder() throws Exception {
        var reader = BundleReader.open(disk, copy);
        Path folder = Files.createDirectories(temp.resolve("folder"));
        for (Entry entry : reader.entries()) {
            if (entry.path().startsWith("Packages/")) {
                reader.extract(entry, folder.resolve(Path.of(entry.path()).getFileName()));
                damage(entry.at() + entry.sizeBytes() / 2, 1);
            }
        }
        var spares = Spare.folder(disk, folder, file);
        var result = new BundleRepair(disk, file, spares).run();
        assertThat(result.damaged()).hasSize(13).allMatch(path -> path.startsWith("Packages/"));
        assertWhole();
    }

    /// Another bundle of the same packages has them too, wherever they lie in it.
    @Test
    void anotherBundleHelps() throws Exception {
        var packages = FolderPackages.of(ScratchRoot.demoNewer());
        Path other = temp.resolve("other.opm");
        packages.write(
                packages.plan("abc 2 noarch", List.of(), List.of(), packages.names()),
                List.of(),
                other);
        Entry any = entry(BundleReader.open(disk, copy).entries().getLast().path());
        damage(any.at(), 10);
        repair(Spare.bundle(disk, other));
        assertWhole();
    }

    /// A copy that is damaged in the same place is no help, one damaged elsewhere is; what was not
    /// had stays as it was, what was is written.
    @Test
    void damagedCopiesHelpAsFarAsTheyCan() throws Exception {
        Entry proof = entry("proof");
        damage(proof.at() + 100, 10);
        damage(proof.at() + 2_000_000, 10);
        byte[] half = bytes.clone();
        half[(int) proof.at() + 101] ^= 1;
        Path bad = Files.write(temp.resolve("bad.opm"), half);
        var result = repair(Spare.bundle(disk, bad));
        assertThat(result.lost()).containsExactly("proof");
        assertThat(Files.mismatch(file, copy)).isBetween(proof.at() + 100, proof.at() + 109);
        byte[] now = Files.readAllBytes(file);
        int second = (int) proof.at() + 2_000_000;
        assertThat(Arrays.mismatch(now, second, second + 10, bytes, second, second + 10))
                .isEqualTo(-1);
        byte[] rest = bytes.clone();
        rest[(int) proof.at() + 2_500_000] ^= 1;
        repair(Spare.bundle(disk, bad), Spare.bundle(disk, Files.write(temp.resolve("b2"), rest)));
        assertWhole();
    }

    /// Without its head a bundle needs a copy, and one of another bundle is not taken for it.
    @Test
    void aHeadOfAnotherBundleIsRefused() throws Exception {
        damage(100, 1);
        byte[] before = Files.readAllBytes(file);
        assertThatThrownBy(() -> repair()).isInstanceOf(Damaged.class);
        var packages = FolderPackages.of(ScratchRoot.demoNewer());
        Path other = temp.resolve("other.opm");
        packages.write(
                packages.plan("abc 2 noarch", List.of(), List.of(), packages.names()),
                List.of(),
                other);
        Files.write(other, Arrays.copyOf(Files.readAllBytes(other), bytes.length));
        assertThatThrownBy(() -> repair(Spare.bundle(disk, other))).isInstanceOf(Damaged.class);
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
    }

    /// From an address only the damaged pieces come.
    @Test
    void piecesComeByRange() throws Exception {
        Entry proof = entry("proof");
        damage(proof.at() + 700_000, 1_000_000);
        var result = repair(Spare.bundle(new LocalNet(Map.of()), copy.toUri()));
        assertThat(taken(result)).isBetween(1_000_000L, 1_000_000L + 2 * 65_536);
        assertWhole();
    }

    /// A crash in the midst leaves what repair can go on with: at every forced write.
    @Test
    void aCrashLeavesItNoWorse() throws Exception {
        aBundleAndItsCopy(400_000);
        Entry proof = entry("proof");
        damage(proof.at() + 200_000, 100_000);
        damage(bytes.length - 20, 20);
        byte[] bad = Files.readAllBytes(file);
        for (SimDisk.End end : SimDisk.End.values()) {
            for (int at = 1; ; at++) {
                var sim = new SimDisk();
                Path there = Path.of("/stick/box.opm");
                sim.createDirectories(Path.of("/stick"));
                write(sim, there, bad);
                write(sim, Path.of("/stick/copy.opm"), bytes);
                sim.forceAll();
                sim.crashAt(at);
                boolean crashed = false;
                var spare = Spare.bundle(sim, Path.of("/stick/copy.opm"));
                try {
                    new BundleRepair(sim, there, List.of(spare)).run();
                } catch (SimDisk.Crash e) {
                    crashed = true;
                }
                sim.restart(end, random);
                new BundleRepair(sim, there, List.of(spare)).run();
                assertThat(sim.readAll(there, bytes.length + 1))
                        .as(end + " at " + at + ", seed " + SEED)
                        .isEqualTo(bytes);
                if (!crashed) {
                    assertThat(at).isGreaterThan(3);
                    break;
                }
            }
        }
    }

    private static void write(SimDisk sim, Path path, byte[] bytes) throws Exception {
        try (var out = sim.create(path)) {
            out.write(bytes, 0, bytes.length);
        }
    }
}
