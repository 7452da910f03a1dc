package opm.apply;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import opm.apply.ScratchRoot.Run;
import opm.base.Nevra;
import opm.bundle.FolderPackages;
import opm.history.StateFolder;
import opm.plan.Batch;
import opm.plan.Plan;
import opm.plan.Reason;
import opm.plan.Step;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Java or the sh program killed, with its rpm or without, or asked to stop, at random moments of
/// an upgrade in five batches with slow and failing scripts, an obsoletes, a configuration file and
/// a trigger: the next run, of the same hand or another, ends at exactly the new set, with nothing
/// left over.
///
/// `-Dopm.kills=N` for more of each, `-Dopm.seed=N` for the same moments (the scheduler is not
/// replayed).
final class KillTest {
    private static final int KILLS = Integer.getInteger("opm.kills", 2);
    private static final long SEED = Long.getLong("opm.seed", 20_261_121L);
    private static final List<List<String>> SHELLS =
            List.of(List.of("dash"), List.of("busybox", "ash"), List.of("bash"));

    @TempDir Path temp;
    private final Random random = new Random(SEED);

    private enum How {
        HAND,
        RPM,
        BOTH,
        STOP
    }

    /// Who begins and who finishes; a soak makes 500 kills of Java, 200 of sh, 100 crossing.
    enum Hands {
        JAVA(5),
        SH(2),
        CROSSING(1);

        private final int share;

        Hands(int share) {
            this.share = share;
        }

        int kills() {
            return KILLS < 10 ? KILLS : KILLS * share / 2;
        }
    }

    @ParameterizedTest
    @EnumSource(Hands.class)
    void theNextRunFinishes(Hands hands) throws Exception {
        ScratchRoot.needs("dash", "busybox", "bash");
        TinyPackages tiny = TinyPackages.build();
        var pristine = new ScratchRoot(temp.resolve("pristine"));
        pristine.importKey(tiny.key());
        pristine.install(
                tiny.files(
                        "trigger-1",
                        "alpha-1",
                        "beta-1",
                        "conf-1",
                        "oldname-1",
                        "slow-1",
                        "tail-1"));
        var packages = FolderPackages.of(tiny.folder);
        List<Nevra> installed = pristine.installed();
        Plan plan = plan(packages, installed);
        Path box = packages.write(plan, installed, temp.resolve("box.opm"));
        List<Nevra> wanted = plan.boundaries(installed).getLast();
        Supplier<List<String>> first = () -> hand(hands == Hands.JAVA || coin(hands));
        long usualMillis = duration(command(first.get(), box, pristine.copy(temp.resolve("root"))));
        for (int kill = 0; kill < hands.kills(); kill++) {
            ScratchRoot root = pristine.copy(temp.resolve("root"));
            boolean java = hands == Hands.JAVA || coin(hands);
            boolean other = hands == Hands.CROSSING ? !java : java;
            How how = How.values()[random.nextInt(How.values().length)];
            long afterMillis = random.nextLong(usualMillis);
            String what =
                    "seed "
                            + SEED
                            + ", kill "
                            + kill
                            + ": "
                            + how
                            + " of "
                            + (java ? "Java" : "sh")
                            + " after "
                            + afterMillis
                            + " ms";
            disturb(start(command(hand(java), box, root)), root, how, java, afterMillis, what);
            Run run = ScratchRoot.run(command(hand(other), box, root).toArray(String[]::new));
            assertThat(run.status()).as(what + ": " + run.output()).isZero();
            assertThat(root.installed()).as(what).isEqualTo(wanted);
            assertThat(root.complaints()).as(what).isEmpty();
            try (var files = Files.walk(root.folder)) {
                assertThat(files.filter(file -> file.toString().matches(".*;[0-9a-f]{8}")))
                        .as(what)
                        .isEmpty();
            }
            integrity(root, what);
            StateFolder state = StateFolder.in(root.folder);
            assertThat(Files.readString(state.journal())).as(what).endsWith(" end 1 done\n");
            assertThat(state.stage()).as(what).doesNotExist();
            if (KILLS >= 10 || kill == hands.kills() - 1) {
                assertThat(root.dnfComplaints()).as(what).isEmpty();
            }
        }
    }

