package opm.testcase;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import opm.base.OpmException;

/// What came of one suite of the corpus, explanations included. A suite takes half a minute: its
/// tests are one class, which runs it once, while another core runs another suite.
///
/// @param tests by file
record Suite(Path folder, Map<Path, List<Graded>> tests) {
    /// The most lines that an explanation has with its ways out.
    private static final int EXPLAINED_LINES = 12;

    /// Runs it; skips the class where there is no shared data.
    static Suite run(String name) throws OpmException {
        Path place = Cases.shared("corpus/solver/" + name);
        var shelf = new Shelf();
        var tests = new TreeMap<Path, List<Graded>>();
        for (Path file : Cases.below(place, ".t")) {
            Folder folder = other -> Cases.readOrNull(file.resolveSibling(other));
            tests.put(file, Testcase.run(Cases.bytes(file), folder, shelf, true, () -> false));
        }
        return new Suite(place, tests);
    }

    /// Returns how many tests hold, by group.
    ///
    /// @param misses gets those that do not
    TreeMap<String, Integer> held(List<String> misses) {
        var held = new TreeMap<String, Integer>();
        tests.forEach(
                (file, all) -> {
                    for (Graded test : all) {
                        if (test.holds(Level.P2)) {
                            held.merge(test.group(), 1, Integer::sum);
                        } else {
                            misses.add(folder.relativize(file) + ":" + test.number());
                        }
                    }
                });
        return held;
    }

    /// Returns how many problems were explained.
    ///
    /// @param poor gets those without a cause, without a way out that solves when it is taken, and
    ///     those that take more lines than people read
    int problems(List<String> poor) {
        int problems = 0;
        for (Map.Entry<Path, List<Graded>> file : tests.entrySet()) {
            for (Graded test : file.getValue()) {
                for (Explained problem : test.explained()) {
                    problems++;
                    int lines = problem.causes().size() + problem.repairs().size();
                    if (problem.causes().isEmpty()
                            || problem.repairs().isEmpty()
                            || lines > EXPLAINED_LINES) {
                        poor.add(file.getKey() + ":" + test.number() + " " + problem);
                    }
                }
            }
        }
        return problems;
    }
}
