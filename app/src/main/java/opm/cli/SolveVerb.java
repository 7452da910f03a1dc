package opm.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Semaphore;
import opm.base.ByteText;
import opm.base.Limits;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.host.Disk;
import opm.testcase.Explained;
import opm.testcase.Folder;
import opm.testcase.Graded;
import opm.testcase.Level;
import opm.testcase.Shelf;
import opm.testcase.Testcase;
import org.jspecify.annotations.Nullable;

/// `opm solve FILE.t...`: replays libsolv testcases, as `dnf --debugsolver` writes them, and grades
/// our answers. Of a folder it takes all testcases below.
///
/// Exit status 0 only if every test holds at the level asked for; one that cannot run does not.
final class SolveVerb implements Verb {
    /// Folders within folders that are looked through.
    private static final int DEPTH = 20;

    private static final int NOT_HELD = 1;

    /// How many tests of a kind hold at each level.
    private static final class Count {
        int tests;
        int skipped;
        final int[] held = new int[Level.values().length];
    }

    private final Map<String, Count> groups = new LinkedHashMap<>();
    private final Count all = new Count();
    private final Shelf shelf = new Shelf();

    @Override
    public void accept(Syntax syntax) {
        syntax.value("T|P1|P2", "--level").flag("--explain").arguments("TESTCASE", 1, -1);
    }

    @Override
    public int run(Session session) throws OpmException {
        Level level = level(session.value("--level"));
        Disk disk = session.host().disk();
        var files = new ArrayList<Path>();
        for (String argument : session.arguments()) {
            Path path = Path.of(argument);
            int before = files.size();
            if (disk.isDirectory(path)) {
                collect(disk, path, files, 0);
            } else if (disk.exists(path)) {
                files.add(path);
            }
            if (files.size() == before) {
                throw new BadRequest(
                        "found no testcase at '" + argument + "', expected a .t file",
                        "Name a .t file, or a folder that `dnf --debugsolver` wrote.");
            }
        }
        try (var reader = new Reader(disk, files)) {
            grade(session, disk, files, level, reader);
        }
        return all.held[level.ordinal()] == all.tests ? 0 : NOT_HELD;
    }

    private void grade(
            Session session, Disk disk, List<Path> files, Level level, Reader reader)
            throws OpmException {
        if (session.settings().json()) {
            try (Json json = session.json()) {
                json.text("level", level.name()).beginList("tests");
                for (Path file : files) {
                    reader.next();
                    for (Graded test : grade(session, disk, file)) {
                        write(json, file, test, level);
                    }
                }
                json.endList().begin("totals");
                totals(json, all);
                json.end();
            }
        } else {
            for (Path file : files) {
                reader.next();
                for (Graded test : grade(session, disk, file)) {
                    show(session, file, test, level);
                }
            }
            summary(session, level);
        }
    }

    private static Level level(@Nullable String word) throws BadRequest {
        if (word == null) {
            return Level.P1;
        }
        for (Level level : Level.values()) {
            if (level.name().equals(word.toUpperCase(Locale.ROOT))) {
                return level;
            }
        }
        throw new BadRequest(
                "found --level " + word + ", expected T, P1 or P2",
                "T compares transactions, P1 problems too, P2 the names of rules as well.");
    }

    private static void collect(Disk disk, Path folder, List<Path> files, int depth)
            throws OpmException {
        for (Path path : disk.list(folder)) {
            if (!disk.isDirectory(path)) {
                if (path.toString().endsWith(".t")) {
                    files.add(path);
                }
            } else if (depth < DEPTH) {
                collect(disk, path, files, depth + 1);
            }
        }
    }

    private List<Graded> grade(Session session, Disk disk, Path file) throws OpmException {
        byte[] bytes = disk.readAll(file, Limits.TESTCASE_BYTES);
        List<Graded> tests =
                Testcase.run(
                        bytes,
                        beside(disk, file),
                        shelf,
                        session.has("--explain"),
                        session.outside().cancelled()::get);
        for (Graded test : tests) {
            count(all, test);
            count(groups.computeIfAbsent(test.group(), group -> new Count()), test);
        }
        return tests;
    }

    private static Folder beside(Disk disk, Path file) {
        Path folder = file.toAbsolutePath().getParent();
        return name -> {
            Path path = folder == null ? Path.of(name) : folder.resolve(name);
            return disk.exists(path) ? disk.readAll(path, Limits.TESTCASE_BYTES) : null;
        };
    }

    /// Files that are read before they are graded.
    private static final int AHEAD = 4;

