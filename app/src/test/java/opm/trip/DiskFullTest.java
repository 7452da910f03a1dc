package opm.trip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import opm.base.Nevra;
import opm.bundle.BundleReader;
import opm.history.StateFolder;
import opm.host.LocalDisk;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The disk gets full at some stage of an upgrade in ten batches: refused beforehand, or stopped
/// with exit status 5; after room was made the same command ends at exactly the new set.
///
/// `-Dopm.fills=N` for more, `-Dopm.seed=N` for the same choices (the scheduler is not replayed).
final class DiskFullTest {
    private static final int FILLS = Integer.getInteger("opm.fills", 2);
    private static final long SEED = Long.getLong("opm.seed", 20_261_121L);
    private static final List<String> KINDS = List.of("begin", "start", "exit", "verified");

    /// What is left free: nothing, or so little that some writes still succeed.
    private static final List<Integer> LEFT = List.of(0, 4 << 10, 32 << 10, 300 << 10);

    @TempDir Path folder;
    private final LocalDisk disk = new LocalDisk();
    private final Random random = new Random(SEED);

    @AfterEach
    void unmount() throws Exception {
        new ProcessBuilder("umount", "-l", folder.resolve("disk").toString()).start().waitFor();
    }

    @Test
    void stopsAndGoesOn() throws Exception {
        Trip.needs("rpm", "rpmkeys", "sh", "mount", "umount", "fallocate");
        Trip.needsRoot();
        try (var trip = new Trip(folder)) {
            var twenty = TwentyPackages.make(trip);
            Path pristine = twenty.install(trip, "pristine");
            Path box = twenty.bundle(trip, pristine);
            Path mount = Files.createDirectories(trip.at("disk"));
            Trip.Said said =
                    trip.run("mount", "-t", "tmpfs", "-o", "size=110M", "opm", mount.toString());
            assumeTrue(said.status() == 0, "skipped: nothing can be mounted here: " + said.err());
            Path root = mount.resolve("root");
            tooLittleFromTheBeginning(trip, pristine, box, root);
            for (int fill = 0; fill < FILLS; fill++) {
                boolean sh = fill % 2 == 1;
                String kind = KINDS.get(random.nextInt(KINDS.size()));
                int batch = 1 + random.nextInt(TwentyPackages.BATCHES - 1);
                String record = " " + kind + " 1 " + (kind.equals("begin") ? "" : batch);
                int left = LEFT.get(random.nextInt(LEFT.size()));
                String what =
                        (sh ? "sh, " : "opm, ")
                                + left
                                + " bytes left after"
                                + record
                                + ", seed "
                                + SEED;
                fresh(trip, pristine, root);
                Process process = start(trip, hand(trip, box, root, sh), root, record);
                LockSupport.parkNanos(random.nextLong(50_000_000L));
                Path filler = fill(trip, root, left);
                int status = process.waitFor();
                String words = Files.readString(trip.at("said"));
                assertThat(status).as(what + "\n" + words).isIn(0, 5);
                if (status == 5) {
                    // Also while it is full, whoever comes next leaves everything as it is.
                    Trip.Said again = trip.run(hand(trip, box, root, sh));
                    assertThat(again.status()).as(what + again.out() + again.err()).isIn(0, 5);
                }
                Files.delete(filler);
                boolean shGoesOn = random.nextBoolean();
                Trip.Said end = trip.run(hand(trip, box, root, shGoesOn));
                assertThat(end.status()).as(what + "\n" + end.out() + end.err()).isZero();
                mustBeNew(trip, box, root, what);
            }
            if (Dnf.isHere()) {
                var dnf = new Dnf(trip, root, List.of());
                dnf.says("check");
                dnf.says("history");
            }
        }
    }

    private void tooLittleFromTheBeginning(Trip trip, Path pristine, Path box, Path root)
            throws Exception {
        fresh(trip, pristine, root);
        Path filler = fill(trip, root, 60 << 20);
        for (boolean sh : new boolean[] {false, true}) {
            Trip.Said said = trip.run(hand(trip, box, root, sh));
            assertThat(said.status()).as(said.out() + said.err()).isEqualTo(5);
            assertThat(StateFolder.in(root).journal()).doesNotExist();
        }
        Files.delete(filler);
    }

    private static void fresh(Trip trip, Path pristine, Path root) {
        trip.run("rm", "-rf", root.toString()).mustEnd(0);
        trip.run("cp", "-a", pristine.toString(), root.toString()).mustEnd(0);
    }

    /// Takes all space but some.
    private static Path fill(Trip trip, Path root, int left) throws Exception {
        Path filler = root.resolveSibling("filler");
        long free = Files.getFileStore(root).getUsableSpace() - left;
        while (free > 0 && trip.run("fallocate", "-l", "" + free, filler + "").status() != 0) {
            free = Files.getFileStore(root).getUsableSpace() - left; // opm wrote in between
        }
        if (!Files.exists(filler)) {
            Files.createFile(filler);
        }
        return filler;
    }

    private static Process start(Trip trip, List<String> argv, Path root, String record)
            throws Exception {
        var builder = new ProcessBuilder(argv).redirectErrorStream(true);
        builder.environment().put("HOME", "/root");
        builder.redirectInput(new File("/dev/null")).redirectOutput(trip.at("said").toFile());
        Process process = builder.start();
        Path journal = StateFolder.in(root).journal();
        while (process.isAlive()
                && !(Files.exists(journal) && Files.readString(journal).contains(record))) {
            LockSupport.parkNanos(1_000_000);
        }
        return process;
    }

    private static List<String> hand(Trip trip, Path box, Path root, boolean sh) {
        List<String> argv = new ArrayList<>();
        argv.addAll(sh ? List.of("sh", box.toString()) : Trip.opmCommand());
        if (!sh) {
            argv.addAll(List.of("apply", box.toString(), "--state", trip.at("state").toString()));
        }
        argv.addAll(List.of("--root", root.toString(), "--yes"));
        return argv;
    }

    private void mustBeNew(Trip trip, Path box, Path root, String what) throws Exception {
        BundleReader bundle = BundleReader.open(disk, box);
        assertThat(trip.installed(root).stream().map(Nevra::parse).sorted().toList())
                .as(what)
                .isEqualTo(bundle.plan().boundaries(bundle.installed()).getLast());
        assertThat(trip.rpm(root, "-Va").out()).as(what).isEmpty();
        try (var files = Files.walk(root)) {
            assertThat(files.filter(file -> file.toString().matches(".*;[0-9a-f]{8}")))
                    .as(what)
                    .isEmpty();
        }
    }
}
