package opm.plan;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import opm.base.Digest;
import opm.base.Limits;
import opm.base.Nevra;
import opm.base.OpmException.Damaged;
import opm.base.OpmException.Refused;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The text of a plan: what is written is read back, and nothing else is.
class PlanTextTest {
    private static final Path FIXTURES =
            Path.of(System.getProperty("opm.root", "."), "fixtures/plan");
    private static final String START =
            "opm-plan 1\nfor fedora 43 x86_64 base:" + "b".repeat(64) + "\n";
    private static final String A = "a".repeat(64);

    // The fixture is what format 1 was on the day it was released; it may never change.
    @Test
    void writesTheFixture() throws Exception {
        assertThat(new String(PlanText.write(SamplePlan.full()), US_ASCII))
                .isEqualTo(Files.readString(FIXTURES.resolve("good-full.plan")));
    }

    // Every good fixture reads, and writing it again gives its bytes.
    @ParameterizedTest
    @MethodSource("goodFixtures")
    void readsEveryGoodFixture(Path fixture) throws Exception {
        byte[] text = Files.readAllBytes(fixture);
        assertThat(PlanText.write(PlanText.read(text))).isEqualTo(text);
    }

    // Every bad fixture is refused with the words that stand beside it.
    @ParameterizedTest
    @MethodSource("badFixtures")
    void refusesEveryBadFixture(Path fixture) throws Exception {
        String expected = Files.readString(Path.of(fixture + ".expected")).strip();
        assertThatThrownBy(() -> PlanText.read(Files.readAllBytes(fixture))).hasMessage(expected);
    }

    static Stream<Path> goodFixtures() throws Exception {
        return fixtures("good-");
    }

    static Stream<Path> badFixtures() throws Exception {
        return fixtures("bad-");
    }

    private static Stream<Path> fixtures(String prefix) throws Exception {
        try (Stream<Path> all = Files.list(FIXTURES)) {
            return all
                    .filter(path -> path.getFileName().toString().startsWith(prefix))
                    .filter(path -> path.toString().endsWith(".plan"))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    // A plan that is read is the plan that was written.
    @Test
    void readsWhatItWrote() throws Exception {
        assertThat(PlanText.read(PlanText.write(SamplePlan.full()))).isEqualTo(SamplePlan.full());
    }

    // Names with spaces, percent signs, accents and dashes survive, and sh sees one word each.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-",
                "--",
                "%",
                "%20",
                " ",
                "a b",
                "  a  b  ",
                "ñandú",
                "tab\there",
                "\n",
                "%2D"
            })
    void encodesWords(String text) {
        String word = Words.encode(text);
        assertThat(word).matches("[!-~]+");
        assertThat(Words.decode(word)).isEqualTo(text);
        String line = Words.encodeLine(text);
        assertThat(line).matches("[!-~]+( [!-~]+)*");
        assertThat(Words.decode(line)).isEqualTo(text);
    }

    // No single flipped bit is ever read as a plan.
    @Test
    void noticesEveryFlippedBit() {
        byte[] good = PlanText.write(SamplePlan.full());
        for (int at = 0; at < good.length; at++) {
            for (int bit = 0; bit < 8; bit++) {
                byte[] bad = good.clone();
                bad[at] ^= (byte) (1 << bit);
                assertThatThrownBy(() -> PlanText.read(bad))
                        .isInstanceOfAny(Damaged.class, Refused.class);
            }
        }
    }

    // A file cut off anywhere, even between two lines, is no plan.
    @Test
    void noticesEveryTruncation() {
        byte[] good = PlanText.write(SamplePlan.full());
        for (int length = 0; length < good.length; length++) {
            byte[] cut = Arrays.copyOf(good, length);
            assertThatThrownBy(() -> PlanText.read(cut)).isInstanceOf(Damaged.class);
        }
    }

    // A plan of the future is refused with advice, not called damaged, whatever else it holds.
    @Test
    void refusesANewerFormat() {
        var refused =
                catchThrowableOfType(
                        Refused.class,
                        () -> PlanText.read("opm-plan 2\nwhat ever".getBytes(US_ASCII)));
        assertThat(refused).hasMessage("plan: its format is 2, this opm reads format 1");
        assertThat(refused.hint()).contains("as new as");
    }

