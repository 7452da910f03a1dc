package opm.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import opm.engine.PlainOptions;
import opm.host.Host;
import opm.server.Caller;
import opm.server.HttpRequest;
import opm.server.HttpResponse;
import opm.web.WebRoutes;
import opm.workshop.Workshop;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The pages of a visit, asked as a browser without a script asks, in this process: every choice
/// that there is, and what comes of it.
final class WebPagesTest {
    private static final Caller NOBODY = new Caller("", false, () -> false);

    @TempDir private Path folder;
    private Workshop workshop;
    private WebRoutes web;
    private String visit = "";

    @BeforeEach
    void open() throws IOException {
        TinyWorld.in(folder);
        var repos = new java.util.LinkedHashMap<String, String>();
        for (String id : List.of("base", "updates")) {
            repos.put(id, folder.resolve(id).toUri().toString());
        }
        var options = PlainOptions.of(folder, folder.resolve("state"), repos);
        byte[] profile = Files.readAllBytes(folder.resolve("tiny.opmprofile"));
        var stock = List.of(new Workshop.Stock("tiny", "Tiny", profile));
        workshop = new Workshop(Host.ofThisMachine(), options, stock, 1, System::nanoTime);
        web = new WebRoutes(workshop, InstantSource.system(), null);
        visit = header(ask("POST", "/visit", "stock=tiny"), "Location");
        assertThat(visit).matches("/v/[0-9a-f]{32}");
    }

    @AfterEach
    void close() {
        workshop.close();
    }

    private HttpResponse ask(String method, String target, String body) {
        var query = new HashMap<String, String>();
        int mark = target.indexOf('?');
        if (mark >= 0) {
            var fields = HttpRequest.fields(target.substring(mark + 1), 9);
            assertThat(fields).isNotNull();
            query.putAll(fields);
        }
        String path = mark < 0 ? target : target.substring(0, mark);
        Map<String, String> headers =
                Map.of("content-type", "application/x-www-form-urlencoded");
        return web.answer(
                new HttpRequest(
                        method, path, query, headers, true, body.getBytes(UTF_8), NOBODY));
    }

    private static HttpRequest post(String path, Map<String, String> headers, byte[] body) {
        return new HttpRequest("POST", path, Map.of(), headers, true, body, NOBODY);
    }

    private static String header(HttpResponse said, String name) {
        return said.headers().stream()
                .filter(one -> one.startsWith(name + ": "))
                .map(one -> one.substring(name.length() + 2))
                .findFirst()
                .orElse("");
    }

    private String page(String below) {
        HttpResponse said = ask("GET", visit + below, "");
        assertThat(said.status()).as(below).isEqualTo(200);
        return new String(said.body(), UTF_8);
    }

    /// Sends a form; fields are names and values in turn.
    private HttpResponse send(String to, String... fields) {
        var body = new StringBuilder();
        for (int at = 0; at < fields.length; at += 2) {
            body.append(at == 0 ? "" : "&").append(fields[at]).append('=');
            body.append(URLEncoder.encode(fields[at + 1], UTF_8));
        }
        return ask("POST", visit + "/" + to, body.toString());
    }

    /// Changes the choices, and returns the page that follows.
    private String choose(String... fields) {
        assertThat(send("basket", fields).status()).isEqualTo(303);
        return page("");
    }

    /// A group is found by its name, says what it costs this machine, leads to its packages, is
    /// chosen as one, and a package that it brings may be left out and let in again.
    @Test
    void groups() {
        String page = page("?q=writing");
        assertThat(page).contains(">Writing<", "For authors", "costs ", "value=\"writing\"");
        assertThat(page("/groups")).contains("Writing").doesNotContain("Secret");
        assertThat(page("/groups?q=nothing-like-it")).contains("Nothing is called so");
        assertThat(page("/groups?of=writing"))
                .contains("<strong>editor</strong>", "<strong>spell</strong>")
                .doesNotContain("absent-here");
        page = choose("do", "group", "value", "writing");
        assertThat(page).contains("group writing", "4 packages to fetch");
        assertThat(page("/state.json")).contains("\"groups\":[\"writing\"]");
        assertThat(choose("do", "ungroup", "value", "writing")).contains("Nothing is chosen yet");
        assertThat(choose("do", "group", "value", "no-such-group"))
                .contains("found none of that id", "Nothing is chosen yet");
    }

    /// Advisories are listed, the gravest first; one is chosen by itself; what needs a restart is
    /// left out where somebody says so, and the page names it.
    @Test
    void advisoriesAndRestarts() {
        String page = page("/advisories");
        assertThat(page).contains("TINY-2026-1", "CVE-2026-0001", "security Important");
        assertThat(page.indexOf("TINY-2026-1")).isLessThan(page.indexOf("TINY-2026-2"));
        assertThat(page("/advisories?q=cve-2026-0001")).doesNotContain("TINY-2026-2");
        HttpResponse said =
                send("basket", "do", "advise", "value", "TINY-2026-1", "back", "advisories");
        assertThat(header(said, "Location")).isEqualTo(visit + "/advisories");
        page = page("");
        assertThat(page).contains("what advisory TINY-2026-1 mends", "1 package to fetch");
        page = choose("do", "reboot", "value", "no");
        assertThat(page).contains("1 package is left out because it needs a restart");
        assertThat(page("/state.json")).contains("\"left\":[{\"package\":\"shell-0:5.2-4.x86_64");
        page = choose("do", "reboot", "value", "yes");
        assertThat(page).contains("1 package to fetch").doesNotContain("left out because");
        choose("do", "unadvise", "value", "TINY-2026-1");
        assertThat(choose("do", "security", "value", "yes")).contains("1 package to fetch");
    }

