package opm.testcase;

import java.util.Arrays;
import java.util.stream.Collectors;
import opm.solve.Jobs;
import opm.solve.Replay;
import opm.solve.TagsPool;

/// Says in libsolv's own words why a problem is one and what a choice is for.
///
/// These sentences are part of the format of testcases; what users read comes from elsewhere.
/// Source: facts on solver test cases, 9.
final class Sentences {
    private final Test test;
    private final Replay replay;
    private final TagsPool pool;
    private final DepText deps;
    private final Refs refs;

    Sentences(Script script, Test test, Replay replay) {
        this.test = test;
        this.replay = replay;
        pool = script.pool;
        deps = script.deps;
        refs = script.refs;
    }

    /// Tells why a rule is in the way.
    String problem(int rule) {
        Replay.Why why = replay.why(rule);
        String dep = why.dep() == 0 ? "" : deps.human(why.dep());
        if (why.kind().startsWith("job")) {
            return job(why.kind(), dep);
        }
        String from = refs.human(why.from());
        String to = why.kind().equals("best") ? "" : refs.human(why.to());
        return switch (why.kind()) {
            case "distupgrade" -> from + " does not belong to a distupgrade repository";
            case "infarch" -> from + " has inferior architecture";
            case "update" -> "problem with installed package " + from;
            case "pkg" -> "some dependency problem";
            case "best" ->
                    why.from() > 0
                            ? "cannot install the best update candidate for package " + from
                            : "cannot install the best candidate for the job";
            case "not_installable" -> notInstallable(why.from(), from);
            case "nothing_provides" -> "nothing provides " + dep + " needed by " + from;
            case "same_name" -> "cannot install both " + from + " and " + to;
            case "conflicts" -> "package " + from + " conflicts with " + dep + " provided by " + to;
            case "obsoletes" -> "package " + from + " obsoletes " + dep + " provided by " + to;
            case "installed_obsoletes" ->
                    "installed package " + from + " obsoletes " + dep + " provided by " + to;
            case "implicit_obsoletes" ->
                    "package " + from + " implicitly obsoletes " + dep + " provided by " + to;
            case "requires" ->
                    "package "
                            + from
                            + " requires "
                            + dep
                            + ", but none of the providers can be installed";
            case "self_conflict" ->
                    "package " + from + " conflicts with " + dep + " provided by itself";
            case "yumobs" -> "both package " + from + " and " + to + " obsolete " + dep;
            case "black" -> "package " + from + " can only be installed by a direct request";
            case "strict_repo_priority" ->
                    "package " + from + " is excluded by strict repo priority";
            default -> "bad problem rule type";
        };
    }

    private static String job(String kind, String dep) {
        return switch (kind) {
            case "job_nothing_provides" -> "nothing provides requested " + dep;
            case "job_unknown_package" -> "package " + dep + " does not exist";
            case "job_provided_by_system" -> dep + " is provided by the system";
            case "job_unsupported" -> "unsupported request";
            default -> "conflicting requests";
        };
    }

    private String notInstallable(int pkg, String text) {
        if (pool.disabled(pkg)) {
            return "package " + text + " is disabled";
        }
        return pool.arch(pkg) != 0 && !pool.isSource(pkg) && pool.foreign(pkg)
                ? "package " + text + " does not have a compatible architecture"
                : "package " + text + " is not installable";
    }

    /// Tells what a choice is for.
    String choice(Replay.Choice choice) {
        if (choice.by() != 0) {
            return deps.human(choice.data()) + ", recommended by " + refs.human(choice.by());
        }
        int rule = replay.describing(choice);
        if (rule == 0) {
            return "a learnt rule";
        }
        if (rule < 0) {
            return refs.human(-rule);
        }
        Replay.Why why = replay.why(rule);
        String dep = deps.human(why.dep());
        return switch (why.kind()) {
            case "recommends_pkg" -> dep + recommender(", recommended by ", why.from());
            case "requires" -> dep + recommender(", required by ", why.from());
            case "conflicts" -> dep + recommender(", conflicted by  ", why.from());
            case "yumobs" -> pool.wordText(pool.name(why.to())) + ", obsoleting " + dep;
            case "job" -> job(test.jobs.get(why.from()));
            case "update", "feature" -> refs.human(why.from());
            default -> problem(rule);
        };
    }

    private String recommender(String words, int pkg) {
        return pkg == 0 ? "" : words + refs.human(pkg);
    }

    private String job(Job job) {
        return switch (job.select()) {
            case Jobs.NAME, Jobs.PROVIDES -> deps.human(job.what);
            case Jobs.PKG -> refs.human(job.what);
            case Jobs.ONE_OF ->
                    job.pkgs.length == 0
                            ? "nothing"
                            : Arrays.stream(job.pkgs)
                                    .mapToObj(refs::human)
                                    .collect(Collectors.joining(", "));
            case Jobs.ALL -> "all packages";
            default -> "repo #" + (job.what + 1);
        };
    }
}
