package opm.trip;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Why packages are there: what the machine's dnf wrote down, told by opm and believed by opm.
final class MarkTest {
    @TempDir private Path folder;

    /// What is marked as a dependency of nothing goes with autoremove, what people want stays.
    @Test
    void marksDecideWhatIsUnneeded() {
        Trip.needs("rpm", "dnf", "sqlite3");
        Trip.needsRoot();
        var trip = new Trip(folder);
        Path root = trip.newRoot("root");
        Path demo = Trip.project().resolve("app/src/main/resources/opm/cli/demo/repository");
        List<Path> packages =
                Trip.rpms(demo).stream()
                        .filter(rpm -> rpm.toString().matches(".*abc-(maps|fonts-world)-.*"))
                        .toList();
        assertThat(packages).hasSize(2);
        trip.install(root, packages, "--justdb", "--nodeps", "--nosignature");
        opm(trip, root, "mark", "user", "abc-maps").mustEnd(0);
        opm(trip, root, "mark", "dependency", "abc-fonts-world").mustEnd(0);
        assertThat(opm(trip, root, "list", "--user-installed", "--installed").mustEnd(0).out())
                .contains("abc-maps")
                .doesNotContain("abc-fonts-world");
        assertThat(opm(trip, root, "autoremove", "--assumeno").mustEnd(0).out())
                .contains("Removing", "abc-fonts-world")
                .doesNotContain("abc-maps");
        opm(trip, root, "mark", "user", "abc-absent").mustEnd(2);
    }

    private static Trip.Said opm(Trip trip, Path root, String... words) {
        var all = new java.util.ArrayList<>(List.of(words));
        all.addAll(List.of("--root", root.toString(), "--state", trip.at("state").toString()));
        return trip.opm(all.toArray(String[]::new));
    }
}
