package opm.testcase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

final class TestcaseTest {
    private static final String WORLD =
            """
            repo system 0 testtags <inline>
            #>=Ver: 3.0
            #>=Pkg: a 1 1 noarch
            #>=Prv: a = 1-1
            repo new 0 testtags <inline>
            #>=Ver: 3.0
            #>=Pkg: a 2 1 noarch
            #>=Prv: a = 2-1
            system x86_64 rpm system
            """;

    private static Graded one(String text) throws OpmException {
        List<Graded> tests = Cases.run(text);
        assertThat(tests).hasSize(1);
        return tests.getFirst();
    }

    /// Every world under cases/testcase comes out to the letter.
    @TestFactory
    Stream<DynamicTest> ownCasesHold() {
        List<Path> files = Cases.below(Cases.PROJECT.resolve("cases/testcase"), ".t");
        assertThat(files).hasSizeGreaterThan(8);
        return files.stream()
                .map(
                        file ->
                                DynamicTest.dynamicTest(
                                        file.getFileName().toString(),
                                        () -> {
                                            for (Graded test : Cases.run(file)) {
                                                assertThat(test.complaints()).isEmpty();
                                                assertThat(test.differences()).isEmpty();
                                                assertThat(test.reached()).isEqualTo(Level.P2);
                                            }
                                        }));
    }

    /// A line that is missing, one too many and one twice are all told.
    @Test
    void differencesAreTold() throws OpmException {
        Graded test =
                one(
                        WORLD
                                + """
                                job update name a
                                result transaction <inline>
                                #>install b-1-1.noarch@new
                                #>upgrade a-1-1.noarch@system a-2-1.noarch@new
                                #>upgrade a-1-1.noarch@system a-2-1.noarch@new
                                """);
        assertThat(test.reached()).isNull();
        assertThat(test.differences())
                .containsExactly(
                        "-install b-1-1.noarch@new",
                        "-upgrade a-1-1.noarch@system a-2-1.noarch@new");
    }

    /// The level says how far an answer follows: other names of rules are P1, other ways out T.
    @Test
    void levelsTellHowFarAnAnswerFollows() throws OpmException {
        String problem =
                WORLD
                        + """
                        job install name missing
                        result transaction,problems <inline>
                        #>problem %s info package missing does not exist
                        #>problem %s solution %s deljob install name missing
                        """;
        assertThat(one(problem.formatted("00000000", "00000000", "11111111")).reached())
                .isEqualTo(Level.P1);
        String other = problem.replace("deljob install name missing", "erase a-1-1.noarch@system");
        assertThat(one(other.formatted("0", "0", "1")).reached()).isEqualTo(Level.T);
        String none = problem.replaceAll("#>.*\n", "");
        assertThat(one(none).reached()).isNull();
    }

    /// A test that cannot run here does not hold.
    @Test
    void whatCannotRunDoesNotHold() throws OpmException {
        Graded feature = one("feature time_travel\nresult transaction <inline>\n");
        assertThat(feature.skipped()).isEqualTo("feature time_travel");
        assertThat(feature.holds(Level.T)).isFalse();
        Graded type = one("repo a 0 helix a.xml\nresult transaction <inline>\n");
        assertThat(type.skipped()).contains("helix");
        Graded file = one(WORLD + "job update name a\nresult transaction nowhere.r\n");
        assertThat(file.holds(Level.T)).isFalse();
        Graded system = one("system x86_64 haiku\nresult transaction <inline>\n");
        assertThat(system.skipped()).contains("haiku");
    }

    /// Lines that nobody understands are passed over and named.
    @Test
    void unreadableLinesAreNamed() throws OpmException {
        Graded test =
                one(
                        WORLD
                                + """
                                frobnicate
                                job install pkg nothing-1-1.noarch@new
                                job install name a [sideways]
                                job update name a
                                repo late 0 empty
                                solverflags unheardof
                                poolflags neither
                                namespace namespace:language
                                result transaction <inline>
                                #>upgrade a-1-1.noarch@system a-2-1.noarch@new
                                """);
        assertThat(test.complaints()).hasSize(7);
        assertThat(test.complaints().getFirst()).isEqualTo("line 10: unknown command 'frobnicate'");
        assertThat(test.reached()).isEqualTo(Level.P2);
    }

    /// A gzipped repository reads like a plain one, a torn one is damaged.
    @Test
    void gzippedRepositoriesRead() throws IOException, OpmException {
        var packed = new ByteArrayOutputStream();
        try (var out = new GZIPOutputStream(packed)) {
            String tags = "=Ver: 2.0\n=Pkg: a 1 1 noarch\n".repeat(1) + "=Sum: x\n".repeat(9000);
            out.write(tags.getBytes(StandardCharsets.ISO_8859_1));
        }
        byte[] whole = packed.toByteArray();
        byte[] text =
                """
                repo r 0 testtags r.gz
                system x86_64 rpm
                job install name a
                result transaction <inline>
                #>install a-1-1.noarch@r
                """
                        .getBytes(StandardCharsets.ISO_8859_1);
        List<Graded> tests = Testcase.run(text, name -> whole, new Shelf(), false, () -> false);
        assertThat(tests.getFirst().reached()).isEqualTo(Level.P2);
        byte[] torn = java.util.Arrays.copyOf(whole, whole.length / 2);
        assertThatThrownBy(() -> Testcase.run(text, name -> torn, new Shelf(), false, () -> false))
                .isInstanceOf(Damaged.class);
    }

    /// What hostile files hold neither hangs nor overflows.
    @Test
    void hostileDependenciesAreNothing() throws OpmException {
        String deep = "(".repeat(100_000) + "a" + ")".repeat(100_000);
        Graded test =
                one(
                        "repo r 0 testtags <inline>\n#>=Pkg: p 1 1 noarch\n#>=Req: "
                                + deep
                                + "\nsystem x86_64 rpm\njob install name p\n"
                                + "job install name "
                                + deep
                                + "\nresult transaction <inline>\n#>install p-1-1.noarch@r\n");
        assertThat(test.skipped()).isNull();
        assertThat(test.differences()).allMatch(line -> line.startsWith("+problem"));
    }

    /// A cancelled test gives no answer.
    @Test
    void cancelledTestsDoNotHold() throws OpmException {
        Path file = Cases.shared("corpus/solver/libsolv-zypptestcases");
        Path big = Cases.below(file, "test-crappy-coolo-7-test.t").getFirst();
        List<Graded> tests =
                Testcase.run(
                        Cases.bytes(big),
                        name -> Cases.bytes(big.resolveSibling(name)),
                        new Shelf(),
                        false,
                        () -> true);
        assertThat(tests.getFirst().skipped()).isEqualTo("out of steps");
    }
}
