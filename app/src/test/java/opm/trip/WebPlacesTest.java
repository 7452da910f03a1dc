package opm.trip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
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

    /// At an address of the network by plain http, where pages may keep nothing: the page says so,
    /// and what the server built is fetched by a link.
    @Test
    void atAnAddressOfTheNetwork() throws IOException {
        String host = ownAddress();
        Path repo = repo();
        Path profile = profile(repo);
        Path saved = Files.createDirectory(trip.at("saved"));
        String[] options = {"--repo", "stub=" + repo.toUri(), "--state", trip.at("state") + ""};
        try (var web = WebClient.serveAt(host, trip.at("serve.log"), options)) {
            try (var chromium = Chromium.start(trip.at("browser"))) {
                chromium.downloadTo(saved);
                chromium.open(web.address() + "/");
                assertThat(chromium.eval("isSecureContext")).isEqualTo("false");
                chromium.choose("#profile", profile);
                chromium.until("location.pathname.startsWith('/v/')");
                chromium.until("document.documentElement.dataset.ready==='yes'");
                chromium.eval("document.querySelector('#q').focus()");
                chromium.type("app");
                chromium.until("document.querySelector('.cost')?.textContent");
                chromium.click("#hits button");
                chromium.until("document.querySelector('#insecure')");
                assertThat(chromium.eval("document.querySelector('#insecure').innerText"))
                        .contains("plain http", "Let the server build");
                chromium.click("#server button");
                chromium.click("a.main[href$='box.opm']");
                Browser.saved(saved.resolve("box.opm"));
            }
            withoutScript(web, profile);
        }
        applies(saved.resolve("box.opm"));
        assertThat(trip.at("plain/box.opm"))
                .hasSameBinaryContentAs(saved.resolve("box.opm"));
    }

    /// The same by forms alone, and every package by its link.
    private void withoutScript(WebClient web, Path profile) throws IOException {
        Path saved = Files.createDirectory(trip.at("plain"));
        try (var chromium = Chromium.start(trip.at("browser2"))) {
            chromium.downloadTo(saved);
            chromium.withoutScript();
            chromium.openPlain(web.address() + "/");
            assertThat(chromium.eval("document.documentElement.dataset.ready ?? 'none'"))
                    .isEqualTo("none");
            chromium.choose("#profile", profile);
            chromium.click("#bring button.main");
            chromium.until("location.pathname.startsWith('/v/')");
            String visit = web.address() + chromium.eval("location.pathname");
            chromium.click("#q");
            chromium.eval("document.querySelector('#q').value = 'app'");
            chromium.click("form[role=search] button");
            chromium.until("document.querySelector('#hits button')");
            chromium.click("#hits button");
            chromium.click("#server button");
            chromium.until("location.hash === '#get'");
            // A browser without scripts looks again by itself; this one only does not run them.
            web.until(visit.substring(web.address().length()), "/box.opm\"", "could not be built");
            chromium.openPlain(visit + "?q=");
            chromium.click("a.main[href$='box.opm']");
            Browser.saved(saved.resolve("box.opm"));
            chromium.openPlain(visit + "/links");
            assertThat(chromium.eval("document.querySelectorAll('ol.links > li').length"))
                    .isEqualTo("2");
            for (String name : List.of("app-1-1.noarch.rpm", "base-1-1.noarch.rpm")) {
                chromium.click("ol.links a[href$='" + name + "']");
                Browser.saved(saved.resolve(name));
            }
        }
        trip.opm(
                        "bundle",
                        "create",
                        "--profile",
                        profile + "",
                        "--install",
                        "app.noarch",
                        "--repo",
                        "stub=" + trip.at("repo").toUri(),
                        "--from",
                        saved + "",
                        "--state",
                        trip.at("home") + "",
                        "-o",
                        trip.at("folder.opm") + "")
                .mustEnd(0);
        assertThat(trip.at("folder.opm")).hasSameBinaryContentAs(saved.resolve("box.opm"));
    }

    /// An address of this machine that others could reach; `./dev soak places` makes one in a
    /// network of its own.
    private static String ownAddress() throws IOException {
        String found =
                NetworkInterface.networkInterfaces()
                        .filter(WebPlacesTest::isOfTheNetwork)
                        .flatMap(NetworkInterface::inetAddresses)
                        .filter(address -> address instanceof Inet4Address)
                        .map(InetAddress::getHostAddress)
                        .findFirst()
                        .orElse("");
        assumeTrue(!found.isEmpty(), "skipped: this machine has no address of a network");
        return found;
    }

    private static boolean isOfTheNetwork(NetworkInterface one) {
        try {
            return one.isUp() && !one.isLoopback();
        } catch (SocketException _) {
            return false;
        }
    }
}
