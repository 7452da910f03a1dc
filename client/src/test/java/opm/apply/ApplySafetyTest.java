package opm.apply;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import opm.apply.ScratchRoot.Run;
import opm.base.Digest;
import opm.base.Nevra;
import opm.bundle.FolderPackages;
import opm.history.StateFolder;
import opm.host.LocalCommands;
import opm.host.RpmCommand;
import opm.plan.Artifact;
import opm.plan.Batch;
import opm.plan.Plan;
import opm.plan.Reason;
import opm.plan.Step;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What must not happen, whoever applies: two at a time, writing outside the root, packages that
/// are not the plan's.
final class ApplySafetyTest extends ApplyWorld {
    private Path alpha() throws Exception {
        return bundle(List.of(), List.of(new Batch(List.of(install("alpha-1")))));
    }

    /// Returns a folder whose programs stand before those of PATH.
    private Map<String, String> wrapper(String program, String text) throws Exception {
        Path folder = Files.createDirectories(temp.resolve("wrappers"));
        Path file = Files.writeString(folder.resolve(program), "#!/bin/sh\n" + text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        return Map.of("PATH", folder + ":" + System.getenv("PATH"), "REAL", System.getenv("PATH"));
    }

    private static String identity(Process process) throws Exception {
        String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
        String start = stat.substring(stat.lastIndexOf(')') + 2).split(" ")[19];
        String boot = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
        return process.pid() + " " + boot + " " + start + "\n";
    }

    private static String sum(String text) {
        return Digest.sha256Of(text.getBytes(US_ASCII)).hex().substring(0, 16);
    }

    /// Killed right after the end of the change is in the journal, where nobody who comes later has
    /// anything to do, it leaves no packages behind: by then they are gone.
    @ParameterizedTest
    @MethodSource("shells")
    void nothingLiesThereAfterTheEnd(Hand hand) throws Exception {
        Path box = alpha();
        var environment =
                new java.util.HashMap<>(
                        wrapper(
                                "rm",
                                """
                                grep -q ' end 1 done' "$JOURNAL" 2>/dev/null && kill -9 $PPID
                                PATH=$REAL exec rm "$@"
                                """));
        environment.put("JOURNAL", state.journal().toString());
        assertThat(shell(hand, environment, box).status()).isEqualTo(137);
        assertThat(Files.readString(state.journal())).endsWith(" end 1 done\n");
        assertThat(state.stage()).doesNotExist();
        Run again = shell(hand, Map.of(), box);
        assertThat(again.status()).as(again.output()).isZero();
        assertThat(names()).containsExactly("alpha-1");
    }

    /// While one replaces the lock of a dead process, another that found the same lock is refused:
    /// between the look and the rename of the one, the other does all that it can.
    @ParameterizedTest
    @MethodSource("shells")
    void theLockOfTheDeadIsTakenOnce(Hand hand) throws Exception {
        Path box = alpha();
        Files.createDirectories(state.path());
        Files.writeString(state.lock(), "1 gone 1\n");
        var environment =
                wrapper(
                        "mv",
                        """
                        for last; do :; done
                        case $last in */lock)
                            PATH=$REAL dash "$BOX" --yes --root "$ROOT" >"$OUT.text" 2>&1
                            echo $? >>"$OUT" ;;
                        esac
                        PATH=$REAL exec mv "$@"
                        """);
        var all = new java.util.HashMap<>(environment);
        Path out = temp.resolve("other");
        all.put("BOX", box.toString());
        all.put("ROOT", root.folder.toString());
        all.put("OUT", out.toString());
        Run run = shell(hand, all, box);
        assertThat(run.status()).as(run.output()).isZero();
        String said = Files.readString(Path.of(out + ".text"));
        assertThat(Files.readAllLines(out)).as(said).containsExactly("5");
        // Nothing of a second change; a digest may begin with any digit.
        assertThat(journal())
                .containsOnlyOnce("end 1 done")
                .noneMatch(record -> record.matches("[a-z]+ 2( .*)?"));
        assertThat(state.path()).isDirectoryNotContaining("glob:**/lock*");
    }

    static List<Hand> shells() {
        return hands().stream().filter(hand -> hand != Hand.JAVA).toList();
    }

    private List<String> journal() throws Exception {
        return Files.readAllLines(state.journal()).stream()
                .skip(1)
                .map(line -> line.split(" ", 4)[3])
                .toList();
    }

    /// Java and sh mean the same name by "who replaces this dead holder": where somebody alive has
    /// it, both wait their turn; where he died too, both go on, and leave nothing behind.
    @ParameterizedTest
    @MethodSource("hands")
    void whoReplacesADeadHolder(Hand hand) throws Exception {
        Path box = alpha();
        Files.createDirectories(state.path());
        String dead = "1 gone 1\n";
        Files.writeString(state.lock(), dead);
        Process holder = new ProcessBuilder("sleep", "100").start();
        Path next = state.path().resolve("lock." + sum(dead));
        try {
            Files.writeString(next, identity(holder));
            Run run = apply(hand, box);
            assertThat(run.status()).as(run.output()).isEqualTo(5);
            assertThat(names()).isEmpty();
        } finally {
            holder.destroyForcibly().waitFor();
        }
        Run run = apply(hand, box);
        assertThat(run.status()).as(run.output()).isZero();
        assertThat(names()).containsExactly("alpha-1");
        assertThat(state.path()).isDirectoryNotContaining("glob:**/lock*");
    }

    /// Many threads find the same dead holder at once: one lock is held at any time.
    @Test
    void manyThreadsOneLock() throws Exception {
        Files.createDirectories(state.path());
        var holders = new java.util.concurrent.atomic.AtomicInteger();
        var taken = new java.util.concurrent.atomic.AtomicInteger();
        for (int round = 0; round < 50; round++) {
            Files.writeString(state.lock(), "1 gone " + round + "\n");
            var tasks = new ArrayList<java.util.concurrent.Callable<Boolean>>();
            for (int thread = 0; thread < 8; thread++) {
                tasks.add(
                        () -> {
                            try (StateLock lock = StateLock.take(HOST.disk(), state)) {
                                if (lock == null) {
                                    return true;
                                }
                                taken.incrementAndGet();
                                boolean alone = holders.incrementAndGet() == 1;
                                // A look at the disk, so that others have time to go wrong.
                                boolean there = HOST.disk().exists(state.lock());
                                int left = holders.getAndDecrement();
                                return alone && there && left == 1;
                            }
                        });
            }
            try (var threads = java.util.concurrent.Executors.newFixedThreadPool(8)) {
                for (var alone : threads.invokeAll(tasks)) {
                    assertThat(alone.get()).isTrue();
                }
            }
            Files.deleteIfExists(state.lock());
        }
        assertThat(taken.get()).isGreaterThanOrEqualTo(50);
    }

    /// A lock that is no longer ours when we end is not removed.
    @Test
    void theLockOfAnotherStays() throws Exception {
        Path box = alpha();
        Process holder = new ProcessBuilder("sleep", "100").start();
        try {
            String other = identity(holder);
            var environment =
                    wrapper(
                            "rpmkeys",
                            "printf '%s' \"$OTHER\" >\"$LOCK\"; PATH=$REAL exec rpmkeys \"$@\"\n");
            var all = new java.util.HashMap<>(environment);
            all.put("OTHER", other);
            all.put("LOCK", state.lock().toString());
            Run run = shell(Hand.DASH, all, box);
            assertThat(run.status()).as(run.output()).isZero();
            assertThat(state.lock()).hasContent(other);
            Files.delete(state.lock());
            try (StateLock lock = StateLock.take(HOST.disk(), state)) {
                assertThat(lock).isNotNull();
                Files.writeString(state.lock(), other);
            }
            assertThat(state.lock()).hasContent(other);
        } finally {
            holder.destroyForcibly().waitFor();
        }
    }

    /// Nobody forgets a change while another makes it; and where none is open, that is the answer.
    @ParameterizedTest
    @MethodSource("hands")
    void forgettingWaitsForTheLock(Hand hand) throws Exception {
        Path box = bundle(List.of(), List.of(new Batch(List.of(install("badpre-1")))));
        assertThat(apply(hand, box).status()).isEqualTo(5);
        Process holder = new ProcessBuilder("sleep", "100").start();
        try {
            Files.writeString(state.lock(), identity(holder));
            if (hand == Hand.JAVA) {
                assertThat(applier().forget()).isEqualTo(new Outcome.Locked("" + holder.pid()));
            } else {
                assertThat(apply(hand, box, "--forget").status()).isEqualTo(5);
            }
        } finally {
            holder.destroyForcibly().waitFor();
        }
        assertThat(journal()).noneMatch(record -> record.contains("forgotten"));
        if (hand == Hand.JAVA) {
            assertThat(applier().forget()).isEqualTo(new Outcome.Forgotten(1));
            assertThat(applier().forget()).isEqualTo(new Outcome.NothingOpen());
        } else {
            assertThat(apply(hand, box, "--forget").status()).isZero();
            assertThat(apply(hand, box, "--forget").output()).contains("no interrupted change");
        }
        assertThat(journal()).containsOnlyOnce("end 1 forgotten");
    }

    /// The sh program keeps its notes in a temporary folder; where that is full it says so, at
    /// whatever point, and goes on when there is room.
    @Test
    void aFullTemporaryFolder() throws Exception {
        root.install(tiny.files("alpha-1"));
        ScratchRoot pristine = root.copy(temp.resolve("pristine"));
        Path box = bundle(List.of(), List.of(new Batch(List.of(upgrade("alpha-1", "alpha-2")))));
        Path small = Files.createDirectories(temp.resolve("small"));
        for (int kilobytes : List.of(8, 24, 40, 56)) {
            root = pristine.copy(root.folder);
            String size = "size=" + kilobytes + "k";
            Run mount = ScratchRoot.run("mount", "-t", "tmpfs", "-o", size, "opm", small + "");
            Assumptions.assumeTrue(mount.status() == 0, "skipped: nothing can be mounted here");
            Run run;
            try {
                run = shell(Hand.DASH, Map.of("TMPDIR", small.toString()), box);
            } finally {
                ScratchRoot.ok(ScratchRoot.run("umount", "-l", small.toString()));
            }
            assertThat(run.status()).as(size + run.output()).isIn(0, 5);
            assertThat(run.status() == 0 || run.output().contains("too little space for " + small))
                    .as(size + run.output())
                    .isTrue();
            assertThat(shell(Hand.DASH, Map.of(), box).status()).isZero();
            assertThat(names()).containsExactly("alpha-2");
        }
    }

    /// Where rpm's database is gone nothing looks like an empty machine: nothing is noted as what
    /// others did, and nothing is laid over what is there.
    @Test
    void aLostDatabase() throws Exception {
        Path box = bundle(List.of(), List.of(new Batch(List.of(install("alpha-1")))));
        assertThat(apply(Hand.JAVA, box).status()).isZero();
        var before = journal();
        Path database = root.folder.resolve(root.dbpath.substring(1));
        Files.move(database, temp.resolve("lost"));
        assertThatThrownBy(() -> applier().notice()).hasMessageContaining("packages of change 1");
        assertThat(apply(Hand.JAVA, box).status()).isEqualTo(3);
        assertThat(journal()).isEqualTo(before);
        Files.move(temp.resolve("lost"), database);
        assertThat(apply(Hand.JAVA, box).status()).isZero();
        assertThat(names()).containsExactly("alpha-1");
    }

    /// A root that is named through a symbolic link is the folder behind it, down to the temporary
    /// files of a killed rpm.
    @Test
    void aRootBehindALink() throws Exception {
        root.install(tiny.files("alpha-1", "beta-1"));
        ScratchRoot pristine = root.copy(temp.resolve("pristine"));
        Path box =
                bundle(
                        List.of(),
                        List.of(
                                new Batch(
                                        List.of(
                                                upgrade("alpha-1", "alpha-2"),
                                                upgrade("beta-1", "beta-2")))));
        assertThat(apply(Hand.JAVA, box).status()).isZero();
        List<String> lines = Files.readAllLines(state.journal());
        root = pristine.copy(root.folder);
        Files.createDirectories(state.change(1));
        Files.write(state.journal(), lines.subList(0, 3)); // begin, start
        Path leftover = root.folder.resolve("usr/share/beta/text;65a1b2c3");
        Files.writeString(leftover, "half");
        Path link = Files.createSymbolicLink(temp.resolve("link"), root.folder);
        RpmCommand rpm = RpmCommand.at(link, new LocalCommands());
        assertThat(rpm.root()).isEqualTo(root.folder);
        Run run = java(new Applier(HOST, rpm, StateFolder.in(link)), box);
        assertThat(run.status()).as(run.output()).isZero();
        assertThat(names()).containsExactly("alpha-2", "beta-2");
        assertThat(leftover).doesNotExist();
    }

    /// No link inside the root leads the journal, or anything else of ours, out of it.
    @ParameterizedTest
    @MethodSource("hands")
    void theStateStaysInTheRoot(Hand hand) throws Exception {
        Path box = alpha();
        for (String link : List.of("var", "var/lib", "var/lib/opm")) {
            ScratchRoot.run("rm", "-rf", root.folder.resolve("var").toString());
            Path outside = Files.createDirectories(temp.resolve("outside"));
            Files.createDirectories(root.folder.resolve(link).getParent());
            Files.createSymbolicLink(root.folder.resolve(link), outside);
            Run run = apply(hand, box);
            assertThat(run.status()).as(link + ": " + run.output()).isEqualTo(5);
            assertThat(run.output()).contains("var/lib/opm");
            assertThat(outside).as(link).isEmptyDirectory();
            Files.delete(outside);
            Run dangling = apply(hand, box);
            assertThat(dangling.status()).as(link + ": " + dangling.output()).isEqualTo(5);
            assertThat(outside).as(link).doesNotExist();
        }
        assertThat(names()).isEmpty();
        ScratchRoot.run("rm", "-rf", root.folder.resolve("var").toString());
        Files.createDirectories(root.folder.resolve("srv/var"));
        Files.createSymbolicLink(root.folder.resolve("var"), Path.of("srv/var"));
        Run inside = apply(hand, box);
        assertThat(inside.status()).as(inside.output()).isZero();
    }

    /// Where another user could write the journal, or put another in its place, nothing is done.
    @ParameterizedTest
    @MethodSource("hands")
    void aStateThatOthersWrite(Hand hand) throws Exception {
        Path box = alpha();
        Files.createDirectories(state.history());
        Files.writeString(state.journal(), "");
        for (Path open : List.of(root.folder.resolve("var"), state.path(), state.journal())) {
            ScratchRoot.ok(ScratchRoot.run("chmod", "o+w", open.toString()));
            Run run = apply(hand, box);
            assertThat(run.status()).as(open + ": " + run.output()).isEqualTo(5);
            assertThat(run.output()).contains(open.toString());
            ScratchRoot.ok(ScratchRoot.run("chmod", "o-w", open.toString()));
        }
        if (ScratchRoot.run("id", "-u").output().strip().equals("0")) {
            ScratchRoot.ok(ScratchRoot.run("chown", "12345", state.path().toString()));
            Run run = apply(hand, box);
            assertThat(run.status()).as(run.output()).isEqualTo(5);
            ScratchRoot.ok(ScratchRoot.run("chown", "0", state.path().toString()));
            ScratchRoot.ok(ScratchRoot.run("chgrp", "12345", state.path().toString()));
            ScratchRoot.ok(ScratchRoot.run("chmod", "g+w", state.path().toString()));
            Run group = apply(hand, box);
            assertThat(group.status()).as(group.output()).isEqualTo(5);
            ScratchRoot.ok(ScratchRoot.run("chmod", "g-w", state.path().toString()));
        }
        assertThat(names()).isEmpty();
        Run run = apply(hand, box);
        assertThat(run.status()).as(run.output()).isZero();
    }

    /// However many packages a batch has, the command line of rpm stays short: they come by a list.
    @ParameterizedTest
    @MethodSource("shells")
    void manyPackagesFit(Hand hand) throws Exception {
        String[] names = {
            "alpha-1",
            "beta-1",
            "kernel-1",
            "oldname-1",
            "gone-1",
            "conf-1",
            "tail-1",
            "slow-1",
            "badpost-1",
            "epoch-1"
        };
        List<Step> steps = new ArrayList<>();
        for (String name : names) {
            steps.add(install(name));
        }
        Path box = bundle(List.of(), List.of(new Batch(steps)));
        var environment =
                wrapper(
                        "rpm",
                        "[ $# -le 14 ] || { echo \"$# words\"; exit 99; }\n"
                                + "PATH=$REAL exec rpm \"$@\"\n");
        Run run = shell(hand, environment, box);
        assertThat(run.status()).as(run.output()).isZero();
        assertThat(names()).hasSize(names.length);
        var stage = new Stage(temp, java.util.Collections.nCopies(50_000, "x.rpm"), List.of());
        var many = new RpmRun(temp, List.of("-U"), List.of(), stage.files());
        assertThat(many.test().arguments()).containsExactly("-U", "--test", RpmRun.LIST);
    }

    /// The package under a plan's digest is another than the plan names: nothing is installed.
    @ParameterizedTest
    @MethodSource("hands")
    void anotherPackageThanPlanned(Hand hand) throws Exception {
        Digest beta = packages.artifact(pkg("beta-1")).digest();
        Step step = new Step.Install(pkg("alpha-1"), beta, Reason.USER);
        Run run = apply(hand, bundle(List.of(), List.of(new Batch(List.of(step)))));
        assertThat(run.status()).as(run.output()).isEqualTo(3);
        assertThat(run.output()).contains("beta-1-1.noarch.rpm");
        assertThat(names()).isEmpty();
    }

    /// A line feed in a package's name is no new line for us: damaged, and no fault of ours.
    @ParameterizedTest
    @MethodSource("hands")
    void aNameWithALineFeed(Hand hand) throws Exception {
        byte[] rpm = Files.readAllBytes(tiny.file("unsigned-1"));
        Path folder = Files.createDirectories(temp.resolve("feed"));
        Files.write(folder.resolve("unsigned-1-1.noarch.rpm"), renamed(rpm, "uns\ngned"));
        packages = FolderPackages.of(tiny.folder);
        Nevra planned = pkg("unsigned-1");
        packages = FolderPackages.of(folder);
        Artifact artifact = packages.artifacts().iterator().next();
        assertThat(packages.names().getFirst().name()).isEqualTo("uns\ngned");
        Step step = new Step.Install(planned, artifact.digest(), Reason.USER);
        Path box = bundle(List.of("unsigned"), List.of(new Batch(List.of(step))));
        Run run = apply(hand, box);
        assertThat(run.status()).as(run.output()).isEqualTo(3);
        assertThat(run.output()).contains("unsigned-1-1.noarch.rpm");
        assertThat(names()).isEmpty();
    }

    /// Gives an unsigned package another name of the same length, with digests that hold.
    private static byte[] renamed(byte[] rpm, String name) {
        var at = ByteBuffer.wrap(rpm);
        int main = 112 + 16 * at.getInt(104) + at.getInt(108);
        main += -main & 7;
        int payload = main + 16 + 16 * at.getInt(main + 8) + at.getInt(main + 12);
        byte[] header = Arrays.copyOfRange(rpm, main, payload);
        byte[] other = header.clone();
        byte[] old = "unsigned\0".getBytes(US_ASCII);
        for (int place = 0; place < other.length - old.length; place++) {
            if (Arrays.equals(other, place, place + old.length, old, 0, old.length)) {
                System.arraycopy(name.getBytes(US_ASCII), 0, other, place, name.length());
            }
        }
        byte[] made = rpm.clone();
        System.arraycopy(other, 0, made, main, other.length);
        for (var algorithm : List.of(Digest.Algorithm.SHA1, Digest.Algorithm.SHA256)) {
            replace(made, main, hex(algorithm, header), hex(algorithm, other));
        }
        byte[] before = Arrays.copyOfRange(rpm, main, rpm.length);
        byte[] after = Arrays.copyOfRange(made, main, made.length);
        var md5 = Digest.Algorithm.MD5;
        replace(made, main, md5.engine().digest(before), md5.engine().digest(after));
        return made;
    }

    private static byte[] hex(Digest.Algorithm algorithm, byte[] bytes) {
        return HexFormat.of().formatHex(algorithm.engine().digest(bytes)).getBytes(UTF_8);
    }

    private static void replace(byte[] in, int before, byte[] old, byte[] other) {
        for (int place = 0; place < before - old.length; place++) {
            if (Arrays.equals(in, place, place + old.length, old, 0, old.length)) {
                System.arraycopy(other, 0, in, place, other.length);
                return;
            }
        }
    }

    /// A plan whose digest of a package is not that of the bytes in the bundle: refused, also where
    /// the plan has a kind of digest that the manifest has not.
    @ParameterizedTest
    @MethodSource("shells")
    void otherBytesThanPlanned(Hand hand) throws Exception {
        Artifact real = packages.artifact(pkg("alpha-1"));
        for (Digest.Algorithm algorithm : List.of(Digest.Algorithm.SHA1, Digest.Algorithm.MD5)) {
            byte[] bytes = Files.readAllBytes(tiny.file("alpha-1"));
            Digest right = Digest.of(algorithm, algorithm.engine().digest(bytes));
            Digest wrong = Digest.of(algorithm, algorithm.engine().digest(new byte[] {7}));
            for (Digest digest : List.of(wrong, right)) {
                var artifact = new Artifact(digest, real.sizeBytes(), real.path(), "test");
                var batch =
                        new Batch(List.of(new Step.Install(pkg("alpha-1"), digest, Reason.USER)));
                Plan plan =
                        FolderPackages.plan(
                                "- - " + ScratchRoot.arch(),
                                List.of(),
                                List.of(),
                                List.of(artifact),
                                List.of(batch));
                Path box = packages.as(digest, real).write(plan, List.of(), temp.resolve("b.opm"));
                Run run = shell(hand, Map.of(), box);
                assertThat(run.status())
                        .as(digest + ": " + run.output())
                        .isEqualTo(digest.equals(right) ? 0 : 3);
            }
            ScratchRoot.ok(root.rpm("rpm", "-e", "alpha"));
        }
    }

    /// A plan for another architecture is refused though the packages are the same, and one for
    /// another distribution is called that, not drift.
    @ParameterizedTest
    @MethodSource("hands")
    void aPlanForAnotherMachine(Hand hand) throws Exception {
        Assumptions.assumeTrue(!ScratchRoot.arch().equals("s390x"));
        var batches = List.of(new Batch(List.of(install("alpha-1"))));
        var files = List.of(packages.artifact(pkg("alpha-1")));
        Path box =
                bundle(
                        FolderPackages.plan("- - s390x", List.of(), List.of(), files, batches),
                        List.of());
        Run run = apply(hand, box);
        assertThat(run.status()).as(run.output()).isEqualTo(5);
        assertThat(run.output()).contains("s390x").contains(ScratchRoot.arch());
        root.install(tiny.files("conf-1"));
        Files.createDirectories(root.folder.resolve("etc"));
        Files.writeString(root.folder.resolve("etc/os-release"), "ID='other'\nVERSION_ID=\"9\"\n");
        String target = "fedora 43 " + ScratchRoot.arch();
        Path second =
                bundle(
                        FolderPackages.plan(target, List.of(), List.of(), files, batches),
                        List.of());
        Run other = apply(hand, second);
        assertThat(other.status()).as(other.output()).isEqualTo(5);
        assertThat(other.output()).contains("fedora 43").contains("other 9");
        assertThat(names()).containsExactly("conf-1");
    }
}
