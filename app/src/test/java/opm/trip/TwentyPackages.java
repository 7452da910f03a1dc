package opm.trip;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import opm.host.LocalDisk;
import opm.plan.Plan;

/// Twenty packages of twenty files and one of configuration, in two versions, and a bundle that
/// goes from the one to the other in ten batches.
///
/// @param older a repository of version 1
/// @param newer a repository of version 2
record TwentyPackages(Path older, Path newer) {
    static final int BATCHES = 10;
    private static final int PACKAGES = 20;
    private static final int FILES = 20;
    private static final int FILE_BYTES = 8_000;

    static TwentyPackages make(Trip trip) throws Exception {
        return new TwentyPackages(
                trip.stubRepo("older", "--recipe", recipe(trip, "1").toString()),
                trip.stubRepo("newer", "--recipe", recipe(trip, "2").toString()));
    }

    private static Path recipe(Trip trip, String version) throws Exception {
        var text = new StringBuilder();
        for (int pkg = 0; pkg < PACKAGES; pkg++) {
            text.append("package p" + pkg + "-" + version + "-1.noarch\nbuilt: 2026-06-01\n");
            for (int file = 0; file < FILES; file++) {
                text.append("file /usr/share/p" + pkg + "/" + file + ": ");
                text.append((pkg + "." + version + " ").repeat(FILE_BYTES / 4)).append('\n');
            }
            text.append("config(noreplace) /etc/p" + pkg + ".conf: " + version + "\n");
        }
        return Files.writeString(trip.at(version + ".recipe"), text);
    }

    /// Makes a root with the older packages.
    Path install(Trip trip, String name) {
        Path root = trip.newRoot(name, older.resolve("RPM-GPG-KEY-stub"));
        trip.install(root, Trip.rpms(older));
        return root;
    }

    /// Makes the bundle for such a root.
    Path bundle(Trip trip, Path root) throws Exception {
        Path whole = trip.at("whole.opm");
        trip.opm(
                        "bundle",
                        "create",
                        "--root",
                        root.toString(),
                        "--upgrade",
                        "--repo",
                        "new=" + newer,
                        "--state",
                        trip.at("state").toString(),
                        "-o",
                        whole.toString())
                .mustEnd(0);
        Path box = trip.at("box.opm");
        Plan plan = SmallBatches.write(new LocalDisk(), whole, box, PACKAGES / BATCHES);
        assertThat(plan.batches()).hasSize(BATCHES);
        return box;
    }
}
