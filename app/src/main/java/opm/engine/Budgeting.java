package opm.engine;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.base.OpmException.Refused;
import opm.pkgset.PackageRef;
import opm.pkgset.PackageSet;
import opm.planner.Choice;
import opm.planner.Unit;
import opm.rpmmd.Advisory;
import opm.solve.Change;
import opm.solve.Policy;
import opm.solve.Reason;
import opm.solve.Request;
import opm.solve.Verdict;
import org.jspecify.annotations.Nullable;

/// The part of a request that fits into so many bytes of downloads and is worth most: first what
/// mends security, by how grave it is, then what was asked for by name, then other updates.
///
/// What the store holds costs nothing. The chosen part is solved once more by itself, so it is as
/// whole as any other answer; what is left is what the whole answer has beyond it.
public final class Budgeting {
    /// How often to choose again, with less, when the part solved by itself needs more.
    private static final int TRIES = 8;

    private static final Set<Reason.Kind> BROUGHT =
            Set.of(Reason.Kind.REQUIRED, Reason.Kind.RECOMMENDED, Reason.Kind.SUPPLEMENTS);

    private final Engine engine;
    private final Request request;
    private final List<String> asked;
    private final UnaryOperator<Policy> change;
    private final long budgetBytes;

    private Budgeting(
            Engine engine,
            Request request,
            List<String> asked,
            UnaryOperator<Policy> change,
            long budgetBytes) {
        this.engine = engine;
        this.request = request;
        this.asked = asked;
        this.change = change;
        this.budgetBytes = budgetBytes;
    }

    /// A package that is left for the next time.
    ///
    /// @param verb how to ask for it then: [Request.Verb#INSTALL] or [Request.Verb#UPGRADE]
    public record Left(Request.Verb verb, Nevra pkg, long bytes) {}

    /// What was chosen.
    ///
    /// @param left what the whole request has beyond it, sorted by name; empty when all fits
    public record Chosen(Solution solution, List<Left> left) {
        public Chosen {
            left = List.copyOf(left);
        }
    }

    /// Solves a request as far as a budget goes.
    ///
    /// @param budgetBytes how much may be downloaded
    /// @throws Refused when not even one part of it fits
    public static Chosen solve(
            Engine engine, Request request, List<String> asked, long budgetBytes)
            throws OpmException {
        return solve(engine, request, asked, policy -> policy, budgetBytes);
    }

    /// Solves so by another policy than the machine's.
    public static Chosen solve(
            Engine engine,
            Request request,
            List<String> asked,
            UnaryOperator<Policy> change,
            long budgetBytes)
            throws OpmException {
        return new Budgeting(engine, request, asked, change, budgetBytes).choose();
    }

    private Chosen choose() throws OpmException {
        Solution whole = engine.solve(request, asked, change);
        if (!(whole.verdict() instanceof Verdict.Solved solved)
                || whole.plan() == null
                || bytes(whole) <= budgetBytes) {
            return new Chosen(whole, List.of());
        }
        List<Unit> units = PackageSet.reading(() -> Unit.of(solved, whole.universe()));
        List<Choice.Part> parts = parts(units, whole);
        long room = budgetBytes;
        for (int tries = 0; tries < TRIES && room >= 0; tries++) {
            BitSet chosen = Choice.best(parts, room);
            Request part = request(whole, units, chosen);
            if (part.items().isEmpty()) {
                break;
            }
            // What is only recommended comes along when it fits too.
            Solution with = engine.solve(part, asked, change);
            Solution fits =
                    isWithin(with)
                            ? with
                            : engine.solve(
                                    part, asked, usual -> change.apply(usual).withWeakDeps(false));
            if (isWithin(fits)) {
                return new Chosen(fits, left(whole, fits));
            }
            room -= fits.plan() == null ? room / 8 + 1 : bytes(fits) - budgetBytes;
        }
        long least = parts.stream().mapToLong(Choice.Part::bytes).min().orElse(0);
        throw new Refused(
                "--budget: found that no part of the request fits into " + budgetBytes + " bytes",
                "The smallest single step is " + least + " bytes; give a larger budget.");
    }

    private boolean isWithin(Solution solution) {
        return solution.plan() != null && bytes(solution) <= budgetBytes;
    }

    private long bytes(Solution solution) {
        return solution.coming().values().stream().mapToLong(this::cost).sum();
    }

    private long cost(PackageRef pkg) {
        var digest = pkg.checksum();
        return digest != null && engine.store().has(digest) ? 0 : Math.max(0, pkg.packageBytes());
    }

