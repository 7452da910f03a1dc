package opm.solve;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import opm.base.Dep;
import opm.base.DepKind;
import opm.base.Sense;
import opm.pkgset.PackageRef;
import opm.pkgset.PackageSet;
import org.jspecify.annotations.Nullable;

/// Judges a set of packages by itself, without anything of the solver.
final class Judge {
    private final List<PackageRef> members;
    private final Map<String, List<Provide>> provides = new HashMap<>();
    private final Map<String, Set<PackageRef>> files = new HashMap<>();

    private final Map<String, List<PackageRef>> named = new HashMap<>();
    private final Map<Dep, Boolean> known = new HashMap<>();
    private final Facts facts;

    private record Provide(PackageRef by, Dep.Simple dep) {}

    /// What was read of packages, kept between judgements.
    static final class Facts {
        private record Key(PackageRef pkg, DepKind kind) {}

        private final Map<Key, List<Dep>> deps = new HashMap<>();

        List<Dep> deps(PackageRef pkg, DepKind kind) {
            return deps.computeIfAbsent(new Key(pkg, kind), key -> pkg.deps(kind));
        }
    }

    Judge(List<PackageRef> members) {
        this(members, new Facts());
    }

    Judge(List<PackageRef> members, Facts facts) {
        this.members = members;
        this.facts = facts;
        for (PackageRef pkg : members) {
            named.computeIfAbsent(pkg.nevra().name(), n -> new ArrayList<>()).add(pkg);
            for (Dep dep : facts.deps(pkg, DepKind.PROVIDES)) {
                if (dep instanceof Dep.Simple simple) {
                    provides.computeIfAbsent(simple.name(), n -> new ArrayList<>())
                            .add(new Provide(pkg, simple));
                }
            }
            for (String file : pkg.files()) {
                files.computeIfAbsent(file, f -> new LinkedHashSet<>()).add(pkg);
            }
        }
    }

    /// Returns what is wrong after these changes to an empty system.
    static List<String> faultsOf(List<Change> changes) {
        return new Judge(after(changes, null)).faults(List.of());
    }

    /// Returns what a system consists of after some changes.
    static List<PackageRef> after(List<Change> changes, @Nullable PackageSet installed) {
        var members = new LinkedHashSet<PackageRef>();
        for (int pkg = 0; installed != null && pkg < installed.packageCount(); pkg++) {
            members.add(installed.ref(pkg));
        }
        for (Change change : changes) {
            switch (change) {
                case Change.Install(var pkg, _) -> members.add(pkg);
                case Change.Upgrade(var from, var pkg) -> {
                    members.remove(from);
                    members.add(pkg);
                }
                case Change.Downgrade(var from, var pkg) -> {
                    members.remove(from);
                    members.add(pkg);
                }
                case Change.Reinstall(var from, var pkg) -> {
                    members.remove(from);
                    members.add(pkg);
                }
                case Change.Obsoleted(var pkg, _) -> members.remove(pkg);
                case Change.Erase(var pkg) -> members.remove(pkg);
            }
        }
        return new ArrayList<>(members);
    }

    /// Returns what is wrong: requirements not met, conflicts, obsoleted members, two of a name.
    ///
    /// @param several names of which several may be there
    List<String> faults(List<String> several) {
        var faults = new ArrayList<String>();
        var names = new HashMap<String, PackageRef>();
        for (PackageRef pkg : members) {
            PackageRef twin = names.put(pkg.nevra().nameArch(), pkg);
            if (twin != null && !several.contains(pkg.nevra().name())) {
                faults.add("two of " + pkg.nevra().name() + ": " + twin + " and " + pkg);
            }
            for (Dep dep : facts.deps(pkg, DepKind.REQUIRES)) {
                if (!known.computeIfAbsent(dep, this::met)) {
                    faults.add(pkg + " requires " + dep);
                }
            }
            for (Dep dep : facts.deps(pkg, DepKind.CONFLICTS)) {
                if (metByOther(dep, pkg)) {
                    faults.add(pkg + " conflicts with " + dep);
                }
            }
            for (Dep dep : facts.deps(pkg, DepKind.OBSOLETES)) {
                if (dep instanceof Dep.Simple simple && obsoletes(pkg, simple)) {
                    faults.add(pkg + " obsoletes " + dep);
                }
            }
        }
        return faults;
    }

