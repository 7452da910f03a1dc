package opm.trip;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What people do with two profiles of one machine: compare, shorten, hand to strangers.
final class ProfilesTest {
    private final Trip trip;
    private Path before;
    private Path after;
    private String town = "";

    ProfilesTest(@TempDir Path folder) {
        trip = new Trip(folder);
        before = folder;
        after = folder;
    }

    @BeforeEach
    void weekLater() throws IOException {
        Trip.needs("rpm", "rpmbuild", "rpmkeys", "createrepo_c");
        Trip.needsRoot();
        var rpms = new SmallPackages(trip, "echo NAME VERSION");
        List<String> all = List.of("one 1", "one 2", "two 1", "three 1 Requires: two");
        town = "town=" + rpms.build("town", all).toUri();
        Path root = trip.newRoot("root");
        trip.rpm(root, "-i", rpms.rpm("town", "one-1"), rpms.rpm("town", "two-1")).mustEnd(0);
        Path repos = Files.createDirectories(root.resolve("etc/yum.repos.d"));
        Trip.write(
                repos.resolve("home.repo"),
                "[home]\nname=Home\nbaseurl=https://ana.example.org/rpm/\npassword=secret\n");
        before = profile(root, "before");
        trip.rpm(root, "-U", rpms.rpm("town", "one-2"), rpms.rpm("town", "three-1")).mustEnd(0);
        Files.delete(repos.resolve("home.repo"));
        after = profile(root, "after");
    }

    private Path profile(Path root, String name) {
        Path file = trip.at(name + ".opmprofile");
        trip.opm("profile", "--root", root + "", "-o", file + "").mustEnd(0);
        return file;
    }

    private String packages(Path profile) {
        return trip.opm("profile", "show", profile.toString())
                .mustEnd(0)
                .out()
                .lines()
                .filter(line -> line.startsWith("pkg  "))
                .toList()
                .toString();
    }

    /// In words: packages and facts.
    @Test
    void compared() {
        String said = trip.opm("profile", "diff", before + "", after + "").mustEnd(0).out();
        assertThat(said)
                .contains("^ one-1-1.noarch -> one-2-1.noarch", "+ three-1-1.noarch")
                .contains("- repo  home")
                .doesNotContain("two-1", "secret");
        String same = trip.opm("profile", "diff", after + "", after + "").mustEnd(0).err();
        assertThat(same).contains("tell the same");
    }

    /// As short text that makes the second profile of the first one again, dependencies included.
    @Test
    void shortened() {
        String text = trip.opm("profile", "diff", before + "", after + "", "--short").out();
        assertThat(text).matches("OPM1\\.1\\.1\\.[A-Z2-7]{8}\\.[A-Z2-7]+\n").hasSizeLessThan(200);
        Path typed = trip.at("typed");
        Trip.write(typed, text);
        Path made = trip.at("made.opmprofile");
        trip.opm(
                        "profile",
                        "import",
                        typed.toString(),
                        "--profile",
                        before.toString(),
                        "--repo",
                        town,
                        "--state",
                        trip.at("state").toString(),
                        "-o",
                        made.toString())
                .mustEnd(0);
        assertThat(packages(made)).isEqualTo(packages(after)).contains("three-1-1.noarch");
        String needs = "R\ttwo";
        assertThat(made).content().contains(needs);
        assertThat(
                        trip.opm("profile", "import", typed + "", "-o", made + "")
                                .mustEnd(2)
                                .err())
                .contains("--profile");
    }

    /// For a stranger: no hosts, the same packages, and the same plan.
    @Test
    void redacted() throws IOException {
        Path out = trip.at("stranger.opmprofile.gz");
        trip.opm("profile", "redact", before + "", "-o", out + "").mustEnd(0);
        Path plain = trip.at("stranger.opmprofile");
        trip.opm("profile", "redact", before + "", "-o", plain + "").mustEnd(0);
        assertThat(Files.size(out)).isLessThan(Files.size(plain));
        assertThat(plain).content().contains("one-0:1-1.noarch").doesNotContain("ana.", "secret");
        assertThat(packages(out)).isEqualTo(packages(before));
        assertThat(plan(out)).isEqualTo(plan(before)).contains("one-0:2-1.noarch");
    }

    private String plan(Path profile) {
        return trip.opm(
                        "upgrade",
                        "--assumeno",
                        "--json",
                        "--profile",
                        profile.toString(),
                        "--repo",
                        town,
                        "--state",
                        trip.at("state").toString())
                .mustEnd(0)
                .out();
    }
}
