package opm.bench;

import java.nio.file.Files;
import java.nio.file.Path;

/// Where the release-sized universe lies.
final class Universes {
    private Universes() {}

    static Path shared() {
        String named = System.getenv("OPM_SHARED");
        Path universe = Path.of(named == null ? "../shared" : named, "universe");
        if (!Files.isDirectory(universe)) {
            throw new IllegalStateException("no universe in $OPM_SHARED or ../shared");
        }
        return universe;
    }
}
