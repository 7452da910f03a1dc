package opm.apply;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import opm.apply.ScratchRoot.Run;
import opm.base.Digest;
import opm.bundle.BundleReader;
import opm.bundle.FolderPackages;
import opm.history.Journal;
import opm.history.Receipt;
import opm.history.StateFolder;
import opm.plan.Batch;
import opm.plan.Step;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// The same changes made by the sh program under three shells and by Java, with the real rpm.
final class ApplyTest extends ApplyWorld {
    private List<String> journal() throws Exception {
        return Journal.read(HOST.disk(), HOST.clock(), state).records().stream()
                .map(
                        r ->
                                r.kind()
                                        + " "
                                        + r.change()
                                        + (r.words().size() == 1 ? " " + r.words().get(0) : ""))
                .toList();
    }

    /// Every kind of step, in four batches: what rpm lists afterwards is what the plan says.
    @ParameterizedTest
    @EnumSource(Hand.class)
    void everyKindOfStep(Hand hand) throws Exception {
        root.install(
                tiny.files(
                        "alpha-1",
                        "beta-1",
                        "kernel-1",
                        "oldname-1",
                        "gone-1",
                        "conf-2",
                        "epoch-1"));
        Path box =
                bundle(
                        List.of(),
                        List.of(
                                new Batch(
                                        List.of(
                                                new Step.Erase(pkg("gone-1")),
                                                new Step.Erase(pkg("epoch-1")))),
                                new Batch(
                                        List.of(
                                                upgrade("alpha-1", "alpha-2"),
                                                upgrade("beta-1", "beta-2"),
                                                install("newname-1"),
                                                new Step.Replaced(
                                                        pkg("oldname-1"), pkg("newname-1")),
                                                downgrade("conf-2", "conf-1"))),
                                new Batch(List.of(install("kernel-2"))),
                                new Batch(List.of(reinstall("kernel-1"), install("epoch-1")))));
        Run run = apply(hand, box);
        assertThat(run.status()).as(run.output()).isZero();
        assertThat(names())
                .containsExactly(
                        "alpha-2",
                        "beta-2",
                        "conf-1",
                        "epoch-1",
                        "kernel-1",
                        "kernel-2",
                        "newname-1");
        assertThat(root.complaints()).isEmpty();
        assertThat(journal().getFirst()).startsWith("begin 1");
        assertThat(journal()).endsWith("verified 1 4", "end 1 done").hasSize(2 + 3 * 4);
        byte[] receipt = Files.readAllBytes(state.receipt(1));
        assertThat(Receipt.values(receipt, "result")).containsExactly("done");
        assertThat(Receipt.values(receipt, "bundle"))
                .containsExactly(BundleReader.open(HOST.disk(), box).seal().hex());
        assertThat(state.stage()).doesNotExist();
        assertThat(state.lock()).doesNotExist();

        Run again = apply(hand, box);
        assertThat(again.status()).as(again.output()).isZero();
        assertThat(journal()).as("nothing was done the second time").hasSize(2 + 3 * 4);
    }

    /// A package that comes beside one of its name, in a batch with upgrades, removes nothing.
    @ParameterizedTest
    @MethodSource("hands")
    void besideInOneBatch(Hand hand) throws Exception {
        root.install(tiny.files("alpha-1", "kernel-1"));
        Path box =
                bundle(
                        List.of(),
                        List.of(
                                new Batch(
                                        List.of(
                                                upgrade("alpha-1", "alpha-2"),
                                                install("kernel-2")))));
        Run run = apply(hand, box);
        assertThat(run.status()).as(run.output()).isZero();
        assertThat(names()).containsExactly("alpha-2", "kernel-1", "kernel-2");
    }

    /// Packages that changed since the profile are listed, and nothing is done.
    @ParameterizedTest
    @MethodSource("hands")
    void driftIsNamed(Hand hand) throws Exception {
        root.install(tiny.files("alpha-1", "gone-1"));
        Path box = bundle(List.of(), List.of(new Batch(List.of(upgrade("alpha-1", "alpha-2")))));
        ScratchRoot.ok(root.rpm("rpm", "-e", "gone"));
        root.install(tiny.files("conf-1"));
        Run run = apply(hand, box);
        assertThat(run.status()).isEqualTo(5);
        assertThat(run.output()).contains("conf-0:1-1.noarch").contains("gone-0:1-1.noarch");
        assertThat(names()).containsExactly("alpha-1", "conf-1");
        assertThat(state.journal()).doesNotExist();
    }

