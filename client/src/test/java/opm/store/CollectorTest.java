package opm.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import opm.base.Digest;
import opm.base.Digest.Algorithm;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;
import opm.base.OpmException.Refused;
import opm.host.Disk;
import opm.host.LocalDisk;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What somebody needs stays; of the rest, as much as the settings say.
class CollectorTest {
    private static final long NOW = 1_800_000_000;
    private static final long DAY = 86_400;

    private final Disk disk = new LocalDisk();
    private Path root = Path.of("");
    private Store store = new Store(disk, root);

    @BeforeEach
    void open(@TempDir Path folder) {
        root = folder.resolve("store");
        store = new Store(disk, root);
    }

    private Digest put(String text, int ageDays) throws Exception {
        byte[] bytes = text.getBytes(UTF_8);
        Stored stored = store.add(new ByteArrayInputStream(bytes), Algorithm.SHA256);
        Files.setLastModifiedTime(stored.path(), FileTime.fromMillis((NOW - ageDays * DAY) * 1000));
        return stored.digest();
    }

    private void ref(String name, long expires, Digest... keeps) throws Exception {
        store.refs().put(new Ref(Ref.Type.PLAN, name, "me", "test", expires, List.of(keeps)));
    }

    private Collector collector() {
        return new Collector(store, NOW);
    }

    private List<Digest> goes(Retention retention) throws Exception {
        return collector().decide(retention).goes().stream().map(Item::digest).toList();
    }

    // What a reference keeps stays, however old; what none keeps, or an expired one, goes.
    @Test
    void keepsWhatIsReferred() throws Exception {
        Digest kept = put("kept", 999);
        Digest free = put("free", 1);
        Digest expired = put("expired", 2);
        ref("a", 0, kept);
        ref("b", NOW + 1, kept);
        ref("c", NOW, expired, free);
        assertThat(goes(Retention.NOTHING)).containsExactly(expired, free);
        assertThat(collector().why(kept)).extracting(Ref::name).containsExactly("a", "b");
        assertThat(collector().why(free)).isEmpty();
        Collector.Decision decision = collector().decide(Retention.NOTHING);
        assertThat(decision.bytes()).isEqualTo(11);
        assertThat(decision.staysBytes()).isEqualTo(4);
        assertThat(store.objects()).as("deciding removes nothing").hasSize(3);
        assertThat(collector().sweep(decision)).isEqualTo(decision.goes());
        assertThat(store.objects()).containsExactly(kept);
    }

    // CAShe's rules: under `older` all stays; then the oldest go; new ones only above `newer`.
    @ParameterizedTest
    @CsvSource({
        "40, 40, 0, ''",
        "39, 99, 8, 'o1'",
        "25, 99, 8, 'o1 o2'",
        "15, 99, 8, 'o1 o2'",
        "15, 19, 8, 'o1 o2 n1'",
        "0, 0, 8, 'o1 o2 n1 n2'",
        "30, 30, 8, 'o1'",
        "30, 30, 0, 'o1'",
    })
    void keepsWhatTheSettingsAllow(long older, long newer, int ageDays, String expected)
            throws Exception {
        put("o1........", 30);
        put("o2........", 20);
        put("n1........", 5);
        put("n2........", 4);
        var names = new ArrayList<String>();
        for (Digest digest : goes(new Retention(older, newer, ageDays * DAY))) {
            names.add(Files.readString(requireNonNull(store.get(digest)).path()).substring(0, 2));
        }
        assertThat(String.join(" ", names)).isEqualTo(expected);
    }

    // A `config` of CAShe is read as CAShe reads it.
    @Test
    void readsCashesSettings() throws Exception {
        assertThat(collector().retention()).isEqualTo(Retention.USUAL);
        Files.createDirectories(root);
        Files.writeString(
                root.resolve("config"),
                "# comment\n"
                        + " age = 1.5h\n"
                        + "lo=2k\n"
                        + " newer = 1M \n"
                        + "nonsense\n"
                        + "time = mtime\n"
                        + "older = = 3\n"
                        + "hi = -5\n");
        assertThat(collector().retention()).isEqualTo(new Retention(2_000, 1_000_000, 5_400));
        assertThat(Retention.parse("newer=1\nolder=3g"))
                .isEqualTo(new Retention(3_000_000_000L, 3_000_000_000L, 8 * DAY));
        assertThat(Retention.parse("age=9w\nlow=x\nhigh=\nolder=1p"))
                .isEqualTo(new Retention(1_000_000_000_000_000L, 1_000_000_000_000_000L, 63 * DAY));
    }

    // A reference that cannot be read stops the collection: nobody knows what it keeps.
    @Test
    void stopsAtADamagedReference() throws Exception {
        Digest kept = put("kept", 1);
        ref("a", 0, kept);
        Files.writeString(disk.list(root.resolve("opm/refs/plan")).getFirst(), "opm-ref 1\n");
        assertThatThrownBy(() -> collector().decide(Retention.NOTHING)).isInstanceOf(Damaged.class);
    }

