package opm.history;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import opm.base.Digest;
import opm.base.Limits;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;
import opm.history.Change.Stage;
import opm.host.Disk;
import opm.host.Output;

/// The append-only journal of changes to one machine. Format: docs/formats/journal.md
///
/// | state | on disk                                    | made by                                 |
/// |-------|--------------------------------------------|-----------------------------------------|
/// | none  | no file, or nothing in it                  | [#append] makes it aside and renames it |
/// | whole | every line ends with a line feed           | [#append]                               |
/// | torn  | the last line lacks its end or its check   | a crash; [#append] closes it with a     |
/// |       | is wrong                                   | line feed, and it never happened        |
///
/// 1. A record is forced to the medium before [#append] returns, so before the act it announces.
/// 2. Nothing that was written is ever changed.
/// 3. A line whose check is wrong counts as absent; no decision rests on the journal alone.
///
/// Whoever appends holds the lock of the state folder.
public final class Journal {
    private static final String MAGIC = "opm-journal 1";
    private static final int JOURNAL_BYTES = 1 << 30;

    private final Disk disk;
    private final InstantSource clock;
    private final StateFolder state;
    private final List<JournalRecord> records;
    private final int skippedLines;
    private boolean torn;

    private Journal(
            Disk disk,
            InstantSource clock,
            StateFolder state,
            List<JournalRecord> records,
            int skippedLines,
            boolean torn) {
        this.disk = disk;
        this.clock = clock;
        this.state = state;
        this.records = records;
        this.skippedLines = skippedLines;
        this.torn = torn;
    }

    /// Reads the journal; an absent one has no records.
    ///
    /// @throws Damaged when the file is something else, or its records do not follow each other
    public static Journal read(Disk disk, InstantSource clock, StateFolder state)
            throws OpmException {
        List<JournalRecord> records = new ArrayList<>();
        Path file = state.journal();
        if (!disk.exists(file) || disk.size(file) == 0) {
            return new Journal(disk, clock, state, records, 0, false);
        }
        String text = new String(disk.readAll(file, JOURNAL_BYTES), US_ASCII);
        boolean torn = !text.endsWith("\n");
        String[] lines = text.split("\n", -1);
        if (!lines[0].equals(MAGIC)) {
            throw damaged(file, "the first line is not '" + MAGIC + "'");
        }
        int skipped = 0;
        long seq = 0;
        for (String line : Arrays.asList(lines).subList(1, lines.length)) {
            Optional<JournalRecord> read =
                    line.length() > Limits.LINE_BYTES
                            ? Optional.empty()
                            : JournalRecord.parse(line);
            if (read.isEmpty()) {
                skipped += line.isEmpty() ? 0 : 1;
                continue;
            }
            if (read.get().seq() <= seq) {
                throw damaged(file, "record " + read.get().seq() + " follows record " + seq);
            }
            seq = read.get().seq();
            records.add(read.get());
        }
        return new Journal(disk, clock, state, records, skipped, torn);
    }

    private static Damaged damaged(Path file, String what) {
        return new Damaged(
                file + ": " + what,
                "Look at what `rpm -qa` lists, then move this file away; opm starts a new one.");
    }

    /// Returns all records in order.
    public List<JournalRecord> records() {
        return List.copyOf(records);
    }

    /// Returns how many lines were torn by crashes or are damaged.
    public int skippedLines() {
        return skippedLines;
    }

    /// Appends a record and returns when it is on the medium. Invariants 1 and 2.
    public JournalRecord append(String kind, int change, String... words) throws OpmException {
        long seq = records.isEmpty() ? 1 : records.getLast().seq() + 1;
        // A torn line may hold the number that would be next; sh counts it, so leave room for it.
        var record =
                new JournalRecord(
                        seq + skippedLines,
                        clock.instant().getEpochSecond(),
                        kind,
                        change,
                        List.of(words));
        if (!disk.exists(state.journal()) || disk.size(state.journal()) == 0) {
            create();
        }
        try (Output out = disk.append(state.journal())) {
            if (torn) {
                write(out, new byte[] {'\n'});
            }
            torn = true;
            write(out, record.line());
            out.force();
            torn = false;
        }
        records.add(record);
        return record;
    }

    /// Makes the file with its first line, which is never torn.
    private void create() throws OpmException {
        Path aside = state.path().resolve("new");
        try (Output out = disk.create(aside)) {
            write(out, (MAGIC + "\n").getBytes(US_ASCII));
            out.force();
        }
        disk.rename(aside, state.journal());
    }

    private static void write(Output out, byte[] bytes) throws OpmException {
        out.write(bytes, 0, bytes.length);
    }

    /// Returns every change, oldest first.
    public List<Change> changes() throws Damaged {
        Map<Integer, List<JournalRecord>> byChange = new TreeMap<>();
        for (JournalRecord record : records) {
            byChange.computeIfAbsent(record.change(), _ -> new ArrayList<>()).add(record);
        }
        List<Change> changes = new ArrayList<>();
        for (List<JournalRecord> own : byChange.values()) {
            change(own).ifPresent(changes::add);
        }
        return changes;
    }

    /// Returns the last change when it has not ended.
    public Optional<Change> open() throws Damaged {
        List<Change> changes = changes();
        return changes.isEmpty() || !changes.getLast().isOpen()
                ? Optional.empty()
                : Optional.of(changes.getLast());
    }

    /// Returns the number that the next change gets.
    public int nextChange() {
        return records.stream().mapToInt(JournalRecord::change).max().orElse(0) + 1;
    }

    private Optional<Change> change(List<JournalRecord> own) throws Damaged {
        JournalRecord begin = own.getFirst();
        if (!begin.kind().equals("begin")) {
            return Optional.empty();
        }
        try {
            List<String> words = begin.words();
            return Optional.of(
                    new Change(
                            begin.change(),
                            begin.seconds(),
                            Digest.sha256(words.get(0)),
                            Digest.sha256(words.get(1)),
                            Digest.sha256(words.get(2)),
                            Integer.parseInt(words.get(3)),
                            words.get(4),
                            stage(own),
                            own));
        } catch (IllegalArgumentException | IndexOutOfBoundsException notOurs) {
            throw (Damaged)
                    damaged(state.journal(), "record " + begin.seq() + " cannot be understood")
                            .because(notOurs);
        }
    }

    private static Stage stage(List<JournalRecord> own) {
        Stage stage = new Stage.Begun();
        long startSeconds = 0;
        String boot = "";
        for (JournalRecord record : own) {
            List<String> words = record.words();
            switch (record.kind()) {
                case "start" -> {
                    startSeconds = record.seconds();
                    boot = words.get(1);
                    stage = new Stage.Started(Integer.parseInt(words.get(0)), startSeconds, boot);
                }
                case "exit" ->
                        stage =
                                new Stage.Exited(
                                        Integer.parseInt(words.get(0)),
                                        Integer.parseInt(words.get(1)),
                                        startSeconds,
                                        boot);
                case "verified" -> stage = new Stage.Verified(Integer.parseInt(words.get(0)));
                case "end" -> stage = new Stage.Ended(words.get(0));
                default -> {} // begin, again, and what later versions add
            }
        }
        return stage;
    }
}
