package opm.testcase;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import opm.base.OpmException;
import opm.solve.Jobs;
import opm.solve.Replay;
import org.jspecify.annotations.Nullable;

/// Replays a testcase of libsolv, such as `dnf --debugsolver` writes, and grades our answers.
///
/// A test that cannot run here is graded as well, as not holding. Equal input gives equal grades.
public final class Testcase {
    /// Steps that one test may take ([opm.solve.Policy#steps]); the longest of libsolv's own needs
    /// 800,000.
    public static final long STEPS = 400_000_000;

    private final Script script;
    private final BooleanSupplier cancelled;
    private @Nullable Replay earlier;
    private final boolean explains;

    private Testcase(Script script, boolean explains, BooleanSupplier cancelled) {
        this.script = script;
        this.explains = explains;
        this.cancelled = cancelled;
    }

    /// Runs all tests of a file.
    ///
    /// @param bytes the `.t` file
    /// @param folder where the files that it names lie
    /// @param shelf repositories of testcases that ran before
    /// @param explains whether problems are explained for people as well, with ways out that were
    ///     tried
    /// @param cancelled asked now and then; once true, the rest of the tests is given up
    public static List<Graded> run(
            byte[] bytes,
            Folder folder,
            Shelf shelf,
            boolean explains,
            BooleanSupplier cancelled)
            throws OpmException {
        var script = new Script(bytes, folder, shelf);
        var testcase = new Testcase(script, explains, cancelled);
        var graded = new ArrayList<Graded>();
        Test test;
        while ((test = script.next()) != null) {
            graded.add(testcase.grade(test));
        }
        return graded;
    }

    /// Reads the repositories that a file names, so that a later [#run] finds them on the shelf;
    /// for a second thread.
    public static void ahead(byte[] bytes, Folder folder, Shelf shelf) throws OpmException {
        for (String line : Script.lines(bytes)) {
            var words = new Words(line);
            if (words.count() == 5
                    && words.at(0).equals("repo")
                    && words.at(3).equals("testtags")
                    && !words.at(4).equals("<inline>")) {
                byte[] file = folder.read(words.at(4));
                if (file != null) {
                    shelf.ahead(file);
                }
            }
        }
    }

    private Graded grade(Test test) {
        Replay before = earlier;
        earlier = null;
        List<String> expected = test.expected;
        String group = expected == null ? "nothing" : Grading.group(test.asked(), expected);
        if (test.missing != null) {
            return graded(test, group, null, test.missing, List.of(), List.of());
        }
        Replay replay = solve(test, test.jobs, before);
        if (replay == null) {
            return graded(test, group, null, "out of steps", List.of(), List.of());
        }
        if (test.keepsSolver) {
            earlier = replay;
        }
        List<String> outcome = Lines.of(script, test, replay);
        List<Explained> explained = List.of();
        if (explains) {
            explained =
                    new Explanations(script, test, replay, jobs -> solve(test, jobs, null)).all();
        }
        if (expected == null) {
            return graded(test, group, Level.P2, null, List.of(), explained);
        }
        var grading = new Grading(expected, outcome);
        return graded(test, group, grading.level(), null, grading.differences(), explained);
    }

    /// Returns the solved question; absent when it takes too much work.
    private @Nullable Replay solve(Test test, List<Job> jobs, @Nullable Replay before) {
        var replay = new Replay(script.pool, before);
        test.flags.forEach(
                (flag, on) -> {
                    if (!replay.setFlag(flag, on)
                            && !test.complaints.contains(unknownFlag(flag))) {
                        test.complaints.add(unknownFlag(flag));
                    }
                });
        for (Job job : jobs) {
            if (job.select() == Jobs.ONE_OF) {
                replay.add(job.how, job.pkgs);
            } else {
                replay.add(job.how, job.what);
            }
        }
        return replay.solve(STEPS, cancelled) ? replay : null;
    }

    private static String unknownFlag(String flag) {
        return "unknown solver flag '" + flag + "'";
    }

    private static Graded graded(
            Test test,
            String group,
            @Nullable Level reached,
            @Nullable String skipped,
            List<String> differences,
            List<Explained> explained) {
        EnumSet<Kind> asked = test.asked();
        return new Graded(
                test.number,
                asked.stream().map(Kind::word).collect(Collectors.joining(",")),
                group,
                reached,
                skipped,
                differences,
                test.complaints,
                explained);
    }
}
