package opm.trip;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import opm.base.Digest;
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

    /// Everything goes but what the machines' plans need; each plan installs without a network,
    /// also after the repository moved on, until the machine is solved for again.
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
        solved("cache keep office abc-dictionary-pt", town).mustEnd(0);
        opm("cache gc --full").mustEnd(0);
        long kept = objects();
        assertThat(kept).isPositive().isLessThan(everything);
        String first = opm("cache list").out().replaceFirst("(?s).*(sha256:[0-9a-f]+).*", "$1");
        assertThat(opm("cache why", first).mustEnd(0).out()).contains("fleet", "the machine");

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

        solved("bundle create --offline --install abc-dictionary-pt", town, "-o", trip.at("c.opm"))
                .mustEnd(0);

        opm("cache unpin office --type fleet").mustEnd(0);
        opm("cache unpin school --type fleet").mustEnd(0);
        opm("cache unpin --type plan", plans().toArray()).mustEnd(0);
        opm("cache gc --full").mustEnd(0);
        assertThat(objects()).isZero();
        assertThat(trip.at("state/fleet/school")).doesNotExist();
    }

    private Trip.Said onRoot(String words, URI town) {
        return opm(
                words,
                "--yes",
                "--root",
                trip.at("root"),
                "--arch",
                "x86_64",
                "--repo",
                "town=" + town);
    }

    /// Of a store that may keep nothing stays what is installed and one version before, each with
    /// its reason; both states install from it with no network.
    @Test
    void keepsNowAndOneBefore() throws IOException {
        Trip.needs("rpm", "createrepo_c");
        Trip.needsRoot();
        URI town = lastYear();
        Path root = trip.at("root");
        Files.createDirectories(trip.at("store"));
        Files.writeString(trip.at("store/config"), "older = 0\nnewer = 0\nage = 0s\n");
        var before = trip.installed(root);
        onRoot("upgrade", town).mustEnd(0);
        var now = trip.installed(root);
        assertThat(now).isNotEqualTo(before).doesNotContainAnyElementsOf(changed(before, now));
        opm("cache add", DEMO.resolve("repository/Packages/a/abc-globe-1.0-1.noarch.rpm"))
                .mustEnd(0);
        trip.close();

        opm("cache gc --full").mustEnd(0);
        String list = opm("cache list").mustEnd(0).out();
        var both = new TreeSet<>(before);
        both.addAll(now);
        assertThat(objects()).as(list).isEqualTo(both.size());
        for (String digest : digests(list)) {
            assertThat(opm("cache why", digest).mustEnd(0).out())
                    .containsAnyOf("installed in " + root, "one version before");
        }
        onRoot("undo", town).mustEnd(0);
        assertThat(trip.installed(root)).isEqualTo(before);
        onRoot("redo", town).mustEnd(0);
        assertThat(trip.installed(root)).isEqualTo(now);
    }

    /// Makes a root as it was last year, beside the repository of this year.
    private URI lastYear() throws IOException {
        Path root = Files.createDirectories(trip.at("root"));
        Path key = DEMO.resolve("RPM-GPG-KEY-demo");
        trip.run("rpmkeys", "--root", root.toString(), "--import", key.toString()).mustEnd(0);
        copy(DEMO.resolve("older"), trip.at("town"));
        trip.run("createrepo_c", "-q", trip.at("town").toString()).mustEnd(0);
        URI town = trip.serve(trip.at("town"));
        onRoot("install abc-reader abc-sums", town).mustEnd(0);
        copy(DEMO.resolve("repository"), trip.at("town"));
        onRoot("refresh", town).mustEnd(0);
        return town;
    }

    /// An upgrade that was prepared is applied weeks later with no network; where a file was lost,
    /// all that is complete without it is.
    @Test
    void appliesWhatIsHere() throws IOException {
        Trip.needs("rpm", "createrepo_c");
        Trip.needsRoot();
        URI town = lastYear();
        Path root = trip.at("root");
        onRoot("upgrade --download-only", town).mustEnd(0);
        trip.close();
        Path lost = DEMO.resolve("repository/Packages/a/abc-sums-1.1-1.noarch.rpm");
        String hex = Digest.sha256Of(Files.readAllBytes(lost)).hex();
        Files.delete(trip.at("store/sha256/" + hex.substring(0, 4) + "/" + hex));
        assertThat(onRoot("upgrade --offline", town).mustEnd(4).err()).contains("--only-here");
        assertThat(onRoot("upgrade --offline --only-here", town).mustEnd(0).err())
                .contains("Waiting, because they are not in the store: abc-sums-1.1-1.noarch");
        // The new reader wants the new sums.
        assertThat(trip.installed(root))
                .contains("abc-base-0:1.2-1.noarch", "abc-fonts-world-0:2.0-1.noarch")
                .contains("abc-reader-0:1.4-1.noarch", "abc-sums-0:0.9-1.noarch");
        opm("cache add", lost).mustEnd(0);
        onRoot("upgrade --offline", town).mustEnd(0);
        assertThat(trip.installed(root))
                .contains("abc-reader-0:2.0-1.noarch", "abc-sums-0:1.1-1.noarch");
    }

    private static List<String> changed(List<String> before, List<String> now) {
        return before.stream().filter(pkg -> !now.contains(pkg)).toList();
    }

    private static List<String> digests(String list) {
        return Pattern.compile("sha256:[0-9a-f]+")
                .matcher(list)
                .results()
                .map(MatchResult::group)
                .toList();
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
