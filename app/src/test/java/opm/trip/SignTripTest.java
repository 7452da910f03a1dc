package opm.trip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import opm.base.Digest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Who vouches for a bundle is checked by opm and by the sh program, with whatever is at hand.
final class SignTripTest {
    private final Trip trip;
    private Path bundle;
    private Path root;

    SignTripTest(@TempDir Path folder) {
        trip = new Trip(folder);
    }

    @BeforeEach
    void aBundleAndTwoKeys() {
        Trip.needs("rpm", "rpmkeys", "createrepo_c", "dash", "busybox");
        Trip.needsRoot();
        Path recipe = trip.at("recipe");
        Trip.write(recipe, "package p-1-1.noarch\nbuilt: 2026-06-01\nfile /srv/p: p\n");
        Path repo = trip.stubRepo("repo", "--recipe", recipe.toString());
        root = trip.newRoot("root", repo.resolve("RPM-GPG-KEY-stub"));
        bundle = trip.at("a box.opm");
        var words = List.of("--root", root + "", "--state", trip.at("state") + "");
        var create = new ArrayList<>(List.of("bundle", "create", "--install", "p"));
        create.addAll(List.of("--repo", "r=" + repo.toUri(), "-o", bundle + ""));
        create.addAll(List.of("--provenance", trip.at("where.json") + ""));
        create.addAll(words);
        trip.opm(create.toArray(String[]::new)).mustEnd(0);
        for (String name : List.of("one", "two")) {
            trip.opm("key", "generate", "-o", trip.at(name) + "").mustEnd(0);
        }
    }

    private String pub(String name) {
        return trip.at(name + ".pub").toString();
    }

    private void sign(String name) {
        trip.opm("bundle", "sign", bundle + "", "--key", trip.at(name + ".key") + "").mustEnd(0);
    }

    private Trip.Said verify(String... keys) {
        var words = new ArrayList<>(List.of("bundle", "verify", bundle + ""));
        for (String key : keys) {
            words.addAll(List.of("--key", key));
        }
        return trip.opm(words.toArray(String[]::new));
    }

    private Trip.Said sh(List<String> shell, String... keys) {
        var words = new ArrayList<>(shell);
        words.addAll(List.of(bundle + "", "--verify"));
        for (String key : keys) {
            words.addAll(List.of("--key", key));
        }
        return trip.run(words);
    }

    /// By one, by two, by neither; and a key as text, as it would come in a chat.
    @Test
    void everyKeyMustHaveSigned() throws Exception {
        assertThat(Files.readString(trip.at("one.key"))).startsWith("untrusted comment: ");
        assertThat(trip.run("stat", "-c", "%a", trip.at("one.key") + "").out()).isEqualTo("600\n");
        trip.opm("key", "generate", "-o", trip.at("one") + "").mustEnd(2);
        assertThat(verify(pub("one")).mustEnd(3).err()).contains("no signature by the key");
        sign("one");
        assertThat(verify(pub("one")).mustEnd(0).out()).contains("Signed by ");
        verify(pub("one"), pub("two")).mustEnd(3);
        sign("two");
        String text = Files.readAllLines(Path.of(pub("two"))).get(1);
        assertThat(verify(pub("one"), text).mustEnd(0).out().split("Signed by ")).hasSize(3);
        for (List<String> shell : List.of(List.of("dash"), List.of("busybox", "ash"))) {
            assertThat(sh(shell, pub("one"), text).mustEnd(0).out()).contains("Signed by ");
            assertThat(sh(shell, "RWnonsense").mustEnd(2).err()).contains("--key");
        }
        trip.opm("apply", bundle + "", "--root", root + "", "--yes", "--key", pub("two"))
                .mustEnd(0);
        Files.delete(trip.at("a box.opm.minisig"));
        verify(pub("one")).mustEnd(3);
        verify(pub("two")).mustEnd(0);
        for (List<String> shell : List.of(List.of("dash"), List.of("busybox", "ash"))) {
            assertThat(sh(shell, pub("two"), pub("one")).mustEnd(3).err()).contains("hint: ");
            sh(shell, pub("two")).mustEnd(0);
        }
    }

    /// The statement names the file, the snapshot and the packages by digests that others compute.
    @Test
    void whereItComesFrom() throws Exception {
        String statement = Files.readString(trip.at("where.json"));
        assertThat(statement)
                .startsWith("{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[{\"name\":")
                .contains("\"name\":\"a box.opm\",\"digest\":{\"sha256\":\"" + sum(bundle) + "\"}")
                .contains(sum(trip.at("repo/repodata/repomd.xml")))
                .contains("\"ask\":[\"install p\"]", "\"downloadLocation\":\"file:///")
                .contains("p-1-1.noarch.rpm", "\"user\":\"" + System.getProperty("user.name"));
    }

