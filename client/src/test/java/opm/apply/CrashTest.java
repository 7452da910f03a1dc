package opm.apply;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import opm.base.Digest;
import opm.base.InstalledList;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.history.Change;
import opm.history.Journal;
import opm.history.StateFolder;
import opm.host.SimDisk;
import opm.host.SimDisk.End;
import opm.host.SimHost;
import opm.plan.Artifact;
import opm.plan.Batch;
import opm.plan.Plan;
import opm.plan.Reason;
import opm.plan.Step;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The world ends at every forced write of a plan with ten batches: what the journal calls verified
/// is whole, and the next run ends at exactly the new set, with nothing left over.
///
/// `-Dopm.seed=N` replays what is torn.
final class CrashTest {
    private static final long SEED = Long.getLong("opm.seed", 20261121L);
    private static final int TEARS = Boolean.getBoolean("opm.soak") ? 40 : 2;

    @TempDir Path temp;
    private final List<Nevra> installed = new ArrayList<>();
    private final List<Artifact> artifacts = new ArrayList<>();
    private Job job = NONE;

    private static final Job NONE =
            new Job(
                    new Plan(
                            new Plan.Target("", "", "noarch", Digest.sha256Of(new byte[0])),
                            List.of(),
                            List.of(),
                            List.of(),
                            List.of(),
                            List.of()),
                    List.of(),
                    "-",
                    new Packages() {
                        @Override
                        public void lay(Artifact artifact, Path file) {}

                        @Override
                        public long stageBytes(Artifact artifact) {
                            return 0;
                        }
                    });

    private static Nevra pkg(String name, int version) {
        return Nevra.parse(name + "-0:" + version + "-1.noarch");
    }

    private Nevra there(String name, int version) {
        installed.add(pkg(name, version));
        return installed.getLast();
    }

    private Digest rpm(Nevra pkg) {
        byte[] bytes = pkg.full().getBytes(UTF_8);
        Digest digest = Digest.sha256Of(bytes);
        String file = pkg.name() + "-" + pkg.evr().versionRelease() + ".noarch.rpm";
        artifacts.add(new Artifact(digest, bytes.length, "Packages/" + file, "sim"));
        return digest;
    }

    private Step up(String name) {
        Nevra to = pkg(name, 2);
        return new Step.Upgrade(there(name, 1), to, rpm(to));
    }

    private Step add(String name) {
        return new Step.Install(pkg(name, 1), rpm(pkg(name, 1)), Reason.USER);
    }

    /// Ten batches with every kind of step.
    @BeforeEach
    void tenBatches() {
        List<Batch> batches = new ArrayList<>();
        batches.add(new Batch(List.of(up("a1"), up("a2"), up("a3"))));
        batches.add(new Batch(List.of(add("b1"), up("b2"))));
        batches.add(new Batch(List.of(new Step.Erase(there("c1", 1)), erase("c2"))));
        Nevra heir = pkg("heir", 1);
        Step heirs = new Step.Install(heir, rpm(heir), Reason.USER);
        batches.add(new Batch(List.of(heirs, new Step.Replaced(there("parent", 1), heir))));
        there("kernel", 1);
        Nevra kernel = pkg("kernel", 2);
        batches.add(new Batch(List.of(new Step.Install(kernel, rpm(kernel), Reason.USER))));
        Nevra down = pkg("down", 1);
        batches.add(new Batch(List.of(new Step.Downgrade(there("down", 2), down, rpm(down)))));
        Nevra same = there("same", 1);
        batches.add(new Batch(List.of(new Step.Reinstall(same, rpm(same)), up("h1"))));
        batches.add(new Batch(List.of(up("i1"), up("i2"), add("i3"), add("i4"))));
        batches.add(new Batch(List.of(up("j1"))));
        batches.add(new Batch(List.of(erase("k1"))));
        there("stays", 1);
        artifacts.sort(java.util.Comparator.comparing(Artifact::path));
        Digest base = Digest.sha256Of(InstalledList.text(installed));
        Plan plan =
                new Plan(
                        new Plan.Target("", "", "noarch", base),
                        List.of("a test"),
                        List.of(),
                        artifacts,
                        batches,
                        List.of());
        job = new Job(plan, installed, "-", NONE.packages());
    }

    private Step erase(String name) {
        return new Step.Erase(there(name, 1));
    }

    private SimHost machine() throws Exception {
        return new SimHost(
                Files.createDirectories(temp.resolve("root")),
                installed.stream().map(Nevra::full).toList(),
                Map.of("heir", "parent"));
    }

    private Outcome apply(SimHost host) throws OpmException {
        Packages packages =
                new Packages() {
                    @Override
                    public void lay(Artifact artifact, Path file) throws OpmException {
                        host.disk.give(file, contents(artifact));
                    }

                    @Override
                    public long stageBytes(Artifact artifact) {
                        return artifact.sizeBytes();
                    }
                };
        var applier = new Applier(host.doors(), host.command(), StateFolder.in(host.root));
        return applier.apply(
                new Job(job.plan(), installed, "-", packages), Progress.SILENT, () -> false);
    }

    private String contents(Artifact artifact) {
        for (Batch batch : job.plan().batches()) {
            for (Nevra pkg : batch.comes()) {
                if (Digest.sha256Of(pkg.full().getBytes(UTF_8)).equals(artifact.digest())) {
                    return pkg.full();
                }
            }
        }
        throw new AssertionError(artifact.toString());
    }

