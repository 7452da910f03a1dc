package opm.presolve;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import opm.base.Dep;
import opm.base.DepKind;
import opm.base.Digest;
import opm.engine.Ground;
import opm.engine.OpenRepo;
import opm.pkgset.PackageRef;
import opm.pkgset.PackageSet;
import opm.planner.Meets;
import org.jspecify.annotations.Nullable;

/// Which names may have another answer since the last build.
///
/// From the packages that came or went it goes backwards: to all that mention a name which one of
/// them provides, and on. What the baseline provides ends a way, because installed packages stay as
/// they are; so it does not where a package takes the place of an installed one, or fights with it:
/// those count as reaching all that installed packages reach. What an installed package requires
/// under a condition leads to whatever meets the condition. Too many names cost time; one too few
/// would be a wrong answer.
///
/// Conflicts and obsoletes count where they hit what is installed: all others are between packages
/// of one answer, which requirements lead to. Suggestions choose between packages that requirements
/// lead to.
final class Affected {
    private final @Nullable PackageSet installed;
    private final Reliance reliance;
    private final List<PackageSet> sets = new ArrayList<>();
    private final List<PackageRef> changed = new ArrayList<>();
    private final Map<PackageSet, Mentions> mentions = new HashMap<>();
    private final Map<PackageSet, Map<Integer, List<String>>> paths = new HashMap<>();

    /// The names in each dependency of installed packages that has a condition, by each of them.
    private final Map<String, List<List<String>>> conditions = new HashMap<>();

    Affected(Kept kept, Ground ground) {
        installed = ground.universe().installed();
        if (installed != null) {
            addConditions(installed);
        }
        reliance = new Reliance(installed);
        List<OpenRepo> repos = ground.repos();
        for (int at = 0; at < repos.size(); at++) {
            PackageSet now = repos.get(at).set();
            sets.add(now);
            PackageSet before = kept.sets().get(at);
            if (!before.digest().equals(now.digest())) {
                addDifferences(before, now);
            }
        }
    }

    private void addConditions(PackageSet system) {
        for (int pkg = 0; pkg < system.packageCount(); pkg++) {
            for (DepKind kind : List.of(DepKind.REQUIRES, DepKind.RECOMMENDS)) {
                for (int rel : system.relations(pkg, kind)) {
                    if (isConditional(system, rel)) {
                        var names = new ArrayList<String>();
                        addNames(system, rel, names);
                        for (String name : names) {
                            conditions.computeIfAbsent(name, _ -> new ArrayList<>()).add(names);
                        }
                    }
                }
            }
        }
    }

    private static boolean isConditional(PackageSet set, int rel) {
        return set.isRich(rel)
                && switch (set.richOp(rel)) {
                    case AND, OR, WITH, WITHOUT ->
                            isConditional(set, set.richLeft(rel))
                                    || isConditional(set, set.richRight(rel));
                    case IF, UNLESS, ELSE -> true;
                };
    }

    /// Adds what one of two sets has and the other has not. They are in one order: after a small
    /// change most of both begins and ends alike.
    private void addDifferences(PackageSet before, PackageSet now) {
        int most = Math.min(before.packageCount(), now.packageCount());
        int start = 0;
        while (start < most && now.facts().isSameRpm(start, before.facts(), start)) {
            start++;
        }
        int nowEnd = now.packageCount();
        int beforeEnd = before.packageCount();
        while (Math.min(nowEnd, beforeEnd) > start
                && now.facts().isSameRpm(nowEnd - 1, before.facts(), beforeEnd - 1)) {
            nowEnd--;
            beforeEnd--;
        }
        Set<String> there = marks(now, start, nowEnd);
        Set<String> was = marks(before, start, beforeEnd);
        addOthers(before, start, beforeEnd, there);
        addOthers(now, start, nowEnd, was);
    }

    private static Set<String> marks(PackageSet set, int start, int end) {
        var marks = new HashSet<String>(2 * (end - start));
        for (int pkg = start; pkg < end; pkg++) {
            String mark = mark(set.ref(pkg));
            if (mark != null) {
                marks.add(mark);
            }
        }
        return marks;
    }

    /// Returns what tells a package of one repository from all others: its bytes and its place.
    private static @Nullable String mark(PackageRef pkg) {
        Digest digest = pkg.checksum();
        return digest == null ? null : digest.hex() + pkg.location();
    }

    private void addOthers(PackageSet set, int start, int end, Set<String> others) {
        for (int pkg = start; pkg < end; pkg++) {
            String mark = mark(set.ref(pkg));
            if (mark == null || !others.contains(mark)) {
                changed.add(set.ref(pkg));
            }
        }
    }

    /// Returns those of some names that are to be solved again.
    Set<String> names(Set<String> all) {
        var found = new TreeSet<String>();
        if (changed.isEmpty()) {
            return found;
        }
        Set<String> loose = reach(false, Set.of());
        boolean base = false;
        PackageSet system = installed;
        for (int pkg = 0; system != null && pkg < system.packageCount(); pkg++) {
            String name = system.string(system.name(pkg));
            if (loose.contains(name)) {
                base = true;
                found.add(name);
            }
        }
        found.addAll(reach(true, base ? touchers() : Set.of()));
        found.retainAll(all);
        return found;
    }

    /// Returns packages of repositories that have to do with installed ones: these may then be
    /// replaced, and whatever that brings.
    private Set<PackageRef> touchers() {
        var found = new HashSet<PackageRef>();
        PackageSet system = installed;
        if (system == null) {
            return found;
        }
        for (PackageSet set : sets) {
            for (int pkg = 0; pkg < set.packageCount(); pkg++) {
                if (touches(system, set, pkg)) {
                    found.add(set.ref(pkg));
                }
            }
        }
        addFought(system, found);
        return found;
    }

