package opm.trip;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The web app without its script: forms, links, and the same bytes as the command line.
final class WebTripTest {
    private static final String RECIPE =
            """
            package base-1-1.noarch
            file /usr/share/base: base
            package lib-1-1.noarch
            requires: base
            file /usr/share/lib: lib
            package app-1-1.noarch
            requires: lib = 1, base
            recommends: extra
            file /usr/share/app: app
            package extra-1-1.noarch
            file /usr/share/extra: extra
            package rival-1-1.noarch
            conflicts: app
            file /usr/share/rival: rival
            package lonely-1-1.noarch
            requires: nobody-has-this
            """;

    private final Trip trip;

    WebTripTest(@TempDir Path folder) {
        trip = new Trip(folder);
    }

    private static String first(String text, String regex) {
        Matcher found = Pattern.compile(regex).matcher(text);
        if (!found.find()) {
            throw new AssertionError("expected " + regex + " in " + text);
        }
        return found.group(1);
    }

    /// Profile, search with what it costs, choices, a conflict and its way out, plan, the bundle by
    /// a resumed download: byte for byte that of `opm bundle create`, and `sh` installs it.
    @Test
    void formsAndLinksAlone() throws IOException {
        Trip.needs("rpm", "rpmkeys", "createrepo_c", "python3", "curl");
        Trip.needsRoot();
        Trip.write(trip.at("recipe"), RECIPE);
        Path repo = trip.stubRepo("repo", "--recipe", trip.at("recipe").toString());
        Path root = trip.newRoot("root", repo.resolve("RPM-GPG-KEY-stub"));
        Path base =
                Trip.rpms(repo).stream()
                        .filter(file -> file.getFileName().toString().startsWith("base-"))
                        .findFirst()
                        .orElseThrow();
        trip.install(root, List.of(base));
        Path profile = trip.at("box.opmprofile");
        trip.opm("profile", "--root", root + "", "-o", profile + "").mustEnd(0);
        String[] where = {"--repo", "stub=" + repo.toUri(), "--state", trip.at("state") + ""};
        try (var web = WebClient.serve(trip.at("serve.log"), where)) {
            String visit = web.upload("/visit", profile).header("location");
            assertThat(visit).matches("/v/[0-9a-f]{32}");
            String page = web.get(visit + "?q=app").text();
            assertThat(page).contains("<strong>app</strong>", ": 3 packages", "name=\"spec\"");
            assertThat(web.get(visit + "?q=/usr/share/lib").text())
                    .contains("<strong>lib</strong>");
            assertThat(web.post(visit + "/basket", "do", "add", "verb", "install", "spec", "app")
                            .status())
                    .isEqualTo(303);
            assertThat(web.get(visit).text()).contains("3 packages to fetch", "requires lib = 1");
            // The script asks for what choices change, and for hits, without the rest of the page.
            assertThat(web.get(visit + "?choices").text())
                    .contains("id=\"basket\"", "3 packages to fetch")
                    .doesNotContain("id=\"machine\"", "<html");
            assertThat(web.get(visit + "?hits=all&q=/usr/share/lib").text())
                    .contains("<strong>lib</strong>")
                    .doesNotContain("id=\"find\"", "<html");
            WebClient.Said said = web.post(visit + "/basket?choices", "do", "weak", "value", "no");
            assertThat(said.status()).isEqualTo(200);
            assertThat(said.text()).contains("id=\"basket\"").doesNotContain("<html");
            web.post(visit + "/basket", "do", "weak", "value", "yes");

            web.post(visit + "/basket", "do", "add", "verb", "install", "spec", "rival");
            page = web.get(visit).text();
            assertThat(page).contains("This cannot be had together", "conflicts");
            String number =
                    first(
                            page,
                            "<span>[^<]*rival[^<]*</span><form[^>]*>(?:<input[^>]*>)*"
                                    + "<button name=\"repair\" value=\"(\\d+)");
            web.post(visit + "/repair", "problem", "0", "repair", number);
            page = web.get(visit).text();
            assertThat(page).contains("3 packages to fetch");

            web.post(visit + "/build");
            page = web.until(visit, "box.opm\"", "could not be built");
            WebClient.Said half = web.get(visit + "/box.opm", "Range: bytes=0-9999");
            assertThat(half.status()).isEqualTo(206);
            String tag = half.header("etag");
            WebClient.Said rest =
                    web.get(visit + "/box.opm", "Range: bytes=10000-", "If-Range: " + tag);
            assertThat(rest.status()).isEqualTo(206);
            var bundle = new ByteArrayOutputStream();
            bundle.writeBytes(half.body());
            bundle.writeBytes(rest.body());
            Files.write(trip.at("web.opm"), bundle.toByteArray());
            assertThat(page).contains(tag.replace("\"", ""));

            trip.opm(
                            "bundle",
                            "create",
                            "--profile",
                            profile + "",
                            "--install",
                            "app",
                            where[0],
                            where[1],
                            where[2],
                            where[3],
                            "-o",
                            trip.at("cli.opm") + "")
                    .mustEnd(0);
            assertThat(trip.at("web.opm")).hasSameBinaryContentAs(trip.at("cli.opm"));

            linksHaveAll(web, visit);
            assertThat(web.post(visit + "/end").status()).isEqualTo(303);
            assertThat(web.get(visit).status()).isEqualTo(404);
            try (var left = Files.list(trip.at("state/visits"))) {
                assertThat(left).as("the bundle of a visit that is over").isEmpty();
            }
        }
        trip.run("sh", trip.at("web.opm") + "", "--root", root + "", "--yes").mustEnd(0);
        assertThat(trip.installed(root))
                .containsExactly(
                        "app-0:1-1.noarch",
                        "base-0:1-1.noarch",
                        "extra-0:1-1.noarch",
                        "lib-0:1-1.noarch");
    }

