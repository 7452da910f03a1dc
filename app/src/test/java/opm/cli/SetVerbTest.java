package opm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var outside =
                new Outside(
                        Map.of("XDG_STATE_HOME", folder.resolve("state").toString()),
                        new ByteArrayInputStream(new byte[0]),
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        "",
                        100,
                        "");
        List<String> words = List.of(line.replace("WORLD", folder.toString()).split(" +"));
        int found = Main.run(words, outside, Host.ofThisMachine());
        errors = err.toString(StandardCharsets.UTF_8);
        assertThat(found).as(line + "\n" + errors).isEqualTo(status);
        return out.toString(StandardCharsets.UTF_8);
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
        assertThat(errors).contains("section more_lists does not match its checksum");
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
}
