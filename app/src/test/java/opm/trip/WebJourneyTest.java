package opm.trip;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// The whole way of somebody with a large machine at home and a browser at the café.
@EnabledIfSystemProperty(named = "opm.soak", matches = "true")
final class WebJourneyTest {
    private static final int PACKAGES = Integer.getInteger("opm.web.packages", 120);
    private static final int PACKAGE_BYTES = 2_000_000;
    private static final String QUERY = "everything at once";

    private final Trip trip;

    WebJourneyTest(@TempDir Path folder) {
        trip = new Trip(folder);
    }

    /// 1,858 packages at home, 63,440 and 120 large ones to choose from; three lanes, three of ten
    /// requests fail; a pause, a limit, a kill; the bundle is that of the command line, and
    /// installs without a network.
    @Test
    void overThreeLanes() throws IOException {
        Trip.needs("rpm", "rpmkeys", "createrepo_c", "python3", "chromium", "unshare");
        Trip.needsRoot();
        Path universe = Trip.shared("universe");
        var parcels = new Parcels(trip, PACKAGES, PACKAGE_BYTES);
        Path open = parcels.repo("open", 0, 3);
        Path closed = parcels.repo("closed", 1, 3);
        Path linked = parcels.repo("linked", 2, 3);
        Path root = LargeRoot.make(trip, "large");
        trip.run("rpmkeys", "--root", root + "", "--import", Parcels.key(open) + "").mustEnd(0);
        trip.install(root, List.of(one(open, "base-")));
        Path profile = trip.at("box.opmprofile");
        trip.opm("profile", "--root", root + "", "-o", profile + "").mustEnd(0);
        Path saved = Files.createDirectory(trip.at("saved"));
        Path folder = Files.createDirectory(trip.at("by-hand"));
        try (var direct = new FaultyMirror(open, true, 3);
                var relayed = new FaultyMirror(closed, false, 3);
                var plain = new FaultyMirror(linked, false, 3);
                var server =
                        WebClient.serve(
                                trip.at("serve.log"),
                                options(
                                        universe,
                                        direct.address(),
                                        relayed.address(),
                                        plain.address()));
                var door = new Doorman(server.address())) {
            String visit;
            try (var chromium = Chromium.start(trip.at("browser"))) {
                visit = chromium.visit(door.address(), profile, QUERY);
                chromium.set("down-rate", 6000);
                chromium.click("#down-start");
                chromium.untilShare(0.05, 120);
                chromium.click("#down-start");
                chromium.untilStatus("Paused", 20);
                assertThat(chromium.eval("document.querySelector('#down-status').innerText"))
                        .contains("of " + (PACKAGES + 1) + " packages");
                chromium.click("#down-start");
                chromium.set("down-rate", 0);
                chromium.untilShare(0.25, 120);
                chromium.kill();
            }
            try (var chromium = Chromium.start(trip.at("browser"))) {
                byLinks(chromium, visit, plain.address(), folder);
                chromium.downloadTo(saved);
                chromium.open(visit);
                chromium.untilShare(0.25, 20);
                chromium.choose("#down-folder", folder);
                chromium.until(
                        "document.querySelector('#down-lanes').innerText.includes('folder')");
                chromium.click("#down-start");
                untilAll(chromium);
                String lanes = chromium.eval("document.querySelector('#down-lanes').innerText");
                System.out.println("the second browser: " + lanes);
                assertThat(lanes).contains("from the mirror", "the server", "your folder");
                chromium.save(saved);
            }
            report(direct, door);
        }
        var create = new ArrayList<>(List.of("bundle", "create", "--profile", profile + ""));
        create.addAll(List.of("--install", "all.noarch"));
        create.addAll(
                List.of(
                        options(
                                universe,
                                open.toUri() + "",
                                closed.toUri() + "",
                                linked.toUri() + "")));
        create.addAll(List.of("-o", trip.at("cli.opm") + ""));
        trip.opm(create.toArray(String[]::new)).mustEnd(0);
        assertThat(saved.resolve("box.opm")).hasSameBinaryContentAs(trip.at("cli.opm"));
        trip.run("unshare", "-n", "sh", saved.resolve("box.opm") + "", "--root", root + "", "--yes")
                .mustEnd(0);
        assertThat(trip.installed(root)).hasSize(LargeRoot.PACKAGES + PACKAGES + 2);
        System.out.println(Files.size(saved.resolve("box.opm")) + " bytes, those of the CLI");
    }

    /// Files that no lane brought are asked for again, by the button that a person would press.
    private static void untilAll(Chromium chromium) {
        for (int at = 0; at < 20; at++) {
            chromium.until(
                    "document.querySelector('#down-save') || document.querySelector("
                            + "'#down-start').textContent === 'Go on'",
                    300);
            if ("true".equals(chromium.eval("!!document.querySelector('#down-save')"))) {
                return;
            }
            chromium.click("#down-start");
        }
        throw new AssertionError(chromium.eval("document.body.innerText"));
    }

    /// Follows ten links of a mirror, as somebody with any browser would.
    private static void byLinks(Chromium chromium, String visit, String mirror, Path folder) {
        chromium.downloadTo(folder);
        String page = visit.replaceFirst("[?#].*", "") + "/links";
        chromium.open(page);
        String names =
                Objects.requireNonNull(
                        chromium.eval(
                                "[...document.querySelectorAll('.links a')].map(a => a.href)"
                                        + ".filter(a => a.startsWith("
                                        + Browser.quoted(mirror)
                                        + ")).slice(-10).join(' ')"));
        assertThat(names.split(" ")).hasSize(10);
        for (String link : names.split(" ")) {
            Path file = folder.resolve(link.substring(link.lastIndexOf('/') + 1));
            // A mirror may fail: a person goes back and clicks again.
            for (int at = 0; at < 5 && !whole(file); at++) {
                chromium.open(page);
                chromium.eval(
                        "[...document.querySelectorAll('.links a')].find(a => a.href === "
                                + Browser.quoted(link)
                                + ").click()");
                long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(3);
                while (!whole(file) && System.nanoTime() < end) {
                    LockSupport.parkNanos(20_000_000);
                }
            }
        }
    }

    private static boolean whole(Path file) {
        return file.toFile().length() > PACKAGE_BYTES - 10_000
                && !Files.exists(Path.of(file + ".crdownload"));
    }

    private void report(FaultyMirror direct, Doorman door) {
        System.out.printf(
                "browsers got %d bytes from the mirror, %d through the server%n",
                direct.traffic().browserBytes(), door.traffic().browserBytes());
    }

    private String[] options(Path universe, String open, String closed, String linked) {
        var all = new ArrayList<>(List.of("--repo", "base=" + universe.resolve("base").toUri()));
        all.addAll(List.of("--repo", "updates=" + universe.resolve("updates").toUri()));
        all.addAll(List.of("--repo", "open=" + open, "--repo", "closed=" + closed));
        all.addAll(List.of("--repo", "linked=" + linked));
        all.addAll(List.of("--state", trip.at("state").toString()));
        return all.toArray(String[]::new);
    }

    private static Path one(Path repo, String begin) {
        return Trip.rpms(repo).stream()
                .filter(file -> file.getFileName().toString().startsWith(begin))
                .findFirst()
                .orElseThrow();
    }
}
