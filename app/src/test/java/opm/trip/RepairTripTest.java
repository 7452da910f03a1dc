package opm.trip;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A stick has lost some megabytes of a large bundle: these come anew, and nearly nothing else.
///
/// `-Dopm.soak`: 20 of 2,000 MB.
final class RepairTripTest {
    private static final boolean SOAK = Boolean.getBoolean("opm.soak");
    private static final long SEED = Long.getLong("opm.seed", 20_261_121L);
    private static final int PACKAGES = SOAK ? 400 : 8;
    private static final int DAMAGED = SOAK ? 20 : 1;
    private static final int MEGABYTE = 1_000_000;

    /// 24 MB for 20.
    private static final long ALLOWED = DAMAGED * 12L * MEGABYTE / 10;

    private final Trip trip;

    RepairTripTest(@TempDir Path folder) {
        trip = new Trip(folder);
    }

    /// From a copy behind an address, from the packages' mirrors, and from the store.
    @Test
    void damagedMegabytesComeAnew() throws Exception {
        Trip.needs("rpm", "rpmbuild", "rpmkeys", "createrepo_c");
        Trip.needsRoot();
        var random = new Random(SEED);
        var names = new ArrayList<String>();
        for (int at = 0; at < PACKAGES; at++) {
            names.add("p" + at + " 1 %global _binary_payload w0.gzdio");
        }
        Path repo =
                new SmallPackages(trip, "head -c 5000000 /dev/urandom").build("repo", names);
        Path root = trip.newRoot("root");
        var words = new ArrayList<>(List.of("bundle", "create", "--allow-unsigned"));
        words.addAll(List.of("--repo", "r=" + repo.toUri(), "--root", root + ""));
        words.addAll(List.of("--state", trip.at("state") + "", "-o", trip.at("box.opm") + ""));
        words.add("--install");
        for (int at = 0; at < PACKAGES; at++) {
            words.add("p" + at);
        }
        trip.opm(words.toArray(String[]::new)).mustEnd(0);
        Path bundle = trip.at("box.opm");
        Path served = Files.createDirectories(trip.at("served"));
        Path copy = Files.copy(bundle, served.resolve("box.opm"));
        long size = Files.size(bundle);
        assertThat(size).isGreaterThan(PACKAGES * 5_000_000L);

        try (var server = new RangeServer(served);
                var mirror = new RangeServer(repo)) {
            damage(bundle, random, size);
            trip.opm("bundle", "verify", bundle + "").mustEnd(3);
            var from = repair(bundle, "nothing", "--from", server.address() + "box.opm");
            from.mustEnd(0);
            assertThat(server.sentBytes()).isBetween((long) DAMAGED * MEGABYTE / 2, ALLOWED);
            assertThat(Files.mismatch(bundle, copy)).isEqualTo(-1);

            damage(bundle, random, size);
            repair(bundle, "nothing").mustEnd(3);
            long before = mirror.sentBytes();
            repair(bundle, "nothing", "--repo", "r=" + mirror.address()).mustEnd(0);
            long metadata = 100_000L + 2_000L * PACKAGES;
            assertThat(mirror.sentBytes() - before).isBetween(1L, ALLOWED + metadata);
            assertThat(Files.mismatch(bundle, copy)).isEqualTo(-1);

            damage(bundle, random, size);
            repair(bundle, "state", "--offline").mustEnd(0);
            assertThat(Files.mismatch(bundle, copy)).isEqualTo(-1);
            System.out.println(
                    "bundle "
                            + size
                            + ", damaged "
                            + DAMAGED * MEGABYTE
                            + ", from a copy "
                            + server.sentBytes()
                            + ", from mirrors "
                            + (mirror.sentBytes() - before));
        }
    }

    private Trip.Said repair(Path bundle, String state, String... more) {
        var words = new ArrayList<>(List.of("bundle", "repair", bundle + ""));
        words.addAll(List.of("--state", trip.at(state) + "", "--root", trip.at("root") + ""));
        words.addAll(List.of(more));
        return trip.opm(words.toArray(String[]::new));
    }

    /// Overwrites stretches of a megabyte, wherever they begin, where packages are.
    private static void damage(Path bundle, Random random, long size) throws Exception {
        var places = new TreeMap<Long, Boolean>();
        long first = 600_000;
        while (places.size() < DAMAGED) {
            long at = first + (long) (random.nextDouble() * (size - first - 2 * MEGABYTE));
            Long below = places.floorKey(at);
            Long above = places.ceilingKey(at);
            if ((below == null || at - below > MEGABYTE)
                    && (above == null || above - at > MEGABYTE)) {
                places.put(at, true);
            }
        }
        byte[] junk = new byte[MEGABYTE];
        try (var file = new RandomAccessFile(bundle.toFile(), "rw")) {
            for (long at : places.keySet()) {
                random.nextBytes(junk);
                file.seek(at);
                file.write(junk);
            }
        }
    }
}