    // With a right digest, each line that is not canonical is still refused, and its line is named.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "repo a| 3: 1 words after 'repo'",
                "repo  a 1 2| 3: words are separated by one space",
                "ask -x%2d| 3: '-x%2d' would be written '-x%252d'",
                "ask| 3: '' would be written '-'",
                "for a b c base:X| 3: 'for' stands after 'for'",
                "unsigned b\\nunsigned a| 5: unsigned package 'a' is not after 'b'",
                "unsigned b\\nask x| 4: 'ask' stands after 'unsigned'",
                "install a-0:1-1.noarch A user| 3: 'install' stands before any batch",
                "batch 2| 3: batch 2, expected batch 1",
                "batch 1| 4: a batch without steps",
                "batch 1\\nbatch 2| 4: a batch without steps",
                "batch 1\\n"
                        + "erase a-1-1.noarch| 4: 'erase a-1-1.noarch' would be written 'erase"
                        + " a-0:1-1.noarch'",
                "batch 1\\n"
                        + "erase a-0:1-1.noarch\\n"
                        + "erase a-0:1-1.noarch| 6: a-0:1-1.noarch goes twice in one batch",
                "batch 1\\n"
                        + "replaced a-0:1-1.noarch b-0:1-1.noarch| 5: a-0:1-1.noarch is replaced by"
                        + " b-0:1-1.noarch, which",
                "batch 1\\ninstall a-0:1-1.noarch A user| 5: A is not among the files",
                "fetch A 5 x.rpm -| 4: no step names x.rpm",
                "fetch A 05 x.rpm -| 3: '05' is not a number",
                "fetch A 5 ../x.rpm -| 3: '../x.rpm' is not a relative path",
                "fetch A 5 /x.rpm -| 3: '/x.rpm' is not a relative path",
                "fetch A 5 a//x.rpm -| 3: 'a//x.rpm' is not a relative path",
                "fetch A 5 a/./x.rpm -| 3: 'a/./x.rpm' is not a relative path",
                "fetch abc 5 x.rpm -| 3: 'abc' has the length of no digest",
                "fetch A 1099511627777 x.rpm -| 3: a file of 1099511627777 bytes",
                "fetch A 1099511627776 x.rpm -| 4: no step names x.rpm",
                "batch 1\\n"
                        + "upgrade a-0:1-1.noarch A a-0:2-1.noarch| 4: a-0:1-1.noarch is older than"
                        + " a-0:2-1.noarch",
                "batch 1\\n"
                        + "upgrade a-0:2-1.noarch A b-0:1-1.noarch| 4: b-0:1-1.noarch and"
                        + " a-0:2-1.noarch have different",
                "batch 1\\n"
                        + "downgrade a-0:1-1.noarch A a-0:1-1.noarch"
                        + "| 4: a-0:1-1.noarch is not older",
                "batch 1\\ninstall a-0:1-1.noarch A why| 4: 'why' is none of user",
                "batch 1\\nfetch A 5 x.rpm -| 4: 'fetch' stands after 'batch'",
                "sing a song| 3: 'sing' is no word that may stand here",
                "end A| 3: 'end' is no word that may stand here",
                "repo a A 1\\nrepo a A 1| 5: repository 'a' stands twice",
                "repo a A -1| 3: '-1' is not a number",
            })
    void namesTheLine(String lines, String expected) {
        String body = START + (lines.replace("\\n", "\n") + "\n").replaceAll("\\bA\\b", A);
        assertThatThrownBy(() -> PlanText.read(PlanText.close(body)))
                .isInstanceOf(Damaged.class)
                .hasMessageStartingWith("plan, line " + expected.replaceAll("\\bA\\b", A).strip());
    }

    // A plan without the machine it is for is no plan.
    @Test
    void needsATarget() {
        assertThatThrownBy(() -> PlanText.read(PlanText.close("opm-plan 1\n")))
                .hasMessageContaining("no line 'for'");
        assertThatThrownBy(() -> PlanText.read(PlanText.close("opm-plan 1\nask x\n")))
                .hasMessage("plan, line 2: 'ask' stands before 'for'");
    }

    // A plan just past a limit is refused, one at it is read.
    @Test
    void refusesWhatIsPastALimit() throws Exception {
        String full = "ask x\n".repeat(Limits.PLAN_ASKED);
        assertThat(PlanText.read(PlanText.close(START + full)).asked()).hasSize(Limits.PLAN_ASKED);
        assertThatThrownBy(() -> PlanText.read(PlanText.close(START + full + "ask x\n")))
                .hasMessage("plan, line 100003: more than 100000 requests");
        assertThatThrownBy(
                        () ->
                                PlanText.read(
                                        PlanText.close(
                                                START
                                                        + "ask "
                                                        + "x".repeat(Limits.LINE_BYTES)
                                                        + "\n")))
                .hasMessageContaining("the line is longer than 1048576 bytes");
        assertThatThrownBy(
                        () ->
                                PlanText.read(
                                        PlanText.close(START + sources(Limits.PLAN_SOURCES + 1))))
                .hasMessageContaining("more than 10000 repositories");
        assertThatThrownBy(
                        () ->
                                PlanText.read(
                                        PlanText.close(
                                                START
                                                        + "batch 1\n"
                                                        + erasures(Limits.PLAN_STEPS + 1))))
                .hasMessageContaining("more than 200000 steps");
        assertThatThrownBy(
                        () ->
                                PlanText.read(
                                        PlanText.close(
                                                START
                                                        + "fetch "
                                                        + A
                                                        + " 1 "
                                                        + "x".repeat(4097)
                                                        + " -\n")))
                .hasMessageContaining("is not a relative path");
        byte[] huge = PlanText.close(START + ("ask " + "x".repeat(1 << 19) + "\n").repeat(130));
        assertThatThrownBy(() -> PlanText.read(huge))
                .hasMessageContaining("at most 67108864 are read");
    }

    private static String sources(int count) {
        var lines = new StringBuilder();
        for (int at = 0; at < count; at++) {
            lines.append("repo r").append(at).append(' ').append(A).append(" 0\n");
        }
        return lines.toString();
    }

    private static String erasures(int count) {
        var lines = new StringBuilder();
        for (int at = 0; at < count; at++) {
            lines.append("erase p").append(at).append("-0:1-1.noarch\n");
        }
        return lines.toString();
    }

    // Random plans come back as they were; the seed is in the message.
    @Test
    void readsBackRandomPlans() throws Exception {
        for (long seed = 0; seed < 200; seed++) {
            Plan plan = random(new Random(seed));
            assertThat(PlanText.read(PlanText.write(plan))).as("seed " + seed).isEqualTo(plan);
        }
    }

    private static Plan random(Random random) {
        var artifacts = new ArrayList<Artifact>();
        var batches = new ArrayList<Batch>();
        int count = 0;
        for (int batch = random.nextInt(5); batch > 0; batch--) {
            var steps = new ArrayList<Step>();
            boolean erases = random.nextInt(4) == 0;
            for (int step = 1 + random.nextInt(6); step > 0; step--) {
                String name = "p" + count++ + "+" + random.nextInt(9);
                var pkg =
                        Nevra.parse(
                                name
                                        + "-"
                                        + random.nextInt(3)
                                        + ":2~"
                                        + random.nextInt(9)
                                        + "-1.noarch");
                if (erases) {
                    steps.add(new Step.Erase(pkg));
                    continue;
                }
                Digest rpm = Digest.sha256("%064x".formatted(count));
                artifacts.add(
                        new Artifact(
                                rpm,
                                random.nextInt(1 << 20),
                                "%05d é %%.rpm".formatted(count),
                                ""));
                var older = Nevra.parse(name + "-0:1-1.x86_64");
                steps.add(
                        switch (random.nextInt(3)) {
                            case 0 ->
                                    new Step.Install(
                                            pkg,
                                            rpm,
                                            List.of(Reason.values()).get(random.nextInt(4)));
                            case 1 -> new Step.Upgrade(older, pkg, rpm);
                            default -> new Step.Reinstall(pkg, rpm);
                        });
            }
            batches.add(new Batch(steps));
        }
        return new Plan(
                SamplePlan.TARGET, List.of("é " + count), List.of(), artifacts, batches, List.of());
    }
}
