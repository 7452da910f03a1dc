package opm.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import opm.base.Digest;
import opm.base.OpmException;
import opm.base.OpmException.Refused;
import opm.host.Disk;
import opm.host.LocalDisk;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Nobody gets other bytes out of a store than its names say, whoever may write near it.
class PoisonTest {
    private static final byte[] GOOD = "good".getBytes(UTF_8);
    private static final Digest DIGEST = Digest.sha256Of(GOOD);

    private final Disk disk = new LocalDisk();
    private Path folder = Path.of("");
    private Path root = Path.of("");
    private Path victim = Path.of("");

    @BeforeEach
    void open(@TempDir Path fresh) throws Exception {
        folder = fresh;
        root = folder.resolve("store");
        victim = Files.writeString(folder.resolve("victim"), "precious");
        assumeTrue(knowsOwnersAndLinks(), "skipped: this file system knows no owners or links");
    }

    /// exFAT by FUSE claims to know permissions, and changes none.
    private boolean knowsOwnersAndLinks() {
        try {
            Path probe = Files.createSymbolicLink(folder.resolve("probe"), victim);
            var none = PosixFilePermissions.fromString("r--------");
            Files.setPosixFilePermissions(victim, none);
            boolean changed = Files.getPosixFilePermissions(victim).equals(none);
            Files.setPosixFilePermissions(victim, PosixFilePermissions.fromString("rw-r--r--"));
            Files.delete(probe);
            return changed;
        } catch (IOException | UnsupportedOperationException _) {
            return false;
        }
    }

    private static void put(Store store) throws OpmException {
        store.put(new ByteArrayInputStream(GOOD), DIGEST, GOOD.length);
    }

    // A symbolic link where a partial file or a list belongs is a failure, not a way out.
    @Test
    void followsNoSymbolicLinks() throws Exception {
        var store = new Store(disk, root);
        put(store);
        for (String planted : List.of("opm/partial/sha256-" + DIGEST.hex(), "opm/released")) {
            Files.createDirectories(root.resolve(planted).getParent());
            Files.createSymbolicLink(root.resolve(planted), victim);
        }
        store.remove(DIGEST);
        assertThatThrownBy(() -> requireNonNull(store.partial(DIGEST, GOOD.length)).close())
                .isInstanceOf(OpmException.class);
        store.refs().put(new Ref(Ref.Type.PIN, "a", "", "", 0, List.of(DIGEST)));
        assertThatThrownBy(() -> store.refs().remove(Ref.Type.PIN, "a"))
                .isInstanceOf(OpmException.class);
        assertThat(victim).hasContent("precious");
    }

    // A link to other bytes under an object's name is found out, and only the link is removed.
    @Test
    void believesNoName() throws Exception {
        var store = new Store(disk, root);
        Path object = root.resolve("sha256/" + DIGEST.hex().substring(0, 4) + "/" + DIGEST.hex());
        Files.createDirectories(object.getParent());
        Files.createSymbolicLink(object, victim);
        assertThatThrownBy(() -> store.get(DIGEST)).isInstanceOf(OpmException.Damaged.class);
        assertThat(Files.exists(object, java.nio.file.LinkOption.NOFOLLOW_LINKS)).isFalse();
        assertThat(victim).hasContent("precious");
        Files.createLink(object, victim);
        assertThatThrownBy(() -> store.get(DIGEST)).isInstanceOf(OpmException.Damaged.class);
        put(store);
        assertThat(requireNonNull(store.get(DIGEST)).path()).hasBinaryContent(GOOD);
        assertThat(victim).hasContent("precious");
    }

    // What somebody left of a partial write is hashed with the rest, and thrown away when wrong.
    @Test
    void believesNoPartialFile() throws Exception {
        Files.createDirectories(root.resolve("opm/partial"));
        Files.writeString(root.resolve("opm/partial/sha256-" + DIGEST.hex()), "ba");
        var store = new Store(disk, root);
        try (Partial partial = requireNonNull(store.partial(DIGEST, GOOD.length))) {
            partial.write(GOOD, 2, 2);
            assertThatThrownBy(partial::finish).isInstanceOf(OpmException.Damaged.class);
        }
        assertThat(store.has(DIGEST)).isFalse();
    }

    // A store below that others may write to is left out; one of root's alone is read.
    @Test
    void readsNothingThatOthersMayChange() throws Exception {
        put(new Store(disk, root));
        var over = new Store(disk, folder.resolve("own"), List.of(root));
        assertThat(over.get(DIGEST)).isNotNull();
        Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxrwxrwx"));
        var open = new Store(disk, folder.resolve("own"), List.of(root));
        assertThat(open.get(DIGEST)).isNull();
    }

    // Root does not write where an ordinary user may lay links under its hands.
    @Test
    void rootStaysOutOfOthersStores() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "skipped: needs root");
        Files.createDirectories(root);
        Files.setAttribute(root, "unix:uid", 65534);
        assertThatThrownBy(() -> put(new Store(disk, root))).isInstanceOf(Refused.class);
    }

    // Whatever the umask, all may read an object and nobody but its owner may write to it.
    @Test
    void objectsAreForAllToRead() throws Exception {
        put(new Store(disk, root));
        Path object = root.resolve("sha256/" + DIGEST.hex().substring(0, 4) + "/" + DIGEST.hex());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(object)))
                .isEqualTo("rw-r--r--");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(object.getParent())))
                .isEqualTo("rwxr-xr-x");
    }
}
