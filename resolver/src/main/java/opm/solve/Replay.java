package opm.solve;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// One question to the engine in its own words, and all that is to be known about the answer.
///
/// [Solver] asks and answers in handles and sentences' parts; a testcase counts rules, proofs and
/// choices as well. For `opm.testcase` alone, see [TagsPool].
public final class Replay {
    private final TagsPool pool;
    private final Jobs jobs;
    private final SolverFlags flags;
    private @Nullable Engine engine;
    private @Nullable Outcome outcome;

    /// Starts a question.
    ///
    /// @param earlier a question to the same pool whose flags and package rules go on; absent for
    ///     none
    public Replay(TagsPool pool, @Nullable Replay earlier) {
        this.pool = pool;
        this.earlier = earlier;
        jobs = new Jobs(pool);
        flags = earlier == null ? new SolverFlags() : earlier.flags;
    }

    private final @Nullable Replay earlier;

    /// Adds a job; `how` and `what` are those of [Jobs].
    public void add(int how, int what) {
        jobs.add(how, what);
    }

    /// Adds a job on a list of packages.
    public void add(int how, int[] pkgs) {
        var list = new IntList();
        for (int pkg : pkgs) {
            list.push(pkg);
        }
        jobs.add(how & ~Jobs.SELECT, list);
    }

    /// Sets one of libsolv's solver flags; returns whether it is known.
    public boolean setFlag(String flag, boolean on) {
        switch (flag) {
            case "allowdowngrade" -> flags.allowDowngrade = on;
            case "allownamechange" -> flags.allowNameChange = on;
            case "allowarchchange" -> flags.allowArchChange = on;
            case "allowvendorchange" -> flags.allowVendorChange = on;
            case "allowuninstall" -> flags.allowUninstall = on;
            case "noupdateprovide" -> flags.noUpdateProvide = on;
            case "needupdateprovide" -> flags.needUpdateProvide = on;
            case "splitprovides" -> flags.splitProvides = on;
            case "ignorerecommended" -> flags.ignoreRecommended = on;
            case "addalreadyrecommended" -> flags.addAlreadyRecommended = on;
            case "onlynamespacerecommended" -> flags.onlyNamespaceRecommended = on;
            case "strongrecommends" -> flags.strongRecommends = on;
            case "noinfarchcheck" -> flags.noInfarchCheck = on;
            case "keepexplicitobsoletes" -> flags.keepExplicitObsoletes = on;
            case "bestobeypolicy" -> flags.bestObeyPolicy = on;
            case "noautotarget" -> flags.noAutoTarget = on;
            case "dupallowdowngrade" -> flags.dupAllowDowngrade = on;
            case "dupallowarchchange" -> flags.dupAllowArchChange = on;
            case "dupallowvendorchange" -> flags.dupAllowVendorChange = on;
            case "dupallownamechange" -> flags.dupAllowNameChange = on;
            case "keeporphans" -> flags.keepOrphans = on;
            case "breakorphans" -> flags.breakOrphans = on;
            case "focusinstalled" -> flags.focusInstalled = on;
            case "focusbest" -> flags.focusBest = on;
            case "focusnew" -> flags.focusNew = on;
            case "yumobsoletes" -> flags.yumObsoletes = on;
            case "installalsoupdates" -> flags.installAlsoUpdates = on;
            case "strictrepopriority" -> flags.strictRepoPriority = on;
            default -> {
                return false;
            }
        }
        return true;
    }

    /// Solves; returns whether it came to an answer within so much work ([Budget]).
    public boolean solve(long work, BooleanSupplier cancelled) {
        var made = new Engine(pool, jobs, flags, new Budget(work, cancelled));
        engine = made;
        try {
            made.solve(earlier == null ? null : earlier.engine);
        } catch (Budget.Stop e) {
            return false;
        }
        outcome = new Outcome(made.state);
        return true;
    }

    private Engine engine() {
        Engine made = engine;
        if (made == null) {
            throw new IllegalStateException("not solved");
        }
        return made;
    }

    private Outcome outcome() {
        Outcome made = outcome;
        if (made == null) {
            throw new IllegalStateException("not solved");
        }
        return made;
    }

    // ---------------------------------------------------------------- what changes

    /// Returns the packages that come in.
    public int[] coming() {
        return outcome().coming.toArray();
    }

