package opm.trip;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Metadata that must be signed is taken only with a signature by a key of the machine, and a
/// repository that goes back in time, or stands still, is noticed.
final class SignedMetadataTest {
    private static final Path TOWN =
            Trip.project().resolve("app/src/main/resources/opm/cli/demo/repository");

    private final Trip trip;

    SignedMetadataTest(@TempDir Path folder) {
        trip = new Trip(folder);
    }

    @AfterEach
    void stop() {
        trip.close();
    }

    @BeforeEach
    void begin() throws IOException {
        Files.createDirectories(trip.at("repo/repodata"));
        try (var all = Files.list(TOWN.resolve("repodata"))) {
            for (Path file : all.toList()) {
                Files.copy(file, trip.at("repo/repodata").resolve(file.getFileName()));
            }
        }
        Files.createDirectories(trip.at("root/etc/keys"));
        Files.createDirectories(trip.at("gpg"));
        Files.createDirectories(trip.at("repos"));
    }

    private Trip.Said gpg(String... words) {
        var argv = new java.util.ArrayList<>(List.of("gpg", "--homedir", trip.at("gpg") + ""));
        argv.addAll(List.of("--batch", "--yes", "--quiet", "--passphrase", ""));
        argv.addAll(List.of(words));
        return trip.run(argv);
    }

    private Path repomd() {
        return trip.at("repo/repodata/repomd.xml");
    }

    private void sign() {
        gpg("--armor", "--detach-sign", repomd().toString()).mustEnd(0);
    }

    private Trip.Said refresh(String state) {
        Trip.write(
                trip.at("repos/town.repo"),
                "[town]\nname=town\nenabled=1\nrepo_gpgcheck=1\ngpgkey=file:///etc/keys/town\nbaseurl="
                        + trip.at("repo").toUri()
                        + "\n");
        return trip.opm(
                "refresh",
                "--reposdir",
                trip.at("repos").toString(),
                "--root",
                trip.at("root").toString(),
                "--state",
                trip.at(state).toString(),
                "--arch",
                "x86_64");
    }

    /// Signed by a key that the machine has: taken. No signature, no key, other bytes: refused.
    @Test
    void wantsASignatureByAKeyOfTheMachine() throws IOException {
        Trip.needs("gpg", "rpm");
        gpg("--quick-generate-key", "town@example.org", "rsa2048", "sign", "never").mustEnd(0);
        assertThat(refresh("none").mustEnd(3).err()).contains("repomd.xml.asc");
        sign();
        assertThat(refresh("nokey").mustEnd(3).err()).contains("a key that the machine trusts");
        Trip.write(trip.at("root/etc/keys/town"), gpg("--armor", "--export").mustEnd(0).out());
        refresh("good").mustEnd(0);
        String text = Files.readString(repomd());
        Files.writeString(repomd(), text.replace("<revision>", "<revision> "));
        assertThat(refresh("changed").mustEnd(3).err()).contains("repomd.xml has");
        refresh("good").mustEnd(3);
    }

    /// An older snapshot than before is noticed, and so is one that has not changed for months.
    @Test
    void noticesSnapshotsThatGoBackOrStandStill() {
        String text = read();
        write(text, 1_600_000_000L);
        assertThat(plain().mustEnd(0).err()).as("nothing is expected of it yet").isEmpty();
        write(text, 1_700_000_000L);
        assertThat(plain().mustEnd(0).err()).contains("nothing new since 2023-11-14");
        write(text, System.currentTimeMillis() / 1000);
        assertThat(plain().mustEnd(0).err()).isEmpty();
        write(text, System.currentTimeMillis() / 1000 - 86_400);
        assertThat(plain().mustEnd(0).err()).contains("was here before");
    }

    private String read() {
        try {
            return Files.readString(repomd());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write(String text, long seconds) {
        String dated =
                text.replaceAll("<revision>.*</revision>", "<revision>" + seconds + "</revision>");
        assertThat(dated).contains(Long.toString(seconds));
        Trip.write(repomd(), dated);
    }

    private Trip.Said plain() {
        return trip.opm(
                "refresh",
                "--repo",
                "town=" + trip.at("repo").toUri(),
                "--state",
                trip.at("plain").toString(),
                "--arch",
                "x86_64");
    }
}
