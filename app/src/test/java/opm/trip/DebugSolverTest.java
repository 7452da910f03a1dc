package opm.trip;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `dnf --debugsolver` writes is replayed to the letter, solvable or not.
final class DebugSolverTest {
    @TempDir private Path folder;

    @Test
    void replaysWhatDnfWrote() {
        Trip.needs("rpm", "dnf");
        Trip.needsRoot();
        Path repo = Trip.shared("corpus/real/repos/centos7.7-minimal");
        var trip = new Trip(folder);
        Path root = trip.newRoot("root");
        Trip.write(trip.at("dnf.conf"), "[main]\ngpgcheck=0\n");
        for (List<String> more : List.of(List.<String>of(), List.of("--exclude=glibc"))) {
            var argv = new ArrayList<>(List.of("dnf", "--config=" + trip.at("dnf.conf")));
            argv.addAll(List.of("--installroot=" + root, "--releasever=7", "--assumeno"));
            argv.add("--setopt=reposdir=/nonexistent");
            argv.add("--setopt=cachedir=" + Trip.project().resolve("target/trip/dnf"));
            argv.addAll(List.of("--repofrompath=c7," + repo.toUri(), "--forcearch=x86_64"));
            argv.addAll(more);
            argv.addAll(List.of("--debugsolver", "install", "openssh-server"));
            trip.run(argv).mustEnd(1);
            String dump = trip.at("debugdata/rpms").toString();
            String said = trip.opm("solve", "--level", "P2", dump).mustEnd(0).out();
            assertThat(said).contains(more.isEmpty() ? "transaction" : "problems", "ok   P2");
            trip.run("rm", "-r", trip.at("debugdata").toString()).mustEnd(0);
        }
    }
}
