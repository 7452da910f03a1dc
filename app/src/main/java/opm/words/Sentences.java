package opm.words;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import opm.pkgset.PackageRef;
import opm.planner.Planned;
import opm.solve.Cause;
import opm.solve.Cause.Asked;
import opm.solve.Cause.Ban;
import opm.solve.Cause.Conflicts;
import opm.solve.Cause.InferiorArch;
import opm.solve.Cause.Installed;
import opm.solve.Cause.NoMatch;
import opm.solve.Cause.NotBest;
import opm.solve.Cause.NotInRepository;
import opm.solve.Cause.NotInstallable;
import opm.solve.Cause.NothingProvides;
import opm.solve.Cause.Obsoletes;
import opm.solve.Cause.Protected;
import opm.solve.Cause.Requires;
import opm.solve.Cause.SameName;
import opm.solve.Problem;
import opm.solve.Repair;
import opm.solve.Request;

/// Turns the solver's reasons into sentences in the user's language.
public final class Sentences {
    /// Lines of one explanation, unless all is asked for.
    public static final int MOST_LINES = 12;

    private static final int MOST_PROBLEMS = 3;
    private static final int MOST_PROVIDERS = 3;
    private final Messages messages;

    public Sentences(Messages messages) {
        this.messages = messages;
    }

    /// Says why a request cannot hold: for each problem its causes as a tree, what was asked at its
    /// root, and the ways out, cheapest first.
    ///
    /// @param all everything; otherwise [#MOST_LINES] lines and no more
    public List<String> of(List<Problem> problems, boolean all) {
        int shown = all ? problems.size() : Math.min(problems.size(), MOST_PROBLEMS);
        boolean more = shown < problems.size();
        int room = all ? Integer.MAX_VALUE : (MOST_LINES - (more ? 1 : 0)) / Math.max(shown, 1);
        var lines = new ArrayList<String>();
        for (int at = 0; at < shown; at++) {
            lines.add(
                    problems.size() == 1
                            ? messages.text("problem.only")
                            : messages.text("problem.number", at + 1));
            lines.addAll(of(problems.get(at), all, room - 1));
        }
        if (more) {
            lines.add(messages.text("problem.more-problems", problems.size() - shown));
        }
        return lines;
    }

    private List<String> of(Problem problem, boolean all, int room) {
        int repairs = problem.repairs().size();
        if (!all) {
            repairs = Math.min(repairs, room > 4 ? room / 3 : 1);
        }
        // A heading over the ways out where there is room for one.
        boolean heading = repairs > 0 && room - repairs > 2;
        List<String> tree = new CauseTree(problem.causes()).lines(this::of);
        int causes = all ? tree.size() : room - repairs - (heading ? 1 : 0);
        var lines = new ArrayList<String>();
        if (tree.size() <= causes) {
            lines.addAll(tree);
        } else {
            lines.addAll(tree.subList(0, Math.max(1, causes - 1)));
            if (causes > 1) {
                lines.add(messages.text("problem.more", tree.size() - causes + 1));
            }
        }
        if (heading) {
            lines.add(messages.text("problem.repairs"));
        }
        problem.repairs().stream().limit(repairs).forEach(r -> lines.add("  * " + of(r, all)));
        return lines;
    }

