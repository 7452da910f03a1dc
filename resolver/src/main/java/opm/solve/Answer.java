package opm.solve;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import opm.pkgset.PackageRef;
import org.jspecify.annotations.Nullable;

/// Turns what the engine found into a verdict of handles and words.
final class Answer {
    private final SetPool pool;
    private final Engine engine;
    private final State state;
    private final Sat sat;
    private final Policy policy;
    private final Map<Integer, Request.Item> itemOf;
    private final Request.Item asked;
    private final Explain explain;
    private final DepWriter words;
    private IntList coming = new IntList();
    private @Nullable Requirers requirers;
    private @Nullable Requirers recommenders;

    /// @param asked the first item, which stands for all where no other cause is known
    Answer(
            SetPool pool,
            Engine engine,
            Policy policy,
            Map<Integer, Request.Item> itemOf,
            Request.Item asked) {
        this.pool = pool;
        this.engine = engine;
        state = engine.state;
        sat = state.sat;
        this.policy = policy;
        this.itemOf = itemOf;
        this.asked = asked;
        explain = new Explain(engine);
        words = new DepWriter(pool);
    }

    Verdict verdict(List<String> missingPaths) {
        if (!state.troubles.isEmpty()) {
            return new Verdict.Unsolvable(problems(), missingPaths);
        }
        var outcome = new Outcome(state);
        List<Problem> guarded = protectedLosses(outcome);
        if (!guarded.isEmpty()) {
            return new Verdict.Unsolvable(guarded, missingPaths);
        }
        return solved(outcome, missingPaths);
    }

    // ---------------------------------------------------------------- solved

    private record Row(Change change, Reason reason) {}

    private Verdict solved(Outcome outcome, List<String> missingPaths) {
        var rows = new ArrayList<Row>();
        for (int i = 0; i < outcome.going.size; i++) {
            goes(outcome.going.at[i], outcome, rows);
        }
        coming = outcome.coming;
        int place = 0;
        for (int i = 0; i < outcome.coming.size; i++) {
            int pkg = outcome.coming.at[i];
            while (sat.decisions.at[place] != pkg) {
                place++;
            }
            comes(pkg, place, outcome, rows);
        }
        rows.sort((a, b) -> a.change().pkg().nevra().compareTo(b.change().pkg().nevra()));
        var changes = new ArrayList<Change>();
        var reasons = new ArrayList<Reason>();
        for (Row row : rows) {
            changes.add(row.change());
            reasons.add(row.reason());
        }
        return new Verdict.Solved(changes, reasons, skippedUpdates(), missingPaths);
    }

    private void goes(int pkg, Outcome outcome, List<Row> rows) {
        int by = outcome.partner(pkg);
        if (by != 0 && pool.name(by) == pool.name(pkg)) {
            return;
        }
        PackageRef ref = pool.ref(pkg);
        if (by != 0) {
            PackageRef replacer = pool.ref(by);
            rows.add(
                    new Row(
                            new Change.Obsoleted(ref, replacer),
                            new Reason(ref, Reason.Kind.REPLACED, replacer, "")));
        } else {
            rows.add(new Row(new Change.Erase(ref), reasonToGo(pkg)));
        }
    }

    private void comes(int pkg, int place, Outcome outcome, List<Row> rows) {
        Reason reason = reasonToCome(pkg, place);
        PackageRef ref = pool.ref(pkg);
        int from = 0;
        var obsoletes = new ArrayList<PackageRef>();
        for (int i = 0; i < outcome.going.size; i++) {
            int old = outcome.going.at[i];
            if (outcome.partner(old) == pkg) {
                if (pool.name(old) == pool.name(pkg)) {
                    from = old;
                } else {
                    obsoletes.add(pool.ref(old));
                }
            }
        }
        if (from == 0) {
            rows.add(new Row(new Change.Install(ref, obsoletes), reason));
            return;
        }
        int order = pool.compareEvr(pkg, from);
        PackageRef old = pool.ref(from);
        Change change =
                order > 0
                        ? new Change.Upgrade(old, ref)
                        : order < 0
                                ? new Change.Downgrade(old, ref)
                                : new Change.Reinstall(old, ref);
        rows.add(new Row(change, reason));
    }

