package opm.history;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import opm.base.Digest;
import opm.base.Nevra;
import opm.base.OpmException.Unavailable;
import opm.plan.Artifact;
import opm.plan.Batch;
import opm.plan.Plan;
import opm.plan.PlanText;
import opm.plan.Reason;
import opm.plan.Step;
import org.junit.jupiter.api.Test;

/// Plans between installed sets end exactly at the set that was asked for.
final class SetPlanTest {
    private static final long SEED = Long.getLong("opm.seed", 20261121L);
    private static final Plan.Target TARGET =
            new Plan.Target("d", "1", "noarch", Digest.sha256Of(new byte[0]));

    private static Nevra pkg(String name, int version) {
        return Nevra.parse(name + "-0:" + version + "-1.noarch");
    }

    /// A plan that once brought all these packages.
    private static Plan past(Iterable<Nevra> packages) {
        List<Step> steps = new ArrayList<>();
        List<Artifact> artifacts = new ArrayList<>();
        for (Nevra pkg : packages) {
            Digest digest = Digest.sha256Of(pkg.full().getBytes(UTF_8));
            artifacts.add(new Artifact(digest, 9, "Packages/" + pkg + ".rpm", "r"));
            steps.add(new Step.Install(pkg, digest, Reason.USER));
        }
        artifacts.sort(Comparator.comparing(Artifact::path));
        return new Plan(
                TARGET, List.of(), List.of(), artifacts, List.of(new Batch(steps)), List.of());
    }

    /// Random sets, several versions of a name among them: the last boundary is the goal, and the
    /// plan can be written and read.
    @Test
    void randomSetsAreReached() throws Exception {
        var random = new Random(SEED);
        for (int world = 0; world < 500; world++) {
            var all = new TreeSet<Nevra>();
            var now = new TreeSet<Nevra>();
            var goal = new TreeSet<Nevra>();
            for (int at = 0; at < 12; at++) {
                Nevra pkg = pkg("p" + random.nextInt(6), 1 + random.nextInt(3));
                all.add(pkg);
                (random.nextBoolean() ? now : goal).add(pkg);
                if (random.nextInt(3) == 0) {
                    now.add(pkg);
                    goal.add(pkg);
                }
            }
            Plan plan =
                    new SetPlan(List.of(past(all)))
                            .plan(TARGET, "undo 1", List.copyOf(now), List.copyOf(goal));
            assertThat(plan.boundaries(List.copyOf(now)).getLast())
                    .as("seed " + SEED + ", world " + world)
                    .isEqualTo(List.copyOf(goal));
            assertThat(PlanText.read(PlanText.write(plan))).isEqualTo(plan);
        }
    }

    /// What obsoleted a package leaves before that one comes back.
    @Test
    void theHeirLeavesFirst() throws Exception {
        Nevra heir = pkg("heir", 1);
        Nevra old = pkg("old", 1);
        Digest digest = Digest.sha256Of(heir.full().getBytes(UTF_8));
        var replaced =
                new Plan(
                        TARGET,
                        List.of(),
                        List.of(),
                        List.of(new Artifact(digest, 9, "Packages/heir.rpm", "r")),
                        List.of(
                                new Batch(
                                        List.of(
                                                new Step.Install(heir, digest, Reason.USER),
                                                new Step.Replaced(old, heir)))),
                        List.of());
        var plans = new SetPlan(List.of(past(List.of(old)), replaced));
        Plan back = plans.plan(TARGET, "undo 1", List.of(heir), List.of(old));
        assertThat(back.batches()).hasSize(2);
        assertThat(back.batches().getFirst().erases()).isTrue();
        Plan again = plans.plan(TARGET, "redo 1", List.of(old), List.of(heir));
        assertThat(again.batches()).hasSize(1);
        assertThat(again.batches().getFirst().steps()).contains(new Step.Replaced(old, heir));
    }

    /// A package that no plan brought is named.
    @Test
    void strangersAreNamed() {
        assertThatThrownBy(
                        () ->
                                new SetPlan(List.of())
                                        .plan(TARGET, "undo 1", List.of(), List.of(pkg("x", 7))))
                .isInstanceOf(Unavailable.class)
                .hasMessageContaining("x-0:7-1.noarch");
    }
}
