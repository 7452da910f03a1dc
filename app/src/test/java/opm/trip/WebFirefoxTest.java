package opm.trip;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// The web app in Debian's Firefox.
final class WebFirefoxTest {
    private static final int PACKAGES = 12;
    private static final int PACKAGE_BYTES = 2_000_000;

    private final Trip trip;

    WebFirefoxTest(@TempDir Path folder) {
        trip = new Trip(folder);
    }

    /// Profile, search, choice, downloads over two lanes with faults, a pause, a kill, a folder,
    /// the file that is saved: as in Chromium.
    @Test
    @EnabledIfSystemProperty(named = "opm.soak", matches = "true")
    void theWholeFlow() throws IOException {
        Trip.needs("rpm", "rpmkeys", "createrepo_c", "python3", "firefox-esr");
        Trip.needsRoot();
        var parcels = new Parcels(trip, PACKAGES, PACKAGE_BYTES);
        Path open = parcels.repo("open", 0, 2);
        Path closed = parcels.repo("closed", 1, 2);
        Path root = trip.newRoot("root", Parcels.key(open));
        Path profile = trip.at("box.opmprofile");
        trip.opm("profile", "--root", root + "", "-o", profile + "").mustEnd(0);
        Path saved = Files.createDirectory(trip.at("saved"));
        try (var direct = new FaultyMirror(open, true, 3);
                var relayed = new FaultyMirror(closed, false, 3);
                var server =
                        WebClient.serve(
                                trip.at("serve.log"),
                                "--repo",
                                "open=" + direct.address(),
                                "--repo",
                                "closed=" + relayed.address(),
                                "--state",
                                trip.at("state").toString())) {
            String visit;
            try (var firefox = Firefox.start(trip.at("browser"), saved)) {
                visit = firefox.visit(server.address(), profile, "all");
                firefox.set("down-rate", 3000);
                firefox.click("#down-start");
                firefox.untilShare(0.15, 60);
                firefox.click("#down-start");
                firefox.untilStatus("Paused", 20);
                firefox.click("#down-start");
                firefox.untilShare(0.4, 60);
                firefox.kill();
            }
            try (var firefox = Firefox.start(trip.at("browser"), saved)) {
                firefox.open(visit);
                firefox.untilShare(0.3, 20);
                firefox.set("down-rate", 0);
                firefox.click("#down-start");
                firefox.save(saved);
                assertThat(firefox.eval("document.querySelector('#down-lanes').innerText"))
                        .contains("from the mirror", "through the server");
            }
            long all = (long) PACKAGES / 2 * PACKAGE_BYTES;
            // What a fault stops goes on through the server.
            assertThat(direct.traffic().browserBytes()).isGreaterThan(all / 3);
        }
        var create = new ArrayList<>(List.of("bundle", "create", "--profile", profile + ""));
        create.addAll(List.of("--install", "all.noarch"));
        create.addAll(List.of("--repo", "open=" + open.toUri()));
        create.addAll(List.of("--repo", "closed=" + closed.toUri()));
        create.addAll(List.of("--state", trip.at("state") + "", "-o", trip.at("cli.opm") + ""));
        trip.opm(create.toArray(String[]::new)).mustEnd(0);
        assertThat(saved.resolve("box.opm")).hasSameBinaryContentAs(trip.at("cli.opm"));
        trip.run("sh", saved.resolve("box.opm") + "", "--root", root + "", "--yes").mustEnd(0);
        assertThat(trip.installed(root)).hasSize(PACKAGES + 2);
    }
}
