package opm.rpmmd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import opm.base.Digest;
import opm.base.Nevra;
import opm.pkgset.FileListBuilder;
import opm.pkgset.PackageSet;
import opm.pkgset.PackageSetBuilder;
import org.junit.jupiter.api.Test;

/// File lists read line by line are those that are read element by element.
final class AllFilesReaderTest {
    private static final String[] LEVELS = {"usr", "share", "doc", "a", "b&amp;c", "é", "lib64"};
    private static final String[] ENDS = {
        "</file>", " </file>", "<!-- no --></file>", "</file >", "&#x21;</file>", "</file>\n"
    };
    private static final String[] STARTS = {
        "<file>", "<file>", "<file>", "<file type=\"dir\">", "<file >", "<!-- x --><file>"
    };

    private static String path(Random random, String before) {
        if (random.nextInt(3) > 0 && !before.isEmpty()) {
            // Mostly the neighbour of the one before, or it again.
            int cut = before.lastIndexOf('/') + 1 + random.nextInt(2);
            return before.substring(0, Math.min(cut, before.length())) + random.nextInt(40);
        }
        var path = new StringBuilder();
        for (int level = random.nextInt(5); level >= 0; level--) {
            path.append('/').append(LEVELS[random.nextInt(LEVELS.length)]);
        }
        return path.toString();
    }

    @Test
    void asElements() throws Exception {
        // Of every form that a line can have, over many windows, in order and out of it.
        long seed = Long.getLong("opm.fuzz.seed", 17);
        var random = new Random(seed);
        var builder = new PackageSetBuilder();
        var xml = new StringBuilder("<filelists xmlns=\"x\" packages=\"60\">\n");
        var ids = new TreeSet<String>();
        for (int pkg = 0; pkg < 60; pkg++) {
            String id = Digest.sha256Of(new byte[] {(byte) pkg}).hex();
            ids.add(id);
            builder.begin(Nevra.parse("p" + pkg + "-1-1.noarch")).checksum(Digest.sha256(id)).end();
            xml.append("<package pkgid=\"" + id + "\" name=\"p\" arch=\"noarch\">\n");
            xml.append("  <version epoch=\"0\" ver=\"1\" rel=\"1\"/>\n");
            String path = "";
            for (int file = random.nextInt(400); file > 0; file--) {
                path = path(random, path);
                boolean plain = random.nextInt(8) > 0;
                xml.append(random.nextInt(20) == 0 ? "" : "  ");
                xml.append(STARTS[plain ? 0 : random.nextInt(STARTS.length)]).append(path);
                xml.append(ENDS[plain ? 0 : random.nextInt(ENDS.length)]).append('\n');
            }
            xml.append("</package>\n");
        }
        byte[] bytes = xml.append("</filelists>").toString().getBytes(StandardCharsets.UTF_8);
        assertThat(bytes.length).isGreaterThan(200_000);
        var in = new ByteArrayInputStream(bytes);
        Map<String, List<String>> expected =
                new PackageFilesReader(in, "f", Set.copyOf(ids)).read();
        var lists = new FileListBuilder(builder.build());
        new AllFilesReader(new ByteArrayInputStream(bytes), "f", lists).read();
        var out = new ByteArrayOutputStream();
        lists.writeTo(out::write);
        PackageSet set = PackageSet.of(MemorySegment.ofArray(out.toByteArray()));
        set.check();
        for (int pkg = 0; pkg < set.packageCount(); pkg++) {
            Digest id = Objects.requireNonNull(set.ref(pkg).checksum());
            List<String> files = expected.getOrDefault(id.hex(), List.of());
            assertThat(new TreeSet<>(set.allFiles(pkg)))
                    .as("seed %d, package %d", seed, pkg)
                    .isEqualTo(new TreeSet<>(files));
        }
    }
}
