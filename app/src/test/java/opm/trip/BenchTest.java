package opm.trip;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The bench itself works: every contender answers every case of a small universe.
final class BenchTest {
    private final Trip trip;

    BenchTest(@TempDir Path folder) {
        trip = new Trip(folder);
    }

    /// A table with opm and whichever peers are here, none of them failing.
    @Test
    void smallTable() {
        Trip.needs("python3", "rpm");
        Trip.needsRoot();
        Trip.Said said =
                trip.run(
                                Trip.project().resolve("dev.d/bench").toString(),
                                "--small",
                                "-n",
                                "1",
                                "--opm",
                                String.join(" ", Trip.opmCommand()),
                                "-o",
                                trip.at("table.json").toString())
                        .mustEnd(0);
        for (String name : java.util.List.of("import", "install", "upgrade", "search")) {
            assertThat(said.out()).containsPattern("\\| " + name + " +\\| opm ");
        }
        assertThat(said.out()).doesNotContain("FAILED");
    }
}