    private boolean obsoletes(PackageRef pkg, Dep.Simple dep) {
        for (PackageRef other : named.getOrDefault(dep.name(), List.of())) {
            if (!other.equals(pkg)
                    && (dep.sense() == Sense.NONE
                            || dep.sense().accepts(other.nevra().evr().matches(dep.evr())))) {
                return true;
            }
        }
        return false;
    }

    boolean met(Dep dep) {
        return switch (dep) {
            case Dep.Simple simple -> simple.name().startsWith("rpmlib(") || !who(simple).isEmpty();
            case Dep.Rich(var op, var left, var right) ->
                    switch (op) {
                        case AND -> met(left) && met(right);
                        case OR, ELSE -> met(left) || met(right);
                        case WITH, WITHOUT -> !who(dep).isEmpty();
                        case IF -> conditional(left, right);
                        case UNLESS -> unless(left, right);
                    };
        };
    }

    private boolean conditional(Dep then, Dep condition) {
        if (condition instanceof Dep.Rich(var op, var test, var otherwise)
                && op == Dep.RichOp.ELSE) {
            return met(test) ? met(then) : met(otherwise);
        }
        return !met(condition) || met(then);
    }

    private boolean unless(Dep then, Dep condition) {
        if (condition instanceof Dep.Rich(var op, var test, var otherwise)
                && op == Dep.RichOp.ELSE) {
            return met(test) ? met(otherwise) : met(then);
        }
        return !met(condition) && met(then);
    }

    private boolean metByOther(Dep dep, PackageRef self) {
        if (dep instanceof Dep.Rich) {
            return new Judge(members.stream().filter(pkg -> !pkg.equals(self)).toList()).met(dep);
        }
        var who = new LinkedHashSet<>(who(dep));
        who.remove(self);
        return !who.isEmpty();
    }

    private Set<PackageRef> who(Dep dep) {
        var found = new LinkedHashSet<PackageRef>();
        switch (dep) {
            case Dep.Simple simple -> {
                for (Provide provide : provides.getOrDefault(simple.name(), List.of())) {
                    if (meets(provide.dep(), simple)) {
                        found.add(provide.by());
                    }
                }
                if (simple.sense() == Sense.NONE) {
                    found.addAll(files.getOrDefault(simple.name(), Set.of()));
                }
            }
            case Dep.Rich(var op, var left, var right) -> {
                found.addAll(who(left));
                switch (op) {
                    case WITH -> found.retainAll(who(right));
                    case WITHOUT -> found.removeAll(who(right));
                    default -> found.addAll(who(right));
                }
            }
        }
        return found;
    }

    /// Tells whether two ranges share a version: `rpmdsCompare`.
    private static boolean meets(Dep.Simple provide, Dep.Simple wanted) {
        if (provide.sense() == Sense.NONE || wanted.sense() == Sense.NONE) {
            return true;
        }
        int order = provide.evr().matches(wanted.evr());
        boolean less = (wanted.sense().bits() & 2) != 0;
        boolean more = (wanted.sense().bits() & 4) != 0;
        boolean ownLess = (provide.sense().bits() & 2) != 0;
        boolean ownMore = (provide.sense().bits() & 4) != 0;
        if (order < 0) {
            return less || ownMore;
        }
        if (order > 0) {
            return more || ownLess;
        }
        return less && ownLess
                || more && ownMore
                || (wanted.sense().bits() & provide.sense().bits() & 8) != 0;
    }
}
