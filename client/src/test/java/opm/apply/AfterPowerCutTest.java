package opm.apply;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import opm.apply.ScratchRoot.Run;
import opm.plan.Batch;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A disk that promised more than it kept: after the power was gone, files of the step that was
/// verified last are damaged. Whoever goes on in another boot finds that and lays them down again.
final class AfterPowerCutTest extends ApplyWorld {
    private static final String BOOT_ID = "/proc/sys/kernel/random/boot_id";

    /// Empty, cut short, of other bytes or gone: the files are what their package brought again,
    /// and what somebody wrote into a configuration file stays.
    @ParameterizedTest
    @MethodSource("hands")
    void theLastVerifiedStepIsMended(Hand hand) throws Exception {
        root.install(tiny.files("alpha-1", "conf-1", "tail-1", "slow-1"));
        Path box =
                bundle(
                        List.of(),
                        List.of(
                                new Batch(
                                        List.of(
                                                upgrade("alpha-1", "alpha-2"),
                                                upgrade("conf-1", "conf-2"),
                                                install("epoch-1"))),
                                new Batch(List.of(install("badpre-1")))));
        Run stopped = inThisBoot(hand, box);
        assertThat(stopped.status()).as(stopped.output()).isEqualTo(5);
        assertThat(Files.readString(state.journal())).contains(" verified 1 1\n");

        Path empty = root.folder.resolve("usr/share/alpha/one");
        Path gone = root.folder.resolve("usr/share/alpha/two");
        Path other = root.folder.resolve("usr/share/epoch");
        Path config = root.folder.resolve("etc/conf");
        String one = Files.readString(empty);
        String two = Files.readString(gone);
        String three = Files.readString(other);
        Files.writeString(config, "mine\n");
        Files.writeString(empty, "");
        Files.delete(gone);
        Files.writeString(other, "x".repeat(three.length()));

        // In the same boot nobody doubts what was verified.
        assertThat(inThisBoot(hand, box).status()).isEqualTo(5);
        assertThat(empty).isEmptyFile();

        Run again = inAnotherBoot(hand, box);
        assertThat(again.status()).as(again.output()).isEqualTo(5); // badpre is still in the way
        assertThat(empty).hasContent(one);
        assertThat(gone).hasContent(two);
        assertThat(other).hasContent(three);
        assertThat(config).hasContent("mine\n");
        assertThat(names()).contains("alpha-2", "conf-2", "epoch-1").doesNotContain("alpha-1");
        assertThat(root.complaints().lines())
                .allMatch(line -> line.endsWith(" /etc/conf"), again.output());
        assertThat(Files.readString(state.journal())).contains(" again 1 00000000-");
    }

    private Run inThisBoot(Hand hand, Path box) throws Exception {
        return hand == Hand.JAVA ? process(Map.of(), box) : shell(hand, Map.of(), box);
    }

    private Run inAnotherBoot(Hand hand, Path box) throws Exception {
        ScratchRoot.needs("unshare");
        Path id = temp.resolve("boot_id");
        Files.writeString(id, "00000000-0000-4000-8000-000000000000\n");
        List<String> argv =
                new ArrayList<>(
                        List.of(
                                "unshare",
                                "-m",
                                "sh",
                                "-c",
                                "mount --bind \"$1\" " + BOOT_ID + " && shift && exec \"$@\"",
                                "sh",
                                id.toString()));
        if (hand == Hand.JAVA) {
            argv.addAll(ApplyProcess.command());
            argv.addAll(List.of(box.toString(), root.folder.toString()));
        } else {
            argv.addAll(hand.shell());
            argv.addAll(List.of(box.toString(), "--yes", "--root", root.folder.toString()));
        }
        return ScratchRoot.run(argv.toArray(String[]::new));
    }
}
