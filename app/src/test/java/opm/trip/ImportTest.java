package opm.trip;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import opm.base.Digest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Profiles made of what others wrote: each says what it lacks, and is enough for a bundle.
final class ImportTest {
    private final Trip trip;
    private Path root;
    private Path town;

    ImportTest(@TempDir Path folder) {
        trip = new Trip(folder);
        root = folder;
        town = folder;
    }

    @BeforeEach
    void home() {
        Trip.needs("rpm", "rpmbuild", "rpmkeys", "createrepo_c", "tar");
        Trip.needsRoot();
        var rpms = new SmallPackages(trip, "echo NAME VERSION");
        town =
                rpms.build(
                        "town",
                        List.of(
                                "app 1 Requires: base = 3:1",
                                "base 1 Epoch: 3",
                                "base 2 Epoch: 3",
                                "wanted 1 Requires: base = 3:1"));
        root = trip.newRoot("root");
        trip.install(root, List.of(Path.of(rpms.rpm("town", "app-1"))), "--nodeps");
        trip.rpm(root, "-i", rpms.rpm("town", "base-1")).mustEnd(0);
    }

    private Trip.Said imported(Path source, String... more) {
        var words = new ArrayList<>(List.of("profile", "import", source.toString()));
        words.addAll(List.of("-o", trip.at("got.opmprofile").toString()));
        words.addAll(List.of("--state", trip.at("state").toString(), "--arch", "x86_64"));
        words.addAll(List.of(more));
        return trip.opm(words.toArray(String[]::new)).mustEnd(0);
    }

    private Path list(String name, String text) {
        Path file = trip.at(name);
        Trip.write(file, text);
        return file;
    }

    private String qa(String... format) {
        var words = new ArrayList<>(List.of("-qa"));
        words.addAll(List.of(format));
        return trip.rpm(root, words.toArray(String[]::new)).mustEnd(0).out();
    }

    private String base(Path profile) {
        String said = trip.opm("profile", "show", profile.toString(), "--json").mustEnd(0).out();
        return said.replaceFirst("(?s).*\"base\":\"([0-9a-f]{64})\".*", "$1");
    }

    /// A plain list knows no epochs; the repository does, and what packages need.
    @Test
    void listsOfRpm() throws IOException {
        String home = base(new Home(trip, root, List.of()).profile());
        Path plain = list("plain", qa());
        assertThat(imported(plain).out()).contains("epochs", "nothing but the name");
        assertThat(base(trip.at("got.opmprofile"))).isNotEqualTo(home);
        String town = "town=" + this.town.toUri();
        assertThat(imported(plain, "--repo", town).out())
                .contains("of 2 packages")
                .doesNotContain("epochs");
        assertThat(base(trip.at("got.opmprofile"))).isEqualTo(home);
        for (String format :
                List.of(
                        "%{NAME}-%{EPOCHNUM}:%{VERSION}-%{RELEASE}.%{ARCH}\\n",
                        "%{NAME}\\t%{EPOCH}\\t%{VERSION}\\t%{RELEASE}\\t%{ARCH}\\n",
                        "%{EPOCH} %{NAME} %{VERSION} %{RELEASE} %{ARCH}\\n")) {
            assertThat(imported(list("columns", qa("--qf", format))).out())
                    .doesNotContain("epochs");
            assertThat(base(trip.at("got.opmprofile"))).as(format).isEqualTo(home);
        }
    }

    /// What was imported and completed is as good as the profile: app needs the older base, so
    /// nothing is updated, and the bundle is accepted at home.
    @Test
    void fromListToHome() {
        String repo = "town=" + town.toUri();
        imported(list("plain", qa()), "--repo", repo);
        Path box = trip.at("x.opm");
        trip.opm(
                        "bundle",
                        "create",
                        "--profile",
                        trip.at("got.opmprofile").toString(),
                        "--repo",
                        repo,
                        "--state",
                        trip.at("state").toString(),
                        "--arch",
                        "x86_64",
                        "--upgrade",
                        "--install",
                        "wanted",
                        "--allow-unsigned",
                        "-o",
                        box.toString())
                .mustEnd(0);
        trip.opm("apply", box.toString(), "--root", root.toString(), "--yes").mustEnd(0);
        assertThat(trip.installed(root))
                .containsExactly("app-0:1-1.noarch", "base-3:1-1.noarch", "wanted-0:1-1.noarch");
    }

