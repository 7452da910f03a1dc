package opm.trip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import opm.bundle.BundleReader;
import opm.host.LocalDisk;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An upgrade whose files all have new names, on a disk that has room for one step of it: dnf,
/// which makes one transaction of it, refuses; opm makes smaller steps.
///
/// Five large packages on tmpfs; in a soak 200 packages of 1 MB, on tmpfs and on ext4.
final class TightRoomTest {
    private static final boolean SOAK = Boolean.getBoolean("opm.soak");
    private static final int PACKAGES = SOAK ? 200 : 5;
    private static final int BYTES = SOAK ? 1_000_000 : 26_000_000;

    /// What an applier asks for besides the packages, and rpm's margin.
    private static final long RESERVE = (64L << 20) + PACKAGES * (64L << 10) + (2 << 20);

    @TempDir Path folder;

    @AfterEach
    void unmount() throws Exception {
        new ProcessBuilder("umount", "-l", folder.resolve("disk").toString()).start().waitFor();
    }

    /// The same request in the same root with the same room: dnf refuses in its own words and
    /// changes nothing; opm ends at the new set, from a repository and from a bundle.
    @Test
    void smallerStepsHaveRoom() throws Exception {
        Trip.needs("rpm", "rpmbuild", "createrepo_c", "dnf", "mount", "umount", "fallocate");
        Trip.needsRoot();
        try (var trip = new Trip(folder)) {
            for (String version : List.of("1", "2")) {
                build(trip, version);
            }
            Path pristine = trip.newRoot("pristine");
            trip.install(pristine, Trip.rpms(trip.at("rpms/1")), "--nosignature");
            long size = (long) (PACKAGES * 2.5 * BYTES) + (200L << 20);
            Path mount = Files.createDirectories(trip.at("disk"));
            mounted(trip.run("mount", "-t", "tmpfs", "-o", "size=" + size, "opm", mount + ""));
            everyWay(trip, pristine, mount);
            if (SOAK) {
                // Lazily: package sets of the store there stay mapped in this process.
                trip.run("umount", "-l", mount.toString()).mustEnd(0);
                Path image = trip.at("image");
                trip.run("truncate", "-s", "" + size, image.toString()).mustEnd(0);
                trip.run("mkfs.ext4", "-q", "-F", "-m", "0", image.toString()).mustEnd(0);
                mounted(trip.run("mount", "-o", "loop", image.toString(), mount.toString()));
                everyWay(trip, pristine, mount);
            }
        }
    }

    private static void mounted(Trip.Said said) {
        assumeTrue(said.status() == 0, "skipped: nothing can be mounted here: " + said.err());
    }

    private static void everyWay(Trip trip, Path pristine, Path mount) throws Exception {
        Path root = tight(trip, pristine, mount);
        List<String> before = trip.installed(root);
        Trip.Said dnf = trip.run(dnf(trip, root));
        assertThat(dnf.status()).as(dnf.out() + dnf.err()).isNotZero();
        assertThat(dnf.out() + dnf.err()).contains("more space needed on the / filesystem");
        assertThat(trip.installed(root)).isEqualTo(before);
        String state = mount.resolve("state").toString();
        String repo = "new=" + trip.at("rpms/2");
        Trip.Said said =
                trip.opm(
                        "upgrade",
                        "--root",
                        root.toString(),
                        "--repo",
                        repo,
                        "--yes",
                        "--state",
                        state,
                        "--allow-unsigned");
        assertThat(said.status()).as(said.out() + said.err()).isZero();
        assertThat(said.err()).contains("There is no room for all packages at once");
        mustBeNew(trip, root);
        var check = dnf(trip, root);
        check.set(check.size() - 1, "check");
        trip.run(check).mustEnd(0);

        root = tight(trip, pristine, mount);
        Path box = bundle(trip, root, repo);
        trip.run("sh", box.toString(), "--root", root.toString(), "--yes").mustEnd(0);
        mustBeNew(trip, root);
        if (SOAK) {
            root = tight(trip, pristine, mount);
            trip.opm(
                            "upgrade",
                            "--root",
                            root + "",
                            "--repo",
                            repo,
                            "--yes",
                            "--state",
                            trip.at("elsewhere").toString(),
                            "--allow-unsigned",
                            "--no-keep")
                    .mustEnd(0);
            mustBeNew(trip, root);
            root = tight(trip, pristine, mount);
            trip.opm("apply", box.toString(), "--root", root + "", "--yes", "--state", state)
                    .mustEnd(0);
            mustBeNew(trip, root);
        }
    }

