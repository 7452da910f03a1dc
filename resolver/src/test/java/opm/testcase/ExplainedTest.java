package opm.testcase;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import opm.base.OpmException;
import org.junit.jupiter.api.Test;

/// What cannot be met is explained, and there is a way out; those of the corpus are in [CorpusTest]
/// and [ZyppCorpusTest].
class ExplainedTest {
    @Test
    void saysWhyAndTheWayOut() throws OpmException {
        // The whole explanation of a small conflict.
        List<Graded> tests =
                Cases.run(
                        """
                        repo system 0 testtags <inline>
                        #>=Pkg: old 1 1 noarch
                        repo r 0 testtags <inline>
                        #>=Pkg: new 1 1 noarch
                        #>=Con: old
                        system x86_64 rpm system
                        job install name new
                        job lock name old
                        result transaction,problems <inline>
                        """);
        Explained problem = tests.getFirst().explained().getFirst();
        assertThat(problem.causes())
                .containsExactly(
                        "package new-1-1.noarch conflicts with old provided by old-1-1.noarch",
                        "conflicting requests",
                        "problem with installed package old-1-1.noarch");
        assertThat(problem.repairs())
                .containsExactly(
                        "remove old-1-1.noarch@system; do not ask for: lock name old",
                        "do not ask for: install name new");
    }
}