    /// A bundle for small sticks comes in parts, those of `opm bundle create --split`, byte for
    /// byte; another choice of size begins anew.
    @Test
    void inParts() throws IOException {
        Trip.needs("rpm", "rpmkeys", "createrepo_c", "python3");
        Trip.needsRoot();
        var recipe = new StringBuilder();
        for (int at = 0; at < 3; at++) {
            var bytes = new byte[500_000];
            new Random(at).nextBytes(bytes);
            recipe.append("package big").append(at).append("-1-1.noarch\nfile /usr/share/big");
            recipe.append(at).append(": ").append(Base64.getEncoder().encodeToString(bytes));
            recipe.append('\n');
        }
        Trip.write(trip.at("recipe"), recipe.toString());
        Path repo = trip.stubRepo("repo", "--recipe", trip.at("recipe").toString());
        Path root = trip.newRoot("root", repo.resolve("RPM-GPG-KEY-stub"));
        Path profile = trip.at("box.opmprofile");
        trip.opm("profile", "--root", root + "", "-o", profile + "").mustEnd(0);
        String source = "stub=" + repo.toUri();
        String state = trip.at("state") + "";
        Path here = Files.createDirectory(trip.at("here"));
        try (var web =
                WebClient.serve(trip.at("serve.log"), "--repo", source, "--state", state)) {
            String visit = web.upload("/visit", profile).header("location");
            for (int at = 0; at < 3; at++) {
                web.post(visit + "/basket", "do", "add", "verb", "install", "spec", "big" + at);
            }
            web.post(visit + "/basket", "do", "parts", "value", "1", "parity", "yes");
            assertThat(web.get(visit).text()).contains("files of at most 1 MB", "checked");
            web.post(visit + "/build");
            String page = web.until(visit, "box.parity.opm", "could not be built");
            Matcher part = Pattern.compile("href=\"" + visit + "/(box[^\"]+opm)\"").matcher(page);
            while (part.find()) {
                String name = part.group(1);
                Files.write(here.resolve(name), web.get(visit + "/" + name).body());
                assertThat(web.get(visit + "/recipe.json?part=" + name).text())
                        .contains("\"name\":\"" + name + "\"");
            }
            assertThat(web.get(visit + "/box.opm").status()).isEqualTo(404);
            web.post(visit + "/basket", "do", "parts", "value", "0");
            assertThat(web.get(visit).text()).doesNotContain("box.parity.opm");
        }
        var create = new ArrayList<>(List.of("bundle", "create", "--profile", profile + ""));
        create.addAll(List.of("--install", "big0", "--install", "big1", "--install", "big2"));
        create.addAll(List.of("--repo", source, "--state", state));
        create.addAll(List.of("--split", "1000000", "--parity"));
        Path cli = Files.createDirectory(trip.at("cli"));
        create.addAll(List.of("-o", cli.resolve("box.opm") + ""));
        trip.opm(create.toArray(String[]::new)).mustEnd(0);
        try (var files = Files.list(cli)) {
            List<Path> parts = files.toList();
            assertThat(parts).hasSizeGreaterThan(2);
            for (Path one : parts) {
                assertThat(here.resolve(one.getFileName())).hasSameBinaryContentAs(one);
            }
        }
    }

    /// The list of links leads to every package, whole and in pieces.
    private static void linksHaveAll(WebClient web, String visit) {
        String links = web.get(visit + "/links").text();
        Matcher each =
                Pattern.compile("href=\"(" + visit + "/rpm/([0-9a-f]{64})/[^\"]+)\"")
                        .matcher(links);
        int count = 0;
        while (each.find()) {
            byte[] whole = web.get(each.group(1)).body();
            assertThat(opm.base.Digest.sha256Of(whole).hex()).isEqualTo(each.group(2));
            byte[] piece = web.get(each.group(1), "Range: bytes=96-195").body();
            assertThat(piece).isEqualTo(java.util.Arrays.copyOfRange(whole, 96, 196));
            count++;
        }
        assertThat(count).isEqualTo(3);
        assertThat(web.get(visit + "/rpm/" + "0".repeat(64)).status()).isEqualTo(404);
        // The repositories are folders of the server: download managers are sent to the server.
        String plain = web.get(visit + "/files.txt").text();
        assertThat(plain.lines()).hasSize(3).allMatch(line -> line.startsWith(web.address()));
        String first = plain.lines().findFirst().orElseThrow();
        byte[] bytes = web.get(first.substring(web.address().length())).body();
        String sum = "checksum=sha-256=" + opm.base.Digest.sha256Of(bytes).hex();
        assertThat(web.get(visit + "/files.aria2").text()).contains(first, sum);
        String metalink = web.get(visit + "/files.meta4").text();
        assertThat(metalink).contains("<url>" + web.address() + visit + "/rpm/");
    }

