package opm.solve;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import opm.pkgset.PackageRef;
import opm.base.Sense;
import opm.pkgset.PackageSet;
import opm.pkgset.PackageSetBuilder;
import opm.solve.Request.Item;
import opm.solve.Request.Verb;

/// A world on one screen, read from a case. Format: docs/formats/cases.md
final class CaseWorld {
    private final Map<String, List<String>> system = new LinkedHashMap<>();

    /// Packages of repositories by priority, then by name, with their facts.
    private final Map<Integer, Map<String, List<String>>> repositories = new TreeMap<>();

    private final List<Item> items = new ArrayList<>();
    private final List<String> expected = new ArrayList<>();
    private final List<String> policies = new ArrayList<>();
    private String arch = "x86_64";

    static CaseWorld read(String text) {
        var world = new CaseWorld();
        boolean expecting = false;
        for (String line : text.lines().toList()) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            if (expecting) {
                world.expected.add(line.strip().replaceAll(" +", " "));
            } else if (line.strip().equals("expect")) {
                expecting = true;
            } else {
                world.line(line.strip().split("\\s+", 2));
            }
        }
        if (!expecting) {
            throw new IllegalArgumentException("no 'expect'");
        }
        return world;
    }

    private void line(String[] words) {
        if (words.length < 2) {
            throw new IllegalArgumentException("'" + words[0] + "' needs more");
        }
        switch (words[0]) {
            case "arch" -> arch = words[1];
            case "system" -> add(system, words[1]);
            case "repo" -> addToRepository(words[1]);
            case "policy" -> policies.add(words[1]);
            case "ask" -> ask(words[1]);
            default -> throw new IllegalArgumentException("unknown keyword '" + words[0] + "'");
        }
    }

    private void addToRepository(String text) {
        String[] parts = text.split("\\s+priority: ", 2);
        int priority = parts.length == 1 ? 99 : Integer.parseInt(parts[1]);
        add(repositories.computeIfAbsent(priority, p -> new LinkedHashMap<>()), parts[0]);
    }

    private static void add(Map<String, List<String>> to, String text) {
        String[] parts = text.split("\\s+", 2);
        List<String> facts = to.computeIfAbsent(parts[0], p -> new ArrayList<>());
        if (parts.length == 2) {
            facts.add(parts[1]);
        }
    }

    private void ask(String text) {
        String[] parts = text.split("\\s+", 2);
        Verb verb = Verb.valueOf(parts[0].toUpperCase(Locale.ROOT).replace('-', '_'));
        items.add(new Item(verb, parts.length == 1 ? "" : parts[1]));
    }

    List<String> expected() {
        return expected;
    }

    private static PackageSet build(Map<String, List<String>> packages) {
        var builder = new PackageSetBuilder();
        packages.forEach((nevra, facts) -> builder.add(nevra, facts.toArray(new String[0])));
        return builder.build();
    }

    private Policy policy() {
        boolean zypp = policies.contains("zypp");
        Policy policy = zypp ? Policy.zypp() : Policy.dnf();
        var lists = new LinkedHashMap<String, List<String>>();
        for (String line : policies) {
            String[] words = line.split("\\s+", 2);
            switch (words[0]) {
                case "zypp" -> {}
                case "no-weak" -> policy = policy.withWeakDeps(false);
                case "no-declined" -> policy = policy.withDeclined(false);
                case "best" -> policy = policy.withBest(true);
                case "erasing" -> policy = policy.withErasing(true);
                case "clean" -> policy = policy.withCleanDeps(true);
                case "running" -> policy = policy.withRunning(words[1]);
                case "version-lock", "exclude-from", "include-from" -> {}
                case "protect", "asked-for", "lock", "exclude" ->
                        lists.computeIfAbsent(words[0], w -> new ArrayList<>()).add(words[1]);
                default -> throw new IllegalArgumentException("unknown policy '" + line + "'");
            }
        }
        return policy.withProtected(lists.getOrDefault("protect", List.of()))
                .withUserInstalled(lists.getOrDefault("asked-for", List.of()))
                .withLocks(lists.getOrDefault("lock", List.of()))
                .withExcludes(lists.getOrDefault("exclude", List.of()));
    }

    /// `version-lock PATTERN [KEY SIGN VALUE]`, `exclude-from REPO PATTERN`, `include-from REPO
    /// PATTERN`; a repository is called `repo` and its priority.
    private List<Filter> filters() {
        var filters = new ArrayList<Filter>();
        for (String line : policies) {
            String[] words = line.split("\\s+");
            switch (words[0]) {
                case "version-lock" ->
                        filters.add(
                                new Filter(
                                        Filter.Kind.LOCK,
                                        "",
                                        words[1],
                                        words.length < 5
                                                ? List.of()
                                                : List.of(
                                                        new Filter.Condition(
                                                                words[2],
                                                                Sense.ofSign(words[3]),
                                                                words[4]))));
                case "exclude-from" ->
                        filters.add(new Filter(Filter.Kind.EXCLUDE, words[1], words[2]));
                case "include-from" ->
                        filters.add(new Filter(Filter.Kind.INCLUDE, words[1], words[2]));
                default -> {}
            }
        }
        return filters;
    }

    /// Solves and says what came of it, one line each, changes before everything else.
    List<String> outcome() {
        var sources = new ArrayList<Universe.Source>();
        repositories.forEach(
                (priority, packages) ->
                        sources.add(
                                new Universe.Source(
                                        "repo" + priority, build(packages), priority, 1000)));
        var universe =
                new Universe(
                        arch,
                        system.isEmpty() ? null : build(system),
                        sources,
                        List.of(),
                        filters());
        Verdict verdict = new Solver(universe).solve(new Request(items), policy());
        var lines = new ArrayList<String>();
        switch (verdict) {
            case Verdict.Solved solved -> {
                solved.changes().forEach(change -> lines.add(line(change)));
                lines.sort(CaseWorld::bySign);
                solved.skippedUpdates().forEach(cause -> lines.add(line(cause)));
            }
            case Verdict.Unsolvable unsolvable -> unsolvable.problems().forEach(p -> add(p, lines));
            case Verdict.GaveUp _ -> lines.add("gave up");
        }
        verdict.missingPaths().forEach(path -> lines.add("missing " + path));
        return lines;
    }

    /// By package; what goes for another stands where its name puts it.
    private static int bySign(String one, String two) {
        int order = one.substring(2).compareTo(two.substring(2));
        return order != 0 ? order : one.compareTo(two);
    }

    private static String line(Change change) {
        return switch (change) {
            case Change.Install(var pkg, _) -> "+ " + pkg;
            case Change.Upgrade(var from, var pkg) -> "^ " + from + " -> " + pkg;
            case Change.Downgrade(var from, var pkg) -> "v " + from + " -> " + pkg;
            case Change.Reinstall(var from, var pkg) -> "= " + from + " -> " + pkg;
            case Change.Obsoleted(var pkg, _) -> "- " + pkg;
            case Change.Erase(var pkg) -> "- " + pkg;
        };
    }

    private static void add(Problem problem, List<String> lines) {
        String said = line(problem.causes().getFirst());
        lines.add(said.startsWith("unknown ") ? said : "problem " + said);
        for (Repair repair : problem.repairs()) {
            var acts = new ArrayList<String>();
            repair.acts().forEach(act -> acts.add(line(act)));
            lines.add("repair " + String.join(", ", acts));
        }
    }

    private static String line(Repair.Act act) {
        return switch (act) {
            case Repair.Drop(var item) -> "drop " + line(item);
            case Repair.Erase(var pkg) -> "erase " + pkg;
            case Repair.Replace(var pkg, var by) -> "replace " + pkg + " -> " + by;
            case Repair.Accept(var pkg) -> "accept " + pkg;
        };
    }

    private static String line(Item item) {
        return (item.verb().name().toLowerCase(Locale.ROOT).replace('_', '-') + " " + item.spec())
                .strip();
    }

    private static String line(Cause cause) {
        return switch (cause) {
            case Cause.NoMatch(var item, var filtered) ->
                    (filtered ? "kept out " : "unknown ") + line(item);
            case Cause.NotInstallable(var pkg, var ban) ->
                    pkg + " is " + ban.name().toLowerCase(Locale.ROOT);
            case Cause.Asked(var item) -> "asked to " + line(item);
            case Cause.NothingProvides(var pkg, var dep) ->
                    "nothing provides " + dep + " needed by " + pkg;
            case Cause.Requires(var pkg, var dep, _) -> pkg + " requires " + dep;
            case Cause.Conflicts(var pkg, var dep, var other) ->
                    pkg + " conflicts with " + dep + " of " + other;
            case Cause.Obsoletes(var pkg, var dep, var other) ->
                    pkg + " obsoletes " + dep + " of " + other;
            case Cause.SameName(var pkg, var other) -> pkg + " or " + other;
            case Cause.Installed(var pkg) -> pkg + " is installed";
            case Cause.Protected(var pkg) -> pkg + " is protected";
            case Cause.InferiorArch(var pkg) -> pkg + " has inferior architecture";
            case Cause.NotInRepository(var pkg) -> pkg + " is in no repository";
            case Cause.NotBest(PackageRef pkg, PackageRef best, _) ->
                    "skipped " + pkg + " -> " + best;
        };
    }
}
