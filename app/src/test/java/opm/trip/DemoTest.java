package opm.trip;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What somebody sees who tries opm for the first time.
final class DemoTest {
    private static final List<String> AFTER =
            List.of(
                    "abc-atlas-0:1.0-1.noarch",
                    "abc-base-0:1.2-1.noarch",
                    "abc-chalk-0:0.3-1.noarch",
                    "abc-dictionary-en-0:2026-1.noarch",
                    "abc-dictionary-es-0:2026-1.noarch",
                    "abc-fonts-world-0:2.0-1.noarch",
                    "abc-maps-0:1.0-1.noarch",
                    "abc-reader-0:2.0-1.noarch",
                    "abc-songs-0:3.1-1.noarch",
                    "abc-speech-0:1.0-1.noarch",
                    "abc-sums-0:1.1-1.noarch",
                    "abc-voice-es-0:1.0-1.noarch");

    private final Trip trip;

    DemoTest(@TempDir Path folder) {
        trip = new Trip(folder);
    }

    /// The whole trip, and the command that the demo prints lists what it says.
    @Test
    void wholeTrip() {
        Trip.needs("rpm", "rpmkeys", "sh");
        Trip.needsRoot();
        Trip.Said said = trip.opm("demo", "--dir", trip.at("demo").toString()).mustEnd(0);
        assertThat(trip.installed(trip.at("demo/school"))).isEqualTo(AFTER);
        String printed =
                said.out()
                        .lines()
                        .map(String::strip)
                        .filter(l -> l.startsWith("rpm "))
                        .findFirst()
                        .get();
        assertThat(trip.run(printed.split(" ")).mustEnd(0).out())
                .contains("abc-reader-2.0-1.noarch", "abc-voice-es-1.0-1.noarch");
        assertThat(trip.rpm(trip.at("demo/school"), "-Va").mustEnd(0).out()).isEmpty();
        assertThat(said.out())
                .contains(
                        "takes the place of abc-fonts", "recommended by others", "1.4-1 -> 2.0-1");
    }

    /// Without rpm the demo ends with a verified bundle and says how to get rpm.
    @Test
    void withoutRpm() throws IOException {
        Trip.needs("rpm");
        Path bin = Files.createDirectories(trip.at("bin"));
        // A PATH with nothing but what the demo looks for besides rpm.
        for (String program : List.of("sh", "id", "apt-get")) {
            Path real = Path.of("/usr/bin", program);
            if (Files.exists(real)) {
                Files.createSymbolicLink(bin.resolve(program), real);
            }
        }
        Trip.Said said =
                trip.withVariable("PATH", bin.toString())
                        .opm("demo", "--dir", trip.at("demo").toString())
                        .mustEnd(0);
        assertThat(said.out()).contains("There is no rpm here", "install");
        assertThat(trip.opm("bundle", "verify", trip.at("demo/school.opm").toString()).status())
                .isZero();
    }

    /// The sample profile is what the profile of the school really is.
    @Test
    void sampleProfileIsTheRealOne() throws IOException {
        Trip.needs("rpm", "rpmkeys", "sh");
        Trip.needsRoot();
        trip.opm("demo", "--dir", trip.at("demo").toString()).mustEnd(0);
        assertThat(facts(Files.readString(trip.at("demo/school.opmprofile"))))
                .isEqualTo(facts(Files.readString(sample())));
    }

    private static Path sample() {
        return Trip.project().resolve("app/src/main/resources/opm/cli/demo/school.opmprofile");
    }

    /// Returns the lines that do not depend on the machine or the time.
    private static List<String> facts(String profile) {
        return profile.lines()
                .filter(line -> line.matches("(distro|repo|set|key|armor|pkg|[PRCOMSUEF])\t.*"))
                .filter(line -> !line.startsWith("armor\tVersion:"))
                .map(line -> line.replaceFirst("^(pkg(\t[^\t]*){3}\t)\\d+", "$1"))
                .toList();
    }
}