    /// Without a crash, the end is the plan's.
    @Test
    void withoutACrash() throws Exception {
        SimHost host = machine();
        assertThat(apply(host)).isInstanceOf(Outcome.Done.class);
        mustBeDone(host, "no crash");
    }

    private void mustBeDone(SimHost host, String what) throws Exception {
        List<Nevra> wanted = job.plan().boundaries(installed).getLast();
        assertThat(host.rpm.installed().stream().map(Nevra::parse).sorted().toList())
                .as(what)
                .isEqualTo(wanted);
        mustBeWhole(host, wanted, what);
        assertThat(host.disk.files(host.root).stream().map(Path::toString))
                .as(what)
                .noneMatch(file -> file.matches(".*;[0-9a-f]{8}"));
        StateFolder state = StateFolder.in(host.root);
        Change change = changes(host).getLast();
        assertThat(change.stage()).as(what).isEqualTo(new Change.Stage.Ended("done"));
        assertThat(host.disk.exists(state.receipt(change.number()))).as(what).isTrue();
        assertThat(host.disk.exists(state.stage())).as(what).isFalse();
        assertThat(host.disk.exists(state.lock())).as(what).isFalse();
    }

    private static List<Change> changes(SimHost host) throws OpmException {
        var doors = host.doors();
        return Journal.read(doors.disk(), doors.clock(), StateFolder.in(host.root)).changes();
    }

    private static void mustBeWhole(SimHost host, List<Nevra> packages, String what) {
        for (Nevra pkg : packages) {
            String text = host.disk.text(host.root.resolve("usr/share/" + pkg.name()));
            assertThat(packages.stream().map(Nevra::full)).as(what + ", " + pkg).contains(text);
            assertThat(Nevra.parse(String.valueOf(text)).name()).as(what).isEqualTo(pkg.name());
        }
    }

    /// At every forced write, in every way: recovers.
    @ParameterizedTest
    @EnumSource(End.class)
    void atEveryForcedWrite(End end) throws Exception {
        SimHost counting = machine();
        counting.disk.crashAt(Integer.MAX_VALUE);
        apply(counting);
        int forces = counting.disk.forces();
        assertThat(forces).isGreaterThan(100);
        var random = new Random(SEED);
        for (int force = 1; force <= forces; force++) {
            for (int tear = 0; tear < (end == End.TEAR ? TEARS : 1); tear++) {
                String what = end + " at write " + force + ", seed " + SEED;
                SimHost host = machine();
                crash(host, force, end, random);
                mustKeepWhatIsVerified(host, what);
                Outcome outcome = apply(host);
                assertThat(outcome)
                        .as(what)
                        .isInstanceOfAny(Outcome.Done.class, Outcome.AlreadyThere.class);
                mustBeDone(host, what);
            }
        }
    }

    /// The recovery itself is interrupted, again and again, at random: recovers.
    @ParameterizedTest
    @EnumSource(End.class)
    void crashAfterCrash(End end) throws Exception {
        var random = new Random(SEED);
        int worlds = Boolean.getBoolean("opm.soak") ? 2000 : 40;
        for (int world = 0; world < worlds; world++) {
            String what = end + ", world " + world + ", seed " + SEED;
            SimHost host = machine();
            for (int crash = 0; crash < 4; crash++) {
                crash(host, 1 + random.nextInt(60), end, random);
                mustKeepWhatIsVerified(host, what);
            }
            assertThat(apply(host))
                    .as(what)
                    .isInstanceOfAny(Outcome.Done.class, Outcome.AlreadyThere.class);
            mustBeDone(host, what);
        }
    }

    private void crash(SimHost host, int force, End end, Random random) throws Exception {
        host.disk.crashAt(force);
        try {
            apply(host);
        } catch (SimDisk.Crash meant) {
            // The end of the world is the point.
        }
        host.restart(end, random);
    }

    /// What the journal calls verified is on the medium, whatever came after it.
    private void mustKeepWhatIsVerified(SimHost host, String what) throws Exception {
        List<Change> changes = changes(host);
        if (changes.isEmpty()) {
            return;
        }
        int verified = 0;
        int started = 0;
        for (var record : changes.getLast().records()) {
            switch (record.kind()) {
                case "verified" -> verified = Integer.parseInt(record.words().getFirst());
                case "start" -> started = Integer.parseInt(record.words().getFirst());
                default -> {}
            }
        }
        List<List<Nevra>> boundaries = job.plan().boundaries(installed);
        List<Nevra> here = new ArrayList<>(boundaries.get(verified));
        if (started > verified) {
            // What the batch in flight touches may be anywhere in between.
            Batch flying = job.plan().batches().get(started - 1);
            here.removeAll(flying.goes());
            here.removeAll(flying.comes());
            here.removeIf(p -> flying.comes().stream().anyMatch(c -> c.name().equals(p.name())));
        }
        assertThat(host.rpm.installed())
                .as(what)
                .containsAll(here.stream().map(Nevra::full).toList());
        for (Nevra pkg : here) {
            String text = host.disk.text(host.root.resolve("usr/share/" + pkg.name()));
            assertThat(String.valueOf(text)).as(what + ", " + pkg).startsWith(pkg.name() + "-");
        }
    }
}
