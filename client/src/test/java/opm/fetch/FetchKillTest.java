package opm.fetch;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
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
/// Five kills; in the long form `-Dopm.kills`, or two hundred, of a job of two hundred files. One
/// file in ten is large enough to come in several streams.
class FetchKillTest {
    private static final boolean SOAK = Boolean.getBoolean("opm.soak");
    private static final int KILLS = SOAK ? Integer.getInteger("opm.kills", 200) : 3;
    private static final int LANES = 8;
    private static final int FILES = SOAK ? 200 : 40;
    private static final int LARGE_FILES = FILES / 10;
    private static final int FILE_BYTES = 250_000;
    private static final int LARGE_BYTES = 6_000_000;
    private static final int STREAM_BYTES = 1 << 20;

    /// A kill finds a run at any moment of its first bytes.
    private static final int RUN_BYTES = 3_000_000;

    private static final long SEED = Long.getLong("opm.seed", 1);

    @TempDir Path folder;

    /// The large ones come last, when lanes are idle.
    private static int size(int file) {
        return file < FILES - LARGE_FILES ? FILE_BYTES : LARGE_BYTES;
    }

    private static byte[] bytes(int seed) {
        var bytes = new byte[size(seed)];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static Digest digest(int file) throws Exception {
        byte[] sha256 = MessageDigest.getInstance("SHA-256").digest(bytes(file));
        return Digest.of(Digest.Algorithm.SHA256, sha256);
    }

    /// The job: exit 0 when everything is there. Its arguments: address, store, digests.
    static final class Job {
        private Job() {}

        public static void main(String[] args) throws Exception {
            var all = new ArrayList<Wanted>();
            for (int file = 0; file < FILES; file++) {
                all.add(
                        new Wanted(
                                new Digest(Digest.Algorithm.SHA256, args[2 + file]),
                                size(file),
                                List.of(URI.create(args[0] + "/" + file)),
                                "f" + file));
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

    /// What kills cost. One file's bytes that a run took from the server and did not leave on the
    /// disk, in runs in which nobody lied about that file.
    private static final class Losses {
        private final FaultyServer server;
        private final List<Digest> digests;
        private final Path store;
        private final long[] sentBefore = new long[FILES];
        private final long[] thereBefore = new long[FILES];
        private long most;
        private long mostOfAKill;
        private long all;

        Losses(FaultyServer server, List<Digest> digests, Path store) {
            this.server = server;
            this.digests = digests;
            this.store = store;
            for (int file = 0; file < FILES; file++) {
                sentBefore[file] = server.sentBytes("/" + file);
            }
        }

        void afterRun() throws Exception {
            long ofThisKill = 0;
            for (int file = 0; file < FILES; file++) {
                long sent = server.sentBytes("/" + file);
                long there = onDisk(file);
                long lost = sent - sentBefore[file] - (there - thereBefore[file]);
                sentBefore[file] = sent;
                thereBefore[file] = there;
                if (!server.liedAbout("/" + file)) {
                    most = Math.max(most, lost);
                    ofThisKill += lost;
                }
            }
            mostOfAKill = Math.max(mostOfAKill, ofThisKill);
            all += ofThisKill;
        }

        private long onDisk(int file) throws IOException {
            String hex = digests.get(file).hex();
            Path object = store.resolve("sha256").resolve(hex.substring(0, 4)).resolve(hex);
            Path partial = store.resolve("opm/partial/sha256-" + hex);
            return Files.exists(object)
                    ? Files.size(object)
                    : Files.exists(partial) ? Files.size(partial) : 0;
        }
    }

    /// Starts jobs until one ends well, killing as many as are left; returns how many it killed.
    private int run(FaultyServer server, Random random, Path store, Losses losses, int kills)
            throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var command =
                new ArrayList<>(
                        List.of(
                                java,
                                "-Dopm.soak=" + SOAK,
                                "-Xmx64m",
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-Xshare:auto",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Job.class.getName(),
                                server.uri("").toString(),
                                store.toString()));
        losses.digests.forEach(digest -> command.add(digest.hex()));
        int killed = 0;
        for (int runs = 0; runs < 10 * KILLS; runs++) {
            Process job =
                    new ProcessBuilder(command)
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start();
            assertThat(job.getInputStream().read()).isEqualTo('!');
            long until = server.bodyBytes() + random.nextInt(RUN_BYTES);
            boolean ended = false;
            while (killed < kills && !ended && server.bodyBytes() < until) {
                ended = job.waitFor(1, TimeUnit.MILLISECONDS);
            }
            if (killed < kills && !ended) {
                job.destroyForcibly().waitFor();
                killed++;
                losses.afterRun();
            } else if (job.waitFor() == 0) {
                return killed;
            } else {
                losses.afterRun();
            }
        }
        throw new AssertionError("never ended");
    }

    private static void assertAllThere(Path folder, List<Digest> digests) throws Exception {
        var store = new Store(new LocalDisk(), folder);
        for (int file = 0; file < FILES; file++) {
            assertThat(Files.readAllBytes(requireNonNull(store.get(digests.get(file))).path()))
                    .isEqualTo(bytes(file));
        }
        assertThat(new LocalDisk().list(folder.resolve("opm/partial"))).isEmpty();
    }

    // Three requests in ten fail in every way there is: it ends with the right bytes, and what came
    // twice is what the lies spoiled and at most 1 MiB per kill and stream.
    @Test
    void fetchesLittleTwice() throws Exception {
        var random = new Random(SEED);
        var digests = new ArrayList<Digest>();
        long bytes = 0;
        for (int file = 0; file < FILES; file++) {
            digests.add(digest(file));
            bytes += size(file);
        }
        try (var server = new FaultyServer()) {
            serve(server);
            server.weather(() -> weather(random));
            int killed = 0;
            long twice = -server.spoiledBytes();
            // A job may end before all kills are done: then another one begins.
            for (int jobs = 1; killed < KILLS; jobs++) {
                Path store = folder.resolve("store" + jobs);
                var losses = new Losses(server, digests, store);
                long before = server.bodyBytes();
                killed += run(server, random, store, losses, KILLS - killed);
                assertAllThere(store, digests);
                twice += server.bodyBytes() - before - bytes;
                String seen =
                        "seed %d, job %d, %d kills: %d bytes lost, at most %d of a file, %d a kill"
                                .formatted(
                                        SEED,
                                        jobs,
                                        killed,
                                        losses.all,
                                        losses.most,
                                        losses.mostOfAKill);
                System.out.println(seen);
                // Lanes share a large file, at most four.
                assertThat(losses.most).as(seen).isLessThanOrEqualTo(4L * STREAM_BYTES);
                assertThat(losses.mostOfAKill)
                        .as(seen)
                        .isLessThanOrEqualTo((long) LANES * STREAM_BYTES);
            }
            twice -= server.spoiledBytes();
            String seen =
                    "seed %d: %d kills, %d bytes twice beside %d spoiled by wrong answers"
                            .formatted(SEED, killed, twice, server.spoiledBytes());
            System.out.println(seen);
            assertThat(twice).as(seen).isLessThanOrEqualTo((long) killed * LANES * STREAM_BYTES);
        }
    }

    private static void serve(FaultyServer server) {
        for (int file = 0; file < FILES; file++) {
            server.serve("/" + file, bytes(file));
        }
    }

    private static synchronized Fault weather(Random random) {
        int after = random.nextInt(random.nextInt(9) == 0 ? LARGE_BYTES : FILE_BYTES);
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
