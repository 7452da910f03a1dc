package opm.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import opm.apply.ScratchRoot;
import opm.host.Host;
import opm.host.LocalCommands;
import opm.host.RpmCommand;
import opm.plan.Plan;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The predicted peak is the one that statfs sees while the real rpm works.
final class PeakTest {
    private static final long TOLERANCE_BYTES = 4 << 20;

    @TempDir Path temp;

    /// An installation and an upgrade on a file system of their own: in small on tmpfs, in a soak
    /// with a root of more than 500 MB, on tmpfs and on ext4.
    @Test
    void peaksAreAsPredicted() throws Exception {
        Assumptions.assumeTrue(
                "root".equals(System.getProperty("user.name")), "mounts need root: skipped");
        boolean soak = Boolean.getBoolean("opm.soak");
        Case world = world(soak ? 60 : 12, soak ? 9_500_000 : 500_000);
        CaseRpms rpms = CaseRpms.build(List.of(world));
        measured(world, rpms, "tmpfs");
        if (soak) {
            measured(world, rpms, "ext4");
        }
    }

    /// Packages of a large file and many small ones, some of which only one version has.
    private Case world(int count, long bytes) throws Exception {
        var random = new Random(7);
        var text = new StringBuilder();
        for (int pkg = 0; pkg < count; pkg++) {
            for (String version : List.of("old p" + pkg + "-1", "new p" + pkg + "-2")) {
                String folder = " /usr/share/p" + pkg;
                long large = bytes + random.nextLong(bytes / 2);
                text.append(version).append(" big").append(folder).append("/large ");
                text.append(large).append('\n');
                for (int file = 0; file < 10 + pkg; file++) {
                    boolean only = random.nextInt(5) == 0;
                    String name = folder + "/" + (only ? version.substring(0, 3) : "") + file;
                    text.append(version).append(" file").append(name).append(" x\n");
                }
            }
        }
        text.append("expect\n");
        Path file = temp.resolve("peak-" + count + ".case");
        Files.writeString(file, text);
        return Case.read(file);
    }

    private void measured(Case world, CaseRpms rpms, String type) throws Exception {
        Path mount = Files.createDirectories(temp.resolve(type));
        if (type.equals("ext4")) {
            Path image = temp.resolve("image");
            ScratchRoot.ok(ScratchRoot.run("truncate", "-s", "3G", image.toString()));
            ScratchRoot.ok(ScratchRoot.run("mkfs.ext4", "-q", "-F", image.toString()));
            mounted(ScratchRoot.run("mount", "-o", "loop", image.toString(), mount.toString()));
        } else {
            mounted(
                    ScratchRoot.run(
                            "mount", "-t", "tmpfs", "-o", "size=3g", "t", mount.toString()));
        }
        try {
            var root = new ScratchRoot(mount.resolve("root"));
            var fresh = new Case[] {Case.read(temp.resolve(world.name + ".case"))};
            fresh[0].news.clear();
            fresh[0].news.putAll(fresh[0].olds);
            fresh[0].olds.clear();
            once(fresh[0], rpms, root, type + " install");
            once(world, rpms, root, type + " upgrade");
        } finally {
            ScratchRoot.run("umount", mount.toString());
        }
    }

    private static void mounted(ScratchRoot.Run run) {
        Assumptions.assumeTrue(run.status() == 0, "no mount here: skipped");
    }

    private static void once(Case world, CaseRpms rpms, ScratchRoot root, String what)
            throws Exception {
        Plan plan = rpms.plan(world);
        var rpm = RpmCommand.at(root.folder, new LocalCommands());
        Report report =
                Preflight.here(Host.ofThisMachine(), rpm, plan, rpms);
        assertThat(report.findings()).noneMatch(Finding::stops);
        Report.Need need =
                report.needs().stream().filter(one -> one.peakBytes() > 0).findFirst().get();
        var store = Files.getFileStore(root.folder);
        ScratchRoot.run("sync", "-f", root.folder.toString());
        long before = store.getUnallocatedSpace();
        var least = new AtomicLong(before);
        var done = new AtomicBoolean();
        var sampler =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    while (!done.get()) {
                                        try {
                                            long now = store.getUnallocatedSpace();
                                            least.accumulateAndGet(now, Math::min);
                                            Thread.sleep(0, 500_000);
                                        } catch (java.io.IOException | InterruptedException e) {
                                            throw new AssertionError(e);
                                        }
                                    }
                                });
        List<Path> files = new ArrayList<>(rpms.files(world, world.news.values()));
        root.install(files);
        done.set(true);
        sampler.join();
        ScratchRoot.run("sync", "-f", root.folder.toString());
        long peak = before - least.get();
        long after = before - store.getUnallocatedSpace();
        System.out.printf(
                "%s: peak %,d predicted %,d (%+.2f %%), after %,d predicted %,d%n",
                what,
                peak,
                need.peakBytes(),
                100.0 * (need.peakBytes() - peak) / peak,
                after,
                need.afterBytes());
        long may = Math.max(TOLERANCE_BYTES, peak * 3 / 100);
        assertThat(Math.abs(need.peakBytes() - peak)).as(what).isLessThanOrEqualTo(may);
        assertThat(Math.abs(need.afterBytes() - after)).as(what).isLessThanOrEqualTo(may);
        assertThat(need.fits()).isTrue();
    }
}
