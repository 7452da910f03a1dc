package opm.apply;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import opm.apply.ScratchRoot.Run;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.bundle.BundleReader;
import opm.bundle.FolderPackages;
import opm.history.StateFolder;
import opm.host.Host;
import opm.host.LocalCommands;
import opm.host.RpmCommand;
import opm.plan.Artifact;
import opm.plan.Batch;
import opm.plan.Plan;
import opm.plan.Reason;
import opm.plan.Step;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// A scratch root, small packages, and hands that apply bundles to it: the sh program under three
/// shells, and Java.
abstract class ApplyWorld {
    static final Host HOST = Host.ofThisMachine();

    /// Who applies.
    enum Hand {
        DASH("dash"),
        BUSYBOX("busybox ash"),
        BASH("bash"),
        JAVA("");

        private final String words;

        Hand(String words) {
            this.words = words;
        }

        List<String> shell() {
            return List.of(words.split(" "));
        }
    }

    /// All hands in `./dev soak`, one sh and Java otherwise.
    static List<Hand> hands() {
        return Boolean.getBoolean("opm.soak")
                ? List.of(Hand.values())
                : List.of(Hand.DASH, Hand.JAVA);
    }

    @TempDir Path temp;
    TinyPackages tiny;
    ScratchRoot root;
    StateFolder state;
    FolderPackages packages;

    @BeforeEach
    void anEmptyRoot() throws Exception {
        tiny = TinyPackages.build();
        root = new ScratchRoot(temp.resolve("root"));
        root.importKey(tiny.key());
        state = StateFolder.in(root.folder);
        packages = FolderPackages.of(tiny.folder);
    }

    /// What a hand said and how it ended, in exit statuses.
    Run apply(Hand hand, Path bundle, String... options) throws Exception {
        return hand == Hand.JAVA ? java(bundle) : shell(hand, Map.of(), bundle, options);
    }

    /// Runs the sh program with some variables.
    Run shell(Hand hand, Map<String, String> environment, Path bundle, String... options)
            throws Exception {
        ScratchRoot.needs(hand.shell().getFirst());
        List<String> argv = new ArrayList<>(hand.shell());
        argv.addAll(List.of(bundle.toString(), "--yes", "--root", root.folder.toString()));
        argv.addAll(List.of(options));
        return ScratchRoot.runIn(Path.of("."), environment, argv.toArray(String[]::new));
    }

    /// Runs Java's applier as a process of its own, with some variables.
    Run process(Map<String, String> environment, Path bundle) throws Exception {
        List<String> argv = new ArrayList<>(ApplyProcess.command());
        argv.addAll(List.of(bundle.toString(), root.folder.toString()));
        return ScratchRoot.runIn(Path.of("."), environment, argv.toArray(String[]::new));
    }

    private Run java(Path bundle) throws Exception {
        try {
            return java(applier(), bundle);
        } catch (OpmException e) {
            return new Run(e.exitStatus(), String.valueOf(e.getMessage()));
        }
    }

    static Run java(Applier applier, Path bundle) throws OpmException {
        var reader = BundleReader.open(HOST.disk(), bundle);
        reader.verify();
        var job =
                new Job(
                        reader.plan(),
                        reader.installed(),
                        reader.seal().hex(),
                        new FromBundle(reader));
        Outcome outcome = applier.apply(job, Progress.SILENT, () -> false);
        return new Run(
                switch (outcome) {
                    case Outcome.Done _,
                            Outcome.AlreadyThere _,
                            Outcome.Ready _,
                            Outcome.Forgotten _,
                            Outcome.NothingOpen _ ->
                            0;
                    case Outcome.Unsigned _, Outcome.BadSignatures _ -> 3;
                    case Outcome.Drifted _,
                            Outcome.OtherMachine _,
                            Outcome.RefusedByRpm _,
                            Outcome.NotAsPlanned _,
                            Outcome.RpmEnded _,
                            Outcome.Stopped _,
                            Outcome.OtherChangeOpen _,
                            Outcome.Locked _ ->
                            5;
                },
                outcome.toString());
    }

    Applier applier() {
        return new Applier(HOST, RpmCommand.at(root.folder, new LocalCommands()), state);
    }

    Path bundle(Plan plan, List<Nevra> installed) throws Exception {
        return packages.write(plan, installed, temp.resolve("box.opm"));
    }

    Path bundle(List<String> unsigned, List<Batch> batches) throws Exception {
        List<Artifact> artifacts =
                packages.artifacts().stream()
                        .filter(a -> batches.stream().anyMatch(b -> b.rpms().contains(a.digest())))
                        .sorted(java.util.Comparator.comparing(Artifact::path))
                        .toList();
        List<Nevra> installed = root.installed();
        // An empty root has no os-release, which a profile says with empty words.
        return bundle(
                FolderPackages.plan(
                        "- - " + ScratchRoot.arch(), installed, unsigned, artifacts, batches),
                installed);
    }

    Nevra pkg(String nameVersion) {
        return packages.names().stream()
                .filter(nevra -> (nevra.name() + "-" + nevra.evr().version()).equals(nameVersion))
                .findFirst()
                .orElseThrow();
    }

    Step install(String pkg) {
        return new Step.Install(pkg(pkg), packages.artifact(pkg(pkg)).digest(), Reason.USER);
    }

    Step upgrade(String from, String to) {
        return new Step.Upgrade(pkg(from), pkg(to), packages.artifact(pkg(to)).digest());
    }

    Step downgrade(String from, String to) {
        return new Step.Downgrade(pkg(from), pkg(to), packages.artifact(pkg(to)).digest());
    }

    Step reinstall(String pkg) {
        return new Step.Reinstall(pkg(pkg), packages.artifact(pkg(pkg)).digest());
    }

    List<String> names() throws Exception {
        return root.installed().stream().map(n -> n.name() + "-" + n.evr().version()).toList();
    }

    /// Packages of a bundle, laid down one by one.
    record FromBundle(BundleReader reader) implements Packages {
        @Override
        public void lay(Artifact artifact, Path file) throws opm.base.OpmException {
            reader.extract(reader.find(artifact.path()).orElseThrow(), file);
        }

        @Override
        public long stageBytes(Artifact artifact) {
            return artifact.sizeBytes();
        }
    }
}