    /// A dry run, like a look before the question, leaves no trace but in rpm's own bookkeeping.
    @ParameterizedTest
    @MethodSource("hands")
    void aDryRunChangesNothing(Hand hand) throws Exception {
        root.install(tiny.files("alpha-1"));
        Path box = bundle(List.of(), List.of(new Batch(List.of(upgrade("alpha-1", "alpha-2")))));
        var before = listingWithoutDatabase();
        if (hand == Hand.JAVA) {
            var reader = BundleReader.open(HOST.disk(), box);
            var job = new Job(reader.plan(), reader.installed(), "-", new FromBundle(reader));
            assertThat(applier().check(job)).isEqualTo(new Outcome.Ready(0));
        } else {
            Run run = apply(hand, box, "--dry-run");
            assertThat(run.status()).as(run.output()).isZero();
            assertThat(run.output()).contains("alpha-1-1.noarch -> alpha-2-1.noarch");
        }
        assertThat(listingWithoutDatabase()).isEqualTo(before);
        assertThat(names()).containsExactly("alpha-1");
    }

    private java.util.SortedMap<String, String> listingWithoutDatabase() throws Exception {
        var listing = root.listing();
        listing.keySet().removeIf(name -> ("/" + name).startsWith(root.dbpath));
        return listing;
    }

    /// An unsigned package comes in only when the plan names it, and the receipt says so.
    @ParameterizedTest
    @MethodSource("hands")
    void unsignedOnlyWhenNamed(Hand hand) throws Exception {
        List<Batch> batches =
                List.of(new Batch(List.of(install("alpha-1"), install("unsigned-1"))));
        Run refused = apply(hand, bundle(List.of(), batches));
        assertThat(refused.status()).as(refused.output()).isEqualTo(3);
        assertThat(refused.output()).contains("unsigned-1-1.noarch.rpm");
        assertThat(names()).isEmpty();
        assertThat(state.journal()).doesNotExist();
        Run run = apply(hand, bundle(List.of("unsigned"), batches));
        assertThat(run.status()).as(run.output()).isZero();
        assertThat(names()).containsExactly("alpha-1", "unsigned-1");
        assertThat(Receipt.values(Files.readAllBytes(state.receipt(1)), "unsigned"))
                .containsExactly("unsigned");
    }

    /// A signed package whose signature does not hold is refused even when named as unsigned.
    @ParameterizedTest
    @MethodSource("hands")
    void aBadSignatureIsNeverAllowed(Hand hand) throws Exception {
        byte[] bytes = Files.readAllBytes(tiny.file("alpha-1"));
        bytes[bytes.length - 3] = (byte) ~bytes[bytes.length - 3];
        Path folder = Files.createDirectories(temp.resolve("bad"));
        Files.write(folder.resolve("alpha-1-1.noarch.rpm"), bytes);
        packages = FolderPackages.of(folder);
        Path box = bundle(List.of("alpha"), List.of(new Batch(List.of(install("alpha-1")))));
        Run run = apply(hand, box);
        assertThat(run.status()).as(run.output()).isEqualTo(3);
        assertThat(names()).isEmpty();
    }

    /// Without the key of the packages nothing is installed.
    @ParameterizedTest
    @MethodSource("hands")
    void anUnknownKeyIsRefused(Hand hand) throws Exception {
        root = new ScratchRoot(temp.resolve("other"));
        state = StateFolder.in(root.folder);
        Path box = bundle(List.of(), List.of(new Batch(List.of(install("alpha-1")))));
        Run run = apply(hand, box);
        assertThat(run.status()).as(run.output()).isEqualTo(3);
        assertThat(run.output()).contains("NOT OK");
        assertThat(names()).isEmpty();
    }

    /// What rpm's test refuses is said in rpm's words, and the change is closed.
    @ParameterizedTest
    @MethodSource("hands")
    void rpmSaysNo(Hand hand) throws Exception {
        root.install(tiny.files("alpha-1"));
        Path box = bundle(List.of(), List.of(new Batch(List.of(install("clash-1")))));
        Run run = apply(hand, box);
        assertThat(run.status()).isEqualTo(5);
        assertThat(run.output()).contains("conflicts with");
        assertThat(names()).containsExactly("alpha-1");
        assertThat(journal()).endsWith("end 1 refused");
    }