    /// What is written as a lock file is read again as the same packages.
    @Test
    void lockFilesThereAndBack() throws IOException {
        Path profile = new Home(trip, root, List.of()).profile();
        String home = base(profile);
        for (String format : List.of("dnf5-manifest", "rpms-lock")) {
            Path lock = trip.at(format + ".yaml");
            trip.opm(
                            "profile",
                            "export",
                            "--form",
                            format,
                            "--profile",
                            profile.toString(),
                            "--repo",
                            "town=" + town.toUri(),
                            "--state",
                            trip.at("state").toString(),
                            "-o",
                            lock.toString())
                    .mustEnd(0);
            assertThat(Files.readString(lock)).contains("evr: '3:1-1'", "checksum: sha256:");
            assertThat(imported(lock).out()).contains("as " + format);
            assertThat(base(trip.at("got.opmprofile"))).isEqualTo(home);
        }
    }

    /// A root, a folder of an OCI image in two layers of which the second takes a file away, and
    /// that image in one archive.
    @Test
    void containerImages() throws IOException {
        String home = base(new Home(trip, root, List.of()).profile());
        imported(root);
        assertThat(base(trip.at("got.opmprofile"))).isEqualTo(home);

        String place = trip.rpm(root, "-E", "%_dbpath").mustEnd(0).out().strip();
        Path database = root.resolve(place.substring(1));
        Path lower = Files.createDirectories(trip.at("lower/usr/lib/sysimage/rpm"));
        trip.run("cp", "-a", database + "/.", lower.toString()).mustEnd(0);
        Path etc = Files.createDirectories(trip.at("lower/etc"));
        Trip.write(etc.resolve("os-release"), "ID=old\nVERSION_ID=1\n");
        Path usr = Files.createDirectories(trip.at("upper/usr/lib"));
        Trip.write(usr.resolve("os-release"), "ID=box\nVERSION_ID=9\n");
        Path gone = Files.createDirectories(trip.at("upper/etc"));
        Trip.write(gone.resolve(".wh.os-release"), "");
        Path image = Files.createDirectories(trip.at("image/blobs/sha256")).resolve("../..");
        String layers = blob("lower", true) + "," + blob("upper", false);
        String manifest = store("{\"schemaVersion\":2,\"layers\":[" + layers + "]}");
        Trip.write(
                image.resolve("index.json"),
                "{\"manifests\":[{\"digest\":\"sha256:"
                        + manifest
                        + "\",\"platform\":{\"architecture\":\"amd64\",\"os\":\"linux\"}}]}");
        Trip.write(image.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
        assertThat(imported(image.normalize()).out()).contains("as image", "room its disks");
        assertThat(base(trip.at("got.opmprofile"))).isEqualTo(home);
        assertThat(Files.readString(trip.at("got.opmprofile"))).contains("distro\tbox\t9");

        Path archive = trip.at("image.tar");
        trip.run("tar", "-C", image.toString(), "-cf", archive.toString(), ".").mustEnd(0);
        imported(archive);
        assertThat(base(trip.at("got.opmprofile"))).isEqualTo(home);
    }

    /// Packs a folder as a layer, and returns what a manifest says of it.
    private String blob(String folder, boolean gzip) throws IOException {
        Path tar = trip.at(folder + ".tar");
        String how = gzip ? "-czf" : "-cf";
        trip.run("tar", "-C", trip.at(folder).toString(), how, tar.toString(), ".").mustEnd(0);
        byte[] bytes = Files.readAllBytes(tar);
        String digest = Digest.sha256Of(bytes).hex();
        Files.write(trip.at("image/blobs/sha256/" + digest), bytes);
        return "{\"digest\":\"sha256:" + digest + "\",\"size\":" + bytes.length + "}";
    }

    private String store(String json) throws IOException {
        String digest = Digest.sha256Of(json.getBytes(UTF_8)).hex();
        Trip.write(trip.at("image/blobs/sha256/" + digest), json);
        return digest;
    }
}
