package opm.solve;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import opm.base.Digest;
import opm.pkgset.FileListBuilder;
import opm.pkgset.PackageSet;
import opm.pkgset.PackageSetBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Dependencies on paths that stand in file lists alone.
class HiddenPathsTest {
    private static final String SUM = "ab".repeat(32);

    @TempDir Path folder;

    private static PackageSet packages() {
        return new PackageSetBuilder()
                .add("app-1-1.noarch", "requires: /usr/share/data/words")
                .begin(opm.base.Nevra.parse("words-1-1.noarch"))
                .checksum(Digest.sha256(SUM))
                .end()
                .build();
    }

    private PackageSet withAllFiles() throws Exception {
        var builder = new FileListBuilder(packages());
        byte[] id = SUM.getBytes(StandardCharsets.US_ASCII);
        assertThat(builder.begin(id, 0, id.length)).isTrue();
        for (String path : List.of("/usr/share/data/words", "/usr/share/other")) {
            byte[] bytes = path.getBytes(StandardCharsets.US_ASCII);
            builder.file(bytes, 0, bytes.length);
        }
        builder.end();
        Path file = folder.resolve("all.opmset");
        try (var out = Files.newOutputStream(file)) {
            builder.writeTo(
                    (bytes, from, length) -> {
                        try {
                            out.write(bytes, from, length);
                        } catch (java.io.IOException e) {
                            throw new java.io.UncheckedIOException(e);
                        }
                    });
        }
        return PackageSet.open(file);
    }

    private static Verdict install(PackageSet set, String spec) {
        var source = new Universe.Source("repo", set, 99, 1000);
        var solver = new Solver(new Universe("x86_64", null, List.of(source)));
        return solver.solve(Request.of(Request.Verb.INSTALL, spec), Policy.dnf(), () -> false);
    }

    private static List<String> comes(Verdict verdict) {
        assertThat(verdict).isInstanceOf(Verdict.Solved.class);
        return ((Verdict.Solved) verdict)
                .changes().stream()
                        .map(change -> String.valueOf(change.comes()))
                        .sorted()
                        .toList();
    }

    /// A set without file lists says which paths it would have to look up.
    @Test
    void whatIsHiddenIsMissed() {
        Verdict verdict = install(packages(), "app");
        assertThat(verdict.missingPaths()).containsExactly("/usr/share/data/words");
    }

    /// A set that knows all files answers by them, and misses nothing.
    @Test
    void aSetThatKnowsAllFilesHidesNothing() throws Exception {
        PackageSet all = withAllFiles();
        assertThat(comes(install(all, "app")))
                .containsExactly("app-1-1.noarch", "words-1-1.noarch");
        assertThat(comes(install(all, "/usr/share/other"))).containsExactly("words-1-1.noarch");
        Verdict nowhere = install(all, "/usr/share/nowhere");
        assertThat(nowhere).isInstanceOf(Verdict.Unsolvable.class);
        assertThat(nowhere.missingPaths()).isEmpty();
    }
}
