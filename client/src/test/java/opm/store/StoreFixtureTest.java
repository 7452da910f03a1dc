package opm.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import opm.base.Digest;
import opm.base.Digest.Algorithm;
import opm.host.LocalDisk;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The files of format 1, made by another program from docs/formats/store.md, are read forever.
class StoreFixtureTest {
    private static final Path FIXTURES =
            Path.of(System.getProperty("opm.root", "."), "fixtures/store");

    static List<Path> good() throws Exception {
        return fixtures("good-");
    }

    static List<Path> bad() throws Exception {
        return fixtures("bad-");
    }

    private static List<Path> fixtures(String prefix) throws Exception {
        try (Stream<Path> all = Files.list(FIXTURES)) {
            return all.filter(path -> path.getFileName().toString().matches(prefix + ".*\\.ref"))
                    .sorted()
                    .toList();
        }
    }

    // A good reference reads, and writing it again gives its bytes.
    @ParameterizedTest
    @MethodSource("good")
    void readsGoodReferences(Path fixture) throws Exception {
        String text = Files.readString(fixture);
        assertThat(new String(Refs.write(Refs.parse(text)), UTF_8)).isEqualTo(text);
    }

    // A bad one is refused with the words that stand beside it.
    @ParameterizedTest
    @MethodSource("bad")
    void refusesBadReferences(Path fixture) throws Exception {
        String expected = Files.readString(Path.of(fixture + ".expected")).strip();
        assertThatThrownBy(() -> Refs.parse(Files.readString(fixture))).hasMessage(expected);
    }

    // Of the notes, those that are whole count, and only of objects that are there.
    @Test
    void readsNotes(@TempDir Path root) throws Exception {
        var disk = new LocalDisk();
        Files.createDirectories(root.resolve("opm"));
        Files.copy(FIXTURES.resolve("notes"), root.resolve("opm/notes"));
        byte[] abcd = "abcd".getBytes(UTF_8);
        Digest sha256 = StoreTest.digest(Algorithm.SHA256, abcd);
        Digest md5 = StoreTest.digest(Algorithm.MD5, abcd);
        Digest sha1 = StoreTest.digest(Algorithm.SHA1, new byte[0]);
        var store = new Store(disk, root);
        assertThat(store.noted(sha256)).isNull();
        for (Digest digest : List.of(sha256, md5, sha1)) {
            Path object = store.layout().object(digest);
            Files.createDirectories(object.getParent());
            Files.write(object, digest.equals(sha1) ? new byte[0] : abcd);
        }
        assertThat(store.noted(sha256)).isEqualTo(store.get(sha256));
        assertThat(store.noted(sha1)).isEqualTo(store.get(sha1));
        assertThat(store.noted(md5)).isNull();
    }
}
