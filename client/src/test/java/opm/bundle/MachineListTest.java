package opm.bundle;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import opm.base.Digest;
import opm.base.OpmException.Damaged;
import org.junit.jupiter.api.Test;

/// The list of the machines that a bundle is for comes from outside.
final class MachineListTest {
    private static final Digest BASE = Digest.sha256("a".repeat(64));
    private static final Digest AFTER = Digest.sha256("b".repeat(64));
    private static final Digest PLAN = Digest.sha256("c".repeat(64));

    private static final String LINE =
            "machine " + MachineList.folder(PLAN) + " " + BASE.hex() + " " + AFTER.hex();

    private static MachineList parse(String text) throws Damaged {
        return MachineList.parse(text.getBytes(US_ASCII));
    }

    /// What is written is what is read.
    @Test
    void thereAndBack() throws Damaged {
        var machine =
                new MachineList.Machine(MachineList.folder(PLAN), BASE, AFTER, PLAN, "room-1");
        var list = new MachineList(List.of(machine));
        assertThat(new String(list.text(), US_ASCII))
                .isEqualTo("opm-machines 1\n" + LINE + " " + PLAN.hex() + " room-1\n");
        assertThat(MachineList.parse(list.text())).isEqualTo(list);
    }

    /// Another first line, no machine, a machine twice, words too many or too few, a folder that is
    /// not the plan's, digests that are none: all refused.
    @Test
    void whatIsNotAList() {
        String good = LINE + " " + PLAN.hex() + " x\n";
        for (String bad :
                List.of(
                        "",
                        "opm-machines 2\n" + good,
                        "opm-machines 1\n",
                        "opm-machines 1\n" + good + good,
                        "opm-machines 1\n" + good.replace(" x", " x y"),
                        "opm-machines 1\n" + good.replace(" x", ""),
                        "opm-machines 1\n" + good.replace("machines.c", "machines.d"),
                        "opm-machines 1\n" + good.replace("machines.", "../"),
                        "opm-machines 1\n" + good.replace(BASE.hex(), "a"),
                        "opm-machines 1\n" + good.replace("machine m", "engine m"))) {
            assertThatThrownBy(() -> parse(bad))
                    .as(bad)
                    .isInstanceOf(Damaged.class)
                    .hasMessageStartingWith("machines: ");
        }
    }
}
