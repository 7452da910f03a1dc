package opm.solve;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import opm.pkgset.PackageSetBuilder;
import opm.solve.Request.Verb;
import org.junit.jupiter.api.Test;

/// Work has an end.
class BoundsTest {
    /// Seven pigeons into six holes: every proof by resolution is exponential, so that no
    /// cleverness
    /// of the solver makes it short.
    private static Solver pigeons(int holes) {
        var builder = new PackageSetBuilder();
        var all = new ArrayList<String>();
        for (int pigeon = 0; pigeon <= holes; pigeon++) {
            all.add("requires: pigeon" + pigeon);
            for (int hole = 0; hole < holes; hole++) {
                var facts = new ArrayList<String>();
                facts.add("provides: pigeon" + pigeon);
                for (int other = 0; other < pigeon; other++) {
                    facts.add("conflicts: p" + other + "h" + hole);
                }
                builder.add(
                        "p" + pigeon + "h" + hole + "-1-1.noarch", facts.toArray(new String[0]));
            }
        }
        builder.add("loft-1-1.noarch", all.toArray(new String[0]));
        var source = new Universe.Source("repo", builder.build());
        return new Solver(new Universe("x86_64", null, List.of(source)));
    }

    @Test
    void stepsRunOut() {
        // A request that would need ages ends when its steps are used up.
        Verdict verdict =
                pigeons(14).solve(Request.of(Verb.INSTALL, "loft"), Policy.dnf().withSteps(20_000));
        assertThat(verdict).isEqualTo(new Verdict.GaveUp(false));
    }

    @Test
    void smallOnesAreAnswered() {
        // The same riddle, small: unsolvable, and the request is what to drop.
        Verdict verdict = pigeons(5).solve(Request.of(Verb.INSTALL, "loft"), Policy.dnf());
        assertThat(verdict).isInstanceOf(Verdict.Unsolvable.class);
        assertThat(((Verdict.Unsolvable) verdict).problems().getFirst().repairs()).hasSize(1);
    }

    @Test
    void cancelledMeansNoAnswer() {
        // Who cancels gets no plan.
        Verdict verdict =
                pigeons(14).solve(Request.of(Verb.INSTALL, "loft"), Policy.dnf(), () -> true);
        assertThat(verdict).isEqualTo(new Verdict.GaveUp(true));
    }

    @Test
    void whatGrowsStaysInProportion() {
        // One more is room for as many again where there is none, and no room where there is.
        var bits = new Bits();
        for (int index = 999; index >= 0; index--) {
            bits.add(index);
        }
        bits.add(1000);
        bits.add(1001);
        assertThat(bits.size()).isEqualTo(2000);
        assertThat(bits.has(0) && bits.has(1001)).isTrue();
        assertThat(bits.has(1002)).isFalse();
    }
}