    /// Returns the installed packages that go, ascending.
    public int[] going() {
        return outcome().going.toArray();
    }

    /// Returns the package that takes the place of an installed one that goes, or 0.
    public int partner(int old) {
        return outcome().partner(old);
    }

    /// Tells whether a package is the partner of an installed one of the same name.
    public boolean replacesSameName(int pkg) {
        return outcome().replacesSameName(pkg);
    }

    /// Tells whether two packages are the same build.
    public boolean same(int one, int two) {
        return pool.identical(one, two);
    }

    /// Returns the installed packages that go since nothing needs them any more.
    public int[] cleaned() {
        State state = engine().state;
        var found = new IntList();
        for (int pkg = state.from; pkg < state.to; pkg++) {
            if (state.cleandeps.has(pkg)
                    && state.sat.level[pkg] < 0
                    && !anyIn(state, state.updateRule(pkg))) {
                found.push(pkg);
            }
        }
        return found.toArray();
    }

    private static boolean anyIn(State state, int rule) {
        for (int at = state.sat.start[rule]; state.sat.lits[at] != 0; at++) {
            int literal = state.sat.lits[at];
            if (literal > 0 && state.sat.level[literal] > 0) {
                return true;
            }
        }
        return false;
    }

    // ---------------------------------------------------------------- rules

    /// Returns one more than the number of the last rule.
    public int ruleCount() {
        return engine().state.sat.ruleCount;
    }

    /// Returns the literals of a rule in their order, without "not the system" unless that is all.
    public int[] literals(int rule) {
        Sat sat = engine().state.sat;
        var found = new IntList();
        for (int at = sat.start[rule]; sat.lits[at] != 0; at++) {
            if (sat.lits[at] != -Pool.SYSTEM) {
                found.push(sat.lits[at]);
            }
        }
        if (found.isEmpty()) {
            found.push(-Pool.SYSTEM);
        }
        return found.toArray();
    }

    /// Returns the kind of a rule, by the area that it lies in; `UNKNOWN` past the last.
    public String ruleClass(int rule) {
        return classOf(rule).name().toLowerCase(Locale.ROOT);
    }

    private Rule classOf(int rule) {
        State state = engine().state;
        if (rule < state.pkgEnd) {
            return Rule.PKG;
        }
        if (rule >= state.job && rule < state.jobEnd) {
            return Rule.JOB;
        }
        return new Explain(engine()).of(rule).kind();
    }

    /// Why a rule is there.
    ///
    /// @param kind one of the kinds of rules, in lower case
    /// @param from the package that asks for it, 0 for none; for a job rule, the job
    /// @param to the other package, 0 for none; for a job rule, its `how`
    /// @param dep the dependency or name that it is about, 0 for none
    public record Why(String kind, int from, int to, int dep) {}

    /// Returns the first and most telling reason for a rule.
    public Why why(int rule) {
        Explain.Info info = new Explain(engine()).of(rule);
        return new Why(
                info.kind().name().toLowerCase(Locale.ROOT), info.from(), info.to(), info.dep());
    }

    // ---------------------------------------------------------------- problems

    public int problemCount() {
        return engine().state.troubles.size();
    }

    private State.Trouble trouble(int problem) {
        return engine().state.troubles.get(problem);
    }

    /// Returns the rule that tells most about a problem, counted from 0.
    public int problemRule(int problem) {
        return new Explain(engine()).mostTelling(trouble(problem));
    }

    /// Returns all rules of a problem's proof, learnt ones taken apart.
    public int[] problemRules(int problem) {
        return new Explain(engine()).allRules(trouble(problem)).toArray();
    }

    /// One part of a way out.
    ///
    /// @param kind `job`, `erase`, `replace` or `allow`
    /// @param what the package, or the number of the job from 0
    /// @param by what replaces the package, or 0
    public record Part(String kind, int what, int by) {}

    /// A way out of a problem.
    ///
    /// @param item the rule that it gives up first, or minus the number of the job counted from 1
    public record Exit(int item, List<Part> parts) {}

    /// Returns the ways out of a problem.
    public List<Exit> exits(int problem) {
        var exits = new ArrayList<Exit>();
        for (Repairs.Found found : new Repairs(engine()).of(trouble(problem))) {
            var parts = new ArrayList<Part>();
            for (Repairs.Part part : found.parts()) {
                boolean job = part.kind() == Repairs.Kind.JOB;
                parts.add(
                        new Part(
                                part.kind().name().toLowerCase(Locale.ROOT),
                                job ? part.pkg() - 1 : part.pkg(),
                                part.by()));
            }
            exits.add(new Exit(found.item(), List.copyOf(parts)));
        }
        return exits;
    }

