package opm.apply;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import opm.apply.ScratchRoot.Run;
import opm.base.Nevra;
import opm.bundle.FolderPackages;
import opm.history.StateFolder;
import opm.plan.Plan;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The sh program killed, with its rpm or without, or asked to stop, at random moments of an
/// upgrade in four batches: the next run ends at exactly the new set, with nothing left over.
///
/// `-Dopm.kills=N` for more, `-Dopm.seed=N` to replay the moments (the scheduler is not replayed).
final class KillTest {
    private static final int KILLS = Integer.getInteger("opm.kills", 3);
    private static final long SEED = Long.getLong("opm.seed", System.nanoTime());
    private static final List<List<String>> SHELLS =
            List.of(List.of("dash"), List.of("busybox", "ash"), List.of("bash"));

    @TempDir Path temp;
    private final Random random = new Random(SEED);

    private enum How {
        SHELL,
        RPM,
        BOTH,
        STOP
    }

    @Test
    void theNextRunFinishes() throws Exception {
        ScratchRoot.needs("dash", "busybox", "bash");
        TinyPackages tiny = TinyPackages.build();
        var pristine = new ScratchRoot(temp.resolve("pristine"));
        pristine.importKey(tiny.key());
        pristine.install(
                tiny.files("alpha-1", "beta-1", "conf-1", "oldname-1", "slow-1", "tail-1"));
        var packages = FolderPackages.of(tiny.folder);
        List<Nevra> installed = pristine.installed();
        Plan plan =
                packages.plan(
                        "- - " + ScratchRoot.arch(),
                        installed,
                        List.of(),
                        named(packages, "alpha-2", "conf-2"),
                        named(packages, "beta-2"),
                        named(packages, "slow-2", "tail-2"),
                        named(packages, "kernel-1", "epoch-1"));
        Path box = packages.write(plan, installed, temp.resolve("box.opm"));
        List<Nevra> wanted = plan.boundaries(installed).getLast();
        long usualMillis = duration(box, pristine.copy(temp.resolve("root")));
        for (int kill = 0; kill < KILLS; kill++) {
            ScratchRoot root = pristine.copy(temp.resolve("root"));
            How how = How.values()[random.nextInt(How.values().length)];
            long afterMillis = random.nextLong(usualMillis);
            String what = "seed " + SEED + ", " + how + " after " + afterMillis + " ms";
            int status = disturb(start(box, root), root, how, afterMillis);
            if (how == How.STOP) {
                assertThat(status).as(what).isIn(0, 5, 130);
            }
            Run run = finish(box, root);
            assertThat(run.status()).as(what + ": " + run.output()).isZero();
            assertThat(root.installed()).as(what).isEqualTo(wanted);
            assertThat(root.complaints()).as(what).isEmpty();
            try (var files = Files.walk(root.folder)) {
                assertThat(files.filter(file -> file.toString().matches(".*;[0-9a-f]{8}")))
                        .as(what)
                        .isEmpty();
            }
            StateFolder state = StateFolder.in(root.folder);
            assertThat(Files.readString(state.journal())).as(what).endsWith(" end 1 done\n");
            assertThat(state.stage()).as(what).doesNotExist();
        }
    }

    private List<String> command(Path box, ScratchRoot root) {
        List<String> argv = new ArrayList<>(SHELLS.get(random.nextInt(SHELLS.size())));
        argv.addAll(List.of(box.toString(), "--yes", "--root", root.folder.toString()));
        return argv;
    }

    private Process start(Path box, ScratchRoot root) throws Exception {
        return new ProcessBuilder(command(box, root))
                .redirectErrorStream(true)
                .redirectOutput(temp.resolve("out").toFile())
                .start();
    }

    private Run finish(Path box, ScratchRoot root) throws Exception {
        return ScratchRoot.run(command(box, root).toArray(String[]::new));
    }

    private long duration(Path box, ScratchRoot root) throws Exception {
        long start = System.nanoTime();
        ScratchRoot.ok(finish(box, root));
        return Math.max(1, (System.nanoTime() - start) / 1_000_000);
    }

    /// Lets it run for a while, then strikes; returns the exit status.
    private static int disturb(Process shell, ScratchRoot root, How how, long afterMillis)
            throws Exception {
        if (shell.waitFor(afterMillis, TimeUnit.MILLISECONDS)) {
            return shell.exitValue();
        }
        Path state = StateFolder.in(root.folder).rpm();
        String rpm = Files.exists(state) ? Files.readString(state).split(" ")[0] : "";
        switch (how) {
            case SHELL -> shell.destroyForcibly();
            case STOP -> shell.destroy();
            case BOTH -> {
                shell.destroyForcibly();
                kill(rpm);
            }
            case RPM -> kill(rpm);
        }
        return shell.waitFor();
    }

    private static void kill(String rpm) throws Exception {
        if (rpm.matches("[0-9]+")
                && Files.exists(Path.of("/proc", rpm))
                && Files.readString(Path.of("/proc", rpm, "comm")).startsWith("rpm")) {
            ScratchRoot.run("kill", "-9", rpm);
        }
    }

    private static List<Nevra> named(FolderPackages packages, String... names) {
        List<String> wanted = List.of(names);
        return packages.names().stream()
                .filter(pkg -> wanted.contains(pkg.name() + "-" + pkg.evr().version()))
                .toList();
    }
}
