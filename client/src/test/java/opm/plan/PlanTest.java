package opm.plan;

import static opm.plan.SamplePlan.nevra;
import static opm.plan.SamplePlan.sha;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import opm.base.Evr;
import opm.base.Nevra;
import opm.plan.Step.Erase;
import opm.plan.Step.Install;
import org.junit.jupiter.api.Test;

/// A plan tells what is installed at each boundary, and cannot contradict itself.
class PlanTest {
    // Boundaries follow from the installed set; packages that no step names stay.
    @Test
    void tellsEveryBoundary() {
        var installed =
                nevras(
                        "vi-0:1-1.x86_64",
                        "clash-0:1-1.noarch",
                        "bash-0:5.2-1.x86_64",
                        "c-1:0~rc1-1.noarch",
                        "d-0:1-1.i686",
                        "old-0:1-1.noarch",
                        "thing-0:1-1.noarch",
                        "kernel-0:1-1.x86_64",
                        "kernel-0:2-1.x86_64");
        var boundaries = SamplePlan.full().boundaries(installed);
        assertThat(boundaries).hasSize(4);
        assertThat(boundaries.get(0)).isSorted().hasSameElementsAs(installed);
        assertThat(boundaries.get(1)).hasSize(8).doesNotContain(nevra("clash-0:1-1.noarch"));
        assertThat(boundaries.get(3))
                .isEqualTo(
                        nevras(
                                "bash-0:5.3-1.x86_64",
                                "c-0:9-1.noarch",
                                "d-0:1-1.i686",
                                "kernel-0:1-1.x86_64",
                                "kernel-0:2-1.x86_64",
                                "vim-2:9.1-1.x86_64"));
    }

    // Of a package that stands twice in the rpmdb, one leaves.
    @Test
    void countsAMultiset() {
        var batch = new Batch(List.of(new Erase(nevra("a-0:1-1.noarch"))));
        assertThat(batch.after(nevras("a-0:1-1.noarch", "a-0:1-1.noarch")))
                .isEqualTo(nevras("a-0:1-1.noarch"));
    }

    // A plan that was made for another installed set is noticed.
    @Test
    void noticesDrift() {
        var erase = new Batch(List.of(new Erase(nevra("a-0:1-1.noarch"))));
        assertThatThrownBy(() -> erase.after(nevras("b-0:1-1.noarch")))
                .hasMessage("a-0:1-1.noarch is not installed");
        var install =
                new Batch(List.of(new Install(nevra("a-0:1-1.noarch"), sha('a'), Reason.USER)));
        assertThatThrownBy(() -> install.after(nevras("a-0:1-1.noarch")))
                .hasMessage("a-0:1-1.noarch is already installed");
    }

    // Bytes to fetch are summed without overflow.
    @Test
    void sumsBytes() {
        assertThat(SamplePlan.full().fetchBytes()).isEqualTo(1_843_237);
    }

    // rpm's command line cannot install and erase at once, so no batch can hold both.
    @Test
    void refusesMixedBatches() {
        assertThatThrownBy(
                        () ->
                                new Batch(
                                        List.of(
                                                new Install(
                                                        nevra("a-0:1-1.noarch"),
                                                        sha('a'),
                                                        Reason.USER),
                                                new Erase(nevra("b-0:1-1.noarch")))))
                .hasMessage("a batch that installs and erases");
    }

    // A name that a line of text cannot carry cannot get into a plan.
    @Test
    void refusesNamesThatCannotBeWritten() {
        for (Nevra bad :
                List.of(
                        new Nevra("a b", new Evr(0, "1", "1"), "noarch"),
                        new Nevra("ñ", new Evr(0, "1", "1"), "noarch"),
                        new Nevra("a", new Evr(0, "1", ""), "noarch"),
                        new Nevra("a", new Evr(0, "", "1"), "noarch"),
                        new Nevra("a", new Evr(0, "1-2", "1"), "noarch"),
                        new Nevra("a", new Evr(0, "1", "1"), "no.arch"),
                        new Nevra("a\n", new Evr(0, "1", "1"), "noarch"))) {
            assertThatThrownBy(() -> new Erase(bad)).hasMessageContaining("cannot be written");
        }
    }

    private static List<Nevra> nevras(String... texts) {
        return Stream.of(texts).map(Nevra::parse).toList();
    }
}
