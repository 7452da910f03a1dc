package opm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import opm.base.Digest;
import opm.host.Host;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Package sets as files: made, looked at, compared, merged.
final class SetVerbTest {
    @TempDir Path folder;
    private String errors = "";

    @BeforeEach
    void world() throws IOException {
        TinyWorld.in(folder);
    }

    private String opm(int status, String line) {
        List<String> words = List.of(line.replace("WORLD", folder.toString()).split(" +"));
        Ran ran = Ran.in(folder, Host.ofThisMachine(), words);
        errors = ran.err();
        assertThat(ran.status()).as(line + "\n" + errors).isEqualTo(status);
        return ran.out();
    }

    @Test
    void builtAndChecked() throws IOException {
        // A set is the same from a folder and from a `file:` address, and whole; a flipped byte is
        // found, and its section named.
        opm(0, "set build WORLD/base -o WORLD/one.opmset");
        opm(0, "set build file://WORLD/base -o WORLD/two.opmset");
        byte[] bytes = Files.readAllBytes(folder.resolve("one.opmset"));
        assertThat(bytes).isEqualTo(Files.readAllBytes(folder.resolve("two.opmset")));
        assertThat(opm(0, "set check WORLD/one.opmset")).contains("every byte is right");
        assertThat(opm(0, "set info WORLD/one.opmset"))
                .contains("8 packages", "string_bytes", "required", "optional");
        assertThat(opm(0, "set info --json WORLD/one.opmset")).contains("\"packages\":8");
        assertThat(opm(0, "set diff WORLD/one.opmset WORLD/two.opmset")).isEmpty();
        bytes[bytes.length - 100] ^= 1;
        Files.write(folder.resolve("one.opmset"), bytes);
        opm(3, "set check WORLD/one.opmset");
        assertThat(errors).containsPattern("section [a-z_]+ does not match its checksum");
    }

    @Test
    void mergedAndCompared() {
        // A merged set holds what both hold; the difference to one is the other.
        opm(0, "set build WORLD/base -o WORLD/base.opmset");
        opm(0, "set build WORLD/updates -o WORLD/updates.opmset");
        opm(0, "set merge WORLD/updates.opmset WORLD/base.opmset -o WORLD/all.opmset");
        opm(0, "set merge WORLD/base.opmset WORLD/updates.opmset -o WORLD/again.opmset");
        assertThat(opm(0, "set diff WORLD/all.opmset WORLD/again.opmset")).isEmpty();
        String added = opm(0, "set diff WORLD/base.opmset WORLD/all.opmset");
        String updates = opm(0, "set diff WORLD/all.opmset WORLD/base.opmset");
        assertThat(added.lines()).hasSize(2).allMatch(line -> line.startsWith("+ "));
        assertThat(updates.lines()).hasSize(2).allMatch(line -> line.startsWith("- "));
    }

    @Test
    void filesCountWhereBothKnowThem() throws IOException {
        // A file list that changed is a difference of its package, but not beside a plain set.
        opm(0, "set build WORLD/base -o WORLD/plain.opmset");
        opm(0, "set build --files --bulk WORLD/base -o WORLD/one.opmset");
        opm(0, "set check WORLD/one.opmset");
        assertThat(opm(0, "set info WORLD/one.opmset")).contains("bulk_bytes", "changelogs");
        assertThat(opm(0, "set diff WORLD/plain.opmset WORLD/one.opmset")).isEmpty();
        Path data = folder.resolve("base/repodata");
        Path lists = list(data, "filelists.xml");
        String text = Files.readString(lists);
        String file = text.substring(text.indexOf("<file>"), text.indexOf("</file>"));
        Files.writeString(lists, text.replaceFirst(file, file + "-moved"));
        String sum = Digest.sha256Of(Files.readAllBytes(lists)).hex();
        Path repomd = data.resolve("repomd.xml");
        byte[] old = text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        String before = Digest.sha256Of(old).hex();
        Files.writeString(
                repomd,
                Files.readString(repomd)
                        .replace(before + "</checksum>", sum + "</checksum>")
                        .replaceAll("<(open-)?size>[0-9]+</(open-)?size>", ""));
        opm(0, "set build --files --bulk WORLD/base -o WORLD/two.opmset");
        assertThat(opm(0, "set diff WORLD/one.opmset WORLD/two.opmset").lines())
                .hasSize(1)
                .allMatch(line -> line.startsWith("! "));
        assertThat(opm(0, "set diff WORLD/plain.opmset WORLD/two.opmset")).isEmpty();
    }

