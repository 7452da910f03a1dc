package opm.trip;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Back to what was, and forward again, without a network: from what the store keeps by itself.
final class UndoTest {
    private static final Path DEMO = Trip.project().resolve("app/src/main/resources/opm/cli/demo");

    @TempDir Path folder;

    private int opm(Trip trip, Path root, String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--root", root.toString(), "--yes", "--offline"));
        all.addAll(List.of("--state", trip.at("state").toString()));
        return trip.opm(all.toArray(String[]::new)).mustEnd(0).status();
    }

    /// An upgrade with an obsoletes, an installation, and every way between their ends; what rpm
    /// lists is exactly what it was, and every file is as its package says.
    @Test
    void thereAndBackAgain() throws Exception {
        Trip.needs("rpm", "rpmkeys", "createrepo_c");
        Trip.needsRoot();
        try (var trip = new Trip(folder)) {
            Path root = trip.newRoot("root", DEMO.resolve("RPM-GPG-KEY-demo"));
            trip.run("cp", "-r", DEMO.resolve("older").toString(), trip.at("old").toString());
            trip.run("createrepo_c", "-q", trip.at("old").toString()).mustEnd(0);
            Path town = DEMO.resolve("repository");
            List<String> old = new ArrayList<>(List.of("install"));
            for (Path rpm : Trip.rpms(trip.at("old"))) {
                old.add(rpm.getFileName().toString().replaceFirst("-[^-]+-[^-]+$", ""));
            }
            List<List<String>> sets = new ArrayList<>();
            change(trip, root, trip.at("old"), old.toArray(String[]::new));
            sets.add(trip.installed(root));
            change(trip, root, town, "upgrade");
            sets.add(trip.installed(root));
            change(trip, root, town, "install", "abc-atlas");
            sets.add(trip.installed(root));
            assertThat(sets).doesNotHaveDuplicates();

            opm(trip, root, "undo");
            mustBe(trip, root, sets.get(1));
            opm(trip, root, "redo");
            mustBe(trip, root, sets.get(2));
            opm(trip, root, "rollback", "1");
            mustBe(trip, root, sets.get(0));
            opm(trip, root, "rollback", "3");
            mustBe(trip, root, sets.get(2));
            // What came later builds on it: refused before anything changes.
            trip.opm(
                            "undo",
                            "2",
                            "--root",
                            root.toString(),
                            "--yes",
                            "--state",
                            trip.at("state").toString())
                    .mustEnd(5);
            mustBe(trip, root, sets.get(2));
            Trip.Said diff =
                    trip.opm("history", "diff", "1", "now", "--root", root.toString()).mustEnd(0);
            assertThat(diff.out()).contains("+ abc-atlas-1.0-1.noarch");
            assertThat(trip.opm("history", "show", "3", "--root", root.toString()).out())
                    .contains("+ abc-atlas-1.0-1.noarch");
            trip.opm("undo", "77", "--root", root.toString()).mustEnd(2);
        }
    }

    private static void change(Trip trip, Path root, Path repo, String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--root", root.toString(), "--repo", "here=" + repo, "--yes"));
        all.addAll(List.of("--state", trip.at("state").toString()));
        trip.opm(all.toArray(String[]::new)).mustEnd(0);
    }

    private static void mustBe(Trip trip, Path root, List<String> set) {
        assertThat(trip.installed(root)).isEqualTo(set);
        assertThat(trip.rpm(root, "-Va").out()).isEmpty();
    }
}
