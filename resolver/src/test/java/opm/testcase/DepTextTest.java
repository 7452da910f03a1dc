package opm.testcase;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import opm.solve.Rels;
import opm.solve.TagsPool;
import org.junit.jupiter.api.Test;

final class DepTextTest {
    private static final int[] OPS = {
        1,
        2,
        3,
        4,
        5,
        6,
        7,
        Rels.AND,
        Rels.OR,
        Rels.WITH,
        Rels.WITHOUT,
        Rels.ARCH,
        Rels.COND,
        Rels.ELSE,
        Rels.UNLESS,
        Rels.MULTIARCH,
        Rels.NAMESPACE,
        Rels.KIND,
        Rels.COMPAT,
        99
    };
    private static final String[] WORDS = {
        "a",
        "b(c)",
        "1:2-3",
        "(x",
        "y)",
        "a b",
        "back\\slash",
        "namespace:language",
        "",
        "any",
        "foo:any",
        "[z",
        "<NULL>x",
        "=",
        "f((g))",
        "tab\tx",
        "/usr/bin/x"
    };
    private final TagsPool pool = new TagsPool();
    private final DepText deps = new DepText(pool);

    private String again(String text) {
        return deps.write(deps.read(text));
    }

    /// Dependencies are written as testcases have them.
    @Test
    void writesAsTestcasesDo() {
        assertThat(again("a   >= 2")).isEqualTo("a >= 2");
        assertThat(again("(a = 1) & (b | c)")).isEqualTo("a = 1 & (b | c)");
        assertThat(again("a & b & c")).isEqualTo("a & b & c");
        assertThat(again("(a & b) & c")).isEqualTo("(a & b) & c");
        assertThat(again("a <IF> (b <ELSE> c)")).isEqualTo("a <IF> (b <ELSE> c)");
        assertThat(again("namespace:language(de)")).isEqualTo("namespace:language(de)");
        assertThat(again("libc.so(GLIBC)(64bit)")).isEqualTo("libc.so(GLIBC)(64bit)");
        assertThat(again("a\\20b")).isEqualTo("a\\20b");
        assertThat(again("foo:any")).isEqualTo("foo:any");
        assertThat(again("a <42> b")).isEqualTo("a <42> b");
    }

    /// What is no dependency reads as none.
    @Test
    void brokenTextIsNothing() {
        for (String text : new String[] {"he)", "(a", "a ==", "a b", "a & ", ")", "<NULL>"}) {
            assertThat(deps.read(text)).as(text).isLessThanOrEqualTo(0);
        }
        assertThat(deps.read("he)")).isZero();
        assertThat(deps.read("(a")).isZero();
        assertThat(deps.read("a b")).isZero();
    }

    /// People read rpm's own words.
    @Test
    void peopleReadWords() {
        assertThat(deps.human(deps.read("a >= 1 & (b | c) & d")))
                .isEqualTo("(a >= 1 and (b or c) and d)");
        assertThat(deps.human(deps.read("a <IF> (b <ELSE> c)"))).isEqualTo("(a if b else c)");
        assertThat(deps.human(deps.read("namespace:modalias(x)")))
                .isEqualTo("namespace:modalias(x)");
        assertThat(deps.human(deps.read("a . i686"))).isEqualTo("a.i686");
    }

    /// Whatever is written reads back as the same.
    @Test
    void randomDependenciesRoundTrip() {
        long seed = 20261121;
        var random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            int dep = random(random, 3);
            String text = deps.write(dep);
            assertThat(deps.read(text)).as("seed " + seed + ": " + text).isEqualTo(dep);
        }
    }

    private int random(Random random, int depth) {
        if (depth == 0 || random.nextInt(3) == 0) {
            return pool.word(WORDS[random.nextInt(WORDS.length)]);
        }
        int op = OPS[random.nextInt(OPS.length)];
        int left = random(random, depth - 1);
        int right;
        do {
            // The right side of a comparison is one word.
            right = random(random, op < 8 ? 0 : depth - 1);
            // On the right libsolv writes this word like `name:any` of a relation, and so do we.
        } while (right == pool.word("foo:any"));
        return pool.rel(left, op, right);
    }
}
