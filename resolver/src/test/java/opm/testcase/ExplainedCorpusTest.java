package opm.testcase;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import opm.base.OpmException;
import org.junit.jupiter.api.Test;

/// What cannot be met is explained, and there is a way out.
class ExplainedCorpusTest {
    /// Problems of libsolv's own suites.
    private static final int PROBLEMS = 375;

    @Test
    void everyProblemOfTheCorpus() throws OpmException {
        // At most 12 lines, and at least one way out that solves when it is taken.
        var poor = new ArrayList<String>();
        int problems = 0;
        for (String suite : List.of("libsolv", "libsolv-zypptestcases")) {
            for (Map.Entry<Path, List<Graded>> file : Cases.suite(suite).entrySet()) {
                for (Graded test : file.getValue()) {
                    for (Explained problem : test.explained()) {
                        problems++;
                        int lines = problem.causes().size() + problem.repairs().size();
                        if (problem.causes().isEmpty()
                                || problem.repairs().isEmpty()
                                || lines > 12) {
                            poor.add(file.getKey() + ":" + test.number() + " " + problem);
                        }
                    }
                }
            }
        }
        assertThat(poor).isEmpty();
        assertThat(problems).isEqualTo(PROBLEMS);
    }

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
