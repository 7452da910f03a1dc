package opm.trip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Module streams of CentOS Stream 9 through the command line: what dnf shows, what it installs.
final class ModulesTest {
    /// Streams of the short form of the test.
    private static final Set<String> SHORT = Set.of("20", "8.2");

    @TempDir private Path folder;

    private static String repo(String name) {
        return Trip.shared("corpus/real/repos/" + name).toUri().toString();
    }

    private static Trip.Said opm(Trip trip, Path root, String... request) {
        var words = new ArrayList<>(List.of(request));
        words.addAll(List.of("--arch", "x86_64", "--root", root.toString()));
        words.addAll(List.of("--state", trip.at("state").toString(), "--json", "--assumeno"));
        words.addAll(List.of("--repo", "app=" + repo("cs9-appstream")));
        return trip.opm(words.toArray(String[]::new)).mustEnd(0);
    }

    private static TreeSet<String> comes(Trip.Said said) {
        var comes = new TreeSet<String>();
        var matcher = Pattern.compile("\"nevra\":\"([^\"]+)\"").matcher(said.out());
        while (matcher.find()) {
            comes.add(matcher.group(1));
        }
        return comes;
    }

    private Path root(Trip trip, String module, String stream) throws IOException {
        Path root = trip.newRoot("root");
        Path enabled = Files.createDirectories(root.resolve("etc/dnf/modules.d"));
        Trip.write(
                enabled.resolve(module + ".module"),
                "[%1$s]\nname=%1$s\nprofiles=\nstate=enabled\nstream=%2$s\n"
                        .formatted(module, stream));
        return root;
    }

    /// Of 17,649 packages dnf shows 17,133.
    @Test
    void showsAsManyPackagesAsDnf() {
        Trip.needs("rpm");
        Trip.needsRoot();
        var trip = new Trip(folder);
        var said = opm(trip, trip.newRoot("root"), "list", "--available", "--all-versions");
        assertThat(Pattern.compile("\"nevra\":").matcher(said.out()).results().count())
                .isEqualTo(17133);
    }

    /// A stream that the machine has enabled, or that is asked for, gives dnf's answer.
    @ParameterizedTest
    @CsvSource({"nodejs,18", "nodejs,20", "nodejs,22", "php,8.1", "php,8.2", "php,8.3"})
    void streamsAsDnfAnswers(String module, String stream) throws IOException {
        Trip.needs("rpm", "dnf");
        Trip.needsRoot();
        assumeTrue(
                SHORT.contains(stream) || Boolean.getBoolean("opm.soak"),
                "skipped: all streams only with -Dopm.soak=true");
        var trip = new Trip(folder);
        Path root = root(trip, module, stream);
        String base = "base=" + repo("cs9-baseos-subset");
        var dnf =
                new Dnf(trip, root, List.of("app=" + repo("cs9-appstream"), base))
                        .withPlatform("platform:el9");
        var wanted = dnf.wouldBring("install", module);
        assertThat(comes(opm(trip, root, "install", module, "--repo", base))).isEqualTo(wanted);
        String asked = module + ":" + stream;
        Path other = trip.newRoot("other");
        assertThat(comes(opm(trip, other, "install", module, "--repo", base, "--module", asked)))
                .isEqualTo(wanted);
    }
}
