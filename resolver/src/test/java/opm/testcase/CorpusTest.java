package opm.testcase;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import opm.base.OpmException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// libsolv's own testcases, and the repositories of dnf's solver tests; libzypp's are in
/// [ZyppCorpusTest].
///
/// The counts are what holds today, to the letter; they may only rise.
final class CorpusTest {
    private static Suite suite;

    @BeforeAll
    static void once() throws OpmException {
        suite = Suite.run("libsolv");
    }

    /// Everything that libsolv's testcases expect comes out, names of rules included.
    @Test
    void libsolvHolds() {
        var misses = new ArrayList<String>();
        TreeMap<String, Integer> held = suite.held(misses);
        assertThat(misses).isEmpty();
        assertThat(held.toString())
                .isEqualTo(
                        "{alternatives=9, cleandeps=8, genid=34, jobs=34, problems=20, proof=1,"
                                + " recommended=8, rules=8, transaction=97}");
    }

    /// What cannot be met is explained shortly, and there is a way out that solves.
    @Test
    void problemsAreExplained() {
        var poor = new ArrayList<String>();
        int problems = suite.problems(poor);
        assertThat(poor).isEmpty();
        assertThat(problems).isEqualTo(21);
    }

    /// The repositories of hawkey's and dnf5's tests load, every package and every dependency.
    @Test
    void reposOfDnfLoad() throws OpmException {
        var packages = new TreeMap<String, Integer>();
        for (String suite : List.of("libdnf-hawkey", "dnf5-solv")) {
            for (Path repo : Cases.below(Cases.shared("corpus/solver/" + suite), ".repo")) {
                Script script =
                        new Script(
                                """
                                repo r 0 testtags r.repo
                                system x86_64 rpm
                                job noop selection * name,glob,withsource,withbadarch
                                """
                                        .getBytes(StandardCharsets.ISO_8859_1),
                                name -> Cases.bytes(repo),
                                new Shelf());
                opm.testcase.Test test = Objects.requireNonNull(script.next());
                assertThat(test.complaints).as(repo.toString()).isEmpty();
                long lines =
                        Script.lines(Cases.bytes(repo)).stream()
                                .filter(line -> line.startsWith("=Pkg: "))
                                .count();
                int read = script.pool.packageCount() - 2;
                assertThat(read).as(repo.toString()).isEqualTo((int) lines);
                packages.merge(suite, read, Integer::sum);
            }
        }
        assertThat(packages.toString()).isEqualTo("{dnf5-solv=1047, libdnf-hawkey=74}");
    }
}
