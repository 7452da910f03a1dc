package opm.testcase;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.TreeMap;
import opm.base.OpmException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// libzypp's testcases, as libsolv has them.
///
/// The counts are what holds today, to the letter; they may only rise.
final class ZyppCorpusTest {
    private static Suite suite;

    @BeforeAll
    static void once() throws OpmException {
        suite = Suite.run("libsolv-zypptestcases");
    }

    /// Everything that they expect comes out.
    @Test
    void zyppHolds() {
        var misses = new ArrayList<String>();
        TreeMap<String, Integer> held = suite.held(misses);
        assertThat(misses).isEmpty();
        assertThat(held.toString()).isEqualTo("{problems=61, transaction=139}");
    }

    /// What cannot be met is explained shortly, and there is a way out that solves.
    @Test
    void problemsAreExplained() {
        var poor = new ArrayList<String>();
        int problems = suite.problems(poor);
        assertThat(poor).isEmpty();
        assertThat(problems).isEqualTo(354);
    }
}
