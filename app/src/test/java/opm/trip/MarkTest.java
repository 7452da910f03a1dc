package opm.trip;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Why packages are there: what the machine's dnf wrote down, told by opm and believed by opm.
final class MarkTest {
    @TempDir private Path folder;

    /// What is marked as a dependency of nothing goes with autoremove, what people want stays.
    @Test
    void marksDecideWhatIsUnneeded() {
        Trip.needs("rpm", "dnf", "sqlite3");
        Trip.needsRoot();
        var trip = new Trip(folder);
        Path root = trip.newRoot("root");
        Path demo = Trip.project().resolve("app/src/main/resources/opm/cli/demo/repository");
        List<Path> packages =
                Trip.rpms(demo).stream()
                        .filter(rpm -> rpm.toString().matches(".*abc-(maps|fonts-world)-.*"))
                        .toList();
        assertThat(packages).hasSize(2);
        trip.install(root, packages, "--justdb", "--nodeps", "--nosignature");
        opm(trip, root, "mark", "user", "abc-maps").mustEnd(0);
        opm(trip, root, "mark", "dependency", "abc-fonts-world").mustEnd(0);
        assertThat(opm(trip, root, "list", "--user-installed", "--installed").mustEnd(0).out())
                .contains("abc-maps")
                .doesNotContain("abc-fonts-world");
        assertThat(opm(trip, root, "autoremove", "--assumeno").mustEnd(0).out())
                .contains("Removing", "abc-fonts-world")
                .doesNotContain("abc-maps");
        opm(trip, root, "mark", "user", "abc-absent").mustEnd(2);
    }

    /// What goes with a removal, and what autoremove takes: as dnf answers, when nobody knows why
    /// packages are there, when some came as dependencies, and when all did.
    @Test
    void removesWhatDnfRemoves() throws Exception {
        Trip.needs("rpm", "dnf", "sqlite3", "createrepo_c");
        Trip.needsRoot();
        try (var trip = new Trip(folder)) {
            var text = new StringBuilder();
            for (String one : List.of("app requires: lib", "lib", "old", "older requires: old")) {
                String[] words = one.split(" ", 2);
                text.append("package " + words[0] + "-1-1.noarch\nbuilt: 2026-06-01\n");
                text.append(words.length > 1 ? words[1] + "\n" : "");
                text.append("file /usr/share/" + words[0] + ": " + "x".repeat(2000) + "\n");
            }
            Path recipe = Files.writeString(trip.at("recipe"), text);
            Path repo = trip.stubRepo("repo", "--recipe", recipe.toString());
            Path root = trip.newRoot("root");
            trip.install(root, Trip.rpms(repo), "--nosignature");
            var dnf = new Dnf(trip, root, List.of("repo=file://" + repo));
            var seen = new java.util.TreeSet<String>();
            for (String marked : List.of("", "lib", "old", "older", "app")) {
                if (!marked.isEmpty()) {
                    opm(trip, root, "mark", "dependency", marked).mustEnd(0);
                }
                for (List<String> ask : List.of(List.of("remove", "app"), List.of("autoremove"))) {
                    String[] words = ask.toArray(String[]::new);
                    var all = new java.util.ArrayList<>(ask);
                    all.addAll(List.of("--assumeno", "--json"));
                    String json = opm(trip, root, all.toArray(String[]::new)).mustEnd(0).out();
                    var goes = new java.util.TreeSet<String>();
                    for (String name : List.of("app", "lib", "old", "older")) {
                        if (json.contains("\"" + name + "-0:1-1.noarch\"")
                                || json.contains("\"" + name + "-1-1.noarch\"")) {
                            goes.add(name + "-0:1-1.noarch");
                        }
                    }
                    assertThat(goes)
                            .as(marked + " marked, " + ask + "\n" + json)
                            .isEqualTo(dnf.wouldRemove(words));
                    seen.add(goes.toString());
                }
            }
            assertThat(seen).hasSizeGreaterThan(3);
        }
    }

    /// What dnf.conf and tdnf protect stays, and rpm always does.
    @Test
    void protectedPackagesStay() throws Exception {
        Trip.needs("rpm", "createrepo_c");
        Trip.needsRoot();
        try (var trip = new Trip(folder)) {
            List<String> names = List.of("rpm", "app", "lib");
            Path recipe = trip.at("recipe");
            Trip.write(recipe, "package rpm-1-1.noarch\npackage app-1-1.noarch\n"
                    + "package lib-1-1.noarch\n");
            Path repo = trip.stubRepo("repo", "--recipe", recipe.toString());
            Path root = trip.newRoot("root");
            Files.createDirectories(root.resolve("etc/dnf"));
            Trip.write(
                    root.resolve("etc/dnf/dnf.conf"),
                    "[main]\nprotected_packages=none, app,glob:/etc/x.d/*.conf\n");
            Files.createDirectories(root.resolve("etc/tdnf/protected.d"));
            Trip.write(root.resolve("etc/tdnf/protected.d/lib.conf"), "lib\n");
            trip.install(root, Trip.rpms(repo), "--nosignature");
            for (String name : names) {
                Trip.Said said = opm(trip, root, "remove", name, "--assumeno").mustEnd(6);
                assertThat(said.err() + said.out()).contains(name + "-1-1.noarch is protected");
            }
        }
    }

    private static Trip.Said opm(Trip trip, Path root, String... words) {
        var all = new java.util.ArrayList<>(List.of(words));
        all.addAll(List.of("--root", root.toString(), "--state", trip.at("state").toString()));
        return trip.opm(all.toArray(String[]::new));
    }
}
