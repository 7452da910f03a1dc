package opm.engine;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import opm.apply.Packages;
import opm.base.Digest;
import opm.base.OpmException.Damaged;
import opm.bundle.BundleReader;
import opm.host.LocalDisk;
import opm.plan.Artifact;
import opm.store.Store;
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
        var packages = new BundlePackages(reader, disk, new Store(disk, temp.resolve("store")));
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

    /// A change that goes on lays down only the rest; a package of the part before it that is
    /// damaged by now is found all the same, and named.
    @Test
    void whatIsNotLaidDownIsReadToo() throws Exception {
        var disk = new LocalDisk();
        var whole = BundleReader.open(disk, BUNDLE);
        new BundlePackages(whole, disk, new Store(disk, temp.resolve("store"))).requireWhole();
        Artifact last = whole.plan().artifacts().getLast();
        byte[] bytes = Files.readAllBytes(BUNDLE);
        bytes[(int) whole.find(last.path()).orElseThrow().end() - 1] ^= 1;
        Path damaged = Files.write(temp.resolve("damaged.opm"), bytes);
        var reader = BundleReader.open(disk, damaged);
        var packages = new BundlePackages(reader, disk, new Store(disk, temp.resolve("store")));
        Artifact first = whole.plan().artifacts().getFirst();
        packages.lay(first, temp.resolve(first.fileName()));
        assertThatThrownBy(packages::requireWhole)
                .isInstanceOf(Damaged.class)
                .hasMessageContaining(last.path());
    }

    /// A package whose bytes are not those of its manifest is found where the seal is right too:
    /// who wrote the bundle may have sealed it so.
    @Test
    void aRightSealDoesNotExcuseAPackage() throws Exception {
        var disk = new LocalDisk();
        byte[] bytes = Files.readAllBytes(BUNDLE);
        var whole = BundleReader.open(disk, BUNDLE);
        Artifact last = whole.plan().artifacts().getLast();
        bytes[(int) whole.find(last.path()).orElseThrow().end() - 1] ^= 1;
        int sealed = bytes.length - 64;
        byte[] text = java.util.Arrays.copyOf(bytes, sealed - "opm-seal 1 sha256 ".length());
        byte[] seal = Digest.sha256Of(text).hex().getBytes(US_ASCII);
        System.arraycopy(seal, 0, bytes, sealed, seal.length);
        var reader = BundleReader.open(disk, Files.write(temp.resolve("sealed.opm"), bytes));
        var packages = new BundlePackages(reader, disk, new Store(disk, temp.resolve("store")));
        assertThatThrownBy(packages::requireWhole)
                .isInstanceOf(Damaged.class)
                .hasMessageContaining(last.path());
    }

    /// Who stands before packages passes every question and every word on: one that is forgotten
    /// is answered by the interface, and nobody notices but the clock.
    @Test
    void whoStandsBeforePassesAllOn() throws Exception {
        for (Method method : Packages.class.getDeclaredMethods()) {
            if (!Modifier.isStatic(method.getModifiers()) && !method.isSynthetic()) {
                Class<?>[] parameters = method.getParameterTypes();
                assertThat(BootGuard.class.getDeclaredMethod(method.getName(), parameters))
                        .isNotNull();
            }
        }
    }

    private static Artifact with(Digest digest, Artifact real) {
        return new Artifact(digest, real.sizeBytes(), real.path(), real.repo());
    }
}
