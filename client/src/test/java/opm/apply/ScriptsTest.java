package opm.apply;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import opm.apply.ScratchRoot.Run;
import opm.history.Receipt;
import opm.plan.Batch;
import opm.plan.Step;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Scripts of packages that fail in every place where rpm runs one, that read, or that never end:
/// each is named in the receipt, and nothing hangs.
final class ScriptsTest extends ApplyWorld {
    private static final Map<String, String> A_SECOND = Map.of("OPM_SCRIPT_SECONDS", "1");

    /// What rpm only reports does not stop a change; whoever takes too long is ended.
    @ParameterizedTest
    @MethodSource("hands")
    void whatFailsIsNamed(Hand hand) throws Exception {
        aShell();
        root.install(tiny.files("shell-1", "alpha-1", "gone-1", "triggers-1", "failpostun-1"));
        Batch first =
                new Batch(
                        List.of(
                                upgrade("alpha-1", "alpha-2"),
                                install("failpost-1"),
                                upgrade("failpostun-1", "failpostun-2"),
                                install("failposttrans-1"),
                                install("hangpost-1"),
                                install("reader-1")));
        Batch second = new Batch(List.of(new Step.Erase(pkg("gone-1"))));
        Path box = bundle(List.of(), List.of(first, second));
        Run run = inASecond(hand, box);
        assertThat(run.status()).as(run.output()).isZero();
        byte[] receipt = Files.readAllBytes(state.receipt(1));
        List<String> warnings = Receipt.values(receipt, "warning");
        List<String> failed = new ArrayList<>();
        TinyPackages.TRIGGERS.forEach(t -> failed.add(t.split(" ")[0] + "(triggers-1-1.noarch)"));
        failed.add("%post(failpost-1-1.noarch)");
        failed.add("%postun(failpostun-1-1.noarch)");
        failed.add("%posttrans(failposttrans-1-1.noarch)");
        for (String script : failed) {
            assertThat(warnings)
                    .contains("warning: " + script + " scriptlet failed, exit status 3");
        }
        assertThat(warnings)
                .contains("warning: %post(hangpost-1-1.noarch) scriptlet failed, signal 9")
                .anyMatch(line -> line.startsWith("warning: opm ended after 1 s: /bin/sh "));
        assertThat(new String(receipt, US_ASCII))
                .contains("| failpost-1-1.noarch\n| words of failpost\n")
                .contains("| words of failpostun\n", "| words of failposttrans\n")
                .contains("| nobody answers\n");
    }

    /// What keeps a package from coming or going stops the change, which can then be left so.
    @ParameterizedTest
    @MethodSource("hands")
    void whatStopsThePackageIsNamed(Hand hand) throws Exception {
        aShell();
        root.install(tiny.files("shell-1", "failpreun-1", "alpha-1"));
        Path box =
                box(
                        install("failpretrans-1"),
                        install("failpre-1"),
                        upgrade("failpreun-1", "failpreun-2"),
                        install("hangpre-1"),
                        upgrade("alpha-1", "alpha-2"));
        Run run = inASecond(hand, box);
        assertThat(run.status()).as(run.output()).isEqualTo(5);
        byte[] receipt = Files.readAllBytes(state.receipt(1));
        assertThat(Receipt.values(receipt, "result")).containsExactly("failed");
        assertThat(Receipt.values(receipt, "warning"))
                .contains(
                        "error: %pretrans(failpretrans-1-1.noarch) scriptlet failed, exit status 3",
                        "error: %prein(failpre-1-1.noarch) scriptlet failed, exit status 3",
                        "error: %preun(failpreun-1-1.noarch) scriptlet failed, exit status 3",
                        "error: %prein(hangpre-1-1.noarch) scriptlet failed, signal 9");
        assertThat(names()).contains("alpha-2").doesNotContain("failpre-1", "hangpre-1");
        assertThat(applier().forget()).isEqualTo(new Outcome.Forgotten(1));
    }

    /// A script in Lua runs inside rpm, which is ended then; the next run says so too.
    @ParameterizedTest
    @MethodSource("hands")
    void aScriptInLuaThatNeverEnds(Hand hand) throws Exception {
        Path box = box(install("hanglua-1"));
        Run run = inASecond(hand, box);
        // Its files and its header are there already, but what rpm does last was not done.
        assertThat(run.status()).as(run.output()).isEqualTo(5);
        assertThat(names()).containsExactly("hanglua-1");
        assertThat(Receipt.values(Files.readAllBytes(state.receipt(1)), "warning"))
                .anyMatch(line -> line.matches("warning: opm ended after 1 s: \\S*rpm .*"));
    }

    private Path box(Step... steps) throws Exception {
        return bundle(List.of(), List.of(new Batch(List.of(steps))));
    }

    private Run inASecond(Hand hand, Path box) throws Exception {
        return hand == Hand.JAVA ? process(A_SECOND, box) : shell(hand, A_SECOND, box);
    }

    /// Gives the root what `/bin/sh` and `sleep` are here.
    private void aShell() throws Exception {
        for (String program : List.of("sh", "sleep", "cat")) {
            Path real = Path.of("/bin", program).toRealPath();
            copy(real, "/bin/" + program);
            for (String line : ScratchRoot.run("ldd", real.toString()).output().split("\n")) {
                for (String word : line.strip().split(" ")) {
                    if (word.startsWith("/")) {
                        copy(Path.of(word).toRealPath(), word);
                    }
                }
            }
        }
    }

    private void copy(Path from, String to) throws Exception {
        Path there = root.folder.resolve(to.substring(1));
        Files.createDirectories(there.getParent());
        if (!Files.exists(there)) {
            Files.copy(from, there);
        }
    }
}
