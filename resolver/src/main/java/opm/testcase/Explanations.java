package opm.testcase;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.function.Function;
import opm.solve.Jobs;
import opm.solve.Replay;
import org.jspecify.annotations.Nullable;

/// Explains each problem of a test in a few lines and proves the ways out by taking them.
final class Explanations {
    /// Ways out that are shown of one problem, and those that are tried for that.
    private static final int MOST_REPAIRS = 4;

    private static final int MOST_TRIED = 8;

    /// How often a way out that leads half the way is completed.
    private static final int ROUNDS = 6;

    private final Script script;
    private final Test test;
    private final Replay replay;

    /// Solves the test again with other jobs; absent when that takes too much work.
    private final Function<List<Job>, @Nullable Replay> again;

    Explanations(
            Script script, Test test, Replay replay, Function<List<Job>, @Nullable Replay> again) {
        this.script = script;
        this.test = test;
        this.replay = replay;
        this.again = again;
    }

    List<Explained> all() {
        var all = new ArrayList<Explained>();
        for (int problem = 0; problem < replay.problemCount(); problem++) {
            List<String> repairs = repairs(problem);
            all.add(new Explained(causes(problem, Explained.MOST_LINES - repairs.size()), repairs));
        }
        return all;
    }

    private List<String> causes(int problem, int most) {
        var sentences = new Sentences(script, test, replay);
        var causes = new LinkedHashSet<String>();
        causes.add(sentences.problem(replay.problemRule(problem)));
        for (int rule : replay.problemRules(problem)) {
            causes.add(sentences.problem(rule));
        }
        return causes.stream().limit(most).toList();
    }

    private List<String> repairs(int problem) {
        var others = new ArrayList<Replay.Part>();
        for (int other = 0; other < replay.problemCount(); other++) {
            List<Replay.Exit> exits = other == problem ? List.of() : replay.exits(other);
            if (!exits.isEmpty()) {
                others.addAll(exits.getFirst().parts());
            }
        }
        var repairs = new LinkedHashSet<String>();
        for (Replay.Exit exit : replay.exits(problem).stream().limit(MOST_TRIED).toList()) {
            List<Replay.Part> whole =
                    repairs.size() < MOST_REPAIRS ? complete(exit, others) : null;
            if (whole != null) {
                repairs.add(text(whole));
            }
        }
        return List.copyOf(repairs);
    }

    /// Returns a way out that solves everything together with those of the other problems; null
    /// when none was found in a few rounds.
    private @Nullable List<Replay.Part> complete(Replay.Exit exit, List<Replay.Part> others) {
        var taken = new ArrayList<>(exit.parts());
        for (int round = 0; round < ROUNDS; round++) {
            var all = new ArrayList<>(others);
            all.addAll(taken);
            Replay then = again.apply(jobs(all));
            if (then == null) {
                return null;
            }
            if (then.problemCount() == 0) {
                return taken;
            }
            boolean more = false;
            for (int problem = 0; problem < then.problemCount(); problem++) {
                for (Replay.Part part : first(then.exits(problem))) {
                    if (!taken.contains(part) && !others.contains(part)) {
                        taken.add(part);
                        more = true;
                    }
                }
            }
            if (!more) {
                return null;
            }
        }
        return null;
    }

    /// Returns the first way out that takes back no job which a way out brought in.
    private List<Replay.Part> first(List<Replay.Exit> exits) {
        for (Replay.Exit exit : exits) {
            if (exit.parts().stream().allMatch(this::isOurs)) {
                return exit.parts();
            }
        }
        return List.of();
    }

    private boolean isOurs(Replay.Part part) {
        return !part.kind().equals("job") || part.what() < test.jobs.size();
    }

    /// Returns the jobs once some parts of ways out are taken: dropped jobs keep their place.
    private List<Job> jobs(List<Replay.Part> parts) {
        var jobs = new ArrayList<>(test.jobs);
        for (Replay.Part part : parts) {
            switch (part.kind()) {
                case "job" -> jobs.set(part.what(), Job.of(Jobs.NOOP | Jobs.PKG, 0));
                case "erase" -> jobs.add(Job.of(Jobs.ERASE | Jobs.PKG, part.what()));
                case "replace" -> jobs.add(Job.of(Jobs.INSTALL | Jobs.PKG, part.by()));
                default -> jobs.add(Job.of(Jobs.INSTALL | Jobs.PKG, part.what()));
            }
        }
        return jobs;
    }

    private String text(List<Replay.Part> parts) {
        return String.join("; ", parts.stream().map(this::text).toList());
    }

    private String text(Replay.Part part) {
        return switch (part.kind()) {
            case "job" -> "do not ask for: " + script.jobs.write(test.jobs.get(part.what()));
            case "erase" -> "remove " + script.refs.write(part.what());
            case "replace" ->
                    "replace "
                            + script.refs.write(part.what())
                            + " by "
                            + script.refs.write(part.by());
            default -> "allow " + script.refs.write(part.what());
        };
    }
}
