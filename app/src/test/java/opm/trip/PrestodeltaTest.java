package opm.trip;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import opm.base.Digest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A repository that offers deltas: they are taken where the older package is at hand, and the
/// whole package where it is not, or where a delta does not lead to it.
final class PrestodeltaTest {
    private final Trip trip;
    private Path whole = Path.of("");
    private Path delta = Path.of("");
    private Path root = Path.of("");

    PrestodeltaTest(@TempDir Path folder) {
        trip = new Trip(folder);
    }

    @BeforeEach
    void aRepositoryWithDeltas() throws Exception {
        Trip.needs("rpm", "rpmbuild", "createrepo_c", "modifyrepo_c", "makedeltarpm");
        Trip.needsRoot();
        var rpms = new SmallPackages(trip, "seq 1 9000 | sha256sum; seq 1 90000; echo VERSION");
        rpms.build("old", List.of("big 1"));
        rpms.build("new", List.of("big 2"));
        String old = rpms.rpm("old", "big-1");
        whole = Path.of(rpms.rpm("new", "big-2"));
        delta = Files.createDirectories(trip.at("new/drpms")).resolve("big.drpm");
        Path sequence = trip.at("sequence");
        trip.run(
                        List.of(
                                "makedeltarpm",
                                "-s",
                                sequence.toString(),
                                old,
                                whole.toString(),
                                delta.toString()))
                .mustEnd(0);
        Path list = trip.at("prestodelta.xml");
        Files.writeString(
                list,
                """
                <?xml version="1.0" encoding="UTF-8"?>
                <prestodelta>
                  <newpackage name="big" epoch="0" version="2" release="1" arch="noarch">
                    <delta oldepoch="0" oldversion="1" oldrelease="1">
                      <filename>drpms/big.drpm</filename>
                      <sequence>%s</sequence>
                      <size>%d</size>
                      <checksum type="sha256">%s</checksum>
                    </delta>
                  </newpackage>
                </prestodelta>
                """
                        .formatted(
                                Files.readString(sequence).strip(),
                                Files.size(delta),
                                Digest.sha256Of(Files.readAllBytes(delta)).hex()));
        trip.run("modifyrepo_c", list.toString(), trip.at("new/repodata").toString()).mustEnd(0);
        root = trip.newRoot("root");
        trip.opm(words("install", "big", "old")).mustEnd(0);
    }

    private String[] words(String verb, String spec, String repo) {
        return new String[] {
            verb,
            spec,
            "--root",
            root.toString(),
            "--state",
            trip.at("state").toString(),
            "--yes",
            "--allow-unsigned",
            "--repo",
            repo + "=" + trip.at(repo).toUri()
        };
    }

    /// What is installed is made again, and the delta suffices: the whole package is not there.
    @Test
    void whatIsInstalledAndADeltaSuffice() throws Exception {
        Files.delete(whole);
        trip.opm("cache", "gc", "--state", trip.at("state").toString());
        var said = trip.opm(words("upgrade", "big", "new")).mustEnd(0);
        assertThat(said.err()).contains("made of a delta");
        assertThat(trip.run(List.of("rpm", "--root", root.toString(), "-q", "big")).out())
                .startsWith("big-2-1");
    }

    /// An edited file is known before the delta is fetched, and the whole package is taken; so it
    /// is when the delta on the server is another one than its list says.
    @Test
    void whatDoesNotFitIsFetchedWhole() throws Exception {
        Files.delete(trip.at("old/noarch/big-1-1.noarch.rpm"));
        Files.writeString(root.resolve("srv/big"), "edited\n");
        Path state = trip.at("state");
        trip.run(List.of("rm", "-rf", state.toString())).mustEnd(0);
        trip.run(List.of("rm", "-rf", root.resolve("var/lib/opm").toString())).mustEnd(0);
        var said = trip.opm(words("upgrade", "big", "new")).mustEnd(0);
        assertThat(said.err()).doesNotContain("made of a delta");
    }

    /// The bundle's maker has the older package in a folder: the target needs nothing.
    @Test
    void aFolderOfOlderPackagesSuffices() throws Exception {
        Files.delete(whole);
        Path profile = trip.at("home.opmprofile");
        trip.opm("profile", "--root", root.toString(), "-o", profile.toString()).mustEnd(0);
        Path box = trip.at("box.opm");
        var words = new ArrayList<>(List.of("bundle", "create", "--upgrade", "--allow-unsigned"));
        words.addAll(List.of("--profile", profile.toString(), "-o", box.toString()));
        words.addAll(List.of("--state", trip.at("cafe").toString()));
        words.addAll(List.of("--repo", "new=" + trip.at("new").toUri()));
        // Without the older package there is no way, and nothing is written.
        trip.opm(words.toArray(String[]::new)).mustEnd(4);
        assertThat(box).doesNotExist();
        words.addAll(List.of("--from", trip.at("old").toString()));
        trip.opm(words.toArray(String[]::new)).mustEnd(0);
        trip.run(List.of("sh", box.toString(), "--root", root.toString())).mustEnd(0);
    }

    /// A delta with another content than its list says is left alone.
    @Test
    void aWrongDeltaIsLeftAlone() throws Exception {
        byte[] bytes = Files.readAllBytes(delta);
        bytes[bytes.length / 2] ^= 1;
        Files.write(delta, bytes);
        var said = trip.opm(words("upgrade", "big", "new")).mustEnd(0);
        assertThat(said.err()).doesNotContain("made of a delta");
    }
}
