package opm.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import opm.apply.ScratchRoot;
import opm.host.Host;
import opm.host.LocalCommands;
import opm.host.RpmCommand;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Names that differ only in capitals, on file systems that do not tell them apart: one of the two
/// files is lost, and rpm does not notice.
final class CapitalsTest {
    private static final String WORLD =
            """
            new a-1 file /boot/efi/EFI/Start one
            new a-1 file /boot/efi/EFI/alone one
            new b-1 file /boot/efi/efi/start two
            new b-1 file /srv/Start two
            new b-1 file /srv/start two
            expect
            """;

    @TempDir Path temp;

    private Case world() throws Exception {
        return Case.read(Files.writeString(temp.resolve("capitals.case"), WORLD));
    }

    private static List<String> found(Report report) {
        return report.findings().stream()
                .filter(Finding.Blocked.class::isInstance)
                .map(Finding.Blocked.class::cast)
                .map(one -> one.why() + " " + one.path())
                .toList();
    }

    /// A machine elsewhere has FAT at /boot/efi: the two names there clash, those on ext4 do not.
    @Test
    void aProfileSaysWhereTheyClash() throws Exception {
        Case world = world();
        CaseRpms rpms = CaseRpms.build(List.of(world));
        var root = new Mount("/", "ext4", 1L << 40, -1, 4096, false);
        var efi = new Mount("/boot/efi", "vfat", 1L << 40, -1, 4096, false);
        var plain = new Mount("/boot/efi", "ext4", 1L << 40, -1, 4096, false);
        Report report =
                Preflight.elsewhere(
                        rpms.plan(world), rpms, List.of(root, efi), Map.of(), Map.of());
        assertThat(found(report)).containsExactly("SAME_NAME /boot/efi/EFI/Start");
        assertThat(report.isClear()).isFalse();
        report =
                Preflight.elsewhere(
                        rpms.plan(world), rpms, List.of(root, plain), Map.of(), Map.of());
        assertThat(found(report)).isEmpty();
    }

    /// On exFAT the name of a file that lies there already counts as well.
    @Test
    void whatLiesThereCounts() throws Exception {
        Assumptions.assumeTrue(
                "root".equals(System.getProperty("user.name")), "mounts need root: skipped");
        ScratchRoot.needs("mkfs.exfat", "mount.exfat-fuse", "losetup", "rpm", "rpmbuild");
        Case world = world();
        CaseRpms rpms = CaseRpms.build(List.of(world));
        var root = new ScratchRoot(temp.resolve("root"));
        Path efi = Files.createDirectories(root.folder.resolve("boot/efi"));
        Path image = temp.resolve("image");
        ScratchRoot.ok(ScratchRoot.run("truncate", "-s", "32M", image.toString()));
        ScratchRoot.ok(ScratchRoot.run("mkfs.exfat", image.toString()));
        var loop = ScratchRoot.run("losetup", "-f", "--show", image.toString());
        Assumptions.assumeTrue(loop.status() == 0, "no loop device here: skipped");
        String device = loop.output().strip();
        try {
            var mounted = ScratchRoot.run("mount.exfat-fuse", device, efi.toString());
            Assumptions.assumeTrue(mounted.status() == 0, "no exFAT here: skipped");
            Files.createDirectories(efi.resolve("EFI"));
            Files.writeString(efi.resolve("EFI/ALONE"), "of nobody\n");
            assertThat(efi.resolve("efi/alone")).as("capitals do not count").exists();
            var rpm = RpmCommand.at(root.folder, new LocalCommands());
            Report report =
                    Preflight.here(Host.ofThisMachine(), rpm, rpms.plan(world), rpms);
            assertThat(found(report))
                    .containsExactlyInAnyOrder(
                            "SAME_NAME /boot/efi/EFI/alone", "SAME_NAME /boot/efi/EFI/Start");
        } finally {
            ScratchRoot.run("umount", efi.toString());
            ScratchRoot.run("losetup", "-d", device);
        }
    }
}