    private List<Choice.Part> parts(List<Unit> units, Solution whole) throws OpmException {
        Map<Nevra, Integer> security = security(whole);
        Map<Nevra, Reason> reasons = whole.reasons();
        Set<Nevra> updates = updates(whole);
        boolean named = request.items().stream().anyMatch(item -> !item.spec().isEmpty());
        var parts = new ArrayList<Choice.Part>();
        for (Unit unit : units) {
            long bytes = 0;
            int grave = 0;
            int wanted = 0;
            int other = 0;
            for (PackageRef pkg : unit.packages()) {
                Reason reason = reasons.get(pkg.nevra());
                Reason.Kind kind = reason == null ? Reason.Kind.UPDATE : reason.kind();
                bytes += cost(pkg);
                grave += security.getOrDefault(pkg.nevra(), 0);
                wanted += named && kind == Reason.Kind.REQUESTED ? 1 : 0;
                other += updates.contains(pkg.nevra()) ? 1 : 0;
            }
            parts.add(new Choice.Part(bytes, List.of(grave, wanted, other), unit.needs()));
        }
        return parts;
    }

    /// Returns how grave the holes are that packages mend, where they take the place of older ones.
    private Map<Nevra, Integer> security(Solution whole) throws OpmException {
        var before = new HashMap<String, Nevra>();
        var comes = new HashMap<String, Nevra>();
        if (whole.verdict() instanceof Verdict.Solved solved) {
            for (Change change : solved.changes()) {
                if (change instanceof Change.Upgrade(var from, var pkg)) {
                    before.put(pkg.nevra().nameArch(), from.nevra());
                    comes.put(pkg.nevra().nameArch(), pkg.nevra());
                }
            }
        }
        var graveness = new HashMap<Nevra, Integer>();
        for (Advisory advisory : engine.advisories()) {
            if (!advisory.isSecurity()) {
                continue;
            }
            for (Advisory.Item item : advisory.packages()) {
                Nevra from = before.get(item.pkg().nameArch());
                Nevra to = comes.get(item.pkg().nameArch());
                if (from != null
                        && to != null
                        && from.evr().compareTo(item.pkg().evr()) < 0
                        && item.pkg().evr().compareTo(to.evr()) <= 0) {
                    graveness.merge(to, grave(advisory.severity()), Math::max);
                }
            }
        }
        return graveness;
    }

    private static int grave(String severity) {
        return switch (severity.toLowerCase(Locale.ROOT)) {
            case "critical" -> 8;
            case "important" -> 4;
            case "moderate" -> 2;
            default -> 1;
        };
    }

    private static Set<Nevra> updates(Solution whole) {
        Map<Nevra, Reason> reasons = whole.reasons();
        var updates = new TreeSet<Nevra>();
        if (whole.verdict() instanceof Verdict.Solved solved) {
            for (Change change : solved.changes()) {
                PackageRef comes = change.comes();
                if (comes != null && isUpdate(change, reasons.get(comes.nevra()))) {
                    updates.add(comes.nevra());
                }
            }
        }
        return updates;
    }

    private static boolean isUpdate(Change change, @Nullable Reason reason) {
        return change instanceof Change.Replacement
                || change instanceof Change.Install(_, var obsoletes) && !obsoletes.isEmpty()
                || reason != null && reason.kind() == Reason.Kind.UPDATE;
    }

    /// Returns what asks for a package; null for one that something else brings.
    private static Request.@Nullable Verb verb(
            Nevra pkg, Set<Nevra> updates, Map<Nevra, Reason> reasons) {
        if (updates.contains(pkg)) {
            return Request.Verb.UPGRADE;
        }
        Reason reason = reasons.get(pkg);
        return reason != null && BROUGHT.contains(reason.kind()) ? null : Request.Verb.INSTALL;
    }

    /// Returns what asks for the chosen units, and for nothing else that would come in.
    private Request request(Solution whole, List<Unit> units, BitSet chosen) {
        var items = new ArrayList<Request.Item>();
        for (Request.Item item : request.items()) {
            if (item.verb() != Request.Verb.INSTALL && item.verb() != Request.Verb.UPGRADE) {
                items.add(item);
            }
        }
        Set<Nevra> updates = updates(whole);
        Map<Nevra, Reason> reasons = whole.reasons();
        chosen.stream()
                .mapToObj(units::get)
                .flatMap(unit -> unit.packages().stream())
                .map(PackageRef::nevra)
                .sorted()
                .forEach(
                        pkg -> {
                            var verb = verb(pkg, updates, reasons);
                            if (verb != null) {
                                items.add(new Request.Item(verb, pkg.full()));
                            }
                        });
        return new Request(items);
    }

    private List<Left> left(Solution whole, Solution part) {
        Set<Nevra> comes = part.coming().keySet();
        Set<Nevra> updates = updates(whole);
        Map<Nevra, Reason> reasons = whole.reasons();
        var left = new ArrayList<Left>();
        whole.coming().values().stream()
                .filter(pkg -> !comes.contains(pkg.nevra()))
                .sorted((one, two) -> one.nevra().compareTo(two.nevra()))
                .forEach(
                        pkg -> {
                            var verb = verb(pkg.nevra(), updates, reasons);
                            if (verb != null) {
                                left.add(new Left(verb, pkg.nevra(), cost(pkg)));
                            }
                        });
        return left;
    }
}