    public String of(Cause cause) {
        return switch (cause) {
            case NoMatch(var item, var filtered) ->
                    messages.text(filtered ? "cause.filtered" : "cause.no-match", item.spec());
            case NotInstallable(var pkg, var ban) -> messages.text(ban(ban), pkg);
            case Asked(var item) -> asked(item);
            case NothingProvides(var pkg, var dep) ->
                    messages.text("cause.nothing-provides", pkg, dep);
            case Requires(var pkg, var dep, var providers) ->
                    providers.isEmpty()
                            ? messages.text("cause.nothing-provides", pkg, dep)
                            : messages.text("cause.requires", pkg, dep, listed(providers));
            case Conflicts(var pkg, var dep, var other) ->
                    messages.text("cause.conflicts", pkg, dep, other);
            case Obsoletes(var pkg, var dep, var other) ->
                    messages.text("cause.obsoletes", pkg, dep, other);
            case SameName(var pkg, var other) -> messages.text("cause.same-name", pkg, other);
            case Installed(var pkg) -> messages.text("cause.installed", pkg);
            case Protected(var pkg) -> messages.text("cause.protected", pkg);
            case InferiorArch(var pkg) -> messages.text("cause.inferior-arch", pkg);
            case NotInRepository(var pkg) -> messages.text("cause.not-in-repository", pkg);
            case NotBest(var pkg, var best, var item) -> {
                if (best != null) {
                    yield messages.text("cause.not-best", best);
                }
                yield pkg != null
                        ? messages.text("cause.not-best-update", pkg)
                        : messages.text("cause.not-best-item", item == null ? "" : item.spec());
            }
        };
    }

    private static String ban(Ban ban) {
        return switch (ban) {
            case EXCLUDED -> "cause.excluded";
            case ARCH -> "cause.foreign-arch";
            case SOURCE -> "cause.source";
            case LOCKED -> "cause.locked";
            case MODULE -> "cause.module";
        };
    }

    /// Says what an item of the request asks.
    public String asked(Request.Item item) {
        if (item.spec().isEmpty()) {
            return messages.text("asked.all");
        }
        return switch (item.verb()) {
            case REMOVE, AUTOREMOVE -> messages.text("asked.remove", item.spec());
            case UPGRADE, DISTRO_SYNC -> messages.text("asked.upgrade", item.spec());
            case DOWNGRADE -> messages.text("asked.downgrade", item.spec());
            case REINSTALL -> messages.text("asked.reinstall", item.spec());
            case INSTALL, LOCK, FAVOR, DISFAVOR, VERIFY ->
                    messages.text("asked.install", item.spec());
        };
    }

    public String of(Planned.Note note) {
        return switch (note) {
            case Planned.Note.ErasedFirst(var pkg, var by, var why) ->
                    messages.text("note.erased-first", pkg, by, why);
            case Planned.Note.MayGo(var pkg, var by) -> messages.text("note.may-go", pkg, by);
        };
    }

    public String of(Repair repair) {
        return of(repair, true);
    }

    private String of(Repair repair, boolean all) {
        var acts = new ArrayList<String>();
        var erased = new ArrayList<PackageRef>();
        for (Repair.Act act : repair.acts()) {
            if (act instanceof Repair.Erase(var pkg)) {
                erased.add(pkg);
            } else {
                acts.add(act(act));
            }
        }
        if (!erased.isEmpty()) {
            String names =
                    all
                            ? String.join(", ", erased.stream().map(PackageRef::toString).toList())
                            : listed(erased);
            acts.add(messages.text("repair.erase", names));
        }
        String said = String.join("; ", acts);
        Repair.Cost cost = repair.cost();
        if (cost != null && cost.comesCount() + cost.goesCount() == 0) {
            return messages.text("repair.cost-nothing", said);
        }
        return cost == null
                ? said
                : messages.text(
                        "repair.cost",
                        said,
                        cost.comesCount(),
                        cost.goesCount(),
                        Sizes.of(cost.downloadBytes()));
    }

    private String act(Repair.Act act) {
        return switch (act) {
            case Repair.Drop(var item) -> messages.text("repair.drop", asked(item));
            case Repair.Erase(var pkg) -> messages.text("repair.erase", pkg);
            case Repair.Replace(var pkg, var by) -> messages.text("repair.replace", pkg, by);
            case Repair.Accept(var pkg) -> messages.text("repair.accept", pkg);
        };
    }

    private String listed(List<PackageRef> packages) {
        var names = new TreeSet<String>();
        packages.forEach(pkg -> names.add(pkg.toString()));
        String first = String.join(", ", names.stream().limit(MOST_PROVIDERS).toList());
        int more = names.size() - MOST_PROVIDERS;
        return more > 0 ? messages.text("cause.and-more", first, more) : first;
    }
}
