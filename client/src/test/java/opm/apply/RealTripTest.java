package opm.apply;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import opm.apply.ScratchRoot.Run;
import opm.base.Nevra;
import opm.bundle.FolderPackages;
import opm.plan.Plan;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Packages of CentOS 7 that were built by others, from a bundle into a root without a network.
final class RealTripTest {
    private static final List<String> OLDER =
            List.of("epel-release-7-11", "libreport-filesystem-2.1.11-43", "centos-release");
    private static final List<String> ASKED =
            List.of(
                    "epel-release-7-12",
                    "libreport-filesystem-2.1.11-53",
                    "setup",
                    "tzdata",
                    "rootfiles");

    @TempDir Path temp;

    /// The older of two pairs are upgraded, three packages come; every file is as its package says.
    @ParameterizedTest
    @ValueSource(strings = {"dash", "busybox ash"})
    void centos7(String shell) throws Exception {
        ScratchRoot.needs("rpm", "rpmkeys", "unshare", shell.split(" ")[0]);
        Path rpms = ScratchRoot.shared("corpus/real/rpms/centos7-closed");
        Path keys = ScratchRoot.shared("corpus/real/keys");
        Assumptions.assumeTrue(
                ScratchRoot.run("unshare", "-n", "true").status() == 0,
                "unshare -n: not allowed here");
        var root = new ScratchRoot(temp.resolve("root"));
        root.importKey(keys.resolve("RPM-GPG-KEY-CentOS-7"));
        root.importKey(keys.resolve("RPM-GPG-KEY-EPEL-7"));
        root.install(files(rpms, OLDER));
        List<Nevra> installed = root.installed();
        List<Path> newer = files(rpms, ASKED);
        var packages = FolderPackages.of(newer.toArray(Path[]::new));
        Plan plan = packages.plan("centos 7 x86_64", installed, List.of(), packages.names());
        Path box = packages.write(plan, installed, temp.resolve("box.opm"));
        List<String> argv = new ArrayList<>(List.of("unshare", "-n"));
        argv.addAll(List.of(shell.split(" ")));
        argv.addAll(List.of(box.toString(), "--root", root.folder.toString(), "--yes"));
        String path = userland(shell) + System.getenv("PATH");
        Run run =
                ScratchRoot.runIn(
                        Path.of("."), Map.of("PATH", path), argv.toArray(String[]::new));
        assertThat(run.status()).as(run.output()).isZero();
        assertThat(run.output()).doesNotContain("applet not found");
        assertThat(root.complaints()).isEmpty();
        assertThat(root.installed()).containsAll(packages.names()).hasSize(6);
    }

    /// With busybox's shell every helper is busybox's too; it has no comm, for example.
    private String userland(String shell) throws Exception {
        if (!shell.startsWith("busybox")) {
            return "";
        }
        Path folder = Files.createDirectories(temp.resolve("applets"));
        Path busybox = Files.copy(Path.of("/bin/busybox"), folder.resolve("busybox"));
        for (String tool :
                ("awk cat cmp comm cp cut date dd df dirname find grep head id ln ls mkdir mktemp"
                                + " mv od paste printf ps rm sed sha256sum sleep sort stat sync"
                                + " tail taskset tee tr uname wc xargs")
                        .split(" ")) {
            Files.createLink(folder.resolve(tool), busybox);
        }
        return folder + ":";
    }

    /// All eighteen into an empty root, where the one unsigned package is named.
    @ParameterizedTest
    @ValueSource(strings = {"dash", "busybox ash"})
    void anUnsignedPackageOfCentos7(String shell) throws Exception {
        ScratchRoot.needs("rpm", "rpmkeys", shell.split(" ")[0]);
        Path rpms = ScratchRoot.shared("corpus/real/rpms/centos7-closed");
        Path keys = ScratchRoot.shared("corpus/real/keys");
        var root = new ScratchRoot(temp.resolve("root"));
        root.importKey(keys.resolve("RPM-GPG-KEY-CentOS-7"));
        List<Path> first = new ArrayList<>();
        try (var all = Files.list(rpms)) {
            all.filter(file -> !file.toString().matches(".*(release-7-12|2[.]1[.]11-53).*"))
                    .sorted()
                    .forEach(first::add);
        }
        var packages = FolderPackages.of(first.toArray(Path[]::new));
        assertThat(packages.names()).hasSize(18);
        Run refused = apply(shell, root, packages, List.of());
        assertThat(refused.status()).as(refused.output()).isEqualTo(3);
        assertThat(refused.output()).contains("--allow-unsigned=centos-release");
        assertThat(root.installed()).isEmpty();
        Run run = apply(shell, root, packages, List.of("centos-release"));
        assertThat(run.status()).as(run.output()).isZero();
        assertThat(root.complaints()).isEmpty();
        assertThat(root.installed()).isEqualTo(packages.names());
    }

    private Run apply(
            String shell, ScratchRoot root, FolderPackages packages, List<String> unsigned)
            throws Exception {
        Plan plan = packages.plan("- - x86_64", List.of(), unsigned, packages.names());
        Path box = packages.write(plan, List.of(), temp.resolve("box.opm"));
        List<String> argv = new ArrayList<>(List.of(shell.split(" ")));
        argv.addAll(List.of(box.toString(), "--root", root.folder.toString(), "--yes"));
        return ScratchRoot.run(argv.toArray(String[]::new));
    }

    private static List<Path> files(Path folder, List<String> starts) throws Exception {
        try (var all = Files.list(folder)) {
            return all.filter(
                            file ->
                                    starts.stream()
                                            .anyMatch(file.getFileName().toString()::startsWith))
                    .sorted()
                    .toList();
        }
    }
}