    private boolean coin(Hands hands) {
        return hands == Hands.CROSSING && random.nextBoolean();
    }

    private static Plan plan(FolderPackages packages, List<Nevra> installed) {
        Plan simple =
                packages.plan(
                        "- - " + arch(),
                        installed,
                        List.of(),
                        named(packages, "alpha-2", "conf-2"),
                        named(packages, "beta-2"),
                        named(packages, "slow-2", "tail-2"),
                        named(packages, "kernel-1", "epoch-1", "badpost-1"));
        Nevra heir = named(packages, "newname-1").getFirst();
        Nevra old = named(packages, "oldname-1").getFirst();
        var batches = new ArrayList<>(simple.batches());
        batches.add(
                2,
                new Batch(
                        List.of(
                                new Step.Install(
                                        heir, packages.artifact(heir).digest(), Reason.USER),
                                new Step.Replaced(old, heir))));
        var artifacts = new ArrayList<>(simple.artifacts());
        artifacts.add(packages.artifact(heir));
        artifacts.sort(java.util.Comparator.comparing(opm.plan.Artifact::path));
        return FolderPackages.plan("- - " + arch(), installed, List.of(), artifacts, batches);
    }

    private static String arch() {
        try {
            return ScratchRoot.arch();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /// rpm's database is whole to SQLite, where there is somebody to ask.
    private static void integrity(ScratchRoot root, String what) throws Exception {
        Path database = root.folder.resolve(root.dbpath.substring(1)).resolve("rpmdb.sqlite");
        Path python = Path.of("/usr/bin/python3");
        if (Files.exists(database) && Files.exists(python)) {
            String ask =
                    "import sqlite3, sys; print(*sqlite3.connect(sys.argv[1])"
                            + ".execute('pragma integrity_check').fetchone())";
            Run run = ScratchRoot.run(python.toString(), "-c", ask, database.toString());
            assertThat(run.output().strip()).as(what).isEqualTo("ok");
        }
    }

    /// Returns the words that start a hand; a bundle and a root follow.
    private List<String> hand(boolean java) {
        return java
                ? ApplyProcess.command()
                : SHELLS.get(random.nextInt(SHELLS.size()));
    }

    private static List<String> command(List<String> hand, Path box, ScratchRoot root) {
        List<String> argv = new ArrayList<>(hand);
        argv.add(box.toString());
        if (argv.contains(ApplyProcess.class.getName())) {
            argv.add(root.folder.toString());
        } else {
            argv.addAll(List.of("--yes", "--root", root.folder.toString()));
        }
        return argv;
    }

    private Process start(List<String> argv) throws Exception {
        return new ProcessBuilder(argv)
                .redirectErrorStream(true)
                .redirectOutput(temp.resolve("out").toFile())
                .start();
    }

    private static long duration(List<String> argv) throws Exception {
        long start = System.nanoTime();
        ScratchRoot.ok(ScratchRoot.run(argv.toArray(String[]::new)));
        return Math.max(1, (System.nanoTime() - start) / 1_000_000);
    }

    /// Lets it run for a while, then strikes.
    private static void disturb(
            Process hand, ScratchRoot root, How how, boolean java, long afterMillis, String what)
            throws Exception {
        if (hand.waitFor(afterMillis, TimeUnit.MILLISECONDS)) {
            return;
        }
        Path state = StateFolder.in(root.folder).rpm();
        String rpm = Files.exists(state) ? Files.readString(state).split(" ")[0] : "";
        switch (how) {
            case HAND -> hand.destroyForcibly();
            case STOP -> hand.destroy();
            case BOTH -> {
                hand.destroyForcibly();
                kill(rpm);
            }
            case RPM -> kill(rpm);
        }
        int status = hand.waitFor();
        if (how == How.STOP && !java) {
            // 143: SIGTERM came before the program had set its traps, so before it did anything.
            boolean begun = Files.exists(StateFolder.in(root.folder).journal());
            assertThat(status).as(what).isIn(0, 5, begun ? 5 : 130, begun ? 5 : 143);
        }
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
