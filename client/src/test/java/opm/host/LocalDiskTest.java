package opm.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import opm.base.OpmException.BadRequest;
import opm.base.OpmException.Damaged;
import opm.base.OpmException.Refused;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The disk does what it says, and its failures carry the right remedy.
class LocalDiskTest {
    @TempDir Path folder;
    private final LocalDisk disk = new LocalDisk();

    /// What is written is read, at every position.
    @Test
    void writesAndReads() throws Exception {
        Path file = folder.resolve("a");
        try (Output out = disk.create(file)) {
            out.write("hello".getBytes(StandardCharsets.UTF_8), 0, 5);
            assertThat(out.position()).isEqualTo(5);
            out.force();
        }
        try (Output out = disk.append(file)) {
            assertThat(out.position()).isEqualTo(5);
            out.write("xworldx".getBytes(StandardCharsets.UTF_8), 1, 5);
            assertThat(out.position()).isEqualTo(10);
        }
        assertThat(disk.size(file)).isEqualTo(10);
        assertThat(disk.readAll(file, 10)).asString().isEqualTo("helloworld");
        try (var in = disk.read(file, 5)) {
            assertThat(in.readAllBytes()).asString().isEqualTo("world");
        }
        disk.truncate(file, 3);
        assertThat(disk.readAll(file, 10)).asString().isEqualTo("hel");
        disk.create(file).close();
        assertThat(disk.size(file)).isZero();
    }

    /// A file one byte past its limit is refused.
    @Test
    void refusesJustPastItsLimit() throws Exception {
        Path file = Files.writeString(folder.resolve("a"), "123456");
        assertThat(disk.readAll(file, 6)).hasSize(6);
        assertThatThrownBy(() -> disk.readAll(file, 5))
                .isInstanceOf(Damaged.class)
                .hasMessageContaining("longer than 5 bytes");
    }

    /// A folder is listed by the bytes of its names; an absent one is empty.
    @Test
    void lists() throws Exception {
        for (String name : new String[] {"b", "B", "a", "ñ", "_", "a.b"}) {
            Files.createFile(folder.resolve(name));
        }
        assertThat(disk.list(folder).stream().map(p -> p.getFileName().toString()))
                .containsExactly("B", "_", "a", "a.b", "b", "ñ");
        assertThat(disk.list(folder.resolve("none"))).isEmpty();
        assertThat(disk.list(folder.resolve("a"))).isEmpty();
    }

    /// Renaming replaces, deleting what is not there does nothing.
    @Test
    void renamesAndDeletes() throws Exception {
        Path a = Files.writeString(folder.resolve("a"), "new");
        Path b = Files.writeString(folder.resolve("b"), "old");
        disk.rename(a, b);
        assertThat(disk.exists(a)).isFalse();
        assertThat(disk.readAll(b, 10)).asString().isEqualTo("new");
        disk.delete(b);
        disk.delete(b);
        assertThat(disk.exists(b)).isFalse();
        assertThatThrownBy(() -> disk.rename(a, b)).isInstanceOf(BadRequest.class);
    }

    /// Links are made where they can be, and seen for what they are.
    @Test
    void links() throws Exception {
        Path a = Files.writeString(folder.resolve("a"), "x");
        assertThat(disk.tryLink(a, folder.resolve("b"))).isTrue();
        assertThat(disk.tryLink(a, folder.resolve("b"))).isFalse();
        assertThat(disk.tryLink(folder.resolve("none"), folder.resolve("c"))).isFalse();
        Files.createSymbolicLink(folder.resolve("s"), Path.of("a"));
        assertThat(disk.linkTarget(folder.resolve("s"))).isEqualTo(Path.of("a"));
        assertThat(disk.linkTarget(a)).isNull();
    }

    /// Each failure has the remedy that fits.
    @Test
    void failures() throws Exception {
        Path none = folder.resolve("none");
        assertThatThrownBy(() -> disk.read(none))
                .isInstanceOf(BadRequest.class)
                .hasMessageContaining("there is no such file");
        assertThatThrownBy(() -> disk.size(none)).isInstanceOf(BadRequest.class);
        assertThatThrownBy(() -> disk.read(folder)).isInstanceOf(BadRequest.class);
        assertThatThrownBy(() -> disk.create(none.resolve("x"))).isInstanceOf(BadRequest.class);
        Path file = Files.createFile(folder.resolve("file"));
        assertThatThrownBy(() -> disk.createDirectories(file))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("a file where a folder is wanted");
        Files.createDirectories(folder.resolve("full/x"));
        assertThatThrownBy(() -> disk.delete(folder.resolve("full"))).isInstanceOf(Refused.class);
    }

    /// A full disk is said to be full, with what to do.
    @Test
    void fullDisk() throws Exception {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.exists(full), "skipped: there is no /dev/full on this machine");
        try (Output out = disk.append(full)) {
            assertThatThrownBy(() -> out.write(new byte[4096], 0, 4096))
                    .isInstanceOfSatisfying(
                            Refused.class, e -> assertThat(e.hint()).contains("Free some space"))
                    .hasMessageContaining("No space left");
        }
    }

    /// Free space is asked of the nearest folder that is there.
    @Test
    void freeSpace() throws Exception {
        assertThat(disk.freeBytes(folder.resolve("not/yet/there"))).isPositive();
    }
}
