package opm.trip;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A café visit a week: each bundle is made from the first profile, the bundles since, and the
/// receipts that came back; nobody goes home in between.
final class ChainTest {
    private final Trip trip;

    ChainTest(@TempDir Path folder) {
        trip = new Trip(folder);
    }

    private static String of(String name, int week) {
        return name + " " + week + " Requires: /srv/base\nRecommends: (extra if other)";
    }

    private Path bundle(int week, String... options) {
        Path file = trip.at("week" + week + ".opm");
        trip.opm(words(week, file, options)).mustEnd(0);
        return file;
    }

    private String[] words(int week, Path file, String... options) {
        var words = new ArrayList<>(List.of("bundle", "create", "--upgrade", "--allow-unsigned"));
        words.addAll(List.of("--profile", trip.at("home.opmprofile").toString()));
        words.addAll(List.of("--state", trip.at("state").toString(), "-o", file.toString()));
        for (int at = 1; at <= week; at++) {
            words.addAll(List.of("--repo", "week" + at + "=" + trip.at("week" + at).toUri()));
        }
        words.addAll(List.of(options));
        return words.toArray(String[]::new);
    }

    private Trip.Said sh(Path bundle, Path root) {
        return trip.run(List.of("sh", bundle.toString(), "--root", root.toString()));
    }

    private Trip.Said java(Path bundle, Path root) {
        return trip.opm("apply", bundle.toString(), "--root", root.toString(), "--yes");
    }

    private void profile(Path root, String name) {
        trip.opm("profile", "--root", root.toString(), "-o", trip.at(name).toString()).mustEnd(0);
    }

    private static void refused(Trip.Said said, String word) {
        assertThat(said.mustEnd(5).err()).contains(word).contains("hint: ");
    }

    /// The profile of week 2 is foretold, its bundle carries only what week 1 did not, and every
    /// other order is refused before anything changes.
    @Test
    void weekAfterWeek() throws Exception {
        Trip.needs("rpm", "rpmbuild", "rpmkeys", "createrepo_c");
        Trip.needsRoot();
        var rpms = new SmallPackages(trip, "echo NAME VERSION");
        rpms.build(
                "week1",
                List.of("base 1", of("one", 1), of("two", 1), of("three", 1), of("other", 1)));
        rpms.build("week2", List.of(of("one", 2)));
        rpms.build("week3", List.of(of("two", 3), of("three", 3)));
        Path root = trip.newRoot("root");
        Path late = trip.newRoot("late");
        Path stranger = trip.newRoot("stranger");
        profile(root, "home.opmprofile");
        Path first = bundle(1, "--install", "one", "two", "three");
        Path second = bundle(2, "--after", first.toString(), "--install", "other");

        sh(first, root).mustEnd(0);
        java(first, late).mustEnd(0);
        // What was foretold is what came, but for the second in which it came.
        profile(root, "real.opmprofile");
        Path told = trip.at("told.opmprofile");
        trip.opm(
                        "profile",
                        "--profile",
                        trip.at("home.opmprofile").toString(),
                        "--after",
                        first.toString(),
                        "--receipt",
                        root.resolve("var/lib/opm/history/1/receipt").toString(),
                        "-o",
                        told.toString())
                .mustEnd(0);
        assertThat(packages(told)).isEqualTo(packages(trip.at("real.opmprofile"))).hasSize(4);

        String carried = trip.run("unzip", "-l", second.toString()).mustEnd(0).out();
        assertThat(carried).contains("one-2-1", "other-1-1").doesNotContain("two-", "base-");
        // Once more; too early; somebody else's; too late.
        assertThat(sh(first, root).mustEnd(0).out()).contains("already");
        java(first, root).mustEnd(0);
        refused(sh(second, stranger), "changed");
        assertThat(java(second, stranger).mustEnd(6).out()).contains("/srv/base");
        assertThat(trip.installed(stranger)).isEmpty();
        sh(second, root).mustEnd(0);
        refused(sh(first, root), "changed");
        assertThat(java(first, root).mustEnd(0).out()).contains("othing");
        // A week is skipped: the third bundle builds on the second, which `late` never had.
        Path third = bundle(3, "--after", first.toString(), "--after", second.toString());
        refused(sh(third, late), "changed");
        assertThat(trip.installed(late)).contains("one-0:1-1.noarch", "two-0:1-1.noarch");
        java(third, late).mustEnd(0);
        assertThat(trip.installed(late)).contains("one-0:1-1.noarch", "two-0:3-1.noarch");
        java(second, late).mustEnd(0);
        sh(third, root).mustEnd(0);
        assertThat(trip.installed(root))
                .isEqualTo(trip.installed(late))
                .contains("one-0:2-1.noarch", "two-0:3-1.noarch", "three-0:3-1.noarch");
        wrongOrders(first, second, root);
    }

    private void wrongOrders(Path first, Path second, Path root) throws Exception {
        Path out = trip.at("no.opm");
        Trip.Said turned =
                trip.opm(words(3, out, "--after", second.toString(), "--after", first.toString()));
        assertThat(turned.mustEnd(2).err()).contains("in the order in which they were applied");
        // A receipt that says that the machine went on otherwise, or that was edited.
        String receipt = Files.readString(root.resolve("var/lib/opm/history/1/receipt"));
        Path edited = trip.at("edited");
        Files.writeString(edited, receipt.replace("result done", "result done "));
        assertThat(
                        trip.opm(words(3, out, "--after", first + "", "--receipt", edited + ""))
                                .mustEnd(3)
                                .err())
                .contains("not closed by its own digest");
        // With receipts, a bundle without one was not applied.
        Path told = trip.at("told2.opmprofile");
        trip.opm(
                        "profile",
                        "--profile",
                        trip.at("home.opmprofile").toString(),
                        "--after",
                        first.toString(),
                        "--after",
                        second.toString(),
                        "--receipt",
                        root.resolve("var/lib/opm/history/1/receipt").toString(),
                        "-o",
                        told.toString())
                .mustEnd(0);
        assertThat(packages(told)).isEqualTo(packages(trip.at("told.opmprofile")));
    }

    /// Returns what a profile says of packages, without the second of their installation.
    private static List<String> packages(Path profile) throws Exception {
        var packages = new ArrayList<String>();
        var one = new StringBuilder();
        for (String line : Files.readAllLines(profile)) {
            if (line.startsWith("pkg\t") || line.startsWith("end\t")) {
                if (!one.isEmpty()) {
                    packages.add(one.toString());
                }
                one.setLength(0);
            }
            if (line.startsWith("pkg\t")) {
                String[] fields = line.split("\t", -1);
                fields[4] = "";
                // Who asked for it stands in dnf's files, which this root does not have.
                fields[7] = "";
                fields[8] = "";
                one.append(String.join("\t", fields)).append('\n');
            } else if (!one.isEmpty()) {
                one.append(line).append('\n');
            }
        }
        return packages;
    }
}
