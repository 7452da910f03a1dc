package opm.trip;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import opm.history.StateFolder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whatever opm did to a machine, dnf finds nothing wrong with it and still knows its own history.
final class NeighboursTest {
    private static final Path DEMO = Trip.project().resolve("app/src/main/resources/opm/cli/demo");

    @TempDir Path folder;

    /// An upgrade, one that was killed and resumed, one that was stopped, undo, redo, rollback.
    @Test
    void dnfIsContent() throws Exception {
        Trip.needs("rpm", "rpmkeys", "dnf", "sh", "kill", "setsid");
        Trip.needsRoot();
        try (var trip = new Trip(folder)) {
            Path root = trip.newRoot("root", DEMO.resolve("RPM-GPG-KEY-demo"));
            trip.install(root, Trip.rpms(DEMO.resolve("older")));
            mustBeContent(trip, root, "at first");
            opm(trip, root, "upgrade").mustEnd(0);
            mustBeContent(trip, root, "upgrade");
            disturbed(trip, root, "KILL", "install", "abc-atlas");
            mustBeContent(trip, root, "killed and resumed");
            disturbed(trip, root, "INT", "install", "abc-voice-es");
            mustBeContent(trip, root, "interrupted and resumed");
            for (String way : List.of("undo", "redo", "rollback 1")) {
                opm(trip, root, way.split(" ")).mustEnd(0);
                mustBeContent(trip, root, way);
            }
        }
    }

    private static List<String> words(Trip trip, Path root, String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--root", root.toString(), "--yes"));
        all.addAll(List.of("--repo", "town=" + DEMO.resolve("repository")));
        all.addAll(List.of("--state", trip.at("state").toString()));
        return all;
    }

    private static Trip.Said opm(Trip trip, Path root, String... words) {
        return trip.opm(words(trip, root, words).toArray(String[]::new));
    }

    /// Sends a signal when rpm has been started, lets everything end, and goes on.
    private void disturbed(Trip trip, Path root, String signal, String... words) throws Exception {
        Path journal = StateFolder.in(root).journal();
        long before = Files.size(journal);
        List<String> argv = new ArrayList<>(List.of("setsid"));
        argv.addAll(Trip.opmCommand());
        argv.addAll(words(trip, root, words));
        var builder = new ProcessBuilder(argv).redirectErrorStream(true);
        builder.environment().put("HOME", "/root");
        Process process = builder.redirectOutput(trip.at("said").toFile()).start();
        while (process.isAlive()
                && !Files.readString(journal).substring((int) before).contains(" start ")) {
            LockSupport.parkNanos(1_000_000);
        }
        trip.run("kill", "-" + signal, "--", "-" + process.pid());
        process.waitFor();
        String hook = Trip.project().resolve("hooks/opm-open").toString();
        boolean open = !Files.readString(journal).matches("(?s).* end [0-9]+ done\n");
        Trip.Said warning = trip.run(hook, journal.toString()).mustEnd(open ? 1 : 0);
        assertThat(warning.err().contains("opm resume")).isEqualTo(open);
        opm(trip, root, "resume").mustEnd(0);
        trip.run(hook, journal.toString()).mustEnd(0);
    }

    private void mustBeContent(Trip trip, Path root, String what) {
        var dnf = new Dnf(trip, root, List.of());
        assertThat(dnf.says("check")).as(what).isEmpty();
        dnf.says("history", "list");
        assertThat(trip.rpm(root, "-Va").out()).as(what).isEmpty();
    }
}
