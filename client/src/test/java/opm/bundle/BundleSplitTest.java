package opm.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import opm.apply.ScratchRoot;
import opm.base.Nevra;
import opm.base.OpmException.BadRequest;
import opm.base.OpmException.Damaged;
import opm.host.LocalDisk;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A bundle in several files, and one file of them again.
final class BundleSplitTest {
    @TempDir Path temp;
    private final LocalDisk disk = new LocalDisk();
    private Path whole;

    @BeforeEach
    void aBundleOfSeveralBatches() throws Exception {
        var packages = FolderPackages.of(ScratchRoot.demoNewer());
        List<Nevra> names = packages.names();
        List<Nevra> installed = BundleTest.INSTALLED;
        var plan =
                packages.plan(
                        "abc 1 x86_64",
                        installed,
                        List.of("abc-maps"),
                        names.subList(0, 4),
                        names.subList(4, 5),
                        names.subList(5, 9),
                        names.subList(9, names.size()));
        whole = temp.resolve("box.opm");
        var order = new BatchOrder(List.of(Set.of(), Set.of(1), Set.of(), Set.of(1, 3)));
        var contents =
                new BundleWriter.Contents(plan, installed, new byte[200], new TreeMap<>());
        try (var out = disk.create(whole)) {
            BundleWriter.write(
                    contents.with(order), packages, out, Front.standardBody(), 0xffffffffL);
        }
    }

    /// Splits into parts that are nearly as small as can be.
    private List<Path> split(boolean parity) throws Exception {
        for (long bytes = 100_000; ; bytes += 20_000) {
            try {
                return split(bytes, parity);
            } catch (BadRequest tooSmall) {
                assertThat(bytes).isLessThan(Files.size(whole) * 2);
            }
        }
    }

    private List<Path> split(long bytes, boolean parity) throws Exception {
        Path folder = Files.createTempDirectory(temp, "parts");
        var files = new ArrayList<Path>();
        for (var one :
                BundleSplit.split(
                        disk,
                        BundleReader.open(disk, whole),
                        folder.resolve("box.opm"),
                        bytes,
                        parity)) {
            assertThat(one.sizeBytes()).isLessThanOrEqualTo(bytes);
            assertThat(Files.size(one.file())).isEqualTo(one.sizeBytes());
            files.add(one.file());
        }
        return files;
    }

    /// Every part is a bundle by itself, no longer than asked for; together they are the whole.
    @Test
    void partsAreBundlesAndMakeTheWhole() throws Exception {
        List<Path> files = split(false);
        assertThat(files).hasSizeGreaterThan(1);
        long packages = 0;
        for (int at = 0; at < files.size(); at++) {
            var reader = BundleReader.open(disk, files.get(at));
            reader.verify();
            PartNote note = reader.part().orElseThrow();
            assertThat(note.number()).isEqualTo(at + 1);
            assertThat(note.count()).isEqualTo(files.size());
            assertThat(reader.order().of(4)).containsExactlyInAnyOrder(1, 3);
            packages +=
                    reader.entries().stream()
                            .filter(entry -> entry.path().startsWith("Packages/"))
                            .count();
        }
        assertThat(packages).isEqualTo(13);
        Path joined = temp.resolve("joined.opm");
        assertThat(BundleJoin.join(disk, files, joined).recovered()).isZero();
        assertThat(Files.mismatch(joined, whole)).isEqualTo(-1);
    }

    /// With the parity part any one of the others may be lost, and the parity part itself.
    @Test
    void anyOneMayBeLost() throws Exception {
        List<Path> files = split(true);
        assertThat(files).hasSizeGreaterThan(2);
        assertThat(BundleReader.open(disk, files.getLast()).part().orElseThrow().isParity())
                .isTrue();
        for (int lost = 0; lost < files.size(); lost++) {
            var rest = new ArrayList<>(files);
            rest.remove(lost);
            Path joined = temp.resolve("joined.opm");
            var done = BundleJoin.join(disk, rest, joined);
            assertThat(done.recovered()).isEqualTo(lost == files.size() - 1 ? 0 : lost + 1);
            assertThat(Files.mismatch(joined, whole)).isEqualTo(-1);
            Files.delete(joined);
        }
        assertThatThrownBy(
                        () ->
                                BundleJoin.join(
                                        disk,
                                        files.subList(2, files.size()),
                                        temp.resolve("never.opm")))
                .isInstanceOf(Damaged.class)
                .hasMessageContaining("[1, 2]");
        assertThat(temp.resolve("never.opm")).doesNotExist();
    }

    /// A damaged part is as good as a lost one: two are too many.
    @Test
    void aDamagedPartIsRecoveredToo() throws Exception {
        List<Path> files = split(true);
        byte[] bytes = Files.readAllBytes(files.get(1));
        bytes[bytes.length - 30_000] ^= 4;
        Files.write(files.get(1), bytes);
        Path joined = temp.resolve("joined.opm");
        assertThat(BundleJoin.join(disk, files, joined).recovered()).isEqualTo(2);
        assertThat(Files.mismatch(joined, whole)).isEqualTo(-1);
        Path out = temp.resolve("never.opm");
        assertThatThrownBy(() -> BundleJoin.join(disk, files.subList(1, files.size()), out))
                .isInstanceOf(Damaged.class);
        assertThat(out).doesNotExist();
        assertThat(temp.resolve("never.opm.lost")).doesNotExist();
    }

    /// A package is never cut.
    @Test
    void aPackageThatFitsNoPartIsNamed() {
        assertThatThrownBy(() -> split(60_000, false))
                .isInstanceOf(BadRequest.class)
                .hasMessageContaining("Packages/");
    }

    /// Parts of two bundles do not make one.
    @Test
    void partsOfTwoBundlesAreRefused() throws Exception {
        List<Path> files = split(false);
        var packages = FolderPackages.of(ScratchRoot.demoNewer());
        packages.write(
                packages.plan("abc 1 noarch", List.of(), List.of(), packages.names()),
                List.of(),
                whole);
        List<Path> others = split(false);
        assertThatThrownBy(
                        () ->
                                BundleJoin.join(
                                        disk,
                                        List.of(files.getFirst(), others.getLast()),
                                        temp.resolve("never.opm")))
                .isInstanceOf(BadRequest.class);
    }
}