    private Reason reasonToCome(int pkg, int place) {
        PackageRef ref = pool.ref(pkg);
        int why = sat.why.at[place];
        int rule = Math.abs(why);
        if (rule == 0) {
            return weakReason(pkg, place);
        }
        if (rule >= sat.learntFrom) {
            return anyRequirer(pkg, place);
        }
        if (rule >= state.pkgEnd) {
            if (rule >= state.job && rule < state.jobEnd) {
                Request.Item item = itemOf.get(state.ruleToJob.at[rule - state.job]);
                String spec = item == null ? "" : item.spec();
                return new Reason(ref, Reason.Kind.REQUESTED, null, spec);
            }
            if (rule >= state.feature && rule < state.updateEnd
                    || rule >= state.best && rule < state.bestEnd) {
                return new Reason(ref, Reason.Kind.UPDATE, null, "");
            }
            return anyRequirer(pkg, place);
        }
        Explain.Info info = explain.of(rule);
        if (info.kind() == Rule.REQUIRES && info.from() != pkg) {
            return new Reason(
                    ref, Reason.Kind.REQUIRED, pool.ref(info.from()), words.write(info.dep()));
        }
        return anyRequirer(pkg, place);
    }

    /// Finds any decided-in package that a package helps, the one decided first.
    private Reason anyRequirer(int pkg, int place) {
        Requirers known = requirers;
        if (known == null) {
            known = new Requirers(pool, sat.decisions, Pool.REQUIRES, coming);
            requirers = known;
        }
        Requirers.First first = known.of(pkg);
        if (first != null) {
            PackageRef by = pool.ref(first.by());
            return new Reason(
                    pool.ref(pkg), Reason.Kind.REQUIRED, by, words.write(first.dep()));
        }
        return weakReason(pkg, place);
    }

    private Reason weakReason(int pkg, int place) {
        PackageRef ref = pool.ref(pkg);
        Requirers known = recommenders;
        if (known == null) {
            known = new Requirers(pool, sat.decisions, Pool.RECOMMENDS, coming);
            recommenders = known;
        }
        Requirers.First first = known.of(pkg);
        if (first != null && first.place() < place) {
            PackageRef by = pool.ref(first.by());
            return new Reason(ref, Reason.Kind.RECOMMENDED, by, words.write(first.dep()));
        }
        for (int at = pool.deps(Pool.SUPPLEMENTS, pkg); pool.depData[at] != 0; at++) {
            int dep = pool.depData[at];
            for (int list = pool.provides(dep); pool.data[list] != 0; list++) {
                int by = pool.data[list];
                if (by > 1 && sat.level[by] > 0) {
                    return new Reason(ref, Reason.Kind.SUPPLEMENTS, pool.ref(by), words.write(dep));
                }
            }
        }
        return new Reason(ref, Reason.Kind.UPDATE, null, "");
    }

    private Reason reasonToGo(int pkg) {
        PackageRef ref = pool.ref(pkg);
        int place = 0;
        while (sat.decisions.at[place] != -pkg) {
            place++;
        }
        int rule = Math.abs(sat.why.at[place]);
        if (rule >= state.job && rule < state.jobEnd) {
            Request.Item item = itemOf.get(state.ruleToJob.at[rule - state.job]);
            String spec = item == null ? "" : item.spec();
            return new Reason(ref, Reason.Kind.REQUESTED, null, spec);
        }
        if (rule > 0 && rule < state.pkgEnd) {
            Explain.Info info = explain.of(rule);
            String dep = words.write(info.dep());
            if (info.kind() == Rule.REQUIRES) {
                return new Reason(ref, Reason.Kind.BROKEN, null, dep);
            }
            int other = info.from() == pkg ? info.to() : info.from();
            PackageRef by = other > 1 && other != pkg ? pool.ref(other) : null;
            Reason.Kind kind =
                    info.kind() == Rule.CONFLICTS ? Reason.Kind.CONFLICT : Reason.Kind.REPLACED;
            return new Reason(ref, kind, by, dep);
        }
        return new Reason(
                ref,
                state.cleandeps.has(pkg) ? Reason.Kind.UNNEEDED : Reason.Kind.BROKEN,
                null,
                "");
    }