    private static Path list(Path data, String end) throws IOException {
        try (var files = Files.list(data)) {
            return files.filter(file -> file.toString().endsWith(end)).findFirst().orElseThrow();
        }
    }

    private static final String ASK =
            "--root WORLD/root --state WORLD/state --repo base=file://WORLD/base --arch x86_64"
                    + " --policy dnf";

    @Test
    void allOrNothing() throws IOException {
        // File lists or changelogs that are damaged leave no set, and one that was there as it was.
        Path data = folder.resolve("base/repodata");
        List<Path> later;
        try (var files = Files.list(data)) {
            later =
                    files.filter(file -> !file.endsWith("repomd.xml"))
                            .filter(file -> !file.endsWith("primary.xml"))
                            .toList();
        }
        assertThat(later).isNotEmpty();
        for (Path list : later) {
            byte[] whole = Files.readAllBytes(list);
            Files.write(list, java.util.Arrays.copyOf(whole, whole.length - 9));
            opm(3, "set build --files --bulk WORLD/base -o WORLD/none.opmset");
            opm(0, "set build WORLD/updates -o WORLD/old.opmset");
            byte[] before = Files.readAllBytes(folder.resolve("old.opmset"));
            opm(3, "set build --files --bulk WORLD/base -o WORLD/old.opmset");
            assertThat(folder.resolve("old.opmset")).hasBinaryContent(before);
            try (var left = Files.list(folder)) {
                assertThat(left.map(file -> file.getFileName().toString()))
                        .noneMatch(name -> name.startsWith("none."))
                        .noneMatch(name -> name.startsWith("old.opmset."));
            }
            Files.write(list, whole);
        }
    }

    @Test
    void onABase() throws IOException {
        // Only what the base lacks is listed; another base under the same name is noticed, and the
        // whiteouts go with it.
        Files.createDirectories(folder.resolve("root"));
        opm(0, "set build WORLD/base -o WORLD/base.opmset");
        String alone = opm(0, "install --assumeno editor " + ASK);
        assertThat(alone).contains("editor-common", "libtext", "spell");
        Path empty = Files.createDirectories(folder.resolve("empty/repodata"));
        Files.writeString(
                empty.resolve("primary.xml"),
                Files.readString(primary()).replaceAll("(?s)<package .*</package>", ""));
        publish(empty);
        opm(0, "set build WORLD/empty -o WORLD/image.opmset");
        String nothing = opm(0, "install --assumeno editor " + ASK + " --base WORLD/image.opmset");
        assertThat(nothing).contains("editor-common", "libtext", "spell");
        assertThat(errors).doesNotContain("another base");
        Files.copy(
                folder.resolve("base.opmset"),
                folder.resolve("image.opmset"),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        String on = " --base WORLD/image.opmset --hide editor --hide spell";
        String some = opm(0, "install --assumeno editor " + ASK + on + " --hide gone");
        assertThat(some).contains("editor", "spell").doesNotContain("libtext", "editor-common");
        assertThat(errors).contains("another base", "gone");
        opm(0, "install --assumeno editor " + ASK + on);
        assertThat(errors).doesNotContain("another base");
        assertThat(opm(0, "install --assumeno shell " + ASK + on)).doesNotContain("shell-");
        opm(2, "install --yes editor " + ASK + on);
        assertThat(errors).contains("--base");
        opm(2, "install --assumeno editor " + ASK + " --base WORLD/nowhere");
        assertThat(errors).contains("--base: found nothing");
    }

    private Path primary() throws IOException {
        try (var files = Files.list(folder.resolve("base/repodata"))) {
            return files.filter(file -> file.toString().endsWith("primary.xml"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static void publish(Path data) throws IOException {
        byte[] bytes = Files.readAllBytes(data.resolve("primary.xml"));
        String sum =
                opm.base.Digest.of(
                                opm.base.Digest.Algorithm.SHA256,
                                opm.base.Digest.Algorithm.SHA256.engine().digest(bytes))
                        .hex();
        Files.writeString(
                data.resolve("repomd.xml"),
                "<repomd xmlns=\"http://linux.duke.edu/metadata/repo\"><data type=\"primary\">"
                        + "<checksum type=\"sha256\">"
                        + sum
                        + "</checksum><location href=\"repodata/primary.xml\"/></data></repomd>");
    }
}
