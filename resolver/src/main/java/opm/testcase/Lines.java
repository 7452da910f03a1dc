package opm.testcase;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import opm.solve.Jobs;
import opm.solve.Replay;
import opm.solve.TagsPool;

/// Writes the outcome of a test as the lines that testcases expect, sorted bytewise.
///
/// Source: facts on solver test cases, 5.
final class Lines {
    private final Script script;
    private final TagsPool pool;
    private final Refs refs;
    private final Test test;
    private final Replay replay;
    private final Hashes hashes;
    private final Sentences sentences;
    private final List<String> lines = new ArrayList<>();

    private Lines(Script script, Test test, Replay replay) {
        this.script = script;
        pool = script.pool;
        refs = script.refs;
        this.test = test;
        this.replay = replay;
        hashes = new Hashes(replay, refs);
        sentences = new Sentences(script, test, replay);
    }

    /// Writes what a test asks for.
    static List<String> of(Script script, Test test, Replay replay) {
        var writer = new Lines(script, test, replay);
        for (Kind kind : test.asked()) {
            writer.write(kind);
        }
        Collections.sort(writer.lines);
        return writer.lines;
    }

    private void write(Kind kind) {
        switch (kind) {
            case TRANSACTION -> transaction();
            case PROBLEMS -> problems();
            case ALTERNATIVES -> alternatives();
            case RULES -> rules();
            case RECOMMENDED -> recommended();
            case CLEANDEPS -> packages("cleandeps ", replay.cleaned());
            case JOBS -> test.jobs.forEach(job -> lines.add("job " + script.jobs.write(job)));
            case GENID -> genids();
            case ORPHANED -> packages("orphaned ", replay.orphaned());
            case PROOF -> proofs();
            case UNNEEDED, REASON, USERINSTALLED, ORDER, ORDEREDGES ->
                    lines.add("(" + kind.word() + " is not written)");
        }
    }

    private void packages(String word, int[] pkgs) {
        for (int pkg : pkgs) {
            lines.add(word + refs.write(pkg));
        }
    }

    // ---------------------------------------------------------------- transaction

    private void transaction() {
        for (int old : replay.going()) {
            int by = replay.partner(old);
            String line = going(old, by) + " " + refs.write(old);
            lines.add(by == 0 ? line : line + " " + refs.write(by));
        }
        for (int pkg : replay.coming()) {
            if (!replay.replacesSameName(pkg)) {
                lines.add("install " + refs.write(pkg));
            }
        }
    }

    private String going(int old, int by) {
        if (by == 0 || pool.name(old) != pool.name(by)) {
            return "erase";
        }
        if (pool.evr(old) == pool.evr(by) && replay.same(old, by)) {
            return "reinstall";
        }
        int order = pool.compare(pool.wordText(pool.evr(old)), pool.wordText(pool.evr(by)));
        return order < 0 ? "upgrade" : order > 0 ? "downgrade" : "change";
    }

    // ---------------------------------------------------------------- problems

    private void problems() {
        for (int problem = 0; problem < replay.problemCount(); problem++) {
            String start = "problem " + hashes.problem(problem);
            lines.add(start + " info " + sentences.problem(replay.problemRule(problem)));
            for (Replay.Exit exit : replay.exits(problem)) {
                String name = exit.item() < 0 ? job(-exit.item() - 1) : hashes.rule(exit.item());
                for (Replay.Part part : exit.parts()) {
                    lines.add(start + " solution " + Hashes.brief(name) + " " + element(part));
                }
            }
        }
    }

    private String job(int job) {
        return script.jobs.write(test.jobs.get(job));
    }

    private String element(Replay.Part part) {
        return switch (part.kind()) {
            case "job" -> "deljob " + job(part.what());
            case "replace" -> "replace " + refs.write(part.what()) + " " + refs.write(part.by());
            default -> part.kind() + " " + refs.write(part.what());
        };
    }

    // ---------------------------------------------------------------- choices

