package opm.trip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Mirrors whose packages are those of their metadata, digest by digest, and yet signed by somebody
/// whom the visitor's machine does not trust, or by nobody.
final class WebKeysTest {
    private final Trip trip;

    WebKeysTest(@TempDir Path folder) {
        trip = new Trip(folder);
    }

    /// Makes a repository with one package, which has its name.
    private Path repo(String name, String... options) {
        Trip.write(
                trip.at(name + ".recipe"),
                "package " + name + "-1-1.noarch\nfile /usr/share/" + name + ": " + name + "\n");
        var words = new ArrayList<>(List.of(options));
        words.addAll(List.of("--recipe", trip.at(name + ".recipe") + ""));
        return trip.stubRepo(name, words.toArray(String[]::new));
    }

    /// The server with three repositories, and the profile of a machine that trusts the key of the
    /// first.
    private WebClient serve() {
        Path trusted = repo("trusted");
        Path root = trip.newRoot("root", trusted.resolve("RPM-GPG-KEY-stub"));
        trip.opm("profile", "--root", root + "", "-o", trip.at("box.opmprofile") + "").mustEnd(0);
        return WebClient.serve(
                trip.at("serve.log"),
                "--repo",
                "trusted=" + trusted.toUri(),
                "--repo",
                "stranger=" + repo("stranger", "--key", "stranger").toUri(),
                "--repo",
                "nobody=" + repo("nobody", "--unsigned").toUri(),
                "--state",
                trip.at("state") + "");
    }

    /// What such a mirror has is never ready: the page without a script and the document for the
    /// page with one name the package and what is wrong, there is no bundle, and no recipe for one.
    /// The command line says the same. What is signed as it should be becomes ready beside it.
    @Test
    void neverReady() {
        Trip.needs("rpm", "rpmkeys", "createrepo_c", "python3");
        Trip.needsRoot();
        try (var web = serve()) {
            isRefused(web, "stranger", "stranger-1-1.noarch: found a signature by key");
            isRefused(web, "nobody", "nobody: found no signature");
            String visit = web.upload("/visit", trip.at("box.opmprofile")).header("location");
            web.post(visit + "/basket", "do", "add", "verb", "install", "spec", "trusted");
            web.post(visit + "/build");
            web.until(visit, "box.opm\"", "could not be built");
            assertThat(web.get(visit + "/recipe.json").status()).isEqualTo(200);
            // One bad package spoils all: nothing is left out in silence.
            web.post(visit + "/basket", "do", "add", "verb", "install", "spec", "stranger");
            assertThat(web.get(visit + "/box.opm").status()).isEqualTo(404);
            fails(web, visit, "stranger-1-1.noarch: found a signature by key");
        }
    }

    private void isRefused(WebClient web, String name, String why) {
        String visit = web.upload("/visit", trip.at("box.opmprofile")).header("location");
        web.post(visit + "/basket", "do", "add", "verb", "install", "spec", name);
        fails(web, visit, why);
        Trip.Said said =
                trip.opm(
                        "bundle",
                        "create",
                        "--profile",
                        trip.at("box.opmprofile") + "",
                        "--install",
                        name,
                        "--repo",
                        name + "=" + trip.at(name).toUri(),
                        "--state",
                        trip.at("home") + "",
                        "-o",
                        trip.at(name + ".opm") + "");
        assertThat(said.status()).isNotZero();
        assertThat(said.err()).contains(why);
        assertThat(trip.at(name + ".opm")).doesNotExist();
    }

    private static void fails(WebClient web, String visit, String why) {
        web.post(visit + "/build");
        String page = web.until(visit, "could not be built", "box.opm\"");
        assertThat(page).contains(why).doesNotContain(visit + "/box.opm");
        assertThat(web.get(visit + "/state.json").text())
                .contains("\"building\":\"failed\"", why, "\"parts\":[]");
        assertThat(web.get(visit + "/recipe.json").status()).isEqualTo(404);
        assertThat(web.get(visit + "/box.opm").status()).isEqualTo(404);
        assertThat(web.get(visit + "/recipe.json?part=box.opm").status()).isEqualTo(404);
    }

    /// The page that downloads by itself has every byte in the end, and says which package it is
    /// that nobody trusts; there is nothing to save.
    @Test
    void inTheBrowser() throws Exception {
        assumeTrue(Boolean.getBoolean("opm.soak"), "skipped: ./dev soak has it");
        Trip.needs("rpm", "rpmkeys", "createrepo_c", "python3", "chromium");
        Trip.needsRoot();
        Path saved = Files.createDirectory(trip.at("saved"));
        try (var web = serve();
                var chromium = Chromium.start(trip.at("browser"))) {
            chromium.downloadTo(saved);
            for (String name : List.of("stranger", "nobody")) {
                chromium.visit(web.address(), trip.at("box.opmprofile"), name);
                chromium.click("#down-start");
                chromium.untilStatus(name, 40);
                assertThat(chromium.eval("document.querySelector('#down-status').innerText"))
                        .contains("could not be built", name, "signature", "1 of 1");
                assertThat(chromium.eval("document.querySelectorAll('#down-save, #down-saved, "
                                + "a[href$=\"box.opm\"]').length"))
                        .isEqualTo("0");
                assertThat(chromium.eval("document.querySelector('#down-ready').innerText"))
                        .isEmpty();
            }
            try (var files = Files.list(saved)) {
                assertThat(files).isEmpty();
            }
        }
    }
}
