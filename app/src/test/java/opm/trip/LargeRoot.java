package opm.trip;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;

/// A root whose rpm database holds the 1,858 packages of the reference data; their files are not
/// there.
final class LargeRoot {
    static final int PACKAGES = 1858;

    private LargeRoot() {}

    static Path make(Trip trip, String name) {
        Path installed = Trip.shared("universe/installed");
        Path root = trip.newRoot(name);
        Path stubs =
                trip.stubRepo(
                        "installed",
                        "--from",
                        installed.toString(),
                        "--files",
                        "--same",
                        // Two thirds of the time would go into signatures that nobody asks for.
                        "--unsigned",
                        "--metadata",
                        "none");
        trip.install(
                root,
                Trip.rpms(stubs),
                "--justdb",
                "--nodeps",
                "--noorder",
                "--nosignature",
                "--ignorearch",
                "--ignoreos",
                "--replacefiles");
        assertThat(trip.installed(root)).hasSize(PACKAGES);
        return root;
    }
}
