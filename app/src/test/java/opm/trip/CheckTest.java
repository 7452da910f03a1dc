package opm.trip;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import opm.base.Digest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `opm check` and the look ahead of every change, from outside.
final class CheckTest {
    private static final Path DEMO = Trip.project().resolve("app/src/main/resources/opm/cli/demo");

    @TempDir Path folder;

    private static List<String> with(Path root, Trip trip, String... words) {
        var all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--root", root.toString(), "--state", trip.at("state").toString()));
        return all;
    }

    /// A bundle for the school: clear at first, with the room that it needs; then a folder stands
    /// where a file has to come, which `check` and `apply` name before anything changes.
    @Test
    void saysWhatStandsInTheWay() throws Exception {
        Trip.needs("rpm", "rpmkeys", "createrepo_c");
        Trip.needsRoot();
        try (var trip = new Trip(folder)) {
            Path root = trip.newRoot("root", DEMO.resolve("RPM-GPG-KEY-demo"));
            trip.install(root, Trip.rpms(DEMO.resolve("older")));
            String box = trip.at("box.opm").toString();
            List<String> create = with(root, trip, "bundle", "create", "--upgrade", "-o", box);
            create.addAll(List.of("--repo", "here=" + DEMO.resolve("repository"), "--yes"));
            trip.opm(create.toArray(String[]::new)).mustEnd(0);
            List<String> check = with(root, trip, "check", box);
            assertThat(trip.opm(check.toArray(String[]::new)).mustEnd(0).out())
                    .contains("File system", "Signed by:", "Nothing stands in the way.");
            Path stranger = trip.newRoot("stranger");
            trip.install(stranger, Trip.rpms(DEMO.resolve("older")));
            List<String> there = with(stranger, trip, "check", box);
            assertThat(trip.opm(there.toArray(String[]::new)).mustEnd(5).out())
                    .contains("which this machine does not trust");
            List<String> installed = trip.installed(root);
            String path = changed(trip, root);
            Files.delete(root.resolve(path.substring(1)));
            Files.createDirectory(root.resolve(path.substring(1)));
            Trip.Said said = trip.opm(check.toArray(String[]::new)).mustEnd(5);
            assertThat(said.out()).contains(path + ": a folder stands where");
            check.add("--json");
            assertThat(trip.opm(check.toArray(String[]::new)).mustEnd(5).out())
                    .contains("\"result\":\"not-ready\"", "\"why\":\"folder\"", "\"peakBytes\"");
            String nowhere = "TMPDIR=" + trip.at("absent");
            Trip.Said sh = trip.run("env", nowhere, "sh", box, "--root", root.toString(), "--yes");
            assertThat(sh.mustEnd(5).err())
                    .contains("no folder for temporary files: " + trip.at("absent"), "TMPDIR=")
                    .doesNotContain("mktemp");
            List<String> apply = with(root, trip, "apply", box, "--yes");
            trip.opm(apply.toArray(String[]::new)).mustEnd(5);
            assertThat(trip.installed(root)).isEqualTo(installed);
        }
    }

    /// Returns a plain file that an installed package and its new version both have.
    private static String changed(Trip trip, Path root) {
        var format = "[%{FILENAMES} %{FILEMODES}\\n]";
        return trip.rpm(root, "-q", "abc-reader", "--qf", format)
                .mustEnd(0)
                .out()
                .lines()
                .filter(line -> Integer.parseInt(line.split(" ")[1]) >> 12 == 8)
                .map(line -> line.split(" ")[0])
                .findFirst()
                .orElseThrow();
    }

    /// The doctor has nothing to say of a healthy root, and names an interrupted change.
    @Test
    void theDoctorLooks() throws Exception {
        Trip.needs("rpm");
        Trip.needsRoot();
        try (var trip = new Trip(folder)) {
            Path root = trip.newRoot("root", DEMO.resolve("RPM-GPG-KEY-demo"));
            trip.install(root, Trip.rpms(DEMO.resolve("older")));
            List<String> doctor = with(root, trip, "doctor");
            assertThat(trip.opm(doctor.toArray(String[]::new)).mustEnd(0).out())
                    .contains("Packages", "7", "Nothing has to be done.")
                    .doesNotContain("interrupted");
            Path state = Files.createDirectories(root.resolve("var/lib/opm"));
            var begin = "1 1 begin 1 " + "0".repeat(64) + " " + "1".repeat(64) + " ";
            begin += "2".repeat(64) + " 3 -";
            var check = Digest.sha256Of(begin.getBytes(StandardCharsets.UTF_8));
            Files.writeString(
                    state.resolve("journal"),
                    "opm-journal 1\n" + check.hex().substring(0, 16) + " " + begin + "\n");
            assertThat(trip.opm(doctor.toArray(String[]::new)).mustEnd(0).out())
                    .contains("Change 1 was interrupted: 0/3", "opm resume");
        }
    }
}
