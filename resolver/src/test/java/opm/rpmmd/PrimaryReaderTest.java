package opm.rpmmd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import opm.FuzzRounds;
import opm.base.DepKind;
import opm.base.OpmException;
import opm.pkgset.PackageSet;
import opm.pkgset.PackageSetBuilder;
import org.junit.jupiter.api.Test;

/// The short ways through a primary.xml lead where the long way leads.
class PrimaryReaderTest {
    private static PackageSet set(InputStream in) throws OpmException {
        var builder = new PackageSetBuilder();
        new PrimaryReader(in, "test", builder, false).read();
        return builder.build();
    }

    private static PackageSet whole(String xml) throws OpmException {
        return set(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)));
    }

    /// Has the builder at work on a thread of its own.
    private static PackageSet aside(String xml) throws OpmException {
        var builder = new PackageSetBuilder().threads(2);
        var in = new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8));
        Importer.primary(in, "test", builder, false);
        return builder.build();
    }

    /// Gives a few bytes at a time: then no tag lies whole in the window, and the long way is
    // taken.
    private static PackageSet slowly(String xml, int most) throws OpmException {
        return set(
                new FilterInputStream(
                        new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8))) {
                    @Override
                    public int read(byte[] into, int offset, int length) throws IOException {
                        return super.read(into, offset, Math.min(most, length));
                    }
                });
    }

    private static String primary(String requires, int packages) {
        var xml =
                new StringBuilder(
                        "<metadata xmlns=\"http://linux.duke.edu/metadata/common\""
                                + " xmlns:rpm=\"http://linux.duke.edu/metadata/rpm\">\n");
        for (int pkg = 0; pkg < packages; pkg++) {
            xml.append("<package type=\"rpm\"><name>p")
                    .append(pkg)
                    .append("</name><arch>noarch</arch><version epoch=\"0\" ver=\"1\" rel=\"1\"/>")
                    .append("<format><rpm:requires>\n")
                    .append(requires)
                    .append("</rpm:requires></format></package>\n");
        }
        return xml.append("</metadata>\n").toString();
    }

    @Test
    void tagsThatLookAlike() throws OpmException {
        // An end inside a value, references and other quotes do not make two entries one.
        String requires =
                """
                <rpm:entry name="a/>b"/>
                <rpm:entry name="a/>c"/>
                <rpm:entry name="a &amp; b" pre="1"/>
                <rpm:entry name="a & b"/>
                <rpm:entry name='a'/>
                <rpm:entry name="a"/>
                <rpm:entry name="a" flags="EQ" epoch="0" ver="1"/>
                <rpm:entry name="a" flags="EQ" epoch="0" ver="1" pre="1"/>
                <rpm:entry name="(a or b)"/>
                <rpm:other name="x"/>
                <rpm:entry name="n" ></rpm:entry>
                """
                        .replace("name=\"a & b\"", "name=\"a &#38; b\"");
        String xml = primary(requires, 3);
        PackageSet fast = whole(xml);
        assertThat(fast.digest()).isEqualTo(slowly(xml, 1).digest());
        assertThat(aside(xml).digest()).isEqualTo(fast.digest());
        assertThat(fast.deps(2, DepKind.REQUIRES).stream().map(Object::toString).toList())
                .containsExactlyInAnyOrder("a", "a = 1", "a & b", "a/>b", "a/>c", "n", "(a or b)");
        assertThat(fast.items(fast.prerequires(1))).hasSize(2);
    }

    @Test
    void announcedPackagesAreNoProof() throws OpmException {
        // However many packages the file says it has: it has those that are in it.
        String xml = primary("<rpm:entry name=\"a\"/>", 3);
        PackageSet unsaid = whole(xml);
        for (String count : new String[] {"3", "0", "", "-1", "many", "999999999999999999999"}) {
            String said = xml.replace("<metadata ", "<metadata packages=\"" + count + "\" ");
            assertThat(whole(said).digest()).as(count).isEqualTo(unsaid.digest());
            assertThat(aside(said).digest()).as(count).isEqualTo(unsaid.digest());
        }
    }

    @Test
    void brokenTagsAreDamageOnEveryWay() {
        // What the long way refuses, no short way lets through.
        for (String bad :
                new String[] {
                    "<rpm:entry name=\"a<b\"/>",
                    "<rpm:entry name=\"a\"",
                    "<rpm:entry name=\"a\"flags=\"EQ\"/>x</rpm:entry>",
                    "<rpm:entry flags=\"EQ\"/>",
                    "<rpm:entry name=\"\u0000\"/>",
                    "<rpm:entry name=\"a\"/></rpm:other>",
                    "<rpm:entry name=\"&b;\"/>",
                }) {
            String xml = primary("<rpm:entry name=\"a\"/>" + bad, 2);
            assertThatThrownBy(() -> whole(xml)).as(bad).isInstanceOf(OpmException.Damaged.class);
            Throwable refused = catchThrowable(() -> whole(xml));
            assertThatThrownBy(() -> aside(xml)).as(bad).hasMessage(refused.getMessage());
            assertThatThrownBy(() -> slowly(xml, 1))
                    .as(bad)
                    .isInstanceOf(OpmException.Damaged.class);
        }
    }

    @Test
    void anyMixture() throws OpmException {
        // Random entries, read in pieces of any size, give one and the same set.
        long seed = Long.getLong("opm.fuzz.seed", 7);
        var random = new Random(seed);
        String[] names = {"a", "b&lt;", "c/>", "d'", "(a or b)", "(a and", "é", "f>g", "h\ni"};
        String[] rest = {"", " flags=\"GE\" epoch=\"0\" ver=\"1\"", " pre='1'", " flags=\"EQ\""};
        var rounds = new FuzzRounds("primary metadata", 60);
        for (int round = 0; rounds.more(); round++) {
            var requires = new StringBuilder();
            for (int entry = 0; entry < 12; entry++) {
                requires.append("<rpm:entry name=\"")
                        .append(names[random.nextInt(names.length)])
                        .append('"')
                        .append(rest[random.nextInt(rest.length)])
                        .append(random.nextInt(4) == 0 ? "></rpm:entry>" : "/>")
                        .append(random.nextInt(5) == 0 ? "<!-- > -->" : "\n");
            }
            String xml = primary(requires.toString(), 4);
            assertThat(whole(xml).digest())
                    .as("seed %d, round %d", seed, round)
                    .isEqualTo(slowly(xml, 1 + random.nextInt(90)).digest())
                    .isEqualTo(slowly(xml, 1).digest());
        }
    }
}