    /// A %pre that fails leaves its package out: rpm's exit status is not believed, the difference
    /// is named, the change stays open, another bundle is refused, and the user can forget it.
    @ParameterizedTest
    @MethodSource("hands")
    void aFailedPreIsFound(Hand hand) throws Exception {
        Path box =
                bundle(
                        List.of(),
                        List.of(new Batch(List.of(install("alpha-1"), install("badpre-1")))));
        Run run = apply(hand, box);
        assertThat(run.status()).as(run.output()).isEqualTo(5);
        assertThat(run.output()).contains("badpre-0:1-1.noarch").contains("pre says no");
        assertThat(names()).containsExactly("alpha-1");
        Path other = bundle(List.of(), List.of(new Batch(List.of(install("conf-1")))));
        Run second = apply(hand, other);
        assertThat(second.status()).as(second.output()).isEqualTo(5);
        assertThat(names()).containsExactly("alpha-1");
        if (hand == Hand.JAVA) {
            assertThat(applier().forget()).isEqualTo(new Outcome.Forgotten(1));
        } else {
            Run forget = apply(hand, other, "--forget");
            assertThat(forget.status()).as(forget.output()).isZero();
        }
        assertThat(journal()).endsWith("end 1 forgotten");
        Run third = apply(hand, other);
        assertThat(third.status()).as(third.output()).isZero();
        assertThat(names()).containsExactly("alpha-1", "conf-1");
    }

    /// A %post that fails and a kept configuration file are in the receipt.
    @ParameterizedTest
    @MethodSource("hands")
    void theReceiptTellsOfScriptsAndConfiguration(Hand hand) throws Exception {
        root.install(tiny.files("conf-1"));
        Files.writeString(root.folder.resolve("etc/conf"), "mine\n");
        Path box =
                bundle(
                        List.of(),
                        List.of(
                                new Batch(
                                        List.of(
                                                install("badpost-1"),
                                                upgrade("conf-1", "conf-2")))));
        Run run = apply(hand, box);
        assertThat(run.status()).as(run.output()).isZero();
        byte[] receipt = Files.readAllBytes(state.receipt(1));
        assertThat(Receipt.values(receipt, "warning")).anyMatch(line -> line.contains("badpost"));
        assertThat(Receipt.values(receipt, "config")).anyMatch(line -> line.contains(".rpmnew"));
        assertThat(Receipt.values(receipt, "|")).anyMatch(line -> line.contains("post fails"));
    }

    /// A link among our own folders is removed; what it leads to is not ours.
    @ParameterizedTest
    @MethodSource("hands")
    void linksAreNotFollowed(Hand hand) throws Exception {
        Path precious = Files.createDirectories(temp.resolve("other")).resolve("precious");
        Files.writeString(precious, "kept");
        Files.createDirectories(state.stage());
        Files.createDirectories(state.history());
        Files.createSymbolicLink(state.stage().resolve("7"), precious.getParent());
        Files.createSymbolicLink(state.change(1), precious.getParent());
        Path box = bundle(List.of(), List.of(new Batch(List.of(install("alpha-1")))));
        Run run = apply(hand, box);
        assertThat(run.status()).as(run.output()).isZero();
        try (var files = Files.list(precious.getParent())) {
            assertThat(files).containsExactly(precious);
        }
    }

    /// An option without its value is refused: the next option is no folder.
    @ParameterizedTest
    @MethodSource("hands")
    void optionsWithoutValues(Hand hand) throws Exception {
        Assumptions.assumeTrue(hand != Hand.JAVA, "options of the sh program");
        Path box = bundle(List.of(), List.of(new Batch(List.of(install("alpha-1")))));
        for (String options : List.of("--state --dry-run", "--root", "--root=", "--lang --yes")) {
            Run run = apply(hand, box, options.split(" "));
            assertThat(run.status()).as(options + ": " + run.output()).isEqualTo(2);
        }
        assertThat(names()).isEmpty();
    }