    /// Installed packages that wanted an update and have a newer one that could not be taken.
    private List<Cause> skippedUpdates() {
        var found = new ArrayList<Cause>();
        for (int pkg = state.from; pkg < state.to; pkg++) {
            if (!state.wantsUpdate(pkg) || sat.level[pkg] <= 0) {
                continue;
            }
            var open = new IntList();
            int rule = state.updateRule(pkg);
            for (int at = sat.start[rule]; sat.lits[at] != 0; at++) {
                int other = sat.lits[at];
                if (other != pkg
                        && pool.name(other) == pool.name(pkg)
                        && pool.compareEvr(other, pkg) > 0) {
                    open.push(other);
                }
            }
            if (open.isEmpty() || state.specialUpdaters(pkg) != 0) {
                continue;
            }
            engine.choose.pruneToBestVersion(open);
            found.add(new Cause.NotBest(pool.ref(pkg), pool.ref(open.at[0]), null));
        }
        return found;
    }

    private List<Problem> protectedLosses(Outcome outcome) {
        var found = new ArrayList<Problem>();
        for (int i = 0; i < outcome.going.size; i++) {
            int pkg = outcome.going.at[i];
            int by = outcome.partner(pkg);
            if (policy.protectedNames().contains(pool.nameText(pkg))
                    && (by == 0 || pool.name(by) != pool.name(pkg))) {
                found.add(new Problem(List.of(new Cause.Protected(pool.ref(pkg))), List.of()));
            }
        }
        return found;
    }

    // ---------------------------------------------------------------- unsolvable

    private List<Problem> problems() {
        var found = new ArrayList<Problem>();
        var repairs = new Repairs(engine);
        for (State.Trouble trouble : List.copyOf(state.troubles)) {
            var causes = new ArrayList<Cause>();
            int telling = explain.mostTelling(trouble);
            add(telling, causes);
            IntList rules = explain.allRules(trouble);
            for (int i = 0; i < rules.size; i++) {
                if (rules.at[i] != telling) {
                    add(rules.at[i], causes);
                }
            }
            if (causes.isEmpty()) {
                // Nothing but acts of a repair that was taken: they rule each other out.
                causes.add(new Cause.Asked(asked));
            }
            found.add(new Problem(causes, repairs(repairs.of(trouble))));
        }
        return found;
    }

    private void add(int rule, List<Cause> causes) {
        Cause cause = rule == 0 ? null : cause(explain.of(rule));
        // By text: the installed package and its twin in a repository give the same cause.
        if (cause != null
                && causes.stream().noneMatch(c -> c.toString().equals(cause.toString()))) {
            causes.add(cause);
        }
    }

    private @Nullable PackageRef ref(int pkg) {
        return pkg > Pool.SYSTEM ? pool.ref(pkg) : null;
    }

    private @Nullable Cause cause(Explain.Info info) {
        PackageRef from = isPackage(info.kind()) ? ref(info.from()) : null;
        PackageRef to = isPackage(info.kind()) ? ref(info.to()) : null;
        String dep = isPackage(info.kind()) ? words.write(info.dep()) : "";
        return switch (info.kind()) {
            case NOT_INSTALLABLE -> from == null ? null : new Cause.NotInstallable(from, ban(info));
            case NOTHING_PROVIDES -> from == null ? null : new Cause.NothingProvides(from, dep);
            case REQUIRES, RECOMMENDS_PKG ->
                    from == null ? null : new Cause.Requires(from, dep, providers(info.dep()));
            case SELF_CONFLICT -> from == null ? null : new Cause.Conflicts(from, dep, from);
            case CONFLICTS ->
                    from == null || to == null ? null : new Cause.Conflicts(from, dep, to);
            case SAME_NAME -> from == null || to == null ? null : new Cause.SameName(from, to);
            case OBSOLETES, IMPLICIT_OBSOLETES, INSTALLED_OBSOLETES ->
                    from == null || to == null ? null : new Cause.Obsoletes(from, dep, to);
            case UPDATE, FEATURE -> from == null ? null : new Cause.Installed(from);
            case JOB,
                    JOB_NOTHING_PROVIDES,
                    JOB_PROVIDED_BY_SYSTEM,
                    JOB_UNKNOWN_PACKAGE,
                    JOB_UNSUPPORTED -> {
                Request.Item item = itemOf.get(info.from());
                yield item == null ? null : new Cause.Asked(item);
            }
            case DISTUPGRADE -> from == null ? null : new Cause.NotInRepository(from);
            case INFARCH -> from == null ? null : new Cause.InferiorArch(from);
            case BEST -> best(info);
            case YUMOBS -> from == null || to == null ? null : new Cause.Obsoletes(from, dep, to);
            case BLACK, STRICT_REPO_PRIORITY ->
                    from == null ? null : new Cause.NotInstallable(from, Cause.Ban.EXCLUDED);
            case CHOICE, RECOMMENDS, LEARNT, PKG, UNKNOWN -> null;
        };
    }

