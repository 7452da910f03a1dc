package opm.trip;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Packages come once, by whoever brings them, and what is missing is told apart.
final class StoreTripTest {
    private static final Path DEMO = Trip.project().resolve("app/src/main/resources/opm/cli/demo");

    private final Trip trip;

    StoreTripTest(@TempDir Path folder) {
        trip = new Trip(folder);
    }

    @AfterEach
    void stop() {
        trip.close();
    }

    private Path town() throws IOException {
        Path town = Files.createDirectories(trip.at("town"));
        trip.run("cp", "-r", DEMO.resolve("repository") + "/.", town.toString()).mustEnd(0);
        return town;
    }

    private Trip.Said create(URI town, String state, String... more) {
        var words = new ArrayList<>(List.of("bundle", "create", "--upgrade", "--install"));
        words.addAll(List.of("abc-atlas", "--profile", DEMO + "/school.opmprofile"));
        words.addAll(List.of("--repo", "town=" + town, "--state", trip.at(state).toString()));
        words.addAll(List.of(more));
        return trip.opm(words.toArray(String[]::new));
    }

    /// A download manager fetches an exported plan; the bundle made of what it brought has the same
    /// bytes as the one that opm fetched for, and needs no network.
    @Test
    void bundleOfWhatAria2Brought() throws IOException {
        Trip.needs("aria2c");
        URI town = trip.serve(town());
        create(town, "one", "-o", trip.at("one.opm").toString()).mustEnd(0);
        String plan = create(town, "two", "--urls", "--form", "aria2").mustEnd(0).out();
        Trip.write(trip.at("plan.txt"), plan);
        trip.run("aria2c", "-q", "-i", "plan.txt", "-d", "brought").mustEnd(0);
        trip.close();
        String brought = trip.at("brought").toString();
        String two = trip.at("two.opm").toString();
        create(town, "two", "--offline", "--from", brought, "-o", two).mustEnd(0);
        assertThat(Files.mismatch(trip.at("one.opm"), trip.at("two.opm"))).isEqualTo(-1);
        String page = create(town, "two", "--offline", "--form", "html").mustEnd(0).out();
        assertThat(page).contains("<a href=\"" + town, "abc-atlas").doesNotContain("script");
    }

    /// Where some files cannot be had all others come, and the missing ones are listed with digest,
    /// size and addresses; the next run fetches those alone.
    @Test
    void listsWhatIsMissing() throws IOException {
        Path town = town();
        Path lost =
                Trip.rpms(town).stream()
                        .filter(f -> f.toString().contains("atlas"))
                        .findFirst()
                        .get();
        Files.move(lost, trip.at("lost.rpm"));
        URI address = trip.serve(town);
        Trip.Said said = create(address, "state", "-o", trip.at("box.opm").toString()).mustEnd(4);
        assertThat(said.err())
                .contains("1 file did not come", "abc-atlas", "sha256:", address.toString());
        assertThat(trip.at("box.opm")).doesNotExist();
        Path store = trip.at("state/store");
        String found = trip.at("lost.rpm").toString();
        trip.opm("cache", "add", found, "--cache", store.toString()).mustEnd(0);
        trip.close();
        create(address, "state", "--offline", "-o", trip.at("box.opm").toString()).mustEnd(0);
    }

    /// A package that was flipped in the store is fetched again before it is used.
    @Test
    void fetchesADamagedPackageAgain() throws IOException {
        URI town = trip.serve(town());
        create(town, "state", "-o", trip.at("one.opm").toString()).mustEnd(0);
        Path store = trip.at("state/store/sha256");
        Path object;
        try (var all = Files.walk(store)) {
            object = all.filter(Files::isRegularFile).findFirst().get();
        }
        byte[] bytes = Files.readAllBytes(object);
        bytes[bytes.length / 2] ^= 1;
        Files.write(object, bytes);
        Trip.Said said = create(town, "state", "-o", trip.at("two.opm").toString()).mustEnd(0);
        assertThat(said.err()).contains("was damaged in the store");
        assertThat(Files.mismatch(trip.at("one.opm"), trip.at("two.opm"))).isEqualTo(-1);
        bytes[bytes.length / 2] ^= 1;
        assertThat(Files.readAllBytes(object)).isEqualTo(bytes);
    }

    /// Addresses that are printed are mailed and pasted: no password is in them, in any form.
    @Test
    void printsNoPasswords() throws IOException {
        Files.createDirectories(trip.at("repos"));
        Path demo = Trip.project().resolve("app/src/main/resources/opm/cli/demo");
        String address = trip.serve(demo.resolve("repository")).toString();
        Trip.write(
                trip.at("repos/town.repo"),
                "[town]\nname=town\nenabled=1\nusername=joe\npassword=se cret\nbaseurl="
                        + address
                        + "\n");
        for (String form : List.of("plain", "aria2", "metalink", "html")) {
            var said =
                    trip.opm(
                                    "download",
                                    "--form",
                                    form,
                                    "abc-songs",
                                    "--reposdir",
                                    trip.at("repos").toString(),
                                    "--root",
                                    trip.at("root").toString(),
                                    "--state",
                                    trip.at("state").toString(),
                                    "--arch",
                                    "x86_64")
                            .mustEnd(0);
            assertThat(said.out())
                    .contains("abc-songs-3.1-1.noarch.rpm")
                    .doesNotContain("joe", "cret");
            assertThat(said.err()).doesNotContain("cret");
        }
    }
}
