package opm.fetch;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import opm.base.Digest;
import opm.base.Digest.Algorithm;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;
import opm.base.OpmException.Refused;
import opm.base.OpmException.Unavailable;
import opm.fetch.FaultyServer.Fault;
import opm.fetch.Outcome.Failed;
import opm.fetch.Outcome.Fetched;
import opm.host.Disk;
import opm.host.LocalDisk;
import opm.host.TestNet;
import opm.store.Store;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Every wanted file gets an outcome, and no wrong byte is ever called right.
class FetcherTest {
    private static final byte[] FILE = bytes(1, 500_000);
    private static final Digest DIGEST = digest(Algorithm.SHA256, FILE);

    private Path folder;
    private final Disk disk = new LocalDisk();
    private final List<Long> pauses = Collections.synchronizedList(new ArrayList<>());
    private FaultyServer server;

    /// Seconds without a byte: many, because a busy machine is not a fault.
    private int patience = 30;
    private Store store;

    @BeforeEach
    void start(@TempDir Path fresh) throws Exception {
        folder = fresh;
        server = new FaultyServer();
        store = new Store(disk, folder.resolve("store"));
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    private static byte[] bytes(long seed, int count) {
        var bytes = new byte[count];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static Digest digest(Algorithm algorithm, byte[] bytes) {
        try {
            return Digest.of(
                    algorithm, MessageDigest.getInstance(algorithm.jdkName()).digest(bytes));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private Fetcher fetcher(int lanes, int rounds) {
        var options = new Fetcher.Options(lanes, rounds, 500);
        Pause pause = (millis, _) -> pauses.add(millis);
        var limit = new RateLimit(Clock.systemUTC(), pause, 0);
        return new Fetcher(
                store, TestNet.impatient(patience), Clock.systemUTC(), pause, options, limit);
    }

    private static Wanted wanted(URI... sources) {
        return new Wanted(DIGEST, FILE.length, List.of(sources), "file.rpm");
    }

    private Outcome fetch(Wanted wanted) {
        return fetcher(1, 3).fetch(List.of(wanted), Progress.NONE, () -> false).getFirst();
    }

    private Fetched fetched(Wanted wanted) throws Exception {
        Outcome outcome = fetch(wanted);
        assertThat(outcome).isInstanceOf(Fetched.class);
        var fetched = (Fetched) outcome;
        assertThat(Files.readAllBytes(fetched.stored().path())).isEqualTo(FILE);
        assertThat(partials()).isEmpty();
        return fetched;
    }

    private Failed failed(Wanted wanted) {
        Outcome outcome = fetch(wanted);
        assertThat(outcome).isInstanceOf(Failed.class);
        assertThat(store.has(wanted.digest())).isFalse();
        return (Failed) outcome;
    }

    private List<Path> partials() throws OpmException {
        return disk.list(store.root().resolve("opm/partial"));
    }

    // The plain way: one request, the right bytes, nothing left over.
    @Test
    void fetches() throws Exception {
        Fetched fetched = fetched(wanted(server.serve("/f", FILE)));
        assertThat(fetched.networkBytes()).isEqualTo(FILE.length);
        assertThat(fetched.troubles()).isEmpty();
        assertThat(server.requests()).hasSize(1);
    }

    // Wrong bytes wherever it is asked are damage, which no waiting mends; a busy server may have
    // the right ones.
    @Test
    void wrongEverywhereIsDamage() throws Exception {
        URI wrong = server.serve("/wrong", bytes(7, FILE.length));
        URI shorter = server.serve("/short", bytes(7, 1000));
        URI absent = server.uri("/absent");
        assertThat(failed(wanted(wrong)).why()).isInstanceOf(Damaged.class);
        assertThat(failed(wanted(shorter)).why()).isInstanceOf(Damaged.class);
        assertThat(failed(wanted(absent, wrong)).why()).isInstanceOf(Damaged.class);
        assertThat(failed(wanted(absent)).why()).isInstanceOf(Unavailable.class);
        URI busy = server.serve("/busy", FILE, new Fault.Status(503, ""));
        server.weather(() -> new Fault.Status(503, ""));
        assertThat(failed(wanted(busy)).why()).isInstanceOf(Unavailable.class);
        assertThat(partials()).isEmpty();
        var both =
                List.<Outcome>of(
                        new Failed(wanted(), new Unavailable("a", "a"), List.of()),
                        new Failed(wanted(), new Damaged("b", "b"), List.of()));
        assertThatThrownBy(() -> Fetcher.requireAll(both)).isInstanceOf(Damaged.class);
    }

    // What the store has is not asked for again.
    @Test
    void asksNothingWhenTheStoreHasIt() throws Exception {
        URI source = server.serve("/f", FILE);
        fetched(wanted(source));
        assertThat(fetched(wanted(source)).networkBytes()).isZero();
        assertThat(server.requests()).hasSize(1);
    }

    // A copy that was changed on the shelf is noticed, told, and fetched again.
    @Test
    void replacesADamagedCopy() throws Exception {
        URI source = server.serve("/f", FILE);
        Path object = fetched(wanted(source)).stored().path();
        byte[] bad = FILE.clone();
        bad[7] ^= 1;
        Files.write(object, bad);
        store = new Store(disk, store.root());
        Fetched again = fetched(wanted(source));
        assertThat(again.troubles())
                .singleElement()
                .extracting(t -> t.source().getScheme())
                .isEqualTo("store");
        assertThat(again.networkBytes()).isEqualTo(FILE.length);
    }

    // A file: source is a source like any other, and any digest that a repository uses will do.
    @Test
    void fetchesFromAFolderByAnyDigest() throws Exception {
        Path file = Files.write(folder.resolve("a file.rpm"), FILE);
        for (Algorithm algorithm : Algorithm.values()) {
            Digest digest = digest(algorithm, FILE);
            Outcome outcome =
                    fetch(new Wanted(digest, FILE.length, List.of(file.toUri()), "file.rpm"));
            assertThat(((Fetched) outcome).stored().sha256()).isEqualTo(DIGEST);
            assertThat(store.has(digest)).isTrue();
        }
    }

    // Of a file whose size nobody said, the digest alone decides.
    @Test
    void fetchesWithoutKnowingTheSize() throws Exception {
        URI source = server.serve("/f", FILE, new Fault.Reset(1000));
        assertThat(fetch(new Wanted(DIGEST, Store.ANY_SIZE, List.of(source), "f")))
                .isInstanceOf(Fetched.class);
        failed(
                new Wanted(
                        digest(Algorithm.SHA1, bytes(9, 9)), Store.ANY_SIZE, List.of(source), "g"));
    }

    // The empty file is known without asking anybody.
    @Test
    void fetchesTheEmptyFileFromNowhere() {
        Digest empty = digest(Algorithm.SHA256, new byte[0]);
        assertThat(fetch(new Wanted(empty, 0, List.of(server.uri("/none")), "empty")))
                .isInstanceOf(Fetched.class);
        assertThat(server.requests()).isEmpty();
    }

    // 404 gives a source up at once; the next one is asked.
    @Test
    void goesOnToTheNextSourceWhenOneHasNoSuchFile() throws Exception {
        Fetched fetched = fetched(wanted(server.uri("/none"), server.serve("/f", FILE)));
        assertThat(fetched.troubles())
                .singleElement()
                .extracting(t -> t.what().getMessage())
                .asString()
                .isEqualTo(server.uri("/none") + ": answers 404, expected 200");
        assertThat(server.requests()).hasSize(2);
    }

    // Nobody has it: one request each, no pauses, and the failure names the last source.
    @Test
    void failsWhenNoSourceHasIt() {
        Failed failed = failed(wanted(server.uri("/a"), server.uri("/b")));
        assertThat(failed.why().getMessage())
                .isEqualTo(
                        "file.rpm: no source gave it; the last one: "
                                + server.uri("/b")
                                + ": answers 404, expected 200");
        assertThat(failed.why().exitStatus()).isEqualTo(4);
        assertThat(failed.troubles()).hasSize(2);
        assertThat(pauses).isEmpty();
        assertThat(server.requests()).hasSize(2);
    }

    // A file that no source is known for fails with advice, not with an exception.
    @Test
    void failsWithoutSources() {
        assertThat(failed(wanted()).why().getMessage()).isEqualTo("file.rpm: no source is known");
    }

    // A reset in the middle is gone on from where it happened.
    @Test
    void resumesAfterAReset() throws Exception {
        URI source = server.serve("/f", FILE, new Fault.Reset(200_000));
        Fetched fetched = fetched(wanted(source));
        assertThat(fetched.networkBytes()).isEqualTo(FILE.length);
        FaultyServer.Request second = server.requests().get(1);
        assertThat(second.fromByte()).isBetween(1L, 200_000L);
        assertThat(second.headers()).containsEntry("if-range", "\"v1\"");
    }

    // A body that ends early is a break like any other.
    @Test
    void resumesAfterAShortBody() throws Exception {
        URI source = server.serve("/f", FILE, new Fault.CutOff(100_000), new Fault.CutOff(100_000));
        assertThat(fetched(wanted(source)).networkBytes()).isEqualTo(FILE.length);
        assertThat(server.requests())
                .extracting(FaultyServer.Request::fromByte)
                .containsExactly(0L, 100_000L, 200_000L);
    }

    // A connection that dies without a word is left after the stall limit, and its bytes are kept.
    @Test
    void resumesAfterAStall() throws Exception {
        patience = 3;
        URI source = server.serve("/f", FILE, new Fault.Stall(100_000));
        assertThat(fetched(wanted(source)).networkBytes()).isEqualTo(FILE.length);
        assertThat(server.requests().get(1).fromByte()).isEqualTo(100_000L);
    }

    // As long as the file grows, breaks are without number.
    @Test
    void resumesMoreOftenThanThereAreRounds() throws Exception {
        var breaks = new Fault[7];
        Arrays.fill(breaks, new Fault.CutOff(70_000));
        assertThat(fetched(wanted(server.serve("/f", FILE, breaks))).networkBytes())
                .isEqualTo(FILE.length);
        assertThat(server.requests()).hasSize(8);
    }

    // A server that never gives anything is left after as many rounds as there are.
    @Test
    void endsWhenTheFileDoesNotGrow() {
        var busy = new Fault[10];
        Arrays.fill(busy, new Fault.Status(500, ""));
        assertThat(failed(wanted(server.serve("/f", FILE, busy))).troubles()).hasSize(3);
        assertThat(pauses).hasSize(2).isSorted();
    }

    // One that starts over each time and never gets further is left, too, though bytes come.
    @Test
    void endsWhenBytesComeButNoMoreThanBefore() {
        var faults = new Fault[100];
        for (int at = 0; at < 100; at++) {
            faults[at] = at % 2 == 0 ? new Fault.CutOff(100_000) : new Fault.Status(416, "");
        }
        URI source = server.serve("/f", FILE, faults);
        assertThat(failed(wanted(source)).troubles()).hasSizeBetween(3, 12);
    }

    // A later run goes on where an earlier one ended, on another mirror.
    @Test
    void resumesInTheNextRunFromAnotherMirror() throws Exception {
        URI dying = server.serve("/a", FILE, new Fault.CutOff(123_456), new Fault.Status(404, ""));
        failed(wanted(dying));
        assertThat(partials()).hasSize(1);
        store = new Store(disk, store.root());
        Fetched fetched = fetched(wanted(server.serve("/b", FILE)));
        assertThat(fetched.networkBytes()).isEqualTo(FILE.length - 123_456);
    }

    // A file that was whole when the last run was killed is checked and not asked for.
    @Test
    void checksWhatAKilledRunLeftWhole() throws Exception {
        Files.createDirectories(store.root().resolve("opm/partial"));
        Files.write(store.root().resolve("opm/partial/sha256-" + DIGEST.hex()), FILE);
        assertThat(fetched(wanted(server.serve("/f", FILE))).networkBytes()).isZero();
        assertThat(server.requests()).isEmpty();
    }

    // Rubbish that lies where a partial file should be costs a second request, not the file.
    @Test
    void startsOverWhenWhatIsThereIsWrong() throws Exception {
        URI source = server.serve("/f", FILE);
        for (int length : new int[] {1000, FILE.length, FILE.length + 5}) {
            Files.createDirectories(store.root().resolve("opm/partial"));
            Files.write(
                    store.root().resolve("opm/partial/sha256-" + DIGEST.hex()), bytes(2, length));
            fetched(wanted(source));
            store.remove(DIGEST);
        }
    }

    // Wrong bytes give a source up; what came of it does not spoil the next one.
    @Test
    void leavesASourceWithWrongBytes() throws Exception {
        URI bad = server.serve("/bad", FILE, new Fault.WrongBytes(), new Fault.WrongBytes());
        Fetched fetched = fetched(wanted(bad, server.serve("/f", FILE)));
        assertThat(fetched.networkBytes()).isEqualTo(2L * FILE.length);
        assertThat(server.requests()).hasSize(2);
        assertThat(fetched.troubles()).hasSize(1);
    }

    // A source is not blamed for the bytes of another one: it is asked again, for everything.
    @Test
    void asksAgainWhenTheStartCameFromElsewhere() throws Exception {
        byte[] other = bytes(3, FILE.length);
        URI bad = server.serve("/bad", other, new Fault.CutOff(1000), new Fault.Status(404, ""));
        Fetched fetched = fetched(wanted(bad, server.serve("/f", FILE)));
        assertThat(fetched.networkBytes()).isEqualTo(1000 + FILE.length - 1000 + FILE.length);
        assertThat(server.requests())
                .extracting(FaultyServer.Request::fromByte)
                .containsExactly(0L, 1000L, 0L);
    }

    // Another length is noticed before a byte is read; more bytes than announced, at the first.
    @Test
    void leavesASourceWithAnotherLength() throws Exception {
        URI longer = server.serve("/long", FILE, new Fault.OtherFile(FILE.length + 1));
        Fetched fetched = fetched(wanted(longer, server.serve("/f", FILE)));
        assertThat(fetched.networkBytes()).isEqualTo(FILE.length);
        assertThat(fetched.troubles().getFirst().what().getMessage())
                .endsWith("has 500001 bytes, expected 500000");
    }

    // A server that ignores the range sends everything; nothing is added to what was there.
    @Test
    void startsOverWhenTheRangeIsIgnored() throws Exception {
        URI source = server.serve("/f", FILE, new Fault.CutOff(1000), new Fault.IgnoreRange());
        assertThat(fetched(wanted(source)).networkBytes()).isEqualTo(1000L + FILE.length);
    }

    // A server that answers ranges wrongly is asked for everything in the end.
    @Test
    void asksForEverythingWhenRangesAreWrong() {
        URI source =
                server.serve(
                        "/f",
                        FILE,
                        new Fault.CutOff(100_000),
                        new Fault.WrongRange(),
                        new Fault.WrongRange());
        Outcome outcome =
                fetcher(1, 5).fetch(List.of(wanted(source)), Progress.NONE, () -> false).getFirst();
        assertThat(((Fetched) outcome).networkBytes()).isEqualTo(100_000L + FILE.length);
        assertThat(server.requests())
                .extracting(FaultyServer.Request::fromByte)
                .containsExactly(0L, 100_000L, 100_000L, 0L);
    }

    // 416 to a resume means that what is there cannot be its start.
    @Test
    void startsOverAt416() throws Exception {
        URI source = server.serve("/f", FILE, new Fault.CutOff(1000), new Fault.Status(416, ""));
        assertThat(fetched(wanted(source)).networkBytes()).isEqualTo(1000L + FILE.length);
    }

    // A busy server says when to come back, and that is when we do.
    @Test
    void waitsAsLongAsAServerAsks() throws Exception {
        URI source =
                server.serve(
                        "/f",
                        FILE,
                        new Fault.Status(503, "Retry-After: 17"),
                        new Fault.Status(429, "Retry-After: 999999"));
        fetched(wanted(source));
        assertThat(pauses).containsExactly(17_000L, 60_000L);
    }

    // Redirects are followed; a loop of them is a broken source and no hang.
    @Test
    void leavesARedirectLoop() throws Exception {
        var loop = new Fault[100];
        Arrays.fill(loop, new Fault.Status(302, "Location: /loop"));
        URI source = server.serve("/loop", FILE, loop);
        Fetched fetched = fetched(wanted(source, server.serve("/f", FILE)));
        assertThat(fetched.troubles().getFirst().what().getMessage()).contains("redirects");
        server.serve("/from", FILE, new Fault.Status(301, "Location: /f"));
        store.remove(DIGEST);
        fetched(wanted(server.uri("/from")));
    }

    // One bad file among many ends nothing: each has its outcome, in the order asked.
    @Test
    void reportsEveryItem() {
        var all = new ArrayList<Wanted>();
        for (int at = 0; at < 40; at++) {
            byte[] file = bytes(100 + at, 10_000 + at);
            URI source =
                    at % 4 == 3
                            ? server.uri("/none" + at)
                            : server.serve("/" + at, file, new Fault.Reset(at * 100));
            all.add(
                    new Wanted(
                            digest(Algorithm.SHA256, file),
                            file.length,
                            List.of(source),
                            "f" + at));
        }
        all.add(all.getFirst());
        List<Outcome> outcomes = fetcher(8, 3).fetch(all, Progress.NONE, () -> false);
        assertThat(outcomes).extracting(Outcome::wanted).isEqualTo(all);
        assertThat(outcomes.stream().filter(Failed.class::isInstance)).hasSize(10);
        assertThatThrownBy(() -> Fetcher.requireAll(outcomes))
                .hasMessageStartingWith("10 of 41 files did not come, first f3");
    }

    // Cancelled in the middle: what came stays, nothing new begins, the next run needs only the
    // rest.
    @Test
    void keepsWhatCameWhenCancelled() throws Exception {
        URI source = server.serve("/f", FILE, new Fault.Stall(100_000));
        var second =
                new Wanted(
                        digest(Algorithm.SHA256, new byte[9]), 9, List.of(server.uri("/g")), "g");
        BooleanSupplier cancelled =
                () -> {
                    try {
                        return !partials().isEmpty() && disk.size(partials().getFirst()) > 50_000;
                    } catch (OpmException e) {
                        throw new AssertionError(e);
                    }
                };
        List<Outcome> outcomes =
                fetcher(1, 3).fetch(List.of(wanted(source), second), Progress.NONE, cancelled);
        assertThat(outcomes)
                .allSatisfy(o -> assertThat(((Failed) o).why().getMessage()).endsWith("cancelled"));
        assertThat(server.requests()).hasSize(1);
        assertThat(disk.size(partials().getFirst())).isPositive();
        assertThat(fetched(wanted(source)).networkBytes()).isLessThan(FILE.length);
    }

    // While another process writes the same file, we wait for it and take what it brought.
    @Test
    void waitsForAnotherWriter() throws Exception {
        var other = new Store(disk, store.root());
        var partial = requireNonNull(other.partial(DIGEST, FILE.length));
        Pause finishes =
                (millis, _) -> {
                    try {
                        partial.write(FILE, 0, FILE.length);
                        partial.finish();
                        partial.close();
                    } catch (OpmException e) {
                        throw new AssertionError(e);
                    }
                };
        var fetcher =
                new Fetcher(
                        store,
                        TestNet.impatient(patience),
                        Clock.systemUTC(),
                        finishes,
                        Fetcher.Options.USUAL,
                        new RateLimit(Clock.systemUTC(), finishes, 0));
        Outcome outcome =
                fetcher.fetch(List.of(wanted(server.serve("/f", FILE))), Progress.NONE, () -> false)
                        .getFirst();
        assertThat(((Fetched) outcome).networkBytes()).isZero();
        assertThat(server.requests()).isEmpty();
    }

    // A disk that is full is no source's fault: the job ends with that failure at once.
    @Test
    void endsWhenTheDiskIsFull() throws Exception {
        Disk full =
                (Disk)
                        java.lang.reflect.Proxy.newProxyInstance(
                                Disk.class.getClassLoader(),
                                new Class<?>[] {Disk.class},
                                (_, method, args) -> {
                                    if (method.getName().equals("append")) {
                                        throw new Refused(
                                                "disk: No space left on device",
                                                "Free some space.");
                                    }
                                    try {
                                        return method.invoke(disk, args);
                                    } catch (java.lang.reflect.InvocationTargetException e) {
                                        throw e.getCause();
                                    }
                                });
        store = new Store(full, folder.resolve("full"));
        assertThat(failed(wanted(server.serve("/f", FILE))).why()).isInstanceOf(Refused.class);
        assertThat(server.requests()).isEmpty();
    }

    // A mirror that is dead is asked last after a few files, not first for each.
    @Test
    void learnsWhichMirrorIsDead() throws Exception {
        URI dead;
        try (var gone = new FaultyServer()) {
            dead = gone.uri("/f");
        }
        var all = new ArrayList<Wanted>();
        for (int at = 0; at < 30; at++) {
            byte[] file = bytes(at, 1000);
            URI good = server.serve("/" + at, file);
            all.add(
                    new Wanted(
                            digest(Algorithm.SHA256, file), 1000, List.of(dead, good), "f" + at));
        }
        List<Outcome> outcomes = fetcher(2, 3).fetch(all, Progress.NONE, () -> false);
        assertThat(outcomes).allMatch(Fetched.class::isInstance);
        assertThat(outcomes.stream().filter(o -> !o.troubles().isEmpty())).hasSizeBetween(1, 6);
    }

    // What a download manager brought is found by its size, under whatever name, and checked.
    @Test
    void takesWhatLiesInFolders() throws Exception {
        Path brought = Files.createDirectories(folder.resolve("Downloads/deep"));
        Files.write(brought.resolve("file(1).rpm.part"), FILE);
        Files.write(brought.resolve("wrong.rpm"), bytes(7, FILE.length));
        Files.write(folder.resolve("Downloads/file.rpm"), bytes(8, 10));
        var folders = new Folders(disk, List.of(folder.resolve("Downloads"), folder.resolve("no")));
        Wanted wanted = folders.with(wanted(server.uri("/none")));
        assertThat(wanted.sources()).hasSize(3);
        fetched(wanted);
        assertThat(server.requests()).isEmpty();
        var unsized = new Wanted(DIGEST, Store.ANY_SIZE, List.of(), "file(1).rpm.part");
        assertThat(folders.with(unsized).sources()).hasSize(1);
    }

    // The numbers for people add up, and the last call tells the end.
    @Test
    void tellsProgress() {
        var states = new ArrayList<Progress.State>();
        var broken =
                new Wanted(
                        digest(Algorithm.SHA256, new byte[5]),
                        5,
                        List.of(server.uri("/none")),
                        "none");
        fetcher(1, 3)
                .fetch(List.of(wanted(server.serve("/f", FILE)), broken), states::add, () -> false);
        Progress.State last = states.getLast();
        assertThat(last.totalBytes()).isEqualTo(FILE.length + 5);
        assertThat(last.doneBytes()).isEqualTo(FILE.length);
        assertThat(last.doneCount()).isEqualTo(1);
        assertThat(last.failedCount()).isEqualTo(1);
        assertThat(last.active()).isEmpty();
        assertThat(states).extracting(Progress.State::doneBytes).isSorted();
    }
}
