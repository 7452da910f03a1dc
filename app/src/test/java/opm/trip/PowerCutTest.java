package opm.trip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import opm.base.Nevra;
import opm.bundle.BundleReader;
import opm.history.Change;
import opm.history.Journal;
import opm.history.JournalRecord;
import opm.history.StateFolder;
import opm.host.LocalDisk;
import opm.plan.Batch;
import opm.plan.Plan;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The power goes at a random moment of an upgrade in ten batches by the real rpm: what the journal
/// calls verified is whole, and the next run ends at exactly the new set.
///
/// The root is an ext4 image on a btrfs; a copy of it by reference is what the disk held at that
/// moment, without what the kernel kept in memory. Whoever goes on sees another boot.
///
/// `-Dopm.cuts=N` for more, `-Dopm.seed=N` for the same choices (the scheduler is not replayed).
final class PowerCutTest {
    private static final int CUTS = Integer.getInteger("opm.cuts", 3);
    private static final long SEED = Long.getLong("opm.seed", 20_261_121L);
    /// So many moments of one run, each up to 200 ms after a random record of the journal.
    private static final int CUTS_A_RUN = 5;

    private static final List<String> KINDS = List.of("start", "exit", "verified");

    @TempDir Path folder;
    private final LocalDisk disk = new LocalDisk();
    private final Random random = new Random(SEED);
    private final List<Path> mounted = new ArrayList<>();

    @AfterEach
    void unmount() throws Exception {
        for (Path mount : mounted.reversed()) {
            new ProcessBuilder("umount", "-l", mount.toString()).start().waitFor();
        }
    }

    @Test
    void everyCutIsSurvived() throws Exception {
        Trip.needs("rpm", "rpmkeys", "sh", "losetup", "mkfs.btrfs", "mkfs.ext4", "unshare");
        Trip.needsRoot();
        try (var trip = new Trip(folder)) {
            Path box = world(trip);
            int taken = 0;
            for (int run = 0; taken < CUTS; run++) {
                boolean sh = run % 2 == 1;
                List<Path> cuts = run(trip, box, sh, Math.min(CUTS_A_RUN, CUTS - taken));
                for (Path cut : cuts) {
                    boolean recoveredBySh = random.nextBoolean();
                    String what =
                            "cut "
                                    + taken++
                                    + " of "
                                    + (sh ? "sh" : "opm")
                                    + ", recovered by "
                                    + (recoveredBySh ? "sh" : "opm")
                                    + ", seed "
                                    + SEED;
                    recover(trip, box, cut, recoveredBySh, what);
                }
            }
        }
    }

    /// Makes the disk with the old packages in it, and the bundle of the new ones.
    private Path world(Trip trip) throws Exception {
        var twenty = TwentyPackages.make(trip);
        trip.run("truncate", "-s", "2G", trip.at("btrfs").toString()).mustEnd(0);
        trip.run("mkfs.btrfs", "-q", trip.at("btrfs").toString()).mustEnd(0);
        mount(trip, trip.at("btrfs"), trip.at("host"));
        Path image = trip.at("host/pristine");
        trip.run("truncate", "-s", "160M", image.toString()).mustEnd(0);
        trip.run("mkfs.ext4", "-q", "-F", image.toString()).mustEnd(0);
        Path pristine = trip.at("pristine");
        mount(trip, image, pristine);
        twenty.install(trip, "pristine");
        Path box = twenty.bundle(trip, pristine);
        unmount(trip, pristine);
        return box;
    }

    private void mount(Trip trip, Path image, Path at) throws Exception {
        Files.createDirectories(at);
        Trip.Said said = trip.run("mount", "-o", "loop", image.toString(), at.toString());
        assumeTrue(said.status() == 0, "skipped: no loop mounts here: " + said.err());
        mounted.add(at);
    }

    private void unmount(Trip trip, Path at) {
        trip.run("umount", at.toString()).mustEnd(0);
        mounted.remove(at);
    }

