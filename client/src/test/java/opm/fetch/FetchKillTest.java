package opm.fetch;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import opm.base.Digest;
import opm.fetch.FaultyServer.Fault;
import opm.host.LocalDisk;
import opm.host.TestNet;
import opm.store.Store;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A job that is killed again and again ends with the right bytes, and fetches few of them twice.
///
/// Five kills; with `-Dopm.soak=true` two hundred, of a job of two hundred files.
class FetchKillTest {
    private static final int KILLS = Boolean.getBoolean("opm.soak") ? 200 : 5;
    private static final int LANES = 8;
    private static final int FILES = Boolean.getBoolean("opm.soak") ? 200 : 40;
    private static final int FILE_BYTES = 700_000;
    private static final long SEED = Long.getLong("opm.seed", 1);

    @TempDir Path folder;

    private static byte[] bytes(int seed) {
        var bytes = new byte[FILE_BYTES];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static Wanted wanted(String base, int file) throws Exception {
        byte[] sha256 = MessageDigest.getInstance("SHA-256").digest(bytes(file));
        return new Wanted(
                Digest.of(Digest.Algorithm.SHA256, sha256),
                FILE_BYTES,
                List.of(URI.create(base + "/" + file)),
                "f" + file);
    }

    /// The job: exit 0 when everything is there.
    static final class Job {
        private Job() {}

        public static void main(String[] args) throws Exception {
            var all = new ArrayList<Wanted>();
            for (int file = 0; file < FILES; file++) {
                all.add(wanted(args[0], file));
            }
            Pause brief =
                    (millis, cancelled) -> Pause.real().millis(Math.min(millis, 20), cancelled);
            var fetcher =
                    new Fetcher(
                            new Store(new LocalDisk(), Path.of(args[1])),
                            TestNet.impatient(1),
                            Clock.systemUTC(),
                            brief,
                            new Fetcher.Options(LANES, 4, 10),
                            // Slow enough that a kill finds it at work.
                            new RateLimit(Clock.systemUTC(), Pause.real(), 20_000_000));
            System.out.print('!');
            System.out.flush();
            List<Outcome> outcomes = fetcher.fetch(all, Progress.NONE, () -> false);
            System.exit(outcomes.stream().allMatch(Outcome.Fetched.class::isInstance) ? 0 : 4);
        }
    }

    /// Starts jobs until one ends well, killing the first ones; returns how many it killed.
    private int run(FaultyServer server, Random random) throws Exception {
        String base = server.uri("").toString();
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        int killed = 0;
        for (int runs = 0; runs < 10 * KILLS; runs++) {
            Process job =
                    new ProcessBuilder(
                                    java,
                                    "-Dopm.soak=" + Boolean.getBoolean("opm.soak"),
                                    "-Xmx64m",
                                    "-XX:+UseSerialGC",
                                    "-XX:TieredStopAtLevel=1",
                                    "-cp",
                                    System.getProperty("java.class.path"),
                                    Job.class.getName(),
                                    base,
                                    folder.resolve("store").toString())
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start();
            assertThat(job.getInputStream().read()).isEqualTo('!');
            if (killed < KILLS && !job.waitFor(random.nextInt(400), TimeUnit.MILLISECONDS)) {
                job.destroyForcibly().waitFor();
                killed++;
            } else if (job.waitFor() == 0) {
                return killed;
            }
        }
        throw new AssertionError("never ended");
    }

    private void assertAllThere() throws Exception {
        var store = new Store(new LocalDisk(), folder.resolve("store"));
        for (int file = 0; file < FILES; file++) {
            Digest digest = wanted("file:", file).digest();
            assertThat(Files.readAllBytes(requireNonNull(store.get(digest)).path()))
                    .isEqualTo(bytes(file));
        }
        assertThat(new LocalDisk().list(folder.resolve("store/opm/partial"))).isEmpty();
    }

    // Three requests in ten fail in every way there is: it ends with the right bytes, and what came
    // twice is what the lies spoiled and at most 1 MiB per kill and lane.
    @Test
    void fetchesLittleTwice() throws Exception {
        var random = new Random(SEED);
        try (var server = new FaultyServer()) {
            serve(server);
            server.weather(() -> weather(random));
            int killed = run(server, random);
            assertAllThere();
            long twice = server.bodyBytes() - (long) FILES * FILE_BYTES;
            String seen =
                    "seed %d: %d kills, %d bytes twice, of these %d spoiled by wrong answers"
                            .formatted(SEED, killed, twice, server.spoiledBytes());
            System.out.println(seen);
            assertThat(killed).as(seen).isPositive();
            assertThat(twice - server.spoiledBytes())
                    .as(seen)
                    .isLessThanOrEqualTo((long) killed * LANES << 20);
        }
    }

    private static void serve(FaultyServer server) {
        for (int file = 0; file < FILES; file++) {
            server.serve("/" + file, bytes(file));
        }
    }

    private static synchronized Fault weather(Random random) {
        int after = random.nextInt(FILE_BYTES);
        // Of the stalls, each of which costs a second, only some.
        return switch (random.nextInt(27)) {
            case 0 -> new Fault.Reset(after);
            case 1 -> new Fault.CutOff(after);
            case 2 -> new Fault.Status(503, "Retry-After: 1");
            case 3 -> random.nextInt(4) == 0 ? new Fault.Stall(after) : new Fault.Reset(0);
            case 4 -> new Fault.Status(404, "");
            case 5 -> new Fault.WrongBytes();
            case 6 -> new Fault.WrongRange();
            case 7 -> new Fault.IgnoreRange();
            default -> new Fault.Honest();
        };
    }
}
