package opm.trip;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The web app in a real Chromium: its script, its downloads, its keyboard.
final class WebBrowserTest {
    private static final int PACKAGES = Integer.getInteger("opm.web.packages", 8);
    private static final int STREAMS = 4;
    private static final int PACKAGE_BYTES = 520_000;
    private static final boolean PICTURES = Boolean.getBoolean("opm.web.pictures");

    private final Trip trip;

    WebBrowserTest(@TempDir Path folder) {
        trip = new Trip(folder);
    }

    /// Search, choice, downloads over two lanes from mirrors that fail, paused, the browser killed
    /// and started anew: the bundle that it builds has the bytes of `opm bundle create`, and what
    /// was there is not fetched again.
    @Test
    void downloadsSurvive() throws IOException {
        Trip.needs("rpm", "rpmkeys", "createrepo_c", "python3", "chromium");
        Trip.needsRoot();
        var parcels = new Parcels(trip, PACKAGES, PACKAGE_BYTES);
        Path open = parcels.repo("open", 0, 2);
        Path closed = parcels.repo("closed", 1, 2);
        Path root = trip.newRoot("root", Parcels.key(open));
        Path base =
                Trip.rpms(open).stream()
                        .filter(file -> file.getFileName().toString().startsWith("base-"))
                        .findFirst()
                        .orElseThrow();
        trip.install(root, List.of(base));
        Path profile = trip.at("box.opmprofile");
        trip.opm("profile", "--root", root + "", "-o", profile + "").mustEnd(0);
        Path saved = Files.createDirectory(trip.at("saved"));
        try (var direct = new FaultyMirror(open, true, 3);
                var relayed = new FaultyMirror(closed, false, 3)) {
            var where = new ArrayList<>(List.of("--repo", "open=" + direct.address()));
            where.addAll(List.of("--repo", "closed=" + relayed.address()));
            where.addAll(List.of("--state", trip.at("state").toString()));
            try (var web =
                    WebClient.serve(trip.at("serve.log"), where.toArray(String[]::new))) {
                String visit;
                try (var chromium = Chromium.start(trip.at("browser"))) {
                    chromium.open(web.address() + "/");
                    chromium.choose("#profile", profile);
                    chromium.until("location.pathname.startsWith('/v/')");
                    chromium.until("document.documentElement.dataset.ready==='yes'");
                    visit = Objects.requireNonNull(chromium.eval("location.href"));
                    chromium.eval("document.querySelector('#q').focus()");
                    chromium.type("all");
                    chromium.until("document.querySelector('.cost')?.textContent");
                    assertThat(chromium.eval("document.querySelector('#hits').innerText"))
                            .contains("Everything at once", (PACKAGES + 1) + " packages");
                    chromium.click("#hits button");
                    chromium.until("document.querySelector('#down-start')");
                    slid(chromium);
                    chromium.set("down-rate", 600);
                    chromium.click("#down-start");
                    chromium.until("document.querySelector('#downloads progress').value > 0.2");
                    chromium.click("#down-start");
                    chromium.until("document.querySelector('#down-status').innerText"
                            + ".includes('Paused')");
                    String there =
                            chromium.eval("document.querySelector('#down-status').innerText");
                    chromium.click("#down-start");
                    chromium.until("document.querySelector('#downloads progress').value > 0.4");
                    assertThat(there).contains("of " + (PACKAGES + 1) + " packages");
                    chromium.kill();
                }
                try (var chromium = Chromium.start(trip.at("browser"))) {
                    chromium.downloadTo(saved);
                    chromium.open(visit);
                    chromium.until("document.querySelector('#downloads progress')?.value > 0.2");
                    chromium.set("down-rate", 0);
                    chromium.click("#down-start");
                    chromium.save(saved);
                }
            }
            long all = Trip.rpms(open).stream().mapToLong(WebBrowserTest::size).sum();
            // The server fetches everything once; the browser all of the open mirror once more.
            // What faults spoil, and what was on its way at a kill, is fetched again.
            long again = 3L * STREAMS * (1 << 20);
            assertThat(direct.sentBytes()).isLessThan(all * 3 + again).isGreaterThan(all);
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

    /// The slider says the same as the number beside it, and letting go of it is a choice: here one
    /// that cannot be met, which the page says.
    private static void slid(Chromium chromium) {
        chromium.eval(
                "(s=>{s.focus();s.value=1;"
                        + "s.dispatchEvent(new Event('input',{bubbles:true}));"
                        + "s.dispatchEvent(new Event('change',{bubbles:true}))})"
                        + "(document.querySelector('#budget-slide'))");
        chromium.until("document.querySelector('#trouble section')");
        assertThat(chromium.eval("document.querySelector('#trouble').innerText"))
                .contains("no part of the request fits into 1000000 bytes");
        assertThat(chromium.eval("document.activeElement.id")).isEqualTo("budget-slide");
        assertThat(chromium.eval("document.querySelector('#budget-mb').value")).isEmpty();
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// By keys alone, from the first page to the bundle; every control has a name, every field a
    /// label; nothing is wider than a phone.
    @Test
    void keyboardAlone() throws IOException {
        Trip.needs("chromium");
        try (var web = WebClient.serve(trip.at("serve.log"), "--demo");
                var chromium = Chromium.start(trip.at("browser"))) {
            chromium.window(1366, 768, false);
            chromium.open(web.address() + "/");
            named(chromium);
            pictures(chromium, "start", "header");
            tabTo(chromium, "document.activeElement.name === 'stock'");
            chromium.press("Enter");
            chromium.until("location.pathname.startsWith('/v/')");
            chromium.until("document.documentElement.dataset.ready==='yes'");
            tabTo(chromium, "document.activeElement.id === 'q'");
            chromium.type("abc");
            chromium.until("document.querySelector('.cost')?.textContent");
            pictures(chromium, "search", "#find");
            tabTo(chromium, "document.activeElement.ariaLabel === 'Add abc-atlas.noarch'");
            chromium.press("Enter");
            chromium.until("document.querySelector('#get')");
            tabTo(chromium, "document.activeElement.ariaLabel === 'Update everything'");
            chromium.press("Enter");
            chromium.until("document.querySelectorAll('#basket li').length === 2");
            assertThat(chromium.eval("document.activeElement.ariaLabel"))
                    .as("the focus stays")
                    .isEqualTo("Update everything");
            for (String id : List.of("picture", "rows")) {
                tabTo(chromium, "document.activeElement.parentElement.id === '" + id + "'");
                chromium.press("Enter");
                chromium.until("document.querySelector('#" + id + "').open");
            }
            named(chromium);
            pictures(chromium, "plan", "#basket");
            tabTo(chromium, "document.activeElement.innerText === 'Let the server build it'");
            chromium.press("Enter");
            chromium.until("document.querySelector('a.main[href$=\"box.opm\"]')");
            named(chromium);
            pictures(chromium, "bundle", "#get");
            chromium.window(390, 844, true);
            assertThat(
                            chromium.eval(
                                    "[...document.querySelectorAll('body *')].filter(e=>"
                                            + "!e.closest('.wide') && e.className!=='skip' &&"
                                            + " e.getBoundingClientRect().right>390)"
                                            + ".map(e=>e.outerHTML.slice(0,200)).join()"))
                    .isEmpty();
            assertThat(chromium.eval("document.documentElement.scrollWidth")).isEqualTo("390");
            String visit = web.address() + chromium.eval("location.pathname");
            for (String list : List.of("/groups", "/advisories", "/why?pkg=abc-atlas")) {
                chromium.open(visit + list);
                chromium.until("document.documentElement.dataset.ready==='yes'");
                named(chromium);
            }
        }
    }

    /// At its hour a download begins, or when somebody says now; the bundle goes straight to the
    /// file that was picked, however often the line breaks; nothing of it stays in the browser's
    /// storage, and it has the bytes of the server's.
    @Test
    void straightToAFile() throws IOException {
        Trip.needs("chromium");
        try (var web = WebClient.serve(trip.at("serve.log"), "--demo");
                var door = new Doorman(web.address());
                var chromium = Chromium.start(trip.at("browser"))) {
            door.breakOff("/box.opm", 3);
            chromium.open(door.address() + "/");
            chromium.click("button[name=stock]");
            chromium.until("location.pathname.startsWith('/v/')");
            chromium.until("document.documentElement.dataset.ready==='yes'");
            chromium.click("#basket button");
            chromium.until("document.querySelector('#down-file')");
            chromium.eval(
                    "(window.showSaveFilePicker = async () => (await navigator.storage"
                            + ".getDirectory()).getFileHandle('mine.opm', {create: true})) && 1");
            chromium.click("#down-file");
            chromium.until("document.querySelector('#down-target').innerText.includes('mine')");
            // An hour that is neither now nor soon.
            chromium.eval(
                    "(f=>{f.value=String((new Date().getHours()+2)%24).padStart(2,'0')+':00';"
                            + "f.dispatchEvent(new Event('input'))})"
                            + "(document.querySelector('#down-from'))");
            chromium.eval(
                    "(f=>{f.value=String((new Date().getHours()+3)%24).padStart(2,'0')+':00';"
                            + "f.dispatchEvent(new Event('input'))})"
                            + "(document.querySelector('#down-until'))");
            chromium.click("#down-start");
            chromium.until("document.querySelector('#down-status').innerText.includes('Waits')");
            chromium.click("#down-start");
            chromium.until("document.querySelector('#down-saved')");
            assertThat(door.breaksLeft()).isZero();
            String compared =
                    """
                    (async () => {
                        const hex = async (bytes) =>
                            new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)).join();
                        const root = await navigator.storage.getDirectory();
                        const handle = await root.getFileHandle('mine.opm');
                        const mine = await (await handle.getFile()).arrayBuffer();
                        const answer = await fetch(location.pathname + '/box.opm');
                        const same = (await hex(mine)) === (await hex(await answer.arrayBuffer()));
                        let left = 0;
                        for await (const _ of (await root.getDirectoryHandle('opm')).keys()) {
                            left++;
                        }
                        return [mine.byteLength > 0, same, left].join();
                    })()""";
            assertThat(chromium.eval(compared)).isEqualTo("true,true,0");
        }
    }

    /// Who downloaded the files with something else gives the folder; nothing is fetched then.
    @Test
    void packagesFromAFolder() throws IOException {
        Trip.needs("chromium");
        try (var web = WebClient.serve(trip.at("serve.log"), "--demo");
                var chromium = Chromium.start(trip.at("browser"))) {
            chromium.open(web.address() + "/");
            tabTo(chromium, "document.activeElement.name === 'stock'");
            chromium.press("Enter");
            chromium.until("location.pathname.startsWith('/v/')");
            chromium.until("document.documentElement.dataset.ready==='yes'");
            tabTo(chromium, "document.activeElement.id === 'q'");
            chromium.type("abc-atlas");
            chromium.until("document.querySelector('.cost')?.textContent");
            chromium.click("#hits button");
            chromium.until("document.querySelector('#down-status')?.innerText.includes('0 of 3')");
            chromium.choose(
                    "#down-folder",
                    Trip.project().resolve("app/src/main/resources/opm/cli/demo/repository"));
            chromium.untilStatus("3 of 3", Browser.WAIT_SECONDS);
            chromium.click("#down-clear");
            chromium.untilStatus("0 of 3", Browser.WAIT_SECONDS);
            twoFolders(chromium);
        }
    }

    /// Two folders are dropped, the second while the page is busy with the first; a file of each
    /// has the same name, and is another package.
    private void twoFolders(Chromium chromium) throws IOException {
        Path demo = Trip.project().resolve("app/src/main/resources/opm/cli/demo/repository");
        Path first = Files.createDirectory(trip.at("first"));
        Path second = Files.createDirectory(trip.at("second"));
        for (Path rpm : Trip.rpms(demo)) {
            String name = rpm.getFileName().toString();
            if (name.startsWith("abc-atlas-")) {
                Files.copy(rpm, first.resolve("package.rpm"));
                for (int at = 0; at < 200; at++) {
                    Files.write(first.resolve("other" + at), new byte[(int) size(rpm)]);
                }
            } else {
                String other = name.startsWith("abc-maps-") ? "package.rpm" : name;
                Files.copy(rpm, second.resolve(other));
            }
        }
        chromium.drop(List.of(first));
        chromium.drop(List.of(second));
        chromium.untilStatus("3 of 3", Browser.WAIT_SECONDS);
    }

    /// Where the first mirror fails the next one is asked, and not the server.
    @Test
    void theNextMirror() throws IOException {
        Trip.needs("chromium");
        Path demo = Trip.project().resolve("app/src/main/resources/opm/cli/demo");
        try (var bad = new FaultyMirror(demo.resolve("repository"), true, 10);
                var good = new FaultyMirror(demo.resolve("repository"), true, 0)) {
            Path repos = Files.createDirectory(trip.at("repos"));
            Trip.write(
                    repos.resolve("town.repo"),
                    "[town]\nname=Town\nenabled=1\nbaseurl=" + bad.address() + "\n    "
                            + good.address() + "\n");
            Path school = demo.resolve("school.opmprofile");
            String[] options = {
                "--reposdir", repos + "", "--stock", school + "", "--state", trip.at("state") + ""
            };
            try (var web = WebClient.serve(trip.at("serve.log"), options);
                    var chromium = Chromium.start(trip.at("browser"))) {
                chromium.visit(web.address(), school, "abc-atlas");
                chromium.click("#down-start");
                chromium.until("document.querySelector('#down-save')");
                assertThat(chromium.eval("document.querySelector('#down-lanes').innerText"))
                        .isEqualTo("from the mirror: 3");
            }
            assertThat(bad.traffic().all()).anyMatch(sent -> sent.browser);
        }
    }

    private static void tabTo(Chromium chromium, String there) {
        for (int at = 0; at < 200; at++) {
            if ("true".equals(chromium.eval(there))) {
                return;
            }
            chromium.press("Tab");
        }
        throw new AssertionError("no Tab leads to " + there);
    }

    /// What screen readers need, and what everybody needs to read: names, labels, contrast.
    private static void named(Chromium chromium) throws IOException {
        String script =
                Files.readString(
                        Trip.project().resolve("app/src/test/resources/opm/trip/named.js"));
        assertThat(chromium.eval(script)).isEmpty();
        Path axe = Trip.project().resolve("web/node_modules/axe-core/axe.min.js");
        if (Files.exists(axe)) {
            chromium.run(Files.readString(axe));
            assertThat(
                            chromium.eval(
                                    "axe.run(document).then(r => r.violations.filter(v =>"
                                            + " ['serious','critical'].includes(v.impact))"
                                            + ".map(v => v.id + ': ' + v.nodes[0].html).join())"))
                    .as("what axe-core minds")
                    .isEmpty();
        }
    }

    private static void pictures(Chromium chromium, String step, String section) {
        if (PICTURES) {
            Path folder = Trip.project().resolve("docs/manual/pictures");
            for (boolean dark : new boolean[] {false, true}) {
                for (int width : new int[] {1366, 390}) {
                    chromium.window(width, width == 390 ? 844 : 768, dark);
                    chromium.eval(
                            "document.querySelector('" + section + "').scrollIntoView()");
                    String name = step + "-" + width + (dark ? "-dark" : "") + ".png";
                    chromium.screenshot(folder.resolve(name));
                }
            }
            chromium.window(1366, 768, false);
        }
    }
}
