package opm.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import opm.base.Digest;
import opm.base.Digest.Algorithm;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.base.OpmException.Damaged;
import opm.base.OpmException.Refused;
import opm.host.Disk;
import opm.host.LocalDisk;
import opm.host.Output;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What comes out of the store is what its name says, whatever happened to the disk.
class StoreTest {
    private static final byte[] FILE = bytes(1, 200_000);
    private static final Digest DIGEST = digest(Algorithm.SHA256, FILE);

    private final Disk disk = new LocalDisk();
    private Path folder;
    private Path root;
    private Store store;

    @BeforeEach
    void open(@TempDir Path fresh) {
        folder = fresh;
        root = folder.resolve("store");
        store = new Store(disk, root);
    }

    private static byte[] bytes(long seed, int count) {
        var bytes = new byte[count];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    static Digest digest(Algorithm algorithm, byte[] bytes) {
        try {
            return Digest.of(
                    algorithm, MessageDigest.getInstance(algorithm.jdkName()).digest(bytes));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private static InputStream stream(byte[] bytes) {
        return new ByteArrayInputStream(bytes);
    }

    private Set<String> names() throws Exception {
        var names = new TreeSet<String>();
        try (Stream<Path> all = Files.walk(root)) {
            all.filter(Files::isRegularFile)
                    .forEach(file -> names.add(root.relativize(file).toString()));
        }
        return names;
    }

    // An object lies where CAShe puts it, and is noted with what bundles need.
    @Test
    void putsWhereCasheDoes() throws Exception {
        for (Algorithm algorithm : Algorithm.values()) {
            Digest digest = digest(algorithm, FILE);
            Stored stored = store.put(stream(FILE), digest, FILE.length);
            var crc = new CRC32();
            crc.update(FILE);
            assertThat(stored.path())
                    .isEqualTo(
                            root.resolve(algorithm.word())
                                    .resolve(digest.hex().substring(0, 4))
                                    .resolve(digest.hex()));
            assertThat(stored)
                    .isEqualTo(
                            new Stored(
                                    digest,
                                    stored.path(),
                                    FILE.length,
                                    (int) crc.getValue(),
                                    DIGEST,
                                    stored.chunks()));
            assertThat(stored.chunks().fit(FILE.length)).isTrue();
            assertThat(Files.readAllBytes(stored.path())).isEqualTo(FILE);
            assertThat(new Store(disk, root).noted(digest)).isEqualTo(stored);
            assertThat(new Store(disk, root).get(digest)).isEqualTo(stored);
        }
        assertThat(store.objects()).hasSize(6);
        assertThat(disk.list(root.resolve("opm/aside"))).isEmpty();
    }

    // A store that CAShe filled is used as it is, without notes.
    @Test
    void opensACasheStore() throws Exception {
        Path object =
                root.resolve("md5")
                        .resolve(digest(Algorithm.MD5, FILE).hex().substring(0, 4))
                        .resolve(digest(Algorithm.MD5, FILE).hex());
        Files.createDirectories(object.getParent());
        Files.write(object, FILE);
        Files.writeString(root.resolve("config"), "[cashe]\nage = 8d\n");
        Files.write(object.resolveSibling("not an object"), FILE);
        assertThat(store.objects()).containsExactly(digest(Algorithm.MD5, FILE));
        assertThat(store.noted(digest(Algorithm.MD5, FILE))).isNull();
        Stored stored = requireNonNull(store.get(digest(Algorithm.MD5, FILE)));
        assertThat(stored.sha256()).isEqualTo(DIGEST);
        assertThat(names()).hasSize(3);
    }

    // Wrong, short and long streams leave nothing behind.
    @Test
    void refusesWhatWasNotExpected() throws Exception {
        assertThatThrownBy(() -> store.put(stream(bytes(2, FILE.length)), DIGEST, FILE.length))
                .isInstanceOf(Damaged.class)
                .hasMessageContaining("the bytes that came have");
        assertThatThrownBy(() -> store.put(stream(FILE), DIGEST, FILE.length + 1))
                .hasMessageContaining("200000 bytes, expected 200001");
        assertThatThrownBy(() -> store.put(stream(FILE), DIGEST, 70_000))
                .hasMessageContaining("or more, expected 70000");
        assertThatThrownBy(() -> store.put(stream(bytes(2, 9)), DIGEST, Store.ANY_SIZE))
                .isInstanceOf(Damaged.class);
        assertThat(names()).isEmpty();
        assertThat(store.has(DIGEST)).isFalse();
        assertThat(store.get(DIGEST)).isNull();
    }

    // What nobody knows the digest of is named by what it turns out to have.
    @Test
    void addsByDigest() throws Exception {
        assertThat(store.add(stream(FILE), Algorithm.SHA256).digest()).isEqualTo(DIGEST);
        assertThat(store.add(stream(FILE), Algorithm.SHA256).digest()).isEqualTo(DIGEST);
        assertThat(store.objects()).containsExactly(DIGEST);
    }

    // What the store has is not read again from the stream.
    @Test
    void leavesTheStreamUnreadWhenItHasTheObject() throws Exception {
        store.put(stream(FILE), DIGEST, FILE.length);
        InputStream unread = stream(FILE);
        store.put(unread, DIGEST, FILE.length);
        assertThat(unread.available()).isEqualTo(FILE.length);
    }

    /// A file that was hashed on its way to the disk becomes an object without being read again;
    /// what lies there already stays, and damage after that is found like any other.
    @Test
    void adoptsAFileAsASecondName() throws Exception {
        Path file = Files.write(folder.resolve("laid.rpm"), FILE);
        var crc = new CRC32();
        crc.update(FILE);
        var facts = new Stored(DIGEST, file, FILE.length, (int) crc.getValue(), DIGEST);
        if (!disk.tryLink(file, folder.resolve("second"))) {
            // FAT and exFAT: who asks copies.
            assertThat(store.adopt(file, facts)).isFalse();
            assertThat(store.has(DIGEST)).isFalse();
            return;
        }
        assertThat(store.adopt(file, facts)).isTrue();
        Stored there = requireNonNull(store.get(DIGEST));
        assertThat(Files.isSameFile(there.path(), file)).isTrue();
        assertThat(store.noted(DIGEST)).isEqualTo(there);
        Path other = Files.write(folder.resolve("other.rpm"), FILE);
        assertThat(store.adopt(other, facts)).isTrue();
        assertThat(Files.isSameFile(there.path(), other)).isFalse();
        Files.delete(file);
        Files.write(there.path(), bytes(5, 3));
        assertThatThrownBy(() -> new Store(disk, root).get(DIGEST)).isInstanceOf(Damaged.class);
    }

    // Every flipped bit is found before use: by a new process always, by the one that wrote it when
    // size or time changed. The damaged copy goes, so that the next fetch heals.
    @Test
    void findsDamageBeforeUse() throws Exception {
        for (int bit = 0; bit < 8; bit++) {
            Path object = store.put(stream(FILE), DIGEST, FILE.length).path();
            byte[] bad = FILE.clone();
            bad[bit * 1000] ^= (byte) (1 << bit);
            Files.write(object, bad);
            Files.setLastModifiedTime(object, FileTime.fromMillis(bit));
            Store user = bit % 2 == 0 ? store : new Store(disk, root);
            assertThatThrownBy(() -> user.get(DIGEST))
                    .isInstanceOf(Damaged.class)
                    .hasMessageContaining(object.toString());
            assertThat(user.get(DIGEST)).isNull();
        }
        Path object = store.put(stream(FILE), DIGEST, FILE.length).path();
        Files.write(object, new byte[0]);
        assertThatThrownBy(() -> store.copyTo(DIGEST, folder.resolve("out"), Store.Way.LINK))
                .isInstanceOf(Damaged.class);
        assertThat(folder.resolve("out")).doesNotExist();
    }

    // A put over a damaged copy heals it.
    @Test
    void healsWhenTheSameComesIn() throws Exception {
        Path object = store.put(stream(FILE), DIGEST, FILE.length).path();
        Files.write(object, bytes(5, 3));
        assertThat(Files.readAllBytes(store.put(stream(FILE), DIGEST, FILE.length).path()))
                .isEqualTo(FILE);
        assertThat(object).hasBinaryContent(FILE);
    }

    // Link and copy give the bytes, over whatever was there; a copy shares nothing with the store.
    @Test
    void laysObjectsDownElsewhere() throws Exception {
        Path object = store.put(stream(FILE), DIGEST, FILE.length).path();
        Path link = Files.write(folder.resolve("link.rpm"), new byte[3]);
        Path copy = folder.resolve("copy.rpm");
        for (int again = 0; again < 2; again++) {
            store.copyTo(DIGEST, link, Store.Way.LINK);
            store.copyTo(DIGEST, copy, Store.Way.COPY);
        }
        // exFAT knows no second names: there it is a copy.
        boolean links = disk.tryLink(object, folder.resolve("probe"));
        disk.delete(folder.resolve("probe"));
        assertThat(Files.isSameFile(object, link)).isEqualTo(links);
        assertThat(Files.isSameFile(object, copy)).isFalse();
        assertThat(copy).hasBinaryContent(FILE);
        assertThat(disk.list(folder)).containsExactly(copy, link, root);
        Files.write(copy, new byte[1]);
        assertThat(store.get(DIGEST)).isNotNull();
        assertThatThrownBy(() -> store.copyTo(digest(Algorithm.MD5, FILE), link, Store.Way.LINK))
                .isInstanceOf(BadRequest.class);
    }

    // Many writers of one object, in one process or several, all end well.
    @Test
    void takesManyWritersAtOnce() throws Exception {
        var other = new Store(new LocalDisk(), root);
        var tasks = new ArrayList<Callable<Stored>>();
        for (int at = 0; at < 16; at++) {
            Store user = at % 2 == 0 ? store : other;
            tasks.add(() -> user.put(stream(FILE), DIGEST, FILE.length));
        }
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var future : threads.invokeAll(tasks)) {
                assertThat(future.get().digest()).isEqualTo(DIGEST);
            }
        }
        assertThat(names())
                .containsExactlyInAnyOrder(
                        root.relativize(requireNonNull(store.get(DIGEST)).path()).toString(),
                        "opm/notes");
    }

    // A process that dies between any two acts on the disk leaves nothing that lies.
    @Test
    void survivesACrashAnywhere() throws Exception {
        int acts = 0;
        for (boolean crashed = true; crashed; acts++) {
            crashed =
                    crashes(
                            acts,
                            at -> {
                                at.put(stream(FILE), DIGEST, FILE.length);
                                try (Partial partial =
                                        requireNonNull(
                                                at.partial(
                                                        digest(Algorithm.SHA1, FILE),
                                                        FILE.length))) {
                                    partial.write(FILE, 0, FILE.length);
                                    partial.finish();
                                }
                                at.refs()
                                        .put(
                                                new Ref(
                                                        Ref.Type.PIN,
                                                        "p",
                                                        "me",
                                                        "",
                                                        0,
                                                        List.of(DIGEST)));
                            });
            var after = new Store(disk, root);
            for (Digest digest : after.objects()) {
                assertThat(Files.readAllBytes(requireNonNull(after.get(digest)).path()))
                        .isEqualTo(FILE);
            }
            for (Ref ref : after.refs().all()) {
                assertThat(after.get(ref.keeps().getFirst())).isNotNull();
            }
            assertThat(after.put(stream(FILE), DIGEST, FILE.length).sizeBytes())
                    .isEqualTo(FILE.length);
            after.clear(Long.MAX_VALUE);
            assertThat(disk.list(root.resolve("opm/aside"))).isEmpty();
            deleteAll(root);
        }
        assertThat(acts).isGreaterThan(20);
    }

    private interface Work {
        void on(Store store) throws OpmException;
    }

    /// Runs work on a disk whose `dieAt`th changing act is torn, and all after it never happen.
    private boolean crashes(int dieAt, Work work) throws OpmException {
        try {
            work.on(new Store(dying(Disk.class, disk, new int[] {dieAt}), root));
            return false;
        } catch (PowerCut e) {
            return true;
        }
    }

    private static <T> T dying(Class<T> door, T real, int[] actsLeft) {
        var reading =
                Set.of(
                        "exists",
                        "isDirectory",
                        "size",
                        "read",
                        "readAll",
                        "list",
                        "position",
                        "modifiedMillis",
                        "tryLock",
                        "close");
        InvocationHandler handler =
                (_, method, args) -> {
                    if (!reading.contains(method.getName()) && actsLeft[0]-- <= 0) {
                        if (actsLeft[0] == -1 && args != null && args[0] instanceof byte[] bytes) {
                            ((Output) real).write(bytes, (int) args[1], (int) args[2] / 2);
                        }
                        throw new PowerCut();
                    }
                    try {
                        Object result = method.invoke(real, args);
                        return result instanceof Output out
                                ? dying(Output.class, out, actsLeft)
                                : result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                };
        return door.cast(
                Proxy.newProxyInstance(door.getClassLoader(), new Class<?>[] {door}, handler));
    }

    private static final class PowerCut extends Error {
        private static final long serialVersionUID = 1L;
    }

    private static void deleteAll(Path path) throws Exception {
        try (Stream<Path> all = Files.walk(path)) {
            for (Path file : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    // A partial file has one writer, and the next one goes on where it ended.
    @Test
    void hasOneWriterPerPartialFile() throws Exception {
        var other = new Store(new LocalDisk(), root);
        try (Partial partial = requireNonNull(store.partial(DIGEST, FILE.length))) {
            partial.write(FILE, 0, 1000);
            assertThat(store.partial(DIGEST, FILE.length)).isNull();
        }
        try (Partial partial = requireNonNull(other.partial(DIGEST, FILE.length))) {
            assertThat(partial.position()).isEqualTo(1000);
            partial.write(FILE, 1000, FILE.length - 1000);
            assertThat(partial.isFull()).isTrue();
            assertThat(partial.finish().digest()).isEqualTo(DIGEST);
        }
        assertThat(disk.list(root.resolve("opm/partial"))).isEmpty();
        assertThat(other.get(DIGEST)).isNotNull();
    }

    // One byte too many, or wrong ones, empty a partial file.
    @Test
    void emptiesAWrongPartialFile() throws Exception {
        try (Partial partial = requireNonNull(store.partial(DIGEST, 10))) {
            partial.write(FILE, 0, 10);
            assertThatThrownBy(() -> partial.write(FILE, 10, 1))
                    .isInstanceOf(Damaged.class)
                    .hasMessageContaining("11 bytes or more, expected 10");
            assertThat(partial.position()).isZero();
            partial.write(FILE, 0, 10);
            assertThatThrownBy(partial::finish).isInstanceOf(Damaged.class);
            partial.write(FILE, 0, 9);
            assertThatThrownBy(partial::finish).hasMessageContaining("9 bytes, expected 10");
        }
        assertThat(disk.list(root.resolve("opm/partial"))).isEmpty();
        assertThat(store.has(DIGEST)).isFalse();
    }

    // Damaged and torn notes count as absent; the others stay.
    @Test
    void readsNotesThatAreWhole() throws Exception {
        Stored one = store.put(stream(FILE), DIGEST, FILE.length);
        Files.writeString(
                root.resolve("opm/notes"),
                Notes.line(one).substring(0, 50),
                java.nio.file.StandardOpenOption.APPEND);
        byte[] small = "small".getBytes(UTF_8);
        Stored two = store.put(stream(small), digest(Algorithm.SHA256, small), 5);
        Stored three = store.put(stream(small), digest(Algorithm.MD5, small), 5);
        var again = new Store(disk, root);
        assertThat(again.noted(DIGEST)).isEqualTo(one);
        assertThat(again.noted(two.digest())).isNull();
        assertThat(again.noted(three.digest())).isEqualTo(three);
        String line = Notes.line(one);
        for (int at = 0; at < line.length() - 1; at++) {
            String bad =
                    line.substring(0, at) + (char) (line.charAt(at) ^ 1) + line.substring(at + 1);
            Files.writeString(root.resolve("opm/notes"), bad);
            assertThat(new Store(disk, root).noted(DIGEST)).isNull();
        }
        store.remove(DIGEST);
        assertThat(store.noted(DIGEST)).isNull();
    }

    // References come back as they were, one per type and name, and a damaged one is not passed
    // over.
    @Test
    void keepsReferences() throws Exception {
        var plan =
                new Ref(
                        Ref.Type.PLAN,
                        "Fedora ñ:43/update",
                        "root",
                        "prepared on Monday",
                        1234,
                        List.of(DIGEST, digest(Algorithm.MD5, FILE)));
        var meta = new Ref(Ref.Type.LATEST_METADATA, "fedora", "opm", "", 0, List.of());
        store.refs().put(meta);
        store.refs().put(plan);
        store.refs().put(plan);
        assertThat(store.refs().all()).containsExactly(plan, meta);
        assertThat(store.refs().get(Ref.Type.PLAN, plan.name())).isEqualTo(plan);
        assertThat(store.refs().get(Ref.Type.PIN, plan.name())).isNull();
        assertThat(plan.isExpired(1234)).isTrue();
        assertThat(plan.isExpired(1233)).isFalse();
        assertThat(meta.isExpired(Long.MAX_VALUE)).isFalse();
        store.refs().remove(Ref.Type.LATEST_METADATA, "fedora");
        Path file = disk.list(root.resolve("opm/refs/plan")).getFirst();
        byte[] good = Files.readAllBytes(file);
        for (int at = 0; at < good.length; at++) {
            byte[] bad = good.clone();
            bad[at] ^= 1;
            Files.write(file, bad);
            assertThatThrownBy(() -> store.refs().all())
                    .isInstanceOf(Damaged.class)
                    .hasMessageContaining(file.toString());
        }
    }

    // A reference of the future stops a collection with advice: it is not damaged.
    @Test
    void refusesAReferenceOfTheFuture() throws Exception {
        store.refs().put(new Ref(Ref.Type.PIN, "p", "", "", 0, List.of()));
        Files.writeString(disk.list(root.resolve("opm/refs/pin")).getFirst(), "opm-ref 2\nx\n");
        assertThatThrownBy(() -> store.refs().all())
                .isInstanceOf(Refused.class)
                .hasMessageEndingWith("has another format than 1");
    }

    // All names are safe on FAT: no colon, no case that matters, no length that does not fit.
    @Test
    void usesNamesThatFatHolds() throws Exception {
        var names =
                List.of(
                        "A",
                        "a",
                        "con:1",
                        "x/../y",
                        "..",
                        ".",
                        "é",
                        " ",
                        "a.",
                        "long".repeat(200),
                        "long".repeat(200) + "x");
        for (String name : names) {
            store.refs().put(new Ref(Ref.Type.PIN, name, "", "", 0, List.of()));
        }
        assertThat(store.refs().all()).hasSize(names.size());
        assertThat(names())
                .filteredOn(name -> !name.equals("opm/ref-sums"))
                .allMatch(
                        name ->
                                name.matches(
                                        "opm/refs/pin/[a-z0-9=_-]"
                                                + "([a-z0-9=_.-]{0,126}[a-z0-9=_-])?"));
        assertThatThrownBy(() -> new Ref(Ref.Type.PIN, "x".repeat(1001), "", "", 0, List.of()))
                .hasMessageContaining("at most 1000");
        assertThatThrownBy(() -> new Ref(Ref.Type.PIN, "a\nkeep", "", "", 0, List.of()))
                .hasMessageContaining("one line");
    }
}
