package opm.trip;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Kernels whose scripts make an initramfs and a boot entry, as those of Fedora do by dracut and
/// kernel-install, and one whose dracut fails, of which rpm says nothing.
final class KernelTest {
    @TempDir Path folder;

    /// The new kernel could not be booted, so the old one, which can, does not go before somebody
    /// has made what is missing; then the change is finished.
    @Test
    void theLastKernelThatBootsStays() throws Exception {
        Trip.needs("rpm", "rpmkeys", "createrepo_c");
        Trip.needsRoot();
        try (var trip = new Trip(folder)) {
            Path old = repo(trip, "old", kernel("5", true), kernel("6", true));
            Path bad = repo(trip, "bad", kernel("7", false));
            Path good = repo(trip, "good", kernel("8", true));
            Path root = trip.newRoot("root", old.resolve("RPM-GPG-KEY-stub"));
            Files.createDirectories(root.resolve("etc/dnf"));
            Trip.write(root.resolve("etc/dnf/dnf.conf"), "[main]\ninstallonly_limit=2\n");
            trip.install(root, Trip.rpms(old));
            // Of the two kernels, one had bad luck before.
            Files.delete(root.resolve("boot/initramfs-6-1.noarch.img"));

            Trip.Said said = opm(trip, root, bad, "upgrade").mustEnd(5);
            assertThat(said.err()).contains("kernel 5-1.noarch would go", "initramfs 7-1.noarch");
            assertThat(trip.installed(root)).hasSize(3);
            opm(trip, root, bad, "resume").mustEnd(5);
            assertThat(root.resolve("boot/loader/entries/5-1.noarch.conf")).exists();
            Files.writeString(root.resolve("boot/initramfs-7-1.noarch.img"), "made by hand");
            opm(trip, root, bad, "resume").mustEnd(0);
            assertThat(trip.installed(root))
                    .containsExactly("kernel-core-0:6-1.noarch", "kernel-core-0:7-1.noarch");

            said = opm(trip, root, good, "upgrade").mustEnd(0);
            assertThat(said.err()).doesNotContain("cannot be started");
            assertThat(root.resolve("boot/initramfs-8-1.noarch.img")).exists();
            Files.delete(root.resolve("boot/loader/entries/7-1.noarch.conf"));
            // Nothing comes that could take its place: known before anything changes.
            said = opm(trip, root, good, "remove", "kernel-core-8").mustEnd(5);
            assertThat(said.out()).contains("kernel-core-8-1.noarch is the last kernel that boots");
        }
    }

    /// A kernel that cannot be booted takes nobody's place, but people are told.
    @Test
    void aKernelWithoutInitramfsIsNamed() throws Exception {
        Trip.needs("rpm", "rpmkeys", "createrepo_c");
        Trip.needsRoot();
        try (var trip = new Trip(folder)) {
            Path old = repo(trip, "old", kernel("5", true));
            Path bad = repo(trip, "bad", kernel("7", false));
            Path root = trip.newRoot("root", old.resolve("RPM-GPG-KEY-stub"));
            trip.install(root, Trip.rpms(old));
            assertThat(opm(trip, root, bad, "upgrade").mustEnd(0).err())
                    .contains("Kernel 7-1.noarch came", "no initramfs");
            assertThat(root.resolve("boot/loader/entries/5-1.noarch.conf")).exists();
        }
    }

    /// The kernel that runs goes by no way at all: not as the oldest of too many, by name, by an
    /// undo, or by a bundle that was made when another one ran.
    @Test
    void theRunningKernelStays() throws Exception {
        Trip.needs("rpm", "rpmkeys", "createrepo_c");
        Trip.needsRoot();
        try (var trip = new Trip(folder)) {
            Path old = repo(trip, "old", kernel("5", true), kernel("6", true));
            Path next = repo(trip, "next", kernel("8", true));
            Path last = repo(trip, "last", kernel("9", true));
            Path root = trip.newRoot("root", old.resolve("RPM-GPG-KEY-stub"));
            Files.createDirectories(root.resolve("etc/dnf"));
            Trip.write(root.resolve("etc/dnf/dnf.conf"), "[main]\ninstallonly_limit=2\n");
            trip.install(root, Trip.rpms(old));
            start(root, "5");
            opm(trip, root, next, "upgrade").mustEnd(0);
            List<String> both = List.of("kernel-core-0:5-1.noarch", "kernel-core-0:8-1.noarch");
            assertThat(trip.installed(root)).isEqualTo(both);
            Trip.Said said = opm(trip, root, next, "remove", "kernel-core-5").mustEnd(5);
            assertThat(said.out()).contains("kernel-core-5-1.noarch holds the kernel that runs");
            start(root, "8");
            for (Path rpm : Trip.rpms(old)) {
                opm(trip, root, next, "cache", "add", rpm.toString()).mustEnd(0);
            }
            said = opm(trip, root, next, "undo").mustEnd(5);
            assertThat(said.out()).contains("kernel-core-8-1.noarch holds the kernel that runs");

            String box = trip.at("box.opm").toString();
            opm(trip, root, last, "bundle", "create", "--upgrade", "-o", box).mustEnd(0);
            start(root, "5");
            said = trip.run("sh", box, "--root", root.toString(), "--yes").mustEnd(5);
            assertThat(said.err()).contains("kernel-core-0:5-1.noarch holds the kernel that runs");
            opm(trip, root, last, "apply", box).mustEnd(5);
            assertThat(trip.installed(root)).isEqualTo(both);
            start(root, "8");
            trip.run("sh", box, "--root", root.toString(), "--yes").mustEnd(0);
            assertThat(trip.installed(root))
                    .containsExactly("kernel-core-0:8-1.noarch", "kernel-core-0:9-1.noarch");
        }
    }

    private static void start(Path root, String version) throws Exception {
        Files.createDirectories(root.resolve("proc/sys/kernel"));
        Trip.write(root.resolve("proc/sys/kernel/osrelease"), version + "-1.noarch\n");
    }

    private static Trip.Said opm(Trip trip, Path root, Path repo, String... words) {
        var all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--root", root.toString(), "--yes", "--repo", "here=" + repo));
        all.addAll(List.of("--state", trip.at("state").toString()));
        return trip.opm(all.toArray(String[]::new));
    }

    private static Path repo(Trip trip, String name, String... packages) {
        Trip.write(trip.at(name + ".recipe"), String.join("", packages));
        return trip.stubRepo(name, "--recipe", trip.at(name + ".recipe").toString());
    }

    /// One kernel whose script does what kernel-install does, in Lua because the root holds no
    /// shell.
    private static String kernel(String version, boolean dracutWorks) {
        String uname = version + "-1.noarch";
        return """
                package kernel-core-VERSION-1.noarch
                built: 2026-06-01
                provides: installonlypkg(kernel)
                file /lib/modules/UNAME/vmlinuz 0755: kernel VERSION
                dir /boot/loader/entries
                posttrans <lua>: <<END
                local entry = io.open("/boot/loader/entries/UNAME.conf", "w")
                entry:write("title Linux UNAME\\nversion UNAME\\n")
                entry:close()
                DRACUT
                END
                postun <lua>: <<END
                os.remove("/boot/initramfs-UNAME.img")
                os.remove("/boot/loader/entries/UNAME.conf")
                END
                """
                .replace(
                        "DRACUT",
                        dracutWorks
                                ? "local image = io.open('/boot/initramfs-UNAME.img', 'w')"
                                        + " image:write('UNAME') image:close()"
                                : "error('dracut: no space left on device')")
                .replace("UNAME", uname)
                .replace("VERSION", version);
    }
}
