package opm.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import opm.base.OpmException.Damaged;
import opm.history.Change.Stage;
import opm.host.LocalDisk;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The journal as it is read after every kind of end.
final class JournalTest {
    private static final Path FIXTURES =
            Path.of(System.getProperty("opm.root", "..")).resolve("fixtures/journal");
    private static final InstantSource CLOCK =
            InstantSource.fixed(Instant.ofEpochSecond(1_795_000_000));
    private static final String DIGEST = "ab".repeat(32);

    @TempDir Path temp;
    private final LocalDisk disk = new LocalDisk();

    private Journal journal() throws Exception {
        return Journal.read(disk, CLOCK, new StateFolder(temp));
    }

    private void begin(int change) throws Exception {
        journal().append("begin", change, DIGEST, DIGEST, DIGEST, "2", "-");
    }

    /// Where no journal is there is nothing to go on with, and the first change is number 1.
    @Test
    void anAbsentJournalIsEmpty() throws Exception {
        assertThat(journal().records()).isEmpty();
        assertThat(journal().open()).isEmpty();
        assertThat(journal().nextChange()).isEqualTo(1);
    }

    /// The last record says where a change stands.
    @Test
    void stagesFollowTheRecords() throws Exception {
        begin(1);
        assertThat(journal().open().orElseThrow().stage()).isEqualTo(new Stage.Begun());
        journal().append("start", 1, "1", "boot");
        assertThat(journal().open().orElseThrow().stage())
                .isEqualTo(new Stage.Started(1, 1_795_000_000, "boot"));
        journal().append("exit", 1, "1", "137");
        assertThat(journal().open().orElseThrow().stage())
                .isEqualTo(new Stage.Exited(1, 137, 1_795_000_000, "boot"));
        journal().append("again", 1, "boot2");
        journal().append("verified", 1, "1");
        assertThat(journal().open().orElseThrow().stage()).isEqualTo(new Stage.Verified(1));
        journal().append("end", 1, "done");
        assertThat(journal().open()).isEmpty();
        assertThat(journal().changes()).hasSize(1);
        assertThat(journal().changes().getFirst().stage()).isEqualTo(new Stage.Ended("done"));
        assertThat(journal().nextChange()).isEqualTo(2);
        assertThat(journal().skippedLines()).isZero();
    }

    /// Wherever a crash cuts the last record, it never happened, and the next one is readable.
    @Test
    void aTornRecordNeverHappened() throws Exception {
        begin(1);
        byte[] before = Files.readAllBytes(temp.resolve("journal"));
        journal().append("start", 1, "1", "boot");
        byte[] after = Files.readAllBytes(temp.resolve("journal"));
        for (int length = before.length; length < after.length; length++) {
            Files.write(temp.resolve("journal"), java.util.Arrays.copyOf(after, length));
            // Without its line feed alone, the record is whole.
            boolean isWhole = length == after.length - 1;
            assertThat(journal().records()).as("cut to " + length).hasSize(isWhole ? 2 : 1);
            journal().append("end", 1, "forgotten");
            assertThat(journal().open()).as("cut to " + length).isEmpty();
            assertThat(journal().records()).as("cut to " + length).hasSize(isWhole ? 3 : 2);
        }
    }

    /// Another file in its place, and records that go back, are damage.
    @Test
    void damageIsSaid() throws Exception {
        Files.writeString(temp.resolve("journal"), "something else\n");
        assertThatThrownBy(this::journal)
                .isInstanceOf(Damaged.class)
                .hasMessageContaining("first line");
        Files.delete(temp.resolve("journal"));
        begin(1);
        List<String> lines = new ArrayList<>(Files.readAllLines(temp.resolve("journal")));
        lines.add(lines.get(1));
        Files.write(temp.resolve("journal"), lines);
        assertThatThrownBy(this::journal)
                .isInstanceOf(Damaged.class)
                .hasMessageContaining("follows");
    }

    /// The journals of every released version, written by sh and by Java, stay readable.
    @Test
    void fixtures() throws Exception {
        List<Path> files;
        try (var list = Files.list(FIXTURES)) {
            files = list.filter(file -> file.toString().endsWith(".journal")).sorted().toList();
        }
        assertThat(files).hasSizeGreaterThanOrEqualTo(4);
        for (Path file : files) {
            Files.copy(
                    file,
                    temp.resolve("journal"),
                    java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            String expected =
                    Files.readString(file.resolveSibling(file.getFileName() + ".expected"));
            assertThat(told()).as(file.toString()).isEqualTo(expected);
        }
    }

    private String told() throws Exception {
        try {
            Journal journal = journal();
            var text = new StringBuilder("skipped " + journal.skippedLines() + "\n");
            for (Change change : journal.changes()) {
                text.append(change.number()).append(' ').append(change.stage()).append('\n');
            }
            return text.toString();
        } catch (Damaged damaged) {
            return String.valueOf(damaged.getMessage()).replace(temp.toString(), "").concat("\n");
        }
    }
}
