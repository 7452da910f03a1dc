package opm.trip;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The web app at other places than this computer by plain http: through TLS, and at an address of
/// the network, each from the profile to the bundle.
final class WebPlacesTest {
    private static final String RECIPE =
            """
            package base-1-1.noarch
            file /usr/share/base: base
            package app-1-1.noarch
            requires: base
            file /usr/share/app: app
            """;

    private final Trip trip;

    WebPlacesTest(@TempDir Path folder) {
        trip = new Trip(folder);
    }

    private Path profile(Path repo) {
        Path root = trip.newRoot("root", repo.resolve("RPM-GPG-KEY-stub"));
        Path profile = trip.at("box.opmprofile");
        trip.opm("profile", "--root", root + "", "-o", profile + "").mustEnd(0);
        return profile;
    }

    private Path repo() {
        Trip.needs("rpm", "rpmkeys", "createrepo_c", "python3", "chromium", "curl");
        Trip.needsRoot();
        Trip.write(trip.at("recipe"), RECIPE);
        return trip.stubRepo("repo", "--recipe", trip.at("recipe").toString());
    }

    private void applies(Path bundle) {
        trip.run("sh", bundle + "", "--root", trip.at("root") + "", "--yes").mustEnd(0);
        assertThat(trip.installed(trip.at("root")))
                .containsExactly("app-0:1-1.noarch", "base-0:1-1.noarch");
    }

    /// Chromium takes the profile there, chooses, downloads in the browser, saves; the bundle is
    /// that of the server, fetched by curl, and installs. The page is in a secure place, so it may
    /// keep files.
    @Test
    void throughTls() throws IOException {
        Path repo = repo();
        Path profile = profile(repo);
        Path saved = Files.createDirectory(trip.at("saved"));
        Path state = trip.at("state");
        String[] options = {"--tls", "--repo", "stub=" + repo.toUri(), "--state", state + ""};
        try (var web = WebClient.serve(trip.at("serve.log"), options);
                var chromium =
                        Chromium.start(trip.at("browser"), "--ignore-certificate-errors")) {
            String address = web.address().replace("http://", "https://");
            chromium.downloadTo(saved);
            chromium.open(address + "/");
            assertThat(chromium.eval("isSecureContext")).isEqualTo("true");
            chromium.choose("#profile", profile);
            chromium.until("location.pathname.startsWith('/v/')");
            chromium.until("document.documentElement.dataset.ready==='yes'");
            chromium.eval("document.querySelector('#q').focus()");
            chromium.type("app");
            chromium.until("document.querySelector('.cost')?.textContent");
            chromium.click("#hits button");
            chromium.click("#down-start");
            chromium.click("#down-save");
            Browser.saved(saved.resolve("box.opm"));
            String visit = chromium.eval("location.pathname");
            Path certificate = state.resolve("tls/certificate.pem");
            trip.run(
                            List.of(
                                    "curl",
                                    "-sSf",
                                    "--cacert",
                                    certificate + "",
                                    "-o",
                                    trip.at("curl.opm") + "",
                                    address + visit + "/box.opm"))
                    .mustEnd(0);
            assertThat(trip.at("curl.opm")).hasSameBinaryContentAs(saved.resolve("box.opm"));
        }
        applies(saved.resolve("box.opm"));
    }
}
