package opm.trip;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import opm.base.Digest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An unfinished job goes from one browser to the command line, and from there to another browser.
final class WebHandOverTest {
    private static final boolean SOAK = Boolean.getBoolean("opm.soak");
    private static final int PACKAGES = SOAK ? 40 : 6;
    private static final int PACKAGE_BYTES = SOAK ? 4_000_000 : 600_000;
    private static final long CAP = SOAK ? 50_000_000 : 1_000_000;

    private final Trip trip;

    WebHandOverTest(@TempDir Path folder) {
        trip = new Trip(folder);
    }

    /// The first browser stops just at its cap, the command line at its own; what either of them
    /// has whole nobody asks for again, and what is begun goes on where it was.
    @Test
    void fromBrowserToCommandToBrowser() throws IOException {
        Trip.needs("tar");
        Path saved = Files.createDirectory(trip.at("saved"));
        Path job = Files.createDirectory(trip.at("job"));
        try (var cafe = Cafe.make(trip, PACKAGES, PACKAGE_BYTES)) {
            try (var chromium = cafe.browser("first")) {
                chromium.downloadTo(saved);
                chromium.visit(cafe.door().address(), cafe.profile(), "all");
                chromium.set("down-cap", CAP / 1_000_000);
                chromium.click("#down-start");
                chromium.untilStatus("The limit of today", 60);
                // The server has its own copy by then: whatever is asked of mirrors after this is
                // asked by the others.
                chromium.until(
                        "(await (await fetch(location.pathname+'/state.json')).json())"
                                + ".building === 'done'");
                chromium.click("#down-job");
                Browser.saved(saved.resolve("box-job.tar"));
            }
            assertThat(cafe.bytes()).as("what the first browser got").isEqualTo(CAP);
            trip.run("tar", "-xf", saved.resolve("box-job.tar") + "", "-C", job + "").mustEnd(0);
            Map<String, Long> first = stored(job);
            assertThat(first.values().stream().mapToLong(Long::longValue).sum())
                    .as("nothing of that was lost")
                    .isEqualTo(CAP);

            List<Traffic.Sent> before = asked(cafe);
            trip.opm("fetch", "limit", "--cap", CAP / 1000 + "K", "--state", trip.at("own") + "")
                    .mustEnd(0);
            trip.opm(command(cafe, job)).mustEnd(4);
            goesOn(since(before, asked(cafe)), cafe, first);
            Map<String, Long> second = stored(job);
            assertThat(second.values().stream().mapToLong(Long::longValue).sum())
                    .isGreaterThan(CAP + CAP / 2);

            before = cafe.sent();
            try (var chromium = cafe.browser("second")) {
                chromium.downloadTo(saved);
                chromium.open(cafe.door().address() + "/");
                chromium.choose("#profile", saved.resolve("box-job.tar"));
                chromium.until("document.querySelector('#down-start')");
                chromium.choose("#down-folder", job.resolve("store"));
                chromium.untilStatus(wholes(cafe, second) + " of " + (PACKAGES + 2), 30);
                chromium.click("#down-start");
                chromium.save(saved);
            }
            goesOn(since(before, cafe.sent()), cafe, second);
            trip.opm("fetch", "limit", "--cap", "none", "--state", trip.at("own") + "").mustEnd(0);
            trip.opm(command(cafe, job)).mustEnd(0);
            assertThat(saved.resolve("box.opm")).hasSameBinaryContentAs(trip.at("cli.opm"));
        }
    }

    private String[] command(Cafe cafe, Path job) {
        var words = new ArrayList<>(List.of("bundle", "create"));
        words.addAll(List.of("--job", job.resolve("box.opmjob").toString()));
        words.addAll(List.of("--cache", job.resolve("store").toString()));
        words.addAll(List.of("--repo", "open=" + cafe.direct().address()));
        words.addAll(List.of("--repo", "closed=" + cafe.relayed().address()));
        words.addAll(List.of("--state", trip.at("own").toString()));
        words.addAll(List.of("-o", trip.at("cli.opm").toString()));
        return words.toArray(String[]::new);
    }

    private static List<Traffic.Sent> since(List<Traffic.Sent> before, List<Traffic.Sent> now) {
        return now.stream().filter(sent -> !before.contains(sent)).toList();
    }

    /// Returns what programs asked mirrors for.
    private static List<Traffic.Sent> asked(Cafe cafe) {
        return Stream.of(cafe.direct(), cafe.relayed())
                .flatMap(mirror -> mirror.traffic().all().stream())
                .filter(sent -> !sent.browser)
                .toList();
    }

    /// Returns how much of each package lies in a job's store, by the digits of its digest.
    private static Map<String, Long> stored(Path job) throws IOException {
        var stored = new TreeMap<String, Long>();
        try (var files = Files.walk(job.resolve("store"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = file.getFileName().toString();
                if (name.matches("(sha256-)?[0-9a-f]{64}")) {
                    stored.merge(name.replace("sha256-", ""), Files.size(file), Math::max);
                }
            }
        }
        return stored;
    }

    /// Returns the packages of the world: name and digest.
    private static Map<String, Path> packages(Cafe cafe) {
        var found = new TreeMap<String, Path>();
        for (Path repo : cafe.repos()) {
            Trip.rpms(repo).forEach(file -> found.put(file.getFileName().toString(), file));
        }
        return found;
    }

    private static String digest(Path file) throws IOException {
        return Digest.sha256Of(Files.readAllBytes(file)).hex();
    }

    private static long wholes(Cafe cafe, Map<String, Long> stored) throws IOException {
        long wholes = 0;
        for (Path file : packages(cafe).values()) {
            wholes += stored.getOrDefault(digest(file), 0L) == Files.size(file) ? 1 : 0;
        }
        return wholes;
    }

    /// Nothing that was whole is asked for, and nothing that was begun from its beginning.
    private static void goesOn(List<Traffic.Sent> sent, Cafe cafe, Map<String, Long> stored)
            throws IOException {
        assertThat(sent).isNotEmpty();
        Map<String, Path> packages = packages(cafe);
        for (Traffic.Sent one : sent) {
            Path file = packages.get(one.path.substring(one.path.lastIndexOf('/') + 1));
            long have = file == null ? 0 : stored.getOrDefault(digest(file), 0L);
            assertThat(one.from).as("%s, of which %s are here", one.path, have)
                    .isGreaterThanOrEqualTo(have);
            assertThat(have).as(one.path).isLessThan(file == null ? 1 : Files.size(file));
        }
    }
}