    private static boolean isPackage(Rule kind) {
        return switch (kind) {
            case JOB,
                    JOB_NOTHING_PROVIDES,
                    JOB_PROVIDED_BY_SYSTEM,
                    JOB_UNKNOWN_PACKAGE,
                    JOB_UNSUPPORTED,
                    BEST,
                    CHOICE,
                    RECOMMENDS,
                    LEARNT,
                    UNKNOWN ->
                    false;
            default -> true;
        };
    }

    private Cause best(Explain.Info info) {
        if (info.from() != 0) {
            return new Cause.NotBest(ref(info.from()), null, null);
        }
        return new Cause.NotBest(null, null, itemOf.get(state.ruleToJob.at[info.to() - state.job]));
    }

    private Cause.Ban ban(Explain.Info info) {
        int pkg = info.from();
        if (pool.disabled(pkg)) {
            return pool.hidden.has(pkg) ? Cause.Ban.MODULE : Cause.Ban.EXCLUDED;
        }
        return pool.isSource(pkg) ? Cause.Ban.SOURCE : Cause.Ban.ARCH;
    }

    private List<PackageRef> providers(int dep) {
        var found = new ArrayList<PackageRef>();
        for (int at = pool.provides(dep); pool.data[at] != 0; at++) {
            if (pool.data[at] > Pool.SYSTEM) {
                found.add(pool.ref(pool.data[at]));
            }
        }
        return found;
    }

    private List<Repair> repairs(List<Repairs.Found> found) {
        var repairs = new ArrayList<Repair>();
        for (Repairs.Found one : found) {
            var acts = new ArrayList<Repair.Act>();
            for (Repairs.Part part : one.parts()) {
                Repair.Act act = act(part);
                if (act != null && !acts.contains(act)) {
                    acts.add(act);
                }
            }
            if (!acts.isEmpty()
                    && acts.stream().noneMatch(this::isForbidden)
                    && repairs.stream().noneMatch(r -> r.acts().equals(acts))) {
                repairs.add(new Repair(acts));
            }
        }
        repairs.sort(
                (one, two) -> {
                    int order = cheapest(one, two);
                    return order != 0
                            ? order
                            : Integer.compare(place(one.acts()), place(two.acts()));
                });
        return repairs;
    }

    /// Orders ways out by what they cost; stable.
    static int cheapest(Repair one, Repair two) {
        int order = Integer.compare(cost(one.acts()), cost(two.acts()));
        return order != 0 ? order : Integer.compare(one.acts().size(), two.acts().size());
    }

    private boolean isForbidden(Repair.Act act) {
        return act instanceof Repair.Erase(var pkg)
                && policy.protectedNames().contains(pkg.nevra().name());
    }

    /// What the dearest act costs the system: nothing lost, a request not met, a package gone.
    private static int cost(List<Repair.Act> acts) {
        int cost = 0;
        for (Repair.Act act : acts) {
            cost =
                    Math.max(
                            cost,
                            switch (act) {
                                case Repair.Accept _, Repair.Replace _ -> 0;
                                case Repair.Drop _ -> 1;
                                case Repair.Erase _ -> 2;
                            });
        }
        return cost;
    }

    /// Of requests to drop, the first of the request comes first.
    private int place(List<Repair.Act> acts) {
        for (var entry : itemOf.entrySet()) {
            if (acts.getFirst() instanceof Repair.Drop(var item) && item.equals(entry.getValue())) {
                return entry.getKey();
            }
        }
        return 0;
    }

    private Repair.@Nullable Act act(Repairs.Part part) {
        return switch (part.kind()) {
            case JOB -> {
                Request.Item item = itemOf.get(part.pkg() - 1);
                yield item == null ? null : new Repair.Drop(item);
            }
            case ERASE -> new Repair.Erase(pool.ref(part.pkg()));
            case REPLACE -> new Repair.Replace(pool.ref(part.pkg()), pool.ref(part.by()));
            case ALLOW -> new Repair.Accept(pool.ref(part.pkg()));
        };
    }
}
