package opm.trip;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import opm.base.Digest;
import opm.presolve.Shelf;
import opm.server.PresolveRoutes;
import opm.server.WebServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jspecify.annotations.Nullable;

/// Small machines and a server: real rpm, signed packages, sh.
final class PresolveTripTest {
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
            package tool-1-1.noarch
            requires: base
            file /usr/share/tool: tool
            package lonely-1-1.noarch
            requires: nobody-has-this
            """;

    private final Trip trip;
    private final List<WebServer> servers = new ArrayList<>();
    private final List<HttpServer> hostile = new ArrayList<>();
    private final AtomicBoolean over = new AtomicBoolean();
    private Path repo = Path.of("");
    private Path root = Path.of("");

    PresolveTripTest(@TempDir Path folder) {
        trip = new Trip(folder);
    }

    @BeforeEach
    void machine() {
        Trip.needs("rpm", "rpmkeys", "curl", "jq", "python3", "createrepo_c", "openssl");
        Trip.needsRoot();
        repo = repo("repo", RECIPE);
        root = trip.newRoot("root", repo.resolve("RPM-GPG-KEY-stub"));
        trip.install(root, List.of(rpm(repo, "base-1-1")));
        trip.opm("profile", "--root", root + "", "-o", trip.at("base.opmprofile") + "").mustEnd(0);
        trip.run("openssl", "genpkey", "-algorithm", "ed25519", "-out", trip.at("key.pem") + "")
                .mustEnd(0);
    }

    @AfterEach
    void end() {
        over.set(true);
        servers.forEach(WebServer::close);
        hostile.forEach(server -> server.stop(0));
    }

    private Path repo(String name, String recipe) {
        Path file = trip.at(name + ".recipe");
        Trip.write(file, recipe);
        return trip.stubRepo(name, "--recipe", file.toString());
    }

    private static Path rpm(Path repo, String name) {
        return Trip.rpms(repo).stream()
                .filter(file -> file.getFileName().toString().startsWith(name))
                .findFirst()
                .orElseThrow();
    }

    private Trip.Said build(Path from, String... more) {
        var words = new ArrayList<>(List.of("presolve", "build", "--all", "--with-packages"));
        words.addAll(List.of("--baseline", trip.at("base.opmprofile").toString()));
        if (!List.of(more).contains("--platform")) {
            words.addAll(List.of("--platform", "stub/1"));
        }
        if (!List.of(more).contains("--sign")) {
            words.addAll(List.of("--sign", trip.at("key.pem").toString()));
        }
        words.addAll(List.of("--repo", "stub=" + from.toUri()));
        words.addAll(List.of("--state", trip.at("state").toString()));
        words.addAll(List.of("-o", trip.at("tree").toString()));
        words.addAll(List.of(more));
        return trip.opm(words.toArray(String[]::new));
    }

    private String serve(Path tree) {
        try {
            var routes = new PresolveRoutes(new Shelf(tree), null, Clock.systemUTC());
            WebServer server = WebServer.open("127.0.0.1", 0, routes);
            servers.add(server);
            Thread.ofPlatform().daemon().start(() -> server.run(over::get));
            return "http://127.0.0.1:" + server.port();
        } catch (opm.base.OpmException e) {
            throw new IllegalStateException(e);
        }
    }

    private Trip.Said thin(String shell, String server, String... words) {
        var argv = new ArrayList<>(List.of(shell.split(" ")));
        argv.add(Trip.project().resolve("sh/opm-thin.sh").toString());
        argv.addAll(List.of("--server", server, "--platform", "stub/1", "--root", root + ""));
        argv.addAll(List.of("--key", trip.at("tree/key.pub").toString()));
        argv.addAll(List.of(words));
        return trip.run(argv);
    }

    /// What the description of 2012 says is enough to install from our server.
    @Test
    void theClientOfTheSeedInstalls() throws IOException {
        build(repo).mustEnd(0);
        String server = serve(trip.at("tree"));
        Path client = trip.at("client-2012.sh");
        try (InputStream in = PresolveTripTest.class.getResourceAsStream("client-2012.sh")) {
            assertThat(in).isNotNull();
            Files.write(client, in.readAllBytes());
        }
        var argv = new ArrayList<>(List.of("sh", client.toString(), server, "stub", "1", "app"));
        argv.addAll(List.of(root.toString(), trip.at("list").toString()));
        if (Files.exists(Path.of("/etc/debian_version"))) {
            argv.add("--force-debian");
        }
        trip.run(argv).mustEnd(0);
        assertThat(trip.installed(root))
                .containsExactly(
                        "app-0:1-1.noarch",
                        "base-0:1-1.noarch",
                        "extra-0:1-1.noarch",
                        "lib-0:1-1.noarch");
        assertThat(Files.readAllLines(trip.at("list")))
                .containsExactlyInAnyOrder("app", "lib", "extra");
        trip.run(argv).mustEnd(0);
        argv.set(5, "lonely");
        assertThat(trip.run(argv).status()).isNotZero();
    }

    /// The thin client installs, lists with reasons, sees updates, and notices a drift.
    @Test
    void theThinClientInstallsAndUpdates() throws IOException {
        build(repo).mustEnd(0);
        String server = serve(trip.at("tree"));
        Trip.needs("dash", "busybox");
        assertThat(thin("dash", server, "install", "app").mustEnd(0).out()).contains("installed");
        assertThat(thin("busybox ash", server, "list").mustEnd(0).out())
                .isEqualTo("app\tuser\tapp\nextra\tweak\tapp\nlib\tdependency\tapp\n");
        assertThat(thin("busybox ash", server, "check").mustEnd(0).out()).contains("app is as");
        thin("dash", "http://127.0.0.1:1", "install", "app").mustEnd(0);
        assertThat(thin("dash", server, "update").mustEnd(0).out()).contains("nothing new");
        Path newer =
                repo(
                        "newer",
                        RECIPE.replace("lib-1-1", "lib-2-1")
                                .replace("lib = 1", "lib = 2")
                                .replace("app-1-1", "app-1-2"));
        build(newer).mustEnd(0);
        thin("busybox ash", server, "update").mustEnd(0);
        assertThat(trip.installed(root))
                .contains("lib-0:2-1.noarch", "app-0:1-2.noarch", "extra-0:1-1.noarch");
        assertThat(thin("dash", server, "update").mustEnd(0).out()).contains("nothing new");
        // What the answer relies on is gone: this server does not solve, so nothing happens.
        trip.rpm(root, "-e", "--nodeps", "base").mustEnd(0);
        Trip.Said drifted = thin("dash", server, "install", "tool").mustEnd(6);
        assertThat(drifted.out() + drifted.err()).contains("base-0:1-1.noarch");
        assertThat(trip.installed(root)).noneMatch(name -> name.startsWith("tool"));
    }

    /// A tree copied by wget is served by any web server, and clients cannot tell the difference.
    @Test
    void aCopyServesAsWell() {
        Trip.needs("wget", "busybox");
        build(repo).mustEnd(0);
        String server = serve(trip.at("tree"));
        trip.run("wget", "-q", "-m", "-nH", "-P", trip.at("copy") + "", server + "/mirror.html")
                .mustEnd(0);
        try (var plain = new PlainServers(trip.at("copy"))) {
            thin("dash", plain.python(), "install", "app").mustEnd(0);
            thin("busybox ash", plain.busybox(), "install", "tool").mustEnd(0);
        }
        assertThat(trip.installed(root)).hasSize(5);
    }

    /// One manifest of an activity brings on each system what that one calls it.
    @Test
    void oneManifestOnThreeSystems() throws IOException {
        Path rules = trip.at("rules");
        Trip.write(
                rules,
                """
                # as manifests call it      where           what it is there
                python-gst                  fedora/*        extra
                python-gst                  opensuse*       tool
                python-gst                  *               app lib
                """);
        Path manifest = trip.at("activity.info");
        Trip.write(manifest, "[Activity]\nname = Music\nrequires = python-gst\n");
        String entry = Files.readAllLines(manifest).getLast().replaceFirst("requires = ", "");
        String[][] systems = {
            {"fedora", "43", "base extra"},
            {"opensuse-leap", "16.0", "base tool"},
            {"rhel", "10.1", "app base extra lib"}
        };
        for (String[] system : systems) {
            Path machine = trip.newRoot(system[0], repo.resolve("RPM-GPG-KEY-stub"));
            Path etc = Files.createDirectories(machine.resolve("etc"));
            Trip.write(
                    etc.resolve("os-release"),
                    "ID=" + system[0] + "\nVERSION_ID=" + system[1] + "\n");
            trip.install(machine, List.of(rpm(repo, "base-1-1")));
            trip.opm("profile", "--root", machine + "", "-o", trip.at("base.opmprofile") + "")
                    .mustEnd(0);
            String platform = system[0] + "/" + system[1];
            build(repo, "--platform", platform, "--map", rules.toString()).mustEnd(0);
            String server = serve(trip.at("tree"));
            var words = new ArrayList<>(List.of("dash"));
            words.add(Trip.project().resolve("sh/opm-thin.sh").toString());
            words.addAll(List.of("--server", server, "--platform", platform));
            words.addAll(List.of("--root", machine + "", "--key", trip.at("tree/key.pub") + ""));
            words.addAll(List.of("install", entry));
            trip.run(words).mustEnd(0);
            var names = trip.installed(machine).stream().map(n -> n.replaceFirst("-.*", ""));
            assertThat(String.join(" ", names.toList())).isEqualTo(system[2]);
        }
    }

    /// Whatever a server or somebody on the way does: refused, and nothing is installed.
    @Test
    void aHostileServerGetsNothingInstalled() throws IOException {
        build(repo).mustEnd(0);
        Path tree = trip.at("tree");
        byte[] oldRef = Files.readAllBytes(tree.resolve("packages/stub/1/-/ref"));
        byte[] oldSignature = Files.readAllBytes(tree.resolve("packages/stub/1/-/ref.minisig"));
        build(repo("newer", RECIPE.replace("tool-1-1", "tool-2-1"))).mustEnd(0);
        String honest = serve(tree);
        thin("dash", honest, "install", "extra").mustEnd(0);
        trip.run("openssl", "genpkey", "-algorithm", "ed25519", "-out", trip.at("other.pem") + "")
                .mustEnd(0);
        refused(3, with(path -> path.endsWith(".rpm") ? "other bytes" : null));
        refused(3, with(path -> path.endsWith("/app") ? "{}" : null));
        refused(3, with(path -> path.contains("/index/") ? "a b" : null));
        refused(3, with(path -> path.endsWith("ref.minisig") ? "" : null));
        refused(3, with(_ -> null, "ref.minisig"));
        String old = new String(oldRef, StandardCharsets.UTF_8);
        String oldSigned = new String(oldSignature, StandardCharsets.UTF_8);
        refused(
                3,
                with(
                        path ->
                                path.endsWith("/-/ref")
                                        ? old
                                        : path.endsWith("ref.minisig") ? oldSigned : null));
        refused(4, with(path -> path.endsWith("/-/ref") ? "ENDLESS" : null));
        refused(4, with(path -> path.endsWith("/app.plan") ? "ENDLESS" : null));
        refused(4, with(path -> path.endsWith("/-/ref") ? "REDIRECT" : null));
        // Another key signs the whole tree anew: right in itself, and not who is trusted.
        Path key = trip.at("tree/key.pub");
        Path trusted = trip.at("trusted.pub");
        Files.copy(key, trusted);
        build(repo, "--sign", trip.at("other.pem") + "", "--anew").mustEnd(0);
        Files.copy(trusted, key, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        Trip.Said foreign = thin("dash", honest, "install", "app").mustEnd(3);
        assertThat(foreign.err()).contains("the key that is trusted");
        assertThat(trip.installed(root))
                .containsExactly("base-0:1-1.noarch", "extra-0:1-1.noarch");
    }

    /// A machine that drifted sends its profile. What comes back is signed by nobody: it may name
    /// no path outside the tree, and has to be for this machine and whole.
    @Test
    void aPlanForThisMachineOnlyStaysInsideTheTree() throws IOException {
        build(repo).mustEnd(0);
        trip.rpm(root, "-e", "--nodeps", "base").mustEnd(0);
        String base = Digest.sha256Of(new byte[0]).hex();
        refused(3, answering(base, "../../../../evil.rpm"));
        refused(3, answering(base, "-/rpm/../../../../../evil.rpm"));
        refused(3, answering("0".repeat(64), "-/rpm/stub/app.rpm"));
        refused(3, with(path -> path.startsWith("POST ") ? "opm-plan 1\nend 0\n" : null));
        refused(3, with(path -> path.startsWith("POST ") ? "" : null));
        assertThat(posted).hasValue(3);
        assertThat(trip.installed(root)).isEmpty();
    }

    private String answering(String base, String place) {
        String digest = "1".repeat(64);
        String plan =
                "opm-plan 1\nfor stub 1 x86_64 base:"
                        + base
                        + "\nask app\nfetch "
                        + digest
                        + " 10 "
                        + place
                        + " stub\nbatch 1\ninstall app-0:1-1.noarch "
                        + digest
                        + " user\n";
        String end = Digest.sha256Of(plan.getBytes(StandardCharsets.UTF_8)).hex();
        return with(
                path -> {
                    if (!path.startsWith("POST ")) {
                        return null;
                    }
                    posted.incrementAndGet();
                    return plan + "end " + end + "\n";
                });
    }

    private final AtomicInteger posted = new AtomicInteger();

    /// What a server says at a path, after `POST ` where something was sent; null for the truth.
    private interface Lie {
        @Nullable String at(String path);
    }

    private void refused(int status, String server) {
        trip.run("rm", "-rf", root + "/var/lib/opm-thin/index").mustEnd(0);
        Trip.Said said = thin("dash", server, "install", "app");
        assertThat(said.status()).as(said.out() + said.err()).isEqualTo(status);
        assertThat(said.err()).contains("hint: ");
    }

    /// Starts a server that gives some answers of its own, else what the tree says.
    private String with(Lie lie, String... missing) {
        try {
            var loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
            HttpServer server = HttpServer.create(loopback, 0);
            server.createContext(
                    "/",
                    exchange -> {
                        try (exchange) {
                            String path = exchange.getRequestURI().getPath();
                            boolean sent = exchange.getRequestMethod().equals("POST");
                            exchange.getRequestBody().readAllBytes();
                            String said = lie.at((sent ? "POST " : "") + path);
                            if ("REDIRECT".equals(said)) {
                                exchange.getResponseHeaders().add("Location", path);
                                exchange.sendResponseHeaders(302, -1);
                                return;
                            }
                            if ("ENDLESS".equals(said)) {
                                exchange.sendResponseHeaders(200, 0);
                                byte[] piece = new byte[1 << 16];
                                for (int at = 0; at < 100_000; at++) {
                                    exchange.getResponseBody().write(piece);
                                }
                                return;
                            }
                            Path file = trip.at("tree").resolve(path.substring(1));
                            boolean none =
                                    !Files.isRegularFile(file)
                                            || List.of(missing)
                                                    .contains(file.getFileName().toString());
                            byte[] bytes =
                                    said != null
                                            ? said.getBytes(StandardCharsets.UTF_8)
                                            : none ? new byte[0] : Files.readAllBytes(file);
                            exchange.sendResponseHeaders(
                                    said == null && none ? 404 : 200, Math.max(1, bytes.length));
                            byte[] some = bytes.length == 0 ? new byte[1] : bytes;
                            exchange.getResponseBody().write(some);
                        }
                    });
            server.setExecutor(java.util.concurrent.Executors.newVirtualThreadPerTaskExecutor());
            server.start();
            hostile.add(server);
            return "http://127.0.0.1:" + server.getAddress().getPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
