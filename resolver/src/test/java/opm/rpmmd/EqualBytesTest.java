package opm.rpmmd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import opm.base.Digest;
import opm.base.OpmException;
import opm.host.LocalDisk;
import opm.pkgset.PackageSetBuilder;
import org.junit.jupiter.api.Test;

/// Equal packages give equal bytes, however their metadata stands and whoever reads it.
class EqualBytesTest {
    private static final Pattern PACKAGE =
            Pattern.compile("<package type=\"rpm\">.*?</package>", Pattern.DOTALL);
    private static final Pattern ENTRY = Pattern.compile("<rpm:entry [^>]*/>");

    private static Digest digest(List<String> packages, int threads) throws OpmException {
        String xml =
                "<metadata xmlns:rpm=\"http://linux.duke.edu/metadata/rpm\">"
                        + String.join("\n", packages)
                        + "</metadata>";
        InputStream in = new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8));
        var builder = new PackageSetBuilder().threads(threads);
        Importer.primary(threads == 1 ? in : new ReadAhead(in), "test", builder, false);
        return builder.build().digest();
    }

    /// Writes every dependency twice, the second time behind all others of its list.
    private static String doubled(String xml) {
        Matcher lists =
                Pattern.compile("(<rpm:(\\w+)>)((?:\\s*<rpm:entry [^>]*/>)+)(\\s*</rpm:\\2>)")
                        .matcher(xml);
        return lists.replaceAll(
                list ->
                        Matcher.quoteReplacement(
                                list.group(1) + list.group(3) + list.group(3) + list.group(4)));
    }

    private static void compare(List<String> packages, Random random) throws OpmException {
        Digest one = digest(packages, 1);
        assertThat(digest(packages, 2)).as("two threads").isEqualTo(one);
        var shuffled = new ArrayList<>(packages);
        Collections.shuffle(shuffled, random);
        assertThat(digest(shuffled, 2)).as("shuffled").isEqualTo(one);
        Collections.shuffle(shuffled, random);
        assertThat(digest(shuffled, 1)).as("shuffled, one thread").isEqualTo(one);
        shuffled.replaceAll(EqualBytesTest::doubled);
        assertThat(digest(shuffled, 2)).as("doubled").isEqualTo(one);
        shuffled.addAll(packages.subList(0, packages.size() / 3));
        assertThat(digest(shuffled, 2)).as("packages twice").isEqualTo(one);
        shuffled.removeLast();
        shuffled.remove(packages.size() / 2);
        assertThat(digest(shuffled, 2)).as("one package less").isNotEqualTo(one);
    }

    @Test
    void madeUp() throws Exception {
        // Thousands of packages, so that threads share: order, doubles, threads do not show.
        long seed = Long.getLong("opm.fuzz.seed", 9);
        var random = new Random(seed);
        var packages = new ArrayList<String>();
        for (int number = 0; number < 4000; number++) {
            var xml = new StringBuilder("<package type=\"rpm\"><name>p" + number / 2 + "</name>");
            xml.append("<arch>x86_64</arch><version epoch=\"0\" ver=\"1.").append(number % 2);
            xml.append("\" rel=\"1\"/><summary>Number ").append(random.nextInt(3000));
            xml.append("</summary><description>").append("word ".repeat(random.nextInt(30)));
            xml.append("</description><location href=\"p/").append(number).append(".rpm\"/>");
            xml.append("<format><rpm:requires>");
            for (int count = random.nextInt(9); count >= 0; count--) {
                boolean rich = random.nextInt(20) == 0;
                xml.append("<rpm:entry name=\"").append(rich ? "(a or p" : "p");
                xml.append(random.nextInt(2000)).append(rich ? ")" : "");
                xml.append(rich ? "\"/>" : "\" flags=\"GE\" epoch=\"0\" ver=\"1\"/>");
            }
            xml.append("</rpm:requires><file>/usr/bin/p").append(number % 77);
            packages.add(xml.append("</file></format></package>").toString());
        }
        compare(packages, random);
    }

    @Test
    void real() throws Exception {
        // The same of a real repository of 10,327 packages.
        Path folder = Shared.path("corpus/real/repos/epel8-20250302");
        byte[] repomd = Files.readAllBytes(folder.resolve("repodata/repomd.xml"));
        Repomd.Item primary = Repomd.parse(repomd).primary();
        var packages = new ArrayList<String>();
        try (InputStream in =
                new Importer(new LocalDisk())
                        .open(folder.resolve(primary.location()), primary)) {
            String xml = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            PACKAGE.matcher(xml).results().forEach(match -> packages.add(match.group()));
        }
        assertThat(packages).hasSize(10_327);
        assertThat(ENTRY.matcher(packages.getFirst()).find()).isTrue();
        compare(packages, new Random(3));
    }
}
