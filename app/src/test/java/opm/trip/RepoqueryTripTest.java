package opm.trip;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `opm repoquery` answers what `dnf repoquery` answers, line for line.
final class RepoqueryTripTest {
    /// The questions of the manual's table, over the universe's small sister.
    private static final List<String> QUESTIONS =
            List.of(
                    "lib*",
                    "--whatprovides lib*",
                    "--whatrequires libc6",
                    "--whatrequires lib*",
                    "--whatdepends perl",
                    "--requires p*",
                    "--provides p*",
                    "--obsoletes *",
                    "--recommends *",
                    "-l p*",
                    "-f /usr/bin/perl*",
                    "--qf %{name}|%{version}|%{release}|%{arch}|%{summary}|%{url} *a",
                    "--source p*",
                    "--requires --resolve perl vim",
                    "--requires --resolve --recursive perl",
                    "--whatrequires perl --recursive",
                    "--deplist perl vim",
                    "--changelogs perl vim",
                    "--groupmember perl dpkg vim");

    private static final List<String> OF_UPDATES =
            List.of("--security", "--bugfix --latest-limit 1", "--enhancement lib*");

    @TempDir Path folder;

    @Test
    void asDnf() throws IOException {
        // Every kind of question, each asked both, gives equal sets of lines.
        Trip.needs("dnf");
        Path repo = Trip.shared("universe/sample2000/base");
        try (var trip = new Trip(folder)) {
            Path root = trip.at("empty");
            Files.createDirectory(root);
            Trip.write(trip.at("dnf.conf"), "[main]\ngpgcheck=0\n");
            ask(trip, repo, QUESTIONS);
            // Of advisories once more of a set that has them, which stands in for its repository.
            Path updates = Trip.shared("universe/sample2000/updates");
            Path set = trip.at("updates.opmset");
            trip.opm("set", "build", "--bulk", updates.toString(), "-o", set.toString()).mustEnd(0);
            ask(trip, updates, OF_UPDATES);
            for (String question : OF_UPDATES) {
                assertThat(opm(trip, set, question)).isEqualTo(opm(trip, updates, question));
            }
            String changes = "--changelogs lib*";
            assertThat(opm(trip, set, changes)).isEqualTo(opm(trip, updates, changes)).isNotEmpty();
        }
    }

    private static TreeSet<String> opm(Trip trip, Path place, String question) throws IOException {
        var opm = new ArrayList<>(List.of("repoquery", "--root", trip.at("empty").toString()));
        opm.addAll(List.of("--state", trip.at("state").toString()));
        opm.addAll(List.of("--repo", "base=" + place.toUri(), "--arch", "x86_64"));
        opm.addAll(List.of(question.split(" ")));
        String answer = trip.opm(opm.toArray(String[]::new)).mustEnd(0).out();
        return new TreeSet<>(answer.lines().toList());
    }

    private static void ask(Trip trip, Path repo, List<String> questions) throws IOException {
        String id = repo.getFileName().toString();
        for (String question : questions) {
            var dnf = new ArrayList<>(List.of("dnf", "-q", "--config=" + trip.at("dnf.conf")));
            dnf.addAll(List.of("--installroot=" + trip.at("empty"), "--releasever=12"));
            dnf.addAll(List.of("--setopt=reposdir=/nonexistent"));
            dnf.add("--setopt=cachedir=" + trip.at("cache"));
            dnf.add("--setopt=module_platform_id=platform:u12");
            dnf.addAll(List.of("--repofrompath=" + id + "," + repo.toUri(), "repoquery"));
            dnf.addAll(List.of(question.split(" ")));
            String answer = trip.run(dnf).mustEnd(0).out().strip();
            var expected = new TreeSet<>(answer.lines().toList());
            TreeSet<String> found = opm(trip, repo, question);
            found.remove("");
            expected.remove("");
            assertThat(found).as(question).isEqualTo(expected);
        }
    }
}