    /// Adds packages that installed ones conflict with or obsolete: they may come once those are
    /// replaced.
    private void addFought(PackageSet system, Set<PackageRef> found) {
        for (int pkg = 0; pkg < system.packageCount(); pkg++) {
            for (DepKind kind : List.of(DepKind.CONFLICTS, DepKind.OBSOLETES)) {
                for (int rel : system.relations(pkg, kind)) {
                    if (system.dep(rel) instanceof Dep.Simple dep) {
                        sets.forEach(set -> found.addAll(Meets.installed(set, dep)));
                    } else {
                        var names = new ArrayList<String>();
                        addNames(system, rel, names);
                        names.forEach(name -> addProviders(name, found, new ArrayDeque<>()));
                    }
                }
            }
        }
    }

    private boolean touches(PackageSet system, PackageSet set, int pkg) {
        int name = system.translateName(set, set.name(pkg));
        if (name >= 0) {
            for (int at = system.packagesStart(name); at < system.packagesEnd(name); at++) {
                if (!system.nevra(at).equals(set.nevra(pkg))) {
                    return true;
                }
            }
        }
        for (DepKind kind : List.of(DepKind.CONFLICTS, DepKind.OBSOLETES)) {
            for (int rel : set.relations(pkg, kind)) {
                if (reliance.hits(set, rel)) {
                    return true;
                }
            }
        }
        return false;
    }

    /// Goes backwards from what changed.
    ///
    /// @param strict whether what the baseline provides ends a way
    /// @return names of packages
    private Set<String> reach(boolean strict, Set<PackageRef> more) {
        var names = new TreeSet<String>();
        var touched = new HashSet<String>();
        var seen = new HashSet<PackageRef>();
        var pending = new ArrayDeque<PackageRef>();
        for (PackageRef pkg : changed) {
            seen.add(pkg);
            pending.add(pkg);
        }
        for (PackageRef pkg : more) {
            if (seen.add(pkg)) {
                pending.add(pkg);
            }
        }
        while (!pending.isEmpty()) {
            PackageRef pkg = pending.remove();
            names.add(pkg.nevra().name());
            var own = new ArrayList<String>();
            own.add(pkg.nevra().name());
            addNames(pkg, DepKind.PROVIDES, own);
            own.addAll(paths(pkg.set()).getOrDefault(pkg.pkg(), List.of()));
            for (String name : own) {
                if (touched.add(name)) {
                    for (PackageSet set : sets) {
                        mentions(set)
                                .of(set.nameId(name), strict, one -> add(one, seen, pending));
                    }
                    for (List<String> beside : conditions.getOrDefault(name, List.of())) {
                        beside.forEach(other -> addProviders(other, seen, pending));
                    }
                }
            }
            var wanted = new ArrayList<String>();
            addNames(pkg, DepKind.SUPPLEMENTS, wanted);
            wanted.forEach(name -> addProviders(name, seen, pending));
            var obsoleted = new ArrayList<String>();
            addNames(pkg, DepKind.OBSOLETES, obsoleted);
            obsoleted.forEach(name -> addCalled(name, seen, pending));
            addCalled(pkg.nevra().name(), seen, pending);
        }
        return names;
    }

    private void addProviders(String name, Set<PackageRef> seen, ArrayDeque<PackageRef> pending) {
        addCalled(name, seen, pending);
        for (PackageSet set : sets) {
            int id = set.nameId(name);
            for (int at = id < 0 ? 0 : set.providersStart(id);
                    id >= 0 && at < set.providersEnd(id);
                    at++) {
                add(set.ref(set.provider(at)), seen, pending);
            }
            if (name.startsWith("/")) {
                for (int owner : set.owners(name)) {
                    add(set.ref(owner), seen, pending);
                }
            }
        }
    }

    private void addCalled(String name, Set<PackageRef> seen, ArrayDeque<PackageRef> pending) {
        for (PackageSet set : sets) {
            int id = set.nameId(name);
            for (int at = id < 0 ? 0 : set.packagesStart(id);
                    id >= 0 && at < set.packagesEnd(id);
                    at++) {
                add(set.ref(at), seen, pending);
            }
        }
    }

    private static void add(PackageRef pkg, Set<PackageRef> seen, ArrayDeque<PackageRef> pending) {
        if (seen.add(pkg)) {
            pending.add(pkg);
        }
    }

    private static void addNames(PackageRef pkg, DepKind kind, List<String> into) {
        for (int rel : pkg.set().relations(pkg.pkg(), kind)) {
            addNames(pkg.set(), rel, into);
        }
    }

    private static void addNames(PackageSet set, int rel, List<String> into) {
        if (set.isRich(rel)) {
            addNames(set, set.richLeft(rel), into);
            addNames(set, set.richRight(rel), into);
        } else {
            into.add(set.string(set.relationName(rel)));
        }
    }

    /// Returns by package the paths that it holds and that some dependency of any set names.
    private Map<Integer, List<String>> paths(PackageSet set) {
        return paths.computeIfAbsent(
                set,
                of -> {
                    var found = new HashMap<Integer, List<String>>();
                    for (PackageSet from : sets) {
                        for (int id = from.namesStart("/"); id < from.nameCount(); id++) {
                            String path = from.string(id);
                            if (!path.startsWith("/")) {
                                break;
                            }
                            for (int owner : of.owners(path)) {
                                found.computeIfAbsent(owner, _ -> new ArrayList<>()).add(path);
                            }
                        }
                    }
                    return found;
                });
    }

    private Mentions mentions(PackageSet set) {
        return mentions.computeIfAbsent(set, s -> new Mentions(s, reliance));
    }
}
