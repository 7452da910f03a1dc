package opm.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import opm.base.Digest;
import opm.base.OpmException.Damaged;
import opm.bundle.BundleReader;
import opm.host.LocalDisk;
import opm.plan.Artifact;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Packages out of a bundle are those of the plan, whatever kind of digest it has.
final class BundlePackagesTest {
    private static final Path BUNDLE =
            Path.of(System.getProperty("opm.root", ".."), "fixtures/bundle/two-packages.opm");

    @TempDir Path temp;

    /// With a right digest the package is laid down; with a wrong one of any kind it is refused,
    /// and no file is left.
    @Test
    void everyKindOfDigestCounts() throws Exception {
        var disk = new LocalDisk();
        var reader = BundleReader.open(disk, BUNDLE);
        Artifact real = reader.plan().artifacts().getFirst();
        var packages = new BundlePackages(reader, disk);
        Path file = temp.resolve(real.fileName());
        packages.lay(real, file);
        byte[] bytes = Files.readAllBytes(file);
        Files.delete(file);
        for (Digest.Algorithm algorithm : Digest.Algorithm.values()) {
            Digest right = Digest.of(algorithm, algorithm.engine().digest(bytes));
            packages.lay(with(right, real), file);
            assertThat(file).hasBinaryContent(bytes);
            Files.delete(file);
            Digest wrong = Digest.of(algorithm, algorithm.engine().digest(new byte[1]));
            assertThatThrownBy(() -> packages.lay(with(wrong, real), file))
                    .as(algorithm.toString())
                    .isInstanceOf(Damaged.class)
                    .hasMessageContaining(real.path());
            assertThat(file).doesNotExist();
        }
    }

    private static Artifact with(Digest digest, Artifact real) {
        return new Artifact(digest, real.sizeBytes(), real.path(), real.repo());
    }
}
