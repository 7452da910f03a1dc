package opm.trip;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.bundle.BundleReader;
import opm.host.LocalDisk;
import opm.plan.Batch;
import opm.plan.Plan;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Ctrl-C and SIGTERM while a bundle is applied: opm and the sh program stop at the next boundary
/// with exit status 5, and `opm resume` goes to the end.
///
/// The moments are up to 80 ms after a random record, and before the third batch after it.
/// `-Dopm.signals=N` for more, `-Dopm.seed=N` for the same moments.
final class InterruptTest {
    private static final int SIGNALS = Integer.getInteger("opm.signals", 2);
    private static final long SEED = Long.getLong("opm.seed", 20_261_121L);
    private static final List<String> KINDS = List.of("start", "exit", "verified");
    private static final Path DEMO = Trip.project().resolve("app/src/main/resources/opm/cli/demo");

    /// Stands before rpm in PATH: no rpm of a later batch runs before the signal was sent, however
    /// long that takes on a machine that is busy.
    private static final String HOLD =
            """
            #!/bin/sh
            begun() { grep -c ' start 1 ' "$JOURNAL" 2>/dev/null || :; }
            until [ -e "$SENT" ] || [ "0$(begun)" -le "$LAST" ]; do sleep 0.01; done
            PATH=$REAL exec rpm "$@"
            """;

    private static boolean isSums(Nevra pkg) {
        return pkg.name().equals("abc-sums") || pkg.name().equals("abc-base");
    }

    @TempDir Path folder;
    private final LocalDisk disk = new LocalDisk();

    @Test
    void stopsAtABoundary() throws Exception {
        Trip.needs("rpm", "rpmkeys", "sh", "kill", "setsid");
        Trip.needsRoot();
        try (var trip = new Trip(folder)) {
            Path pristine = trip.newRoot("pristine", DEMO.resolve("RPM-GPG-KEY-demo"));
            trip.install(pristine, Trip.rpms(DEMO.resolve("older")));
            Path whole = trip.at("whole.opm");
            trip.opm(
                            "bundle",
                            "create",
                            "--root",
                            pristine.toString(),
                            "--upgrade",
                            "--repo",
                            "town=" + DEMO.resolve("repository"),
                            "--state",
                            trip.at("state").toString(),
                            "--install",
                            "abc-atlas",
                            "abc-voice-es",
                            "-o",
                            whole.toString())
                    .mustEnd(0);
            Path box = trip.at("box.opm");
            // The new reader conflicts with the old sums, so these come first.
            Comparator<Batch> order =
                    Comparator.comparing(
                            b -> b.comes().stream().noneMatch(InterruptTest::isSums));
            Plan plan = SmallBatches.write(disk, whole, box, 1, order);
            int batches = plan.batches().size();
            assertThat(batches).isGreaterThan(6);
            var random = new Random(SEED);
            var waitedMillis = new ArrayList<Long>();
            for (int signal = 0; signal < SIGNALS; signal++) {
                boolean sh = random.nextInt(3) == 0;
                String name = random.nextBoolean() ? "INT" : "TERM";
                String kind = KINDS.get(random.nextInt(KINDS.size()));
                int batch = 1 + random.nextInt(batches - 3);
                String record = " " + kind + " 1 " + batch;
                long afterNanos = random.nextLong(80_000_000L);
                String what =
                        (sh ? "sh, " : "opm, ")
                                + name
                                + ", "
                                + afterNanos
                                + " ns after"
                                + record
                                + ", seed "
                                + SEED;
                Path root = trip.at("root" + signal);
                trip.run("cp", "-a", pristine.toString(), root.toString()).mustEnd(0);
                Files.deleteIfExists(trip.at("sent"));
                Process process = start(command(sh, box, root), root, record, batch + 1);
                LockSupport.parkNanos(afterNanos);
                long begin = System.nanoTime();
                // Ctrl-C in a terminal reaches all that runs there, SIGTERM the one that is named.
                String whom = (name.equals("INT") ? "-" : "") + process.pid();
                trip.run("kill", "-" + name, "--", whom).mustEnd(0);
                Files.createFile(trip.at("sent"));
                int status = process.waitFor();
                waitedMillis.add((System.nanoTime() - begin) / 1_000_000);
                assertThat(status).as(what).isEqualTo(5);
                List<Nevra> now = trip.installed(root).stream().map(Nevra::parse).sorted().toList();
                List<List<Nevra>> boundaries = plan.boundaries(installed(box));
                assertThat(boundaries).as(what).contains(now);
                assertThat(now).as(what).isNotEqualTo(boundaries.getLast());
                trip.opm("resume", box.toString(), "--root", root.toString()).mustEnd(0);
                assertThat(trip.installed(root).stream().map(Nevra::parse).sorted().toList())
                        .as(what)
                        .isEqualTo(boundaries.getLast());
                trip.opm("resume", "--root", root.toString()).mustEnd(0);
                trip.run("rm", "-rf", root.toString()).mustEnd(0);
            }
            waitedMillis.sort(null);
            long median = waitedMillis.get(waitedMillis.size() / 2);
            System.out.println(
                    "waited for a boundary: median "
                            + median
                            + " ms, most "
                            + waitedMillis.getLast()
                            + " ms of "
                            + SIGNALS);
            assertThat(median).isLessThanOrEqualTo(10_000);
        }
    }

    private List<Nevra> installed(Path box) throws OpmException {
        return BundleReader.open(disk, box).installed();
    }

    private static List<String> command(boolean sh, Path box, Path root) {
        List<String> argv = new ArrayList<>();
        argv.add("setsid"); // a group of processes of its own, as a terminal gives
        argv.addAll(sh ? List.of("sh", box.toString()) : Trip.opmCommand());
        if (!sh) {
            argv.addAll(List.of("apply", box.toString()));
        }
        argv.addAll(List.of("--root", root.toString(), "--yes"));
        return argv;
    }

    /// Starts a hand, and returns when its journal has this record.
    ///
    /// @param last batch that may begin before the signal was sent
    private Process start(List<String> argv, Path root, String record, int last)
            throws Exception {
        Path front = Files.createDirectories(folder.resolve("front")).resolve("rpm");
        Files.writeString(front, HOLD);
        Files.setPosixFilePermissions(front, PosixFilePermissions.fromString("rwxr-xr-x"));
        var builder = new ProcessBuilder(argv).redirectErrorStream(true);
        builder.environment().put("HOME", "/root");
        builder.redirectOutput(folder.resolve("said").toFile());
        Path journal = root.resolve("var/lib/opm/journal");
        String path = System.getenv("PATH");
        builder.environment()
                .putAll(
                        Map.of(
                                "PATH",
                                front.getParent() + ":" + path,
                                "REAL",
                                path,
                                "JOURNAL",
                                journal.toString(),
                                "SENT",
                                folder.resolve("sent").toString(),
                                "LAST",
                                String.valueOf(last)));
        Process process = builder.start();
        while (process.isAlive()
                && !(Files.exists(journal) && Files.readString(journal).contains(record))) {
            Thread.onSpinWait();
        }
        return process;
    }
}
