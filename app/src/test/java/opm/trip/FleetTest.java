package opm.trip;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A collection asks the solver: what a registered machine needs stays, and is enough.
final class FleetTest {
    private static final Path DEMO = Trip.project().resolve("app/src/main/resources/opm/cli/demo");

    private final Trip trip;

    FleetTest(@TempDir Path folder) {
        trip = new Trip(folder);
    }

    @AfterEach
    void stop() {
        trip.close();
    }

    private Trip.Said opm(String words, Object... more) {
        var all = new ArrayList<>(List.of(words.split(" ")));
        for (Object one : more) {
            all.add(one.toString());
        }
        all.addAll(List.of("--state", trip.at("state").toString()));
        all.addAll(List.of("--cache", trip.at("store").toString()));
        return trip.opm(all.toArray(String[]::new));
    }

    private Trip.Said solved(String words, URI town, Object... more) {
        var all = new ArrayList<Object>(List.of("--profile", DEMO + "/school.opmprofile"));
        all.addAll(List.of("--repo", "town=" + town));
        all.addAll(List.of(more));
        return opm(words, all.toArray());
    }

    private static void copy(Path from, Path to) throws IOException {
        try (var all = Files.walk(from)) {
            for (Path file : all.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
    }

    private long objects() {
        String list = opm("cache list").mustEnd(0).out();
        return list.lines().filter(line -> line.contains("sha256:")).count();
    }

    /// Everything goes but what the machine's plan needs; the plan installs without a network, also
    /// after the repository moved on, until the machine is solved for again.
    @Test
    void keepsWhatMachinesNeed() throws IOException {
        Trip.needs("rpm", "createrepo_c");
        copy(DEMO.resolve("repository"), trip.at("town"));
        URI town = trip.serve(trip.at("town"));
        Files.createDirectories(trip.at("store"));
        Files.writeString(trip.at("store/config"), "older = 0\nnewer = 0\nage = 0s\n");
        var words = new ArrayList<Object>();
        words.addAll(Trip.rpms(DEMO.resolve("older")));
        words.addAll(Trip.rpms(DEMO.resolve("repository")));
        opm("cache add", words.toArray()).mustEnd(0);
        long everything = objects();
        solved("cache keep school abc-atlas", town).mustEnd(0);
        opm("cache gc --full").mustEnd(0);
        long kept = objects();
        assertThat(kept).isPositive().isLessThan(everything);
        String first = opm("cache list").out().replaceFirst("(?s).*(sha256:[0-9a-f]+).*", "$1");
        assertThat(opm("cache why", first).mustEnd(0).out()).contains("fleet").contains("school");

        // The repository changes under it, and has no answer any more: what is whole stays.
        copy(DEMO.resolve("older"), trip.at("older"));
        trip.run("createrepo_c", "-q", trip.at("older").toString()).mustEnd(0);
        copy(trip.at("older/repodata"), trip.at("town/repodata"));
        solved("refresh", town).mustEnd(0);
        opm("cache gc --full").mustEnd(0);
        assertThat(objects()).isEqualTo(kept);
        copy(DEMO.resolve("repository/repodata"), trip.at("town/repodata"));
        solved("refresh", town).mustEnd(0);
        trip.close();
        solved("bundle create --offline --install abc-atlas", town, "-o", trip.at("b.opm"))
                .mustEnd(0);

        opm("cache unpin school --type fleet").mustEnd(0);
        opm("cache unpin --type plan", plans().toArray()).mustEnd(0);
        opm("cache gc --full").mustEnd(0);
        assertThat(objects()).isZero();
        assertThat(trip.at("state/fleet/school")).doesNotExist();
    }

    private List<String> plans() throws IOException {
        var names = new ArrayList<String>();
        try (var all = Files.list(trip.at("store/opm/refs/plan"))) {
            for (Path file : all.toList()) {
                Files.readString(file)
                        .lines()
                        .filter(line -> line.startsWith("name "))
                        .forEach(line -> names.add(line.substring(5)));
            }
        }
        return names;
    }
}