    private void alternatives() {
        for (Replay.Choice choice : replay.choices()) {
            String name =
                    choice.by() == 0
                            ? Hashes.brief(hashes.rule(choice.data()))
                            : Hashes.brief(
                                    List.of(
                                            refs.write(choice.by()),
                                            script.deps.write(choice.data())));
            String start = "alternative " + name + " ";
            lines.add(start + " 0 " + sentences.choice(choice));
            Replay.Options options = choice.candidates();
            for (int i = 0; i < options.count(); i++) {
                int pkg = options.at(i);
                String sign = pkg >= 0 ? "  " : -pkg == choice.chosen() ? "+ " : "- ";
                String number = i + 1 < 10 ? " " + (i + 1) : "" + (i + 1);
                lines.add(start + number + " " + sign + refs.write(Math.abs(pkg)));
            }
        }
    }

    // ---------------------------------------------------------------- rules

    private void rules() {
        for (int rule = 1; rule < replay.ruleCount(); rule++) {
            int[] literals = replay.literals(rule);
            String kind = ruleClass(rule);
            if (kind.equals("feature")
                    && literals.length == 1
                    && literals[0] == -TagsPool.SYSTEM_PACKAGE) {
                continue;
            }
            String start = "rule " + kind + " " + hashes.rule(rule);
            for (int literal : literals) {
                lines.add(start + literal(literal));
            }
        }
    }

    private String literal(int literal) {
        return (literal < 0 ? " -" : "  ") + refs.write(Math.abs(literal));
    }

    private String ruleClass(int rule) {
        String kind = replay.ruleClass(rule);
        return kind.equals("strict_repo_priority") ? "strictrepoprio" : kind;
    }

    /// Writes how each problem follows, and each learnt rule that a proof leans on.
    private void proofs() {
        var learnt = new LinkedHashSet<Integer>();
        for (int problem = 0; problem < replay.problemCount(); problem++) {
            proof(hashes.problem(problem), replay.proof(problem), learnt);
        }
        var done = new HashSet<Integer>();
        while (done.size() < learnt.size()) {
            for (int rule : List.copyOf(learnt)) {
                if (done.add(rule)) {
                    proof(hashes.rule(rule), replay.proofOfLearnt(rule), learnt);
                }
            }
        }
    }

    private void proof(String name, List<Replay.Step> steps, Set<Integer> learnt) {
        for (int i = 0; i < steps.size(); i++) {
            Replay.Step step = steps.get(i);
            boolean premise = step.rule() == 0;
            String start = "proof " + name + " " + String.format(Locale.ROOT, "%3d", i);
            if (!premise && ruleClass(step.rule()).equals("learnt")) {
                learnt.add(step.rule());
            }
            lines.add(
                    premise
                            ? start + " premise"
                            : start
                                    + " "
                                    + ruleClass(step.rule())
                                    + " "
                                    + hashes.rule(step.rule()));
            int[] literals = premise ? new int[] {step.literal()} : replay.literals(step.rule());
            for (int literal : literals) {
                String arrow = literal == step.literal() ? ": -->" : ":    ";
                lines.add(start + arrow + literal(literal));
            }
        }
    }

    private void recommended() {
        packages("recommended ", replay.recommended());
        packages("suggested ", replay.suggested());
    }

    // ---------------------------------------------------------------- dependencies

    private void genids() {
        for (Job job : test.jobs) {
            if (job.how == (Jobs.NOOP | Jobs.PROVIDES)) {
                String text = script.deps.write(job.what);
                lines.add("genid dep " + text);
                int again = script.deps.read(text);
                if (again != job.what) {
                    lines.add("genid roundtrip error: " + script.deps.write(again));
                }
                genid(job.what, 1);
            }
        }
    }

    /// Lists a dependency in the order of a stack machine; returns the next number.
    private int genid(int dep, int from) {
        int number = from;
        String text;
        if (dep < 0) {
            number = genid(pool.left(dep), number);
            number = genid(pool.right(dep), number);
            text = "op " + (Op.known(pool.op(dep)) ? Op.text(pool.op(dep)) : "unknown");
        } else {
            text = dep == 0 ? "null" : "lit " + pool.wordText(dep);
        }
        lines.add("genid " + (number < 10 ? " " : "") + number + ": genid " + text);
        return number + 1;
    }
}
