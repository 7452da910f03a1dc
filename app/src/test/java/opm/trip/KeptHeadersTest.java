package opm.trip;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// Signed headers of what is installed: kept by digest, verified with nothing but the store and the
/// machine's keys.
final class KeptHeadersTest {
    private final Trip trip;
    private final Path state;

    KeptHeadersTest(@TempDir Path folder) {
        trip = new Trip(folder);
        state = folder.resolve("state");
    }

    private Trip.Said headers(Path root, String... more) {
        var words = new ArrayList<>(List.of("cache", "headers", "--json"));
        words.addAll(List.of("--root", root.toString(), "--state", state.toString()));
        words.addAll(List.of(more));
        return trip.opm(words.toArray(String[]::new));
    }

    private List<Path> objects() throws IOException {
        try (Stream<Path> all = Files.walk(state.resolve("store/sha256"))) {
            return all.filter(Files::isRegularFile).sorted().toList();
        }
    }

    /// Real packages with real signatures; two machines share what both have; a flipped byte and a
    /// key that is gone are found.
    @Test
    void verifiedWithoutRpmAndWithoutThePackage() throws IOException {
        Trip.needs("rpm", "rpmkeys");
        Trip.needsRoot();
        Path packages = Trip.shared("corpus/real/rpms/centos7-closed");
        Path keys = Trip.shared("corpus/real/keys");
        Path root = trip.newRoot("root");
        List<Path> two =
                List.of(
                        packages.resolve("libreport-filesystem-2.1.11-43.el7.centos.x86_64.rpm"),
                        packages.resolve("epel-release-7-11.noarch.rpm"));
        trip.install(root, two, "--nodeps");
        assertThat(headers(root).mustEnd(0).out()).contains("\"headers\":2,\"new\":2");
        Path other = trip.newRoot("other");
        trip.install(other, two.subList(0, 1), "--nodeps");
        assertThat(headers(other).mustEnd(0).out()).contains("\"headers\":1,\"new\":0");
        assertThat(headers(root).mustEnd(0).out()).contains("\"headers\":2,\"new\":0");
        for (Path object : objects()) {
            trip.run("rpm", "-qp", "--nosignature", object.toString()).mustEnd(0);
        }
        assertThat(headers(root, "--check").mustEnd(0).out())
                .contains("\"trusted\":0", "\"unknown-key\":[\"sha256:");
        trip.run("rpmkeys", "--root", root + "", "--import", keys + "/RPM-GPG-KEY-CentOS-7");
        assertThat(headers(root, "--check").mustEnd(0).out()).contains("\"trusted\":2");

        Path first = objects().getFirst();
        first.toFile().setWritable(true);
        try (var file = new RandomAccessFile(first.toFile(), "rw")) {
            file.seek(file.length() - 100);
            int old = file.read();
            file.seek(file.length() - 100);
            file.write(old ^ 1);
        }
        assertThat(headers(root, "--check").mustEnd(3).err()).contains("damaged");
    }

    /// As many as a usual machine has.
    @Test
    @EnabledIfSystemProperty(named = "opm.soak", matches = "true")
    void ofALargeRoot() {
        Trip.needs("rpm", "python3");
        Trip.needsRoot();
        Path root = LargeRoot.make(trip, "large");
        for (int round = 0; round < 3; round++) {
            long begin = System.nanoTime();
            String said = headers(root).mustEnd(0).out();
            long tookMillis = (System.nanoTime() - begin) / 1_000_000;
            assertThat(said).contains("\"headers\":" + LargeRoot.PACKAGES);
            begin = System.nanoTime();
            headers(root, "--check").mustEnd(0);
            long checkMillis = (System.nanoTime() - begin) / 1_000_000;
            System.out.println("headers: " + tookMillis + " ms, check: " + checkMillis + " ms");
        }
    }
}
