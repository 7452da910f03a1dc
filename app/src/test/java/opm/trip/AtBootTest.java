package opm.trip;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An update at the next start, as systemd.offline-updates(7) says: the link goes first, then the
/// bundle is applied, then the machine starts again. Here systemd is a script that notes what it is
/// told; no machine is started.
final class AtBootTest {
    private final Trip trip;

    AtBootTest(@TempDir Path folder) {
        trip = new Trip(folder);
    }

    private Trip.Said start(Path root) throws IOException {
        Path stub = Files.createDirectories(trip.at("stub")).resolve("systemctl");
        String note = "#!/bin/sh\n[ ! -L " + root + "/system-update ] || echo link\necho \"$@\"\n";
        Trip.write(stub, note);
        Files.setPosixFilePermissions(stub, PosixFilePermissions.fromString("rwxr-xr-x"));
        String path = "PATH=" + stub.getParent() + ":" + System.getenv("PATH");
        String run = root + "/var/lib/opm/at-boot/run";
        return trip.run(List.of("env", path, "sh", run, root.toString()));
    }

    /// Prepared by either program, done at the next start, gone at the one after that; a failure
    /// leaves a machine that starts as always.
    @Test
    void preparedThenApplied() throws IOException {
        Trip.needs("rpm", "rpmbuild", "rpmkeys", "createrepo_c");
        Trip.needsRoot();
        var rpms = new SmallPackages(trip, "echo NAME VERSION");
        Path town = rpms.build("town", List.of("one 1"));
        for (String hand : List.of("sh", "opm")) {
            Path root = trip.newRoot(hand);
            var home = new Home(trip, root, List.of("town=" + town.toUri()));
            home.pack("--install", "one", "--allow-unsigned");
            Path box = home.box();
            Path link = root.resolve("system-update");
            Files.createSymbolicLink(link, Path.of("/var/lib/PackageKit"));
            prepare(hand, box, root).mustEnd(5);
            Files.delete(link);
            prepare(hand, box, root).mustEnd(0);
            assertThat(Files.readSymbolicLink(link)).isEqualTo(Path.of("/var/lib/opm/at-boot"));
            assertThat(trip.installed(root)).isEmpty();
            Path unit = root.resolve("etc/systemd/system/opm-at-boot.service");
            Path wanted = unit.resolveSibling("system-update.target.wants/opm-at-boot.service");
            assertThat(wanted.toRealPath()).isEqualTo(unit.toRealPath());
            if (Trip.has("systemd-analyze")) {
                Trip.Said said = trip.run("systemd-analyze", "verify", unit.toString());
                assertThat(said.err()).doesNotContain("opm-at-boot");
            }
            Files.delete(box); // the stick is gone by then
            assertThat(start(root).mustEnd(0).out()).isEqualTo("--no-block reboot\n");
            assertThat(trip.installed(root)).containsExactly("one-0:1-1.noarch");
            assertThat(Files.exists(link, LinkOption.NOFOLLOW_LINKS)).isFalse();
            assertThat(Files.exists(wanted, LinkOption.NOFOLLOW_LINKS)).isFalse();
            assertThat(Files.readString(root.resolve("var/lib/opm/at-boot/status")))
                    .isEqualTo("0\n");
            // Somebody else's link, or none: nothing happens.
            assertThat(start(root).mustEnd(0).out()).isEmpty();
        }
        Path root = trip.newRoot("changed");
        var home = new Home(trip, root, List.of("town=" + town.toUri()));
        home.pack("--install", "one", "--allow-unsigned");
        prepare("sh", home.box(), root).mustEnd(0);
        rpms.build("other", List.of("other 1"));
        trip.rpm(root, "-i", rpms.rpm("other", "other-1")).mustEnd(0);
        assertThat(start(root).mustEnd(0).out()).isEqualTo("--no-block reboot\n");
        assertThat(trip.installed(root)).containsExactly("other-0:1-1.noarch");
        assertThat(Files.readString(root.resolve("var/lib/opm/at-boot/status"))).isEqualTo("5\n");
        assertThat(Files.readString(root.resolve("var/lib/opm/at-boot/log"))).contains("changed");
    }

    private Trip.Said prepare(String hand, Path box, Path root) {
        return hand.equals("sh")
                ? trip.run("sh", box.toString(), "--root", root.toString(), "--at-boot")
                : trip.opm("apply", box + "", "--root", root + "", "--at-boot", "--yes");
    }
}