    /// Reads the repositories of one file after another, never far ahead of what is graded: half of
    /// the work is to read.
    private final class Reader implements AutoCloseable {
        private final Semaphore ahead = new Semaphore(AHEAD);
        private final Thread thread;

        Reader(Disk disk, List<Path> files) {
            thread = Thread.ofPlatform().daemon().unstarted(() -> read(disk, files));
            thread.start();
        }

        private void read(Disk disk, List<Path> files) {
            for (Path file : files) {
                try {
                    ahead.acquire();
                    byte[] bytes = disk.readAll(file, Limits.TESTCASE_BYTES);
                    Testcase.ahead(bytes, beside(disk, file), shelf);
                } catch (OpmException _) {
                    // Said when the file is graded.
                } catch (InterruptedException _) {
                    return;
                }
            }
        }

        /// Another file begins to be graded.
        void next() {
            ahead.release();
        }

        @Override
        public void close() {
            thread.interrupt();
        }
    }

    private static void count(Count count, Graded test) {
        count.tests++;
        count.skipped += test.skipped() == null ? 0 : 1;
        for (Level level : Level.values()) {
            count.held[level.ordinal()] += test.holds(level) ? 1 : 0;
        }
    }

    // ---------------------------------------------------------------- for people

    private static void show(Session session, Path file, Graded test, Level level) {
        Screen screen = session.screen();
        boolean holds = test.holds(level);
        boolean verbose = session.settings().verbose();
        if (holds && session.settings().quiet()) {
            return;
        }
        String bad = test.skipped() == null ? "FAIL" : "skip";
        String word = holds ? screen.green("ok  ") : screen.red(bad);
        Level reached = test.reached();
        String result = reached == null ? "-" : reached.name();
        String why = test.skipped() == null ? "" : "  " + text(test.skipped());
        screen.line(
                String.format(Locale.ROOT, "%s %-2s ", word, result)
                        + (file + ":" + test.number() + "  " + test.group())
                        + why);
        for (Explained problem : test.explained()) {
            problem.causes().forEach(line -> screen.line("     " + text(line)));
            for (String line : problem.repairs()) {
                screen.line("     " + session.messages().text("solve.repair", text(line)));
            }
        }
        if (verbose) {
            test.complaints().forEach(line -> screen.line("     ! " + text(line)));
            test.differences().forEach(line -> screen.line("     " + text(line)));
        }
    }

    /// Testcases are bytes, and nearly always UTF-8.
    private static String text(String bytes) {
        return ByteText.decode(bytes.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
    }

    private void summary(Session session, Level level) {
        Screen screen = session.screen();
        screen.line("");
        groups.forEach((group, count) -> screen.line(row(group, count)));
        screen.line(row(session.messages().text("solve.total"), all));
        int held = all.held[level.ordinal()];
        if (held == all.tests) {
            screen.line(screen.green(session.messages().count("solve.held", all.tests, level)));
        } else {
            String count = session.messages().count("solve.failed", all.tests - held, level);
            screen.line(screen.red(count));
        }
    }

    private static String row(String group, Count count) {
        var row = new StringBuilder(String.format(Locale.ROOT, "%-13s %5d", group, count.tests));
        for (Level level : Level.values()) {
            row.append(String.format(Locale.ROOT, "   %s %d", level, count.held[level.ordinal()]));
        }
        return count.skipped == 0 ? row.toString() : row + "   skip " + count.skipped;
    }

    // ---------------------------------------------------------------- for programs

    private static void write(Json json, Path file, Graded test, Level level) {
        Level reached = test.reached();
        json.beginItem()
                .text("file", file.toString())
                .number("number", test.number())
                .text("asked", test.asked())
                .text("group", test.group())
                .flag("ok", test.holds(level))
                .text("reached", reached == null ? null : reached.name())
                .text("skipped", test.skipped())
                .texts("differences", test.differences().stream().map(SolveVerb::text).toList())
                .texts("complaints", test.complaints().stream().map(SolveVerb::text).toList());
        if (!test.explained().isEmpty()) {
            json.beginList("problems");
            for (Explained problem : test.explained()) {
                json.beginItem()
                        .texts("causes", problem.causes().stream().map(SolveVerb::text).toList())
                        .texts("repairs", problem.repairs().stream().map(SolveVerb::text).toList())
                        .end();
            }
            json.endList();
        }
        json.end();
    }

    private static void totals(Json json, Count count) {
        json.number("tests", count.tests).number("skipped", count.skipped);
        for (Level level : Level.values()) {
            json.number(level.name(), count.held[level.ordinal()]);
        }
    }
}