    /// An installed package is reinstalled, updated or removed; each hit offers what can be.
    @Test
    void everyVerb() {
        String page = page("?q=shell");
        assertThat(page)
                .contains("value=\"upgrade\"", "value=\"remove\"", "value=\"reinstall\"")
                .doesNotContain("value=\"downgrade\"");
        assertThat(choose("do", "add", "verb", "reinstall", "spec", "shell"))
                .contains("reinstall shell", ">reinstall</td>");
        assertThat(choose("do", "add", "verb", "remove", "spec", "leaf"))
                .contains("remove leaf", ">remove</td>");
    }

    /// A budget leaves for the next time what it cannot pay, says how much, and one that is too
    /// small is taken back with the reason.
    @Test
    void budget() {
        choose("do", "add", "verb", "upgrade", "spec", "");
        choose("do", "add", "verb", "install", "spec", "spell");
        String page = choose("do", "budget", "value", "1");
        assertThat(page).contains("is left for the next time, 1.4 M", "value=\"1\"");
        page = choose("do", "budget", "value", "");
        assertThat(page).doesNotContain("left for the next time");
        choose("do", "clear");
        choose("do", "add", "verb", "install", "spec", "editor");
        page = choose("do", "budget", "value", "1");
        assertThat(page).contains("no part of the request fits", "4 packages to fetch");
        assertThat(send("basket", "do", "budget", "value", "-3").status()).isEqualTo(400);
    }

    /// The time is that of the user's own line; the choice of it changes no plan.
    @Test
    void ownLine() {
        choose("do", "add", "verb", "install", "spec", "editor");
        assertThat(page("")).contains("at 1 Mbit/s");
        assertThat(send("line", "value", "256").status()).isEqualTo(303);
        assertThat(page("")).contains("About 5 min at your line.", "value=\"256\" selected");
        assertThat(send("line", "value", "fast").status()).isEqualTo(400);
    }

    /// Why a package comes or is there: the whole chain, up to what was asked for.
    @Test
    void why() {
        choose("do", "add", "verb", "install", "spec", "editor");
        assertThat(page("/why?pkg=libtext-0:1.4-3.x86_64"))
                .contains("requires libtext.so.1()(64bit)", "was asked for");
        assertThat(page("/why?pkg=oldtools")).contains("leaf");
        assertThat(page("/why?pkg=%3Cscript%3E")).doesNotContain("<script>");
    }

    /// The picture hangs each package below what brings it, names what it shows, and stays small.
    @Test
    void picture() {
        String page = choose("do", "add", "verb", "install", "spec", "editor");
        int from = page.indexOf("<svg");
        String svg = page.substring(from, page.indexOf("</svg>", from));
        assertThat(svg).contains("role=\"img\"", "aria-labelledby", ">editor</text>");
        assertThat(svg.indexOf(">editor</text>")).isLessThan(svg.indexOf(">libtext</text>"));
        assertThat(svg.split("<circle", -1)).hasSize(5);
        assertThat(svg.split("<path", -1)).hasSize(4);
    }

    /// Every choice goes along in a job, and is there again where it is opened.
    @Test
    void job() {
        choose("do", "group", "value", "writing");
        choose("do", "advise", "value", "TINY-2026-2");
        choose("do", "reboot", "value", "no");
        choose("do", "weak", "value", "no");
        choose("do", "parts", "value", "700", "parity", "yes");
        String state = page("/state.json");
        byte[] job = ask("GET", visit + "/box.opmjob", "").body();
        HttpResponse said = web.answer(post("/visit", Map.of(), job));
        visit = header(said, "Location");
        assertThat(page("/state.json")).isEqualTo(state).contains("\"noReboot\":true");
    }

    /// The page, its script, style and words are small enough for a bad line.
    @Test
    void shell() throws IOException {
        var all = new java.io.ByteArrayOutputStream();
        int files = 0;
        try (var zip = new java.util.zip.GZIPOutputStream(all)) {
            for (String at : List.of("page.js", "worker.js", "style.css", "words.json")) {
                HttpResponse said = ask("GET", "/app/" + at, "");
                files += said.status() == 200 ? 1 : 0;
                zip.write(said.body());
            }
            zip.write(page("").getBytes(UTF_8));
        }
        assertThat(files).isGreaterThanOrEqualTo(2);
        assertThat(all.size()).isLessThan(200 << 10);
    }

    /// All that is new is there in every language.
    @Test
    void languages() {
        choose("do", "group", "value", "writing");
        for (String language : List.of("es", "pt-BR")) {
            for (String at : List.of("?", "/groups?", "/advisories?", "/why?pkg=editor&")) {
                assertThat(page(at + "lang=" + language))
                        .contains("<html lang=\"" + language + "\">")
                        .doesNotContain("web.", "Groups", "Advisories", "packages to", "Choose");
            }
        }
    }
}