    // ---------------------------------------------------------------- choices

    /// A choice that still stands.
    ///
    /// @param by the package that recommends the choice, or 0
    /// @param data its dependency, or the rule that asks for the choice
    /// @param chosen the package that was taken, or 0
    public record Choice(int by, int data, int chosen, Options candidates) {}

    /// The candidates of a choice, in order; those tried are negative.
    public static final class Options {
        private final int[] pkgs;

        Options(int[] pkgs) {
            this.pkgs = pkgs.clone();
        }

        public int count() {
            return pkgs.length;
        }

        public int at(int index) {
            return pkgs[index];
        }
    }

    /// Returns the choices that stand, oldest first.
    public List<Choice> choices() {
        var choices = new ArrayList<Choice>();
        int[] levels = engine().state.sat.level;
        for (Branches.Branch branch : engine().branches.all) {
            int chosen = 0;
            for (int tried : branch.pkgs) {
                if (chosen == 0 && tried < 0 && levels[-tried] == branch.level + 1) {
                    chosen = -tried;
                }
            }
            choices.add(new Choice(branch.by, branch.data, chosen, new Options(branch.pkgs)));
        }
        return choices;
    }

    /// Returns the rule that describes a choice best: the one that a rule of taste was made from;
    /// minus the installed package for the best update of one; 0 when nothing does.
    public int describing(Choice choice) {
        State state = engine().state;
        int rule = choice.data();
        if (rule >= state.sat.learntFrom) {
            rule = original(choice, state.sat.learntWhy.at[rule - state.sat.learntFrom]);
        }
        if (rule >= state.choice && rule < state.choiceEnd) {
            return state.choiceInfo.at[rule - state.choice];
        }
        if (rule >= state.recommends && rule < state.recommendsEnd) {
            return state.recommendsInfo.at[rule - state.recommends];
        }
        if (rule >= state.best && rule < state.bestEnd) {
            return -state.bestInfo.at[rule - state.best];
        }
        return rule;
    }

    /// Returns the first rule in a learnt one's proof that has all candidates not tried, or 0.
    private int original(Choice choice, int proof) {
        Sat sat = engine().state.sat;
        for (int at = proof; sat.proofs.at[at] != 0; at++) {
            int rule = sat.proofs.at[at];
            if (rule >= sat.learntFrom) {
                int found = original(choice, sat.learntWhy.at[rule - sat.learntFrom]);
                if (found != 0) {
                    return found;
                }
            } else if (hasAll(rule, choice.candidates())) {
                return rule;
            }
        }
        return 0;
    }

    private boolean hasAll(int rule, Options options) {
        int[] literals = literals(rule);
        for (int pkg : options.pkgs) {
            boolean found = pkg <= 0;
            for (int literal : literals) {
                found |= literal == pkg;
            }
            if (!found) {
                return false;
            }
        }
        return true;
    }

    // ---------------------------------------------------------------- weak dependencies

    /// Returns the installed packages that no repository has.
    public int[] orphaned() {
        return engine().state.orphaned.toArray();
    }

    /// Returns what is recommended or supplements, taken or not, the best of each name.
    public int[] recommended() {
        return new Advice(engine()).recommended().toArray();
    }

    /// Returns what is suggested or enhances, taken or not, the best of each name.
    public int[] suggested() {
        return new Advice(engine()).suggested().toArray();
    }

    // ---------------------------------------------------------------- proofs

    /// One step of a proof.
    ///
    /// @param literal what follows; 0 for the contradiction itself
    /// @param rule the rule that it follows from; 0 for a premise
    public record Step(int literal, int rule) {}

    /// Returns the steps that lead to a problem.
    public List<Step> proof(int problem) {
        return steps(new Proof(engine()).of(trouble(problem)));
    }

    /// Returns the steps that lead to a learnt rule.
    public List<Step> proofOfLearnt(int rule) {
        return steps(new Proof(engine()).ofLearnt(rule));
    }

    private static List<Step> steps(List<Proof.Step> steps) {
        return steps.stream().map(step -> new Step(step.literal(), step.rule())).toList();
    }
}
