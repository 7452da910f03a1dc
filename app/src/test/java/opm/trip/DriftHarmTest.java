package opm.trip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Between profile and bundle the machine lost what the bundle counted on: a key, room, its power
/// in the middle. Either all of it is done in the end, or nothing.
final class DriftHarmTest {
    private static final boolean SOAK = Boolean.getBoolean("opm.soak");
    private static final int PACKAGES = 70;

    /// Stands before rpm in PATH: what would begin batch 2 waits until the hand was killed, and
    /// then dies too, or goes on without it.
    private static final String HOLD =
            """
            #!/bin/sh
            if grep -q ' start 1 2 ' "$JOURNAL" 2>/dev/null && [ ! -e "$DIR/past" ]; then
                until [ -e "$DIR/killed" ]; do sleep 0.01; done
                [ ! -e "$DIR/dies" ] || exit 137
            fi
            PATH=$REAL exec rpm "$@"
            """;

    private final Trip trip;
    private Home home;

    DriftHarmTest(@TempDir Path folder) {
        trip = new Trip(folder);
        home = new Home(trip, folder, List.of());
    }

    private Path recipe(int version) {
        var text = new StringBuilder();
        for (int pkg = 0; pkg < PACKAGES; pkg++) {
            text.append("package p" + pkg + "-" + version + "-1.noarch\nbuilt: 2026-06-01\n");
            text.append("file /usr/share/p" + pkg + ": " + version + "\n");
        }
        Path file = trip.at(version + ".recipe");
        Trip.write(file, text.toString());
        return file;
    }

    @BeforeEach
    void twoBatches() {
        Trip.needs("rpm", "rpmkeys", "createrepo_c", "python3");
        Trip.needsRoot();
        Path older = trip.stubRepo("older", "--recipe", recipe(1).toString());
        Path newer = trip.stubRepo("newer", "--recipe", recipe(2).toString());
        home = Home.of(trip, "root", newer);
        trip.install(home.root(), Trip.rpms(older));
        home.pack("--upgrade");
    }

    private Path copy(String name, boolean drifted) {
        Path root = trip.at(name);
        trip.run("cp", "-a", home.root().toString(), root.toString()).mustEnd(0);
        if (drifted) {
            trip.rpm(root, "-e", "p3").mustEnd(0);
        }
        return root;
    }

    private List<String> sh(Path root) {
        return List.of("sh", home.box().toString(), "--root", root.toString());
    }

    private Trip.Said opm(Path root, String... words) {
        var all = new ArrayList<>(List.of(words));
        all.addAll(List.of(home.box().toString(), "--root", root.toString(), "--yes"));
        return trip.opm(all.toArray(String[]::new));
    }

    /// Refused by both programs, as it was in the profile and changed besides.
    private void refused(Path root, int status, String word, int shStatus, String shWord) {
        List<String> before = trip.installed(root);
        assertThat(opm(root, "apply").mustEnd(status).err()).contains(word).contains("hint: ");
        assertThat(trip.run(sh(root)).mustEnd(shStatus).err()).contains(shWord);
        assertThat(trip.installed(root)).isEqualTo(before);
    }

    /// The key that signed the packages is trusted no longer.
    @Test
    void keyIsMissing() {
        for (boolean drifted : SOAK ? List.of(false, true) : List.of(true)) {
            Path root = copy("keyless" + drifted, drifted);
            trip.rpm(root, "-e", "--allmatches", "gpg-pubkey").mustEnd(0);
            String sh = drifted ? "1 packages changed" : "not signed by a key";
            refused(root, 3, "not signed by a key", drifted ? 5 : 3, sh);
        }
    }

    /// The disk has less room than it had.
    @Test
    void roomIsMissing() {
        Trip.needs("mount", "umount");
        for (boolean drifted : SOAK ? List.of(false, true) : List.of(true)) {
            Path disk = trip.newRoot("disk" + drifted);
            Trip.Said said =
                    trip.run("mount", "-t", "tmpfs", "-o", "size=30M", "opm", disk.toString());
            assumeTrue(said.status() == 0, "skipped: nothing can be mounted here: " + said.err());
            try {
                Path root = copy("disk" + drifted + "/root", drifted);
                refused(root, 5, "room", 5, drifted ? "1 packages changed" : "space");
            } finally {
                trip.run("umount", "-l", disk.toString());
            }
        }
    }

    /// The power fails while the second batch of a plan that was solved anew is laid down.
    @Test
    void powerFailsInWhatWasSolvedAnew() throws Exception {
        for (boolean rpmDies : SOAK ? List.of(true, false) : List.of(true)) {
            Path root = copy("cut" + rpmDies, true);
            Path dir = Files.createDirectories(trip.at("front" + rpmDies));
            Path front = Files.writeString(dir.resolve("rpm"), HOLD);
            Files.setPosixFilePermissions(front, PosixFilePermissions.fromString("rwxr-xr-x"));
            if (rpmDies) {
                Files.createFile(dir.resolve("dies"));
            }
            Path journal = root.resolve("var/lib/opm/journal");
            var argv = new ArrayList<>(Trip.opmCommand());
            argv.addAll(List.of("apply", home.box().toString(), "--yes", "--root", root + ""));
            var builder = new ProcessBuilder(argv).redirectErrorStream(true);
            builder.redirectOutput(trip.at("said").toFile());
            builder.environment().put("HOME", "/root");
            builder.environment().put("REAL", System.getenv("PATH"));
            builder.environment().put("PATH", dir + ":" + System.getenv("PATH"));
            builder.environment().put("JOURNAL", journal.toString());
            builder.environment().put("DIR", dir.toString());
            Process process = builder.start();
            while (process.isAlive()
                    && !(Files.exists(journal)
                            && Files.readString(journal).contains(" start 1 2 "))) {
                Thread.onSpinWait();
            }
            process.destroyForcibly().waitFor();
            Files.createFile(dir.resolve("killed"));
            Files.createFile(dir.resolve("past"));

            // The first batch is there, and the sh program knows that this is not its plan.
            assertThat(trip.installed(root)).anyMatch(name -> name.contains("-0:2-"));
            assertThat(trip.run(sh(root)).mustEnd(5).err()).contains("hint: ");
            opm(root, "resume").mustEnd(0);
            assertThat(trip.installed(root))
                    .hasSize(PACKAGES - 1)
                    .allMatch(name -> name.contains("-0:2-"))
                    .noneMatch(name -> name.startsWith("p3-"));
            Trip.Said verified = trip.rpm(root, "-Va").mustEnd(0);
            assertThat(verified.out() + verified.err()).isEmpty();
            new Home(trip, root, home.repos()).isUpToDate();
        }
    }
}