    /// The profile says how much room there is, so the bundle is made in steps that fit.
    private static Path bundle(Trip trip, Path root, String repo) throws Exception {
        String profile = trip.at("profile").toString();
        String box = trip.at("box.opm").toString();
        trip.opm("profile", "--root", root.toString(), "-o", profile).mustEnd(0);
        trip.opm(
                        "bundle",
                        "create",
                        "--profile",
                        profile,
                        "--upgrade",
                        "--repo",
                        repo,
                        "-o",
                        box,
                        "--allow-unsigned",
                        "--yes",
                        "--state",
                        trip.at("builder").toString())
                .mustEnd(0);
        assertThat(BundleReader.open(new LocalDisk(), Path.of(box)).plan().batches().size())
                .as("more than in one go, or by fifties")
                .isGreaterThan(PACKAGES / 50 + 1);
        return Path.of(box);
    }

    /// Makes a root with the old packages where one step of the smallest size has room.
    private static Path tight(Trip trip, Path pristine, Path mount) throws Exception {
        for (String name : List.of("root", "state", "filler")) {
            trip.run("rm", "-rf", mount.resolve(name).toString()).mustEnd(0);
        }
        Path root = mount.resolve("root");
        trip.run("cp", "-a", pristine.toString(), root.toString()).mustEnd(0);
        trip.run("sync", "-f", root.toString()).mustEnd(0);
        long left = RESERVE + 2L * BYTES;
        assertThat(left).as("dnf needs more").isLessThan((long) PACKAGES * BYTES);
        long filler = Files.getFileStore(root).getUsableSpace() - left;
        trip.run("fallocate", "-l", "" + filler, mount.resolve("filler").toString()).mustEnd(0);
        return root;
    }

    private static List<String> dnf(Trip trip, Path root) {
        Trip.write(trip.at("dnf.conf"), "[main]\ngpgcheck=0\n");
        var argv = new ArrayList<>(List.of("dnf", "--config=" + trip.at("dnf.conf")));
        argv.addAll(List.of("--installroot=" + root, "--releasever=12", "--assumeyes"));
        argv.addAll(List.of("--setopt=reposdir=/nonexistent", "--nogpgcheck"));
        argv.add("--setopt=module_platform_id=platform:u12");
        argv.add("--setopt=cachedir=" + trip.at("dnf"));
        argv.add("--repofrompath=new,file://" + trip.at("rpms/2"));
        argv.add("upgrade");
        return argv;
    }

    private static void mustBeNew(Trip trip, Path root) {
        List<String> wanted = new ArrayList<>();
        for (int pkg = 0; pkg < PACKAGES; pkg++) {
            wanted.add("p" + pkg + "-0:2-1.noarch");
        }
        wanted.sort(null);
        assertThat(trip.installed(root)).isEqualTo(wanted);
        assertThat(trip.rpm(root, "-Va").out()).isEmpty();
    }

    /// Builds one version of all packages, each with one large file whose name holds the version,
    /// and of a source of its own: packages of one source stay together.
    private static void build(Trip trip, String version) {
        var command = new ArrayList<>(List.of("rpmbuild", "-bb", "--quiet"));
        for (String macro :
                List.of(
                        "_topdir " + trip.at("build"),
                        "_rpmdir " + trip.at("rpms/" + version),
                        "_build_name_fmt %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm",
                        "_binary_payload w.ufdio",
                        "__os_install_post %{nil}")) {
            command.addAll(List.of("--define", macro));
        }
        for (int pkg = 0; pkg < PACKAGES; pkg++) {
            Path spec = trip.at("p" + pkg + ".spec");
            String text = SPEC.replace("NAME", "p" + pkg).replace("VERSION", version);
            Trip.write(spec, text.replace("BYTES", "" + BYTES));
            command.add(spec.toString());
        }
        trip.run(command).mustEnd(0);
        trip.run("rm", "-rf", trip.at("build").toString()).mustEnd(0);
        trip.run("createrepo_c", "-q", trip.at("rpms/" + version).toString()).mustEnd(0);
    }

    private static final String SPEC =
            """
            Name: NAME
            Version: VERSION
            Release: 1
            Summary: A test
            License: Apache-2.0
            BuildArch: noarch
            %description
            A test.
            %install
            mkdir -p %{buildroot}/usr/share/NAME-VERSION
            (echo NAME; head -c BYTES /dev/zero) >%{buildroot}/usr/share/NAME-VERSION/data
            %files
            /usr/share/NAME-VERSION
            """;
}