    /// Where somebody alive holds the lock nothing is done; the lock of the dead does not count.
    @ParameterizedTest
    @MethodSource("hands")
    void theLock(Hand hand) throws Exception {
        Path box = bundle(List.of(), List.of(new Batch(List.of(install("alpha-1")))));
        Files.createDirectories(state.path());
        Process holder = new ProcessBuilder("sleep", "100").start();
        String stat = Files.readString(Path.of("/proc/" + holder.pid() + "/stat"));
        String start = stat.substring(stat.lastIndexOf(')') + 2).split(" ")[19];
        String boot = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
        Files.writeString(state.lock(), holder.pid() + " " + boot + " " + start + "\n");
        Run run = apply(hand, box);
        assertThat(run.status()).as(run.output()).isEqualTo(5);
        assertThat(run.output()).contains("" + holder.pid());
        assertThat(names()).isEmpty();
        holder.destroyForcibly().waitFor();
        Run second = apply(hand, box);
        assertThat(second.status()).as(second.output()).isZero();
        assertThat(names()).containsExactly("alpha-1");
    }

    /// Edits the journal as crashes leave it; see [#fromEveryStage].
    private void rewriteJournal(UnaryOperator<String> edit) throws Exception {
        String text = Files.readString(state.journal());
        Files.writeString(state.journal(), edit.apply(text));
    }

    /// From wherever a crash left the journal, the next run goes to the end: without the last
    /// records, with a torn one, with rpm's work done or not.
    @ParameterizedTest
    @MethodSource("hands")
    void fromEveryStage(Hand hand) throws Exception {
        root.install(tiny.files("alpha-1", "beta-1"));
        ScratchRoot pristine = root.copy(temp.resolve("pristine"));
        Path box =
                bundle(
                        List.of(),
                        List.of(
                                new Batch(List.of(upgrade("alpha-1", "alpha-2"))),
                                new Batch(List.of(upgrade("beta-1", "beta-2")))));
        Run whole = apply(hand, box);
        assertThat(whole.status()).as(whole.output()).isZero();
        List<String> lines = Files.readAllLines(state.journal());
        assertThat(lines).hasSize(9);
        for (int keep = 2; keep < lines.size(); keep++) {
            int kept = keep;
            // Everything was done and the last records were lost.
            rewriteJournal(_ -> String.join("\n", lines.subList(0, kept)) + "\n");
            Run run = apply(hand, box);
            boolean isBehind = keep < 6; // the set of batch 2 is drift where only batch 1 is known
            assertThat(run.status())
                    .as("kept " + keep + ": " + run.output())
                    .isEqualTo(isBehind ? 5 : 0);
            assertThat(names()).containsExactly("alpha-2", "beta-2");
        }
        // A torn record, before which nothing was done.
        root = pristine.copy(root.folder);
        Files.createDirectories(state.change(1));
        Files.write(state.journal(), lines.subList(0, 2));
        rewriteJournal(text -> text + lines.get(2).substring(0, 40));
        Run run = apply(hand, box);
        assertThat(run.status()).as(run.output()).isZero();
        assertThat(names()).containsExactly("alpha-2", "beta-2");
        assertThat(Files.readString(state.journal()))
                .matches(Pattern.compile("(?s).*end 1 done\n"));
        assertThat(Journal.read(HOST.disk(), HOST.clock(), state).skippedLines()).isEqualTo(1);
    }

    /// A machine whose clock is wrong after a power cut, as without a battery and a network, goes
    /// on at once, and not when its clock has caught up with the journal.
    @ParameterizedTest
    @MethodSource("hands")
    void theClockWentBack(Hand hand) throws Exception {
        root.install(tiny.files("alpha-1"));
        ScratchRoot pristine = root.copy(temp.resolve("pristine"));
        Path box = bundle(List.of(), List.of(new Batch(List.of(upgrade("alpha-1", "alpha-2")))));
        assertThat(apply(hand, box).status()).isZero();
        List<String> lines = Files.readAllLines(state.journal());
        root = pristine.copy(root.folder);
        Files.createDirectories(state.change(1));
        String[] start = lines.get(2).split(" ", 4);
        String later = start[1] + " " + (HOST.clock().millis() / 1000 + 40) + " " + start[3];
        String sum = Digest.sha256Of(later.getBytes(StandardCharsets.UTF_8)).hex();
        String record = sum.substring(0, 16) + " " + later;
        Files.write(state.journal(), List.of(lines.get(0), lines.get(1), record));
        long before = System.nanoTime();
        Run run = apply(hand, box);
        assertThat(run.status()).as(run.output()).isZero();
        assertThat(names()).containsExactly("alpha-2");
        assertThat((System.nanoTime() - before) / 1_000_000_000).isLessThan(30);
    }

