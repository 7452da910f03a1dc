package opm.trip;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The machine went on living between its profile and the bundle: opm solves again with what the
/// bundle holds, the sh program explains, and neither leaves anything half done.
final class DriftTest {
    private final Trip trip;

    DriftTest(@TempDir Path folder) {
        trip = new Trip(folder);
    }

    private void hand(Path root, String... words) {
        trip.rpm(root, words).mustEnd(0);
    }

    private Trip.Said java(Path root, String... more) {
        var words = new ArrayList<>(List.of("apply", trip.at("x.opm").toString(), "--yes"));
        words.addAll(List.of("--root", root.toString()));
        words.addAll(List.of(more));
        return trip.opm(words.toArray(String[]::new));
    }

    private Trip.Said sh(Path root) {
        return trip.run(List.of("sh", trip.at("x.opm").toString(), "--root", root.toString()));
    }

    private Path copy(Path root, String name) {
        Path other = trip.at(name);
        trip.run("cp", "-a", root.toString(), other.toString()).mustEnd(0);
        return other;
    }

    /// Each kind of change between profile and bundle, for both programs.
    @Test
    void whatChangedMeanwhile() throws IOException {
        Trip.needs("rpm", "rpmbuild", "rpmkeys", "createrepo_c");
        Trip.needsRoot();
        var rpms = new SmallPackages(trip, "echo NAME VERSION");
        rpms.build("old", List.of("base 1", "one 1 Requires: base", "two 1", "three 1", "gone 1"));
        rpms.build(
                "new",
                List.of(
                        "one 2 Requires: base",
                        "two 2",
                        "three 2 Obsoletes: gone",
                        "wanted 2 Requires: helper",
                        "helper 2"));
        rpms.build(
                "hand",
                List.of("one 3 Requires: base", "enemy 1 Conflicts: wanted", "helper 3"));
        Path root = trip.newRoot("root");
        trip.install(root, Trip.rpms(trip.at("old")));
        trip.opm("profile", "--root", root + "", "-o", trip.at("home.opmprofile") + "").mustEnd(0);
        trip.opm(
                        "bundle",
                        "create",
                        "--profile",
                        trip.at("home.opmprofile").toString(),
                        "--repo",
                        "new=" + trip.at("new").toUri(),
                        "--state",
                        trip.at("state").toString(),
                        "--allow-unsigned",
                        "--upgrade",
                        "--install",
                        "wanted",
                        "-o",
                        trip.at("x.opm").toString())
                .mustEnd(0);

        // Removed by hand: stays away. What needed it is left as it is.
        Path removed = copy(root, "removed");
        hand(removed, "-e", "two", "gone");
        explains(removed, 2);
        assertThat(java(removed, "--dry-run").mustEnd(0).out()).contains("one", "three", "wanted");
        assertThat(versions(removed)).contains("one 1");
        assertThat(java(removed).mustEnd(0).err()).contains("2 packages changed", "- two-0:1-1");
        assertThat(versions(removed))
                .containsExactly("base 1", "helper 2", "one 2", "three 2", "wanted 2");

        // Upgraded by hand, to what the bundle brings and beyond it: stays.
        Path upgraded = copy(root, "upgraded");
        hand(upgraded, "-U", rpms.rpm("hand", "one-3"), rpms.rpm("new", "two-2"));
        explains(upgraded, 4);
        java(upgraded).mustEnd(0);
        assertThat(versions(upgraded))
                .containsExactly("base 1", "helper 2", "one 3", "three 2", "two 2", "wanted 2");

        // A newer dependency is there already: nothing of the bundle's is laid over it.
        Path helped = copy(root, "helped");
        hand(helped, "-i", rpms.rpm("hand", "helper-3"));
        explains(helped, 1);
        java(helped).mustEnd(0);
        assertThat(versions(helped)).contains("helper 3", "wanted 2", "two 2");

        // In conflict with what is wanted: explained, nothing changes.
        Path enemy = copy(root, "enemy");
        hand(enemy, "-i", rpms.rpm("hand", "enemy-1"));
        explains(enemy, 1);
        List<String> before = versions(enemy);
        assertThat(java(enemy).mustEnd(6).out()).contains("enemy").contains("wanted");
        assertThat(versions(enemy)).isEqualTo(before);

        // Locked since: the lock counts.
        Path locked = copy(root, "locked");
        Path list = locked.resolve("etc/dnf/plugins/versionlock.list");
        Files.createDirectories(list.getParent());
        Files.writeString(list, "two-0:1-1.*\n");
        java(locked).mustEnd(0);
        assertThat(versions(locked)).contains("two 1", "one 2", "wanted 2", "three 2");

        // All of it there already.
        assertThat(java(helped).mustEnd(0).out()).contains("othing");
        // As in the profile: the plan itself.
        java(root).mustEnd(0);
        assertThat(versions(root))
                .containsExactly("base 1", "helper 2", "one 2", "three 2", "two 2", "wanted 2");
    }

    /// The sh program names what changed, and changes nothing.
    private void explains(Path root, int count) {
        List<String> before = versions(root);
        String said = sh(root).mustEnd(5).err();
        assertThat(said).contains(count + " packages changed", "hint: Nothing was changed");
        assertThat(versions(root)).isEqualTo(before);
        assertThat(Files.exists(root.resolve("var/lib/opm/journal"))).isFalse();
    }

    private List<String> versions(Path root) {
        var versions = new TreeSet<String>();
        for (String name : trip.installed(root)) {
            versions.add(name.replaceFirst("^(.*)-\\d+:(.*)-1\\.noarch$", "$1 $2"));
        }
        return List.copyOf(versions);
    }
}
