package opm.fetch;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Random;
import opm.base.Digest;
import opm.fetch.FaultyServer.Fault;
import opm.fetch.Outcome.Fetched;
import opm.host.LocalDisk;
import opm.host.TestNet;
import opm.store.Store;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// One large file comes in several ranges at a time, and is right whatever the mirrors do.
class RangesTest {
    private static final byte[] FILE = new byte[9_500_000];
    private static final Digest DIGEST;

    static {
        new Random(5).nextBytes(FILE);
        DIGEST = Digest.sha256Of(FILE);
    }

    @TempDir Path folder;

    private Fetched fetch(int lanes, URI... sources) throws Exception {
        Pause none = (_, _) -> {};
        var fetcher =
                new Fetcher(
                        new Store(new LocalDisk(), folder.resolve("store")),
                        TestNet.impatient(30),
                        Clock.systemUTC(),
                        none,
                        new Fetcher.Options(lanes, 3, 0),
                        new RateLimit(Clock.systemUTC(), none, 0));
        var wanted = new Wanted(DIGEST, FILE.length, List.of(sources), "large");
        Outcome outcome = fetcher.fetch(List.of(wanted), Progress.NONE, () -> false).getFirst();
        var fetched = (Fetched) requireNonNull(outcome);
        assertThat(Files.readAllBytes(fetched.stored().path())).isEqualTo(FILE);
        return fetched;
    }

    // With idle lanes the file comes in ranges of 1 MiB, from all mirrors, each byte once.
    @Test
    void usesIdleLanesAndAllMirrors() throws Exception {
        try (var one = new FaultyServer();
                var two = new FaultyServer()) {
            Fetched fetched = fetch(8, one.serve("/f", FILE), two.serve("/f", FILE));
            assertThat(one.requests().size() + two.requests().size()).isEqualTo(10);
            assertThat(one.requests()).isNotEmpty();
            assertThat(two.requests()).isNotEmpty();
            assertThat(fetched.networkBytes()).isEqualTo(FILE.length);
            assertThat(fetched.troubles()).isEmpty();
        }
    }

    // With one lane it is one request.
    @Test
    void asksOnceWithOneLane() throws Exception {
        try (var server = new FaultyServer()) {
            fetch(1, server.serve("/f", FILE));
            assertThat(server.requests()).hasSize(1);
        }
    }

    // A server that ignores ranges, or answers them wrongly, is asked for the whole.
    @Test
    void goesOnAloneWhenRangesAreNotToBeHad() throws Exception {
        try (var server = new FaultyServer()) {
            var faults = new Fault[12];
            java.util.Arrays.fill(faults, new Fault.IgnoreRange());
            fetch(4, server.serve("/f", FILE, faults));
            URI wrong =
                    server.serve(
                            "/g",
                            FILE,
                            new Fault.WrongRange(),
                            new Fault.WrongRange(),
                            new Fault.WrongRange(),
                            new Fault.WrongRange());
            new Store(new LocalDisk(), folder.resolve("store")).remove(DIGEST);
            fetch(4, wrong);
        }
    }

    // Ranges that break off are gone on with, so no byte comes twice.
    @Test
    void goesOnWithWhatBreaksOff() throws Exception {
        try (var server = new FaultyServer()) {
            var early = new Fault.CutOff(0);
            var late = new Fault.CutOff(700_000);
            Fetched fetched = fetch(4, server.serve("/f", FILE, early, late));
            assertThat(fetched.networkBytes()).isEqualTo(FILE.length);
            assertThat(fetched.troubles()).isEmpty();
        }
    }

    // A mirror with other bytes under the name spoils nothing for good.
    @Test
    void isRightWhenOneMirrorLies() throws Exception {
        try (var honest = new FaultyServer();
                var liar = new FaultyServer()) {
            byte[] other = FILE.clone();
            other[3_000_000] ^= 1;
            URI bad = liar.serve("/f", other);
            Fetched fetched = fetch(4, bad, honest.serve("/f", FILE));
            assertThat(fetched.troubles()).isNotEmpty();
        }
    }
}
