package opm.trip;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
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
import org.junit.jupiter.api.io.TempDir;
import org.jspecify.annotations.Nullable;

/// A presolved tree of small signed packages, a machine that asks for them, and servers that
/// tell the truth or not. For tests of the small clients.
abstract class PresolveTrip {
    static final String RECIPE =
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

    final Trip trip;
    private final List<WebServer> servers = new ArrayList<>();
    private final List<HttpServer> hostile = new ArrayList<>();
    private final AtomicBoolean over = new AtomicBoolean();
    Path repo = Path.of("");
    Path root = Path.of("");

    PresolveTrip(@TempDir Path folder) {
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

    Path repo(String name, String recipe) {
        Path file = trip.at(name + ".recipe");
        Trip.write(file, recipe);
        return trip.stubRepo(name, "--recipe", file.toString());
    }

    static Path rpm(Path repo, String name) {
        return Trip.rpms(repo).stream()
                .filter(file -> file.getFileName().toString().startsWith(name))
                .findFirst()
                .orElseThrow();
    }

    Trip.Said build(Path from, String... more) {
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

    String serve(Path tree) {
        try {
            var routes = new PresolveRoutes(new Shelf(tree), null, Clock.systemUTC());
            WebServer server = WebServer.open("127.0.0.1", 0, routes, WebServer.Rules.PLAIN);
            servers.add(server);
            Thread.ofPlatform().daemon().start(() -> server.run(over::get));
            return "http://127.0.0.1:" + server.port();
        } catch (opm.base.OpmException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Runs `opm presolve COMMAND` for the machine.
    Trip.Said java(String server, String command, String... words) {
        var argv = new ArrayList<>(List.of("presolve", command, "--server", server));
        argv.addAll(List.of("--platform", "stub/1", "--root", root + ""));
        argv.addAll(List.of("--state", trip.at("machine") + "", "--yes"));
        if (!List.of(words).contains("--key")) {
            argv.addAll(List.of("--key", trip.at("tree/key.pub") + ""));
        }
        argv.addAll(List.of(words));
        return trip.opm(argv.toArray(String[]::new));
    }

    Trip.Said thin(String shell, String server, String... words) {
        return trip.run(thinWords(shell, server, words));
    }

    List<String> thinWords(String shell, String server, String... words) {
        var argv = new ArrayList<>(List.of(shell.split(" ")));
        argv.add(Trip.project().resolve("sh/opm-thin.sh").toString());
        argv.addAll(List.of("--server", server, "--platform", "stub/1", "--root", root + ""));
        argv.addAll(List.of("--key", trip.at("tree/key.pub").toString()));
        argv.addAll(List.of(words));
        return argv;
    }

    String answering(String base, String place) {
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

    final AtomicInteger posted = new AtomicInteger();

    /// What a server says at a path, after `POST ` where something was sent; null for the truth.
    interface Lie {
        @Nullable String at(String path);
    }

    /// Starts a server that gives some answers of its own, else what the tree says.
    String with(Lie lie, String... missing) {
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
