package opm.trip;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Somebody hands a machine last month's bundle again: it says how old it is, is never called an
/// update, and takes nothing back unless that was asked for at home.
final class AgeTest {
    private final Trip trip;
    private final Path root;

    AgeTest(@TempDir Path folder) {
        trip = new Trip(folder);
        root = folder.resolve("root");
    }

    private Path box(String name, String town, String... request) {
        Path box = trip.at(name + ".opm");
        var words = new ArrayList<>(List.of("bundle", "create", "--root", root.toString()));
        words.addAll(List.of("--repo", "town=" + trip.at(town).toUri(), "--allow-unsigned"));
        words.addAll(List.of("--state", trip.at("state-" + town) + "", "-o", box.toString()));
        words.addAll(List.of(request));
        trip.opm(words.toArray(String[]::new)).mustEnd(0);
        return box;
    }

    /// Makes the repository as of a day, seconds since 1970.
    private void town(String name, long seconds, String... packages) {
        Path town = new SmallPackages(trip, "echo NAME VERSION").build(name, List.of(packages));
        trip.run("createrepo_c", "-q", "--revision", seconds + "", town.toString()).mustEnd(0);
    }

    private Trip.Said sh(Path box, String... more) {
        var words = new ArrayList<>(List.of("sh", box.toString(), "--root", root.toString()));
        words.addAll(List.of(more));
        return trip.run(words);
    }

    private Trip.Said opm(Path box, String... more) {
        var words = new ArrayList<>(List.of("apply", box + "", "--root", root + "", "--yes"));
        words.addAll(List.of(more));
        return trip.opm(words.toArray(String[]::new));
    }

    /// By both programs: last month's bundle once more, and one that goes back to last month.
    @Test
    void olderThanWhatIsThere() {
        Trip.needs("rpm", "rpmbuild", "rpmkeys", "createrepo_c");
        Trip.needsRoot();
        trip.newRoot("root");
        long january = 1_767_225_600L;
        town("old", january, "one 1", "two 1");
        town("new", january + 31 * 86_400, "one 2", "two 1");
        Path first = box("first", "old", "--install", "one", "two");
        assertThat(sh(first).mustEnd(0).out()).contains("2026-01-01").doesNotContain("Warning");
        Path second = box("second", "new", "--upgrade");
        assertThat(trip.opm("bundle", "inspect", second + "").mustEnd(0).out())
                .contains("2026-02-01");
        assertThat(opm(second).mustEnd(0).err()).contains("2026-02-01").doesNotContain("Warning");
        List<String> newest = trip.installed(root);
        assertThat(newest).contains("one-0:2-1.noarch");

        assertThat(sh(first).mustEnd(5).out()).contains("It is no update", "2026-02-01");
        assertThat(opm(first).mustEnd(0).err()).contains("It is no update", "2026-02-01");
        Path back = box("back", "old", "--distro-sync");
        assertThat(sh(back).mustEnd(5).err()).contains("takes packages back", "--older");
        assertThat(opm(back).mustEnd(5).err()).contains("takes packages back", "--older");
        assertThat(trip.installed(root)).isEqualTo(newest);
        sh(back, "--older").mustEnd(0);
        assertThat(trip.installed(root)).contains("one-0:1-1.noarch");
    }
}