    /// A batch in the middle: doubles and temporary files of a killed rpm go, the rest comes.
    @ParameterizedTest
    @MethodSource("hands")
    void fromTheMiddleOfABatch(Hand hand) throws Exception {
        root.install(tiny.files("alpha-1", "beta-1", "conf-1"));
        Path box =
                bundle(
                        List.of(),
                        List.of(
                                new Batch(
                                        List.of(
                                                upgrade("alpha-1", "alpha-2"),
                                                upgrade("beta-1", "beta-2"),
                                                upgrade("conf-1", "conf-2")))));
        ScratchRoot pristine = root.copy(temp.resolve("pristine"));
        Run whole = apply(hand, box);
        assertThat(whole.status()).as(whole.output()).isZero();
        List<String> lines = Files.readAllLines(state.journal());
        root = pristine.copy(root.folder);
        Files.createDirectories(state.change(1));
        Files.write(state.journal(), lines.subList(0, 3)); // begin, start
        // As kill -9 leaves it: alpha twice, beta unpacked under a temporary name.
        ScratchRoot.ok(
                root.rpm("rpm", "-i", "--force", "--nodeps", tiny.file("alpha-2").toString()));
        Path leftover = root.folder.resolve("usr/share/beta/text;65a1b2c3");
        Path bystander = root.folder.resolve("usr/share/beta/other;65a1b2c3");
        Files.writeString(leftover, "half");
        Files.writeString(bystander, "somebody else's");
        assertThat(names()).containsExactly("alpha-1", "alpha-2", "beta-1", "conf-1");
        Run run = apply(hand, box);
        assertThat(run.status()).as(run.output()).isZero();
        assertThat(names()).containsExactly("alpha-2", "beta-2", "conf-2");
        assertThat(root.complaints()).isEmpty();
        assertThat(leftover).doesNotExist();
        assertThat(bystander).exists();
    }

    /// Who kills a hand in the middle of a batch can go on with any other hand.
    @ParameterizedTest
    @EnumSource(
            value = Hand.class,
            names = {"DASH", "BUSYBOX"})
    void killedAndFinishedByAnother(Hand hand) throws Exception {
        root.install(tiny.files("slow-1", "tail-1"));
        Path box =
                bundle(
                        List.of(),
                        List.of(
                                new Batch(
                                        List.of(
                                                upgrade("slow-1", "slow-2"),
                                                upgrade("tail-1", "tail-2")))));
        List<String> argv = new ArrayList<>(hand.shell());
        argv.addAll(List.of(box.toString(), "--yes", "--root", root.folder.toString()));
        Process process =
                new ProcessBuilder(argv)
                        .redirectErrorStream(true)
                        .redirectOutput(temp.resolve("out").toFile())
                        .start();
        while (process.isAlive() && !runsRpm(state)) {
            Thread.onSpinWait();
        }
        // slow-2 sleeps a second in its %post: rpm is there, or about to be.
        String rpm = Files.readString(state.rpm()).split(" ")[0];
        process.destroyForcibly().waitFor();
        ScratchRoot.run("kill", "-9", rpm);
        Hand other = hand == Hand.DASH ? Hand.JAVA : Hand.DASH;
        Run run = apply(other, box);
        assertThat(run.status()).as(run.output()).isZero();
        assertThat(names()).containsExactly("slow-2", "tail-2");
        assertThat(root.complaints()).isEmpty();
        assertThat(Files.readString(state.journal())).contains(" again 1 ").contains(" end 1 done");
    }

    private static boolean runsRpm(StateFolder state) throws Exception {
        return Files.exists(state.rpm())
                && Files.exists(state.journal())
                && Files.readString(state.journal()).contains(" start 1 1 ")
                && Files.readString(state.rpm()).contains("\n");
    }
}
