package opm.trip;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Packages whose scripts would fetch the rest of themselves are named while there is a network,
/// and whoever looks into the bundle is told too.
final class NetworkScriptsTest {
    private final Trip trip;

    NetworkScriptsTest(@TempDir Path folder) {
        trip = new Trip(folder);
    }

    @Test
    void namedWhenPackedAndWhenLookedAt() {
        Trip.needs("rpm", "rpmbuild", "rpmkeys", "createrepo_c");
        Trip.needsRoot();
        Path town =
                new SmallPackages(trip, "echo NAME VERSION")
                        .build(
                                "town",
                                List.of(
                                        "fonts 1 %post\nwget -q http://example.org/fonts.zip",
                                        "plain 1 %post\n/sbin/ldconfig",
                                        "shell 1 Provides: /bin/sh"));
        var home = new Home(trip, trip.newRoot("root"), List.of("town=" + town.toUri()));
        String says = "fonts-1-1.noarch: its %post seems to use the network";
        assertThat(home.pack("--install", "fonts", "plain", "--allow-unsigned").out())
                .contains(says)
                .doesNotContain("plain-1-1.noarch: its");
        String box = home.box().toString();
        assertThat(trip.opm("bundle", "inspect", box).mustEnd(0).out()).contains(says);
        assertThat(trip.opm("bundle", "inspect", box, "--json").mustEnd(0).out())
                .contains("\"worries\":[\"" + says + "\"]");
    }
}