    // What was referred to between the decision and the sweep stays.
    @Test
    void looksAgainBeforeItSweeps() throws Exception {
        Digest wanted = put("wanted", 1);
        Digest leased = put("leased", 1);
        Digest free = put("free", 1);
        Collector.Decision decision = collector().decide(Retention.NOTHING);
        ref("a", 0, wanted);
        try (Lease lease = store.lease(List.of(leased))) {
            assertThat(lease).isNotNull();
            assertThat(collector().sweep(decision)).extracting(Item::digest).containsExactly(free);
            assertThat(goes(Retention.NOTHING)).isEmpty();
        }
        assertThat(goes(Retention.NOTHING)).containsExactly(leased);
        assertThat(disk.list(root.resolve("opm/leases"))).isEmpty();
    }

    // A lease ends with its process: another process's is honoured while it lives, then forgotten.
    @Test
    void forgetsLeasesOfDeadProcesses() throws Exception {
        Digest used = put("used", 1);
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process other =
                new ProcessBuilder(
                                java,
                                "-cp",
                                System.getProperty("java.class.path"),
                                Holder.class.getName(),
                                root.toString(),
                                used.hex())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        assertThat(other.getInputStream().read()).isEqualTo('!');
        assertThat(goes(Retention.NOTHING)).isEmpty();
        other.destroyForcibly().waitFor();
        assertThat(goes(Retention.NOTHING)).containsExactly(used);
        assertThat(disk.list(root.resolve("opm/leases"))).isEmpty();
    }

    /// The other process: takes a lease, says so, and waits to be killed.
    static final class Holder {
        private Holder() {}

        public static void main(String[] args) throws Exception {
            Lease lease =
                    new Store(new LocalDisk(), Path.of(args[0]))
                            .lease(List.of(Digest.sha256(args[1])));
            System.out.print('!');
            System.out.flush();
            System.in.read();
            lease.close();
        }
    }

    // Two collections never run at once; a lease waits for the end of one.
    @Test
    void collectsOneAtATime() throws Exception {
        Collector.Decision decision = collector().decide(Retention.NOTHING);
        Files.createDirectories(root.resolve("opm/locks"));
        try (Disk.Lock lock = requireNonNull(disk.tryLock(root.resolve("opm/locks/collection")))) {
            assertThat(lock).isNotNull();
            assertThatThrownBy(() -> collector().sweep(decision))
                    .isInstanceOf(Refused.class)
                    .hasMessageContaining("another program");
        }
        assertThat(collector().sweep(decision)).isEmpty();
    }

    // What lost its last reference is found from the log, without looking through the store.
    @Test
    void collectsWhatWasReleasedWithoutAScan() throws Exception {
        Digest shared = put("shared", 1);
        Digest alone = put("alone", 1);
        Digest replaced = put("replaced", 1);
        Digest never = put("never", 1);
        ref("a", 0, shared, alone, replaced);
        ref("b", 0, shared);
        ref("a", 0, shared, alone);
        store.refs().remove(Ref.Type.PLAN, "a");
        store = new Store(scanless(), root);
        Collector.Decision decision = collector().decideReleased();
        assertThat(decision.goes())
                .extracting(Item::digest)
                .containsExactlyInAnyOrder(alone, replaced);
        collector().sweep(decision);
        assertThat(new Store(disk, root).objects()).containsExactlyInAnyOrder(shared, never);
        assertThat(root.resolve("opm/released")).doesNotExist();
        assertThat(collector().decideReleased().goes()).isEmpty();
    }

    /// A disk on which the folders of objects cannot be listed.
    private Disk scanless() {
        return (Disk)
                Proxy.newProxyInstance(
                        Disk.class.getClassLoader(),
                        new Class<?>[] {Disk.class},
                        (_, method, args) -> {
                            if (method.getName().equals("list")
                                    && !args[0].toString().contains("/opm/")) {
                                throw new AssertionError("scans " + args[0]);
                            }
                            try {
                                return method.invoke(disk, args);
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        });
    }

    // A check finds every damaged object, and removes it when asked.
    @Test
    void checksEveryObject() throws Exception {
        Digest good = put("good", 1);
        Digest bad = put("bad", 1);
        requireNonNull(store.get(bad));
        Files.writeString(
                root.resolve("sha256").resolve(bad.hex().substring(0, 4)).resolve(bad.hex()),
                "bAd");
        Files.setLastModifiedTime(
                root.resolve("sha256").resolve(bad.hex().substring(0, 4)).resolve(bad.hex()),
                FileTime.fromMillis((NOW - DAY) * 1000));
        assertThat(collector().check(false)).containsExactly(bad);
        assertThat(store.objects()).hasSize(2);
        assertThat(collector().check(true)).containsExactly(bad);
        assertThat(collector().list()).extracting(Item::digest).containsExactly(good);
        assertThat(Files.readAllLines(root.resolve("opm/notes"))).hasSize(1);
        assertThat(new Store(disk, root).noted(good)).isNotNull();
    }

    // Expiry is a matter of seconds, not of files.
    @Test
    void listsWhoKeepsWhat() throws OpmException, Exception {
        Digest one = put("one", 3);
        ref("a", 0, one, one);
        Item item = collector().list().getFirst();
        assertThat(item.sizeBytes()).isEqualTo(3);
        assertThat(item.modifiedMillis()).isEqualTo((NOW - 3 * DAY) * 1000);
        assertThat(item.keptBy()).hasSize(1);
    }
}