    private static String sum(Path file) throws Exception {
        return Digest.sha256Of(Files.readAllBytes(file)).hex();
    }

    /// On paper goes the seal that the machine at home will show, and who signed.
    @Test
    void theSlipShowsTheSeal() throws Exception {
        sign("one");
        Path svg = trip.at("slip.svg");
        String said = trip.opm("bundle", "slip", bundle + "", "-o", svg + "").mustEnd(0).out();
        String shown = sh(List.of("dash")).mustEnd(0).out();
        String seal = shown.replaceFirst("(?s).*?([0-9a-f]{64}).*", "$1");
        assertThat(said).contains(seal.substring(0, 8) + " " + seal.substring(8, 16), "▀▀▀▀");
        assertThat(said).contains("not checked here");
        assertThat(Files.readString(svg)).startsWith("<svg ");
    }

    /// A signature of another bundle, and one with another comment, is none.
    @Test
    void forgeriesAreRefused() throws Exception {
        sign("one");
        Path signature = trip.at("a box.opm.minisig");
        String good = Files.readString(signature);
        var forged =
                List.of(
                        good.replace("timestamp:", "timestamp:9"),
                        good.replace("hashed\tseal:", "hashed\tseal:0"),
                        good.replaceFirst("R(.{30}).", "R$1X"));
        for (String text : forged) {
            Files.writeString(signature, text);
            verify(pub("one")).mustEnd(3);
            trip.opm("apply", bundle + "", "--root", root + "", "--yes", "--key", pub("one"))
                    .mustEnd(3);
            sh(List.of("dash"), pub("one")).mustEnd(3);
        }
        assertThat(trip.installed(root)).isEmpty();
    }

    /// The keys of the system ask for one signature of any of them, and nobody need name them.
    @Test
    void theSystemsKeysAreAsked() throws Exception {
        Path keys = Files.createDirectories(trip.at("keys"));
        Files.copy(Path.of(pub("one")), keys.resolve("one.pub"));
        Files.copy(Path.of(pub("two")), keys.resolve("two.pub"));
        trip.withVariable("OPM_KEYS", keys.toString());
        verify().mustEnd(3);
        sh(List.of("dash")).mustEnd(3);
        sign("two");
        verify().mustEnd(0);
        assertThat(sh(List.of("dash")).mustEnd(0).out()).contains("Signed by ");
    }

    /// Without openssl 3 minisign does it; without both the seal is shown and nothing is claimed.
    @Test
    void whereNothingCanCheckItSaysSo() throws Exception {
        sign("one");
        Path tools = Files.createDirectories(trip.at("tools"));
        Trip.write(tools.resolve("openssl"), "#!/bin/sh\nexit 1\n");
        trip.run("chmod", "755", tools.resolve("openssl") + "").mustEnd(0);
        trip.withVariable("PATH", tools + ":" + System.getenv("PATH"));
        String said = sh(List.of("dash"), pub("one")).mustEnd(0).out();
        if (Trip.has("minisign")) {
            assertThat(said).contains("Signed by ");
            var words = List.of("minisign", "-Vm", bundle + "", "-p", pub("one"));
            trip.run(words).mustEnd(0);
        } else {
            assertThat(said).contains("NOT CHECKED").doesNotContain("Signed by");
        }
    }

    /// The same where all three are hidden, in a mount namespace of its own.
    @Test
    void withoutAnyToolTheSealIsShown() {
        Trip.needs("unshare", "mount");
        assumeTrue(trip.run("unshare", "-m", "true").status() == 0, "no mount namespaces here");
        sign("one");
        String hide =
                "for t in minisign signify signify-openbsd openssl; do"
                        + " at=$(command -v $t) && mount --bind /dev/null $at; done;"
                        + " exec dash \"$0\" --verify --key \"$1\"";
        Trip.Said said =
                trip.run("unshare", "-m", "sh", "-c", hide, bundle + "", pub("one")).mustEnd(0);
        assertThat(said.out()).contains("NOT CHECKED").doesNotContain("Signed by");
        trip.run("unshare", "-m", "sh", "-c", hide, bundle + "", pub("two")).mustEnd(3);
    }
}
