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
                    "--source p*");

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
            for (String question : QUESTIONS) {
                var dnf = new ArrayList<>(List.of("dnf", "-q", "--config=" + trip.at("dnf.conf")));
                dnf.addAll(List.of("--installroot=" + root, "--releasever=12"));
                dnf.addAll(List.of("--setopt=reposdir=/nonexistent"));
                dnf.add("--setopt=cachedir=" + trip.at("cache"));
                dnf.add("--setopt=module_platform_id=platform:u12");
                dnf.addAll(List.of("--repofrompath=base," + repo.toUri(), "repoquery"));
                dnf.addAll(List.of(question.split(" ")));
                var opm = new ArrayList<>(List.of("repoquery", "--root", root.toString()));
                opm.addAll(List.of("--state", trip.at("state").toString()));
                opm.addAll(List.of("--repo", "base=" + repo.toUri(), "--arch", "x86_64"));
                opm.addAll(List.of(question.split(" ")));
                String answer = trip.run(dnf).mustEnd(0).out().strip();
                var expected = new TreeSet<>(answer.lines().toList());
                var found =
                        new TreeSet<>(
                                trip.opm(opm.toArray(String[]::new))
                                        .mustEnd(0)
                                        .out()
                                        .lines()
                                        .toList());
                assertThat(found).as(question).isEqualTo(expected);
            }
        }
    }
}
