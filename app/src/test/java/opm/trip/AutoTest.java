package opm.trip;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Updates that nobody watches, with real rpm: one a day.
///
/// `-Dopm.soak=true`: thirty days, after which nothing but the history has grown.
final class AutoTest {
    private static final boolean SOAK = Boolean.getBoolean("opm.soak");
    private static final int DAYS = SOAK ? 30 : 2;

    /// After so many days as many changes lie back as an undo keeps packages of.
    private static final int FULL_DAYS = 13;

    private final Trip trip;
    private final SmallPackages packages;
    private Path root;

    AutoTest(@TempDir Path folder) {
        trip = new Trip(folder);
        packages = new SmallPackages(trip, "head -c 50000 /dev/urandom");
    }

    @BeforeEach
    void aMachine() throws IOException {
        Trip.needs("rpm", "rpmbuild", "rpmkeys", "createrepo_c");
        Trip.needsRoot();
        root = trip.newRoot("root");
        publish(0);
        trip.install(root, Trip.rpms(trip.at("repo")), "--nosignature");
        Files.createDirectories(trip.at("state/store"));
        Trip.write(trip.at("state/store/config"), "older = 0\nnewer = 0\nage = 0d\n");
    }

    private void publish(int day) throws IOException {
        for (Path rpm : Files.isDirectory(trip.at("repo")) ? Trip.rpms(trip.at("repo")) : none()) {
            Files.delete(rpm);
        }
        packages.build("repo", List.of("app 1." + day, "base 1." + day / 7));
    }

    private static List<Path> none() {
        return List.of();
    }

    private Trip.Said auto(String... more) {
        var words = new ArrayList<>(List.of("auto", "--allow-unsigned"));
        words.addAll(List.of("--root", root + "", "--state", trip.at("state") + ""));
        words.addAll(List.of("--repo", "r=" + trip.at("repo").toUri()));
        words.addAll(List.of(more));
        return trip.opm(words.toArray(String[]::new));
    }

    private long stateBytes() throws IOException {
        try (Stream<Path> files = Files.walk(trip.at("state"))) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> !file.startsWith(trip.at("state/history")))
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }

    /// Each day's update comes without a question; a day without one changes nothing.
    @Test
    void everyDay() throws IOException {
        long full = 0;
        for (int day = 1; day <= DAYS; day++) {
            publish(day);
            auto().mustEnd(0);
            assertThat(trip.installed(root))
                    .containsExactly(
                            "app-0:1." + day + "-1.noarch",
                            "base-0:1." + day / 7 + "-1.noarch");
            trip.run("rpm", "--root", root + "", "-Va", "--nomtime").mustEnd(0);
            if (day == FULL_DAYS) {
                full = stateBytes();
            }
        }
        assertThat(auto().mustEnd(0).out()).doesNotContain("app");
        trip.opm("cache", "check", "--state", trip.at("state") + "").mustEnd(0);
        if (SOAK) {
            assertThat(stateBytes()).isLessThan(full + 100_000);
        }
        assertThat(auto("--assumeno").mustEnd(0).err()).isEmpty();
    }

    /// Over a connection that is paid by what it carries nothing comes, unless that was meant.
    @Test
    void meteredLines() throws IOException {
        publish(1);
        Path folder = Files.createDirectories(trip.at("bin"));
        Trip.write(folder.resolve("busctl"), "#!/bin/sh\necho u 1\n");
        trip.run("chmod", "755", folder.resolve("busctl") + "").mustEnd(0);
        trip.withVariable("PATH", folder + ":" + System.getenv("PATH"));
        assertThat(auto().mustEnd(0).out()).contains("metered");
        assertThat(trip.installed(root)).contains("app-0:1.0-1.noarch");
        auto("--over-metered").mustEnd(0);
        assertThat(trip.installed(root)).contains("app-0:1.1-1.noarch");
    }
}
