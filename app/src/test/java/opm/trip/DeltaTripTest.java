package opm.trip;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A package travels as what differs from the one that is installed.
final class DeltaTripTest {
    private final Trip trip;

    DeltaTripTest(@TempDir Path folder) {
        trip = new Trip(folder);
    }

    /// The new package is made of the old file, and of what is installed; not of edited files.
    @Test
    void theNewPackageIsMadeOfWhatIsThere() throws Exception {
        Trip.needs("rpm", "rpmbuild", "createrepo_c");
        Trip.needsRoot();
        var rpms = new SmallPackages(trip, "seq 1 9000; echo VERSION");
        rpms.build("old", List.of("big 1"));
        rpms.build("new", List.of("big 2"));
        String old = rpms.rpm("old", "big-1");
        String fresh = rpms.rpm("new", "big-2");
        String state = trip.at("state").toString();
        String delta = trip.at("big.opmdelta").toString();
        trip.opm("delta", "make", old, fresh, "--state", state, "-o", delta).mustEnd(0);
        assertThat(Files.size(Path.of(delta))).isLessThan(Files.size(Path.of(fresh)) / 2);
        assertThat(trip.opm("delta", "info", delta, "--state", state).mustEnd(0).out())
                .contains("big-0:1-1.noarch")
                .contains("big-0:2-1.noarch");

        String made = trip.at("made.rpm").toString();
        trip.opm("delta", "apply", old, delta, "--state", state, "-o", made).mustEnd(0);
        assertThat(Path.of(made)).hasSameBinaryContentAs(Path.of(fresh));
        // Its own target is another package than it starts from.
        String no = trip.at("no.rpm").toString();
        trip.opm("delta", "apply", fresh, delta, "--state", state, "-o", no).mustEnd(2);

        Path root = trip.newRoot("root");
        trip.opm(
                        "install",
                        "big",
                        "--root",
                        root.toString(),
                        "--state",
                        state,
                        "--yes",
                        "--allow-unsigned",
                        "--repo",
                        "r=" + trip.at("old").toUri())
                .mustEnd(0);
        String again = trip.at("again.rpm").toString();
        String[] here = {
            "delta",
            "apply",
            "--installed",
            delta,
            "--root",
            root.toString(),
            "--state",
            state,
            "-o"
        };
        trip.opm(with(here, again)).mustEnd(0);
        assertThat(Path.of(again)).hasSameBinaryContentAs(Path.of(fresh));
        Files.writeString(root.resolve("srv/big"), "edited\n");
        assertThat(trip.opm(with(here, no)).mustEnd(5).err()).contains("/srv/big");
        assertThat(Path.of(no)).doesNotExist();
    }

    private static String[] with(String[] words, String last) {
        String[] all = java.util.Arrays.copyOf(words, words.length + 1);
        all[words.length] = last;
        return all;
    }
}
