package opm.trip;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import opm.base.Digest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Small machines and a server: real rpm, signed packages, sh.
final class PresolveTripTest extends PresolveTrip {
    PresolveTripTest(@TempDir Path folder) {
        super(folder);
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
        foreign = java(honest, "install", "app").mustEnd(3);
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
        assertThat(posted).hasValue(6); // by either client
        assertThat(trip.installed(root)).isEmpty();
    }

    /// Both clients refuse.
    private void refused(int status, String server) {
        for (boolean java : new boolean[] {false, true}) {
            trip.run("rm", "-rf", root + "/var/lib/opm-thin/index").mustEnd(0);
            Trip.Said said =
                    java
                            ? java(server, "install", "app")
                            : thin("dash", server, "install", "app");
            assertThat(said.status()).as(said.out() + said.err()).isEqualTo(status);
            assertThat(said.err()).contains("hint: ");
        }
    }
}