    /// A program that starts the server learns at once where it is: the document is whole while
    /// the server goes on.
    @Test
    void jsonAtOnce() throws IOException {
        var argv = new ArrayList<>(Trip.opmCommand());
        argv.addAll(List.of("serve", "--demo", "--json", "--listen", "127.0.0.1:0"));
        argv.addAll(List.of("--state", trip.at("state") + ""));
        Process server =
                new ProcessBuilder(argv).redirectError(trip.at("serve.log").toFile()).start();
        // One that keeps its document to itself is not waited for.
        CompletableFuture.delayedExecutor(60, TimeUnit.SECONDS).execute(server::destroyForcibly);
        try {
            var said = new StringBuilder();
            var out = server.getInputStream();
            for (int letter = out.read(); letter >= 0; letter = out.read()) {
                said.append((char) letter);
                if (letter == '}') {
                    break;
                }
            }
            String port = first(said.toString(), "\"port\":\\s*(\\d+)");
            assertThat(said.toString()).startsWith("{").contains("http://localhost:" + port + "/");
            assertThat(server.isAlive()).isTrue();
        } finally {
            server.destroy();
        }
    }

    /// Strangers send anything; they are told what is wrong, and nothing of theirs comes back
    /// unescaped.
    @Test
    void strangers() throws IOException {
        try (var web = WebClient.serve(trip.at("serve.log"), "--demo")) {
            var bomb = new ByteArrayOutputStream();
            try (var zip = new GZIPOutputStream(bomb)) {
                zip.write("opm-profile 1\n".getBytes(StandardCharsets.UTF_8));
                for (int at = 0; at < 70; at++) {
                    zip.write(new byte[1 << 20]);
                }
            }
            for (byte[] bad :
                    List.of(
                            new byte[0],
                            "hello".getBytes(StandardCharsets.UTF_8),
                            new byte[100_000],
                            "opm-profile 99\n".getBytes(StandardCharsets.UTF_8),
                            ("opm-profile 1\ndistro\t" + "x".repeat(10 << 20))
                                    .getBytes(StandardCharsets.UTF_8),
                            bomb.toByteArray())) {
                WebClient.Said said =
                        web.ask("POST", "/visit", bad, "Accept: application/json");
                assertThat(said.status()).as(said.text()).isIn(400, 422);
                assertThat(said.text()).contains("\"hint\":\"");
            }
            String visit = web.post("/visit", "stock", "demo").header("location");
            String evil = "<script>alert(1)</script>\"'";
            WebClient.Said page = web.get(visit + "?q=" + WebClient.encoded(evil));
            assertThat(page.status()).isEqualTo(200);
            assertThat(page.text()).doesNotContain("<script>alert").contains("&lt;script&gt;");
            assertThat(page.header("content-security-policy"))
                    .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
                    .doesNotContain("unsafe");
            assertThat(page.header("x-content-type-options")).isEqualTo("nosniff");
            assertThat(page.header("referrer-policy")).isEqualTo("no-referrer");
            for (String spec : List.of(evil, "((((", "a > b > c", "*", "no-such-package")) {
                web.post(visit + "/basket", "do", "add", "verb", "install", "spec", spec);
                page = web.get(visit);
                assertThat(page.status()).as(spec).isEqualTo(200);
                assertThat(page.text()).doesNotContain("<script>alert");
                web.post(visit + "/basket", "do", "clear");
            }
            WebClient.Said bad =
                    web.post(visit + "/basket", "do", "add", "verb", "own", "spec", "x");
            assertThat(bad.status()).isEqualTo(400);
            assertThat(web.post(visit + "/repair", "problem", "7", "repair", "-1").status())
                    .isEqualTo(400);
            assertThat(web.get("/v/" + "0".repeat(32)).status()).isEqualTo(404);
            assertThat(web.get("/app/../../etc/passwd").status()).isEqualTo(404);
            assertThat(web.get("/health").text()).contains("ok");
            assertThat(web.get("/metrics").text()).contains("opm_visits 1");
            for (String language : List.of("es", "pt-BR")) {
                assertThat(web.get(visit + "?lang=" + language).text())
                        .contains("<html lang=\"" + language + "\">")
                        .doesNotContain("Search");
            }
        }
    }
}