    /// Lets one run go to its end on a disk of its own, and returns copies of the disk at moments.
    private List<Path> run(Trip trip, Path box, boolean sh, int cuts) throws Exception {
        Path image = trip.at("host/image");
        copy(trip, trip.at("host/pristine"), image);
        Path root = trip.at("root");
        mount(trip, image, root);
        var builder = new ProcessBuilder(hand(trip, box, root, sh)).redirectErrorStream(true);
        builder.environment().put("HOME", "/root");
        builder.redirectInput(new File("/dev/null")).redirectOutput(trip.at("said").toFile());
        Process process = builder.start();
        Path journal = StateFolder.in(root).journal();
        List<Path> copies = new ArrayList<>();
        for (int batch : random.ints(cuts, 1, TwentyPackages.BATCHES + 1).sorted().toArray()) {
            String record = " " + KINDS.get(random.nextInt(KINDS.size())) + " 1 " + batch;
            while (process.isAlive()
                    && !(Files.exists(journal) && Files.readString(journal).contains(record))) {
                LockSupport.parkNanos(1_000_000);
            }
            LockSupport.parkNanos(random.nextLong(200_000_000L));
            Path copy = trip.at("host/cut" + copies.size());
            copy(trip, image, copy);
            copies.add(copy);
        }
        assertThat(process.waitFor()).as(Files.readString(trip.at("said"))).isZero();
        unmount(trip, root);
        Files.delete(image);
        return copies;
    }

    private static void copy(Trip trip, Path from, Path to) {
        trip.run("cp", "--reflink=always", from.toString(), to.toString()).mustEnd(0);
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

    private void recover(Trip trip, Path box, Path cut, boolean sh, String what) throws Exception {
        Path root = trip.at("recovered");
        mount(trip, cut, root);
        BundleReader bundle = BundleReader.open(disk, box);
        List<List<Nevra>> boundaries = bundle.plan().boundaries(bundle.installed());
        mustKeepWhatIsVerified(trip, bundle.plan(), boundaries, root, what);
        List<String> argv = new ArrayList<>(inAnotherBoot(trip));
        argv.addAll(hand(trip, box, root, sh));
        Trip.Said said = trip.run(argv);
        assertThat(said.status()).as(what + "\n" + said.out() + said.err()).isZero();
        assertThat(trip.installed(root).stream().map(Nevra::parse).sorted().toList())
                .as(what)
                .isEqualTo(boundaries.getLast());
        assertThat(trip.rpm(root, "-Va").out()).as(what).isEmpty();
        try (var files = Files.walk(root)) {
            assertThat(files.filter(file -> file.toString().matches(".*;[0-9a-f]{8}")))
                    .as(what)
                    .isEmpty();
        }
        assertThat(Files.readString(StateFolder.in(root).journal()))
                .as(what)
                .endsWith(" end 1 done\n");
        if (Dnf.isHere()) {
            var dnf = new Dnf(trip, root, List.of());
            assertThat(dnf.says("check")).as(what).isEmpty();
            dnf.says("history", "list");
        }
        unmount(trip, root);
        Files.delete(cut);
    }

    /// Returns words that start a program which sees another boot id, as after a power cut.
    private static List<String> inAnotherBoot(Trip trip) {
        Path other = trip.at("boot_id");
        Trip.write(other, "00000000-0000-4000-8000-000000000000\n");
        return List.of(
                "unshare",
                "-m",
                "sh",
                "-c",
                "mount --bind \"$1\" /proc/sys/kernel/random/boot_id && shift && exec \"$@\"",
                "sh",
                other.toString());
    }

    /// No file of a verified batch is damaged, and its packages are in the database.
    private void mustKeepWhatIsVerified(
            Trip trip, Plan plan, List<List<Nevra>> boundaries, Path root, String what)
            throws Exception {
        Journal journal = Journal.read(disk, InstantSource.system(), StateFolder.in(root));
        List<Change> changes = journal.changes();
        int verified = 0;
        int started = 0;
        List<JournalRecord> records = changes.isEmpty() ? List.of() : changes.getLast().records();
        for (JournalRecord record : records) {
            switch (record.kind()) {
                case "verified" -> verified = Integer.parseInt(record.words().getFirst());
                case "start" -> started = Integer.parseInt(record.words().getFirst());
                default -> {}
            }
        }
        List<Nevra> there = new ArrayList<>(boundaries.get(verified));
        if (started > verified) {
            Batch flying = plan.batches().get(started - 1);
            there.removeAll(flying.goes());
        }
        List<String> words = new ArrayList<>(List.of("-V"));
        there.forEach(pkg -> words.add(pkg.toString()));
        Trip.Said said = trip.rpm(root, words.toArray(String[]::new));
        assertThat(said.out() + said.err())
                .as(what + ": verified " + verified + ", started " + started)
                .isEmpty();
        System.out.println(what + ": verified " + verified + ", started " + started);
    }
}
