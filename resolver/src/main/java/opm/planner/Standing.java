package opm.planner;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import opm.base.Dep;
import opm.base.DepKind;
import opm.pkgset.PackageRef;
import opm.pkgset.PackageSet;
import org.jspecify.annotations.Nullable;

/// What stands between the installing and the erasing batches, and who provides what there: `gone`
/// packages are gone, those that come in are in, and those that are erased last are still there.
final class Standing {
    private final @Nullable PackageSet installed;
    private final Set<PackageRef> gone;
    private final Map<String, List<Dep.Simple>> provides = new HashMap<>();
    private final Map<PackageSet, Set<Integer>> incoming = new HashMap<>();

    Standing(@Nullable PackageSet installed, Set<PackageRef> gone, List<PackageRef> incoming) {
        this.installed = installed;
        this.gone = gone;
        for (PackageRef pkg : incoming) {
            this.incoming.computeIfAbsent(pkg.set(), _ -> new java.util.HashSet<>()).add(pkg.pkg());
            for (Dep dep : pkg.deps(DepKind.PROVIDES)) {
                if (dep instanceof Dep.Simple simple) {
                    provides.computeIfAbsent(simple.name(), _ -> new ArrayList<>()).add(simple);
                }
            }
        }
    }

    /// Returns the first requirement of an installed package that is met now and not there; null
    /// when all stay met.
    @Nullable Dep brokenBy(PackageRef pkg) {
        for (Dep dep : pkg.deps(DepKind.REQUIRES)) {
            if (!isMet(dep, false) && isMet(dep, true)) {
                return dep;
            }
        }
        return null;
    }

    /// Returns the installed packages that meet a simple dependency and are gone there.
    List<PackageRef> goneProviders(Dep dep) {
        var found = new ArrayList<PackageRef>();
        if (dep instanceof Dep.Simple simple) {
            for (PackageRef pkg : Match.providers(installed, simple)) {
                if (gone.contains(pkg)) {
                    found.add(pkg);
                }
            }
        }
        return found;
    }

    /// @param before whether to look at the machine as it is now
    private boolean isMet(Dep dep, boolean before) {
        return switch (dep) {
            case Dep.Simple simple -> isMetSimple(simple, before);
            case Dep.Rich(var op, Dep left, Dep right) ->
                    switch (op) {
                        case AND -> isMet(left, before) && isMet(right, before);
                        case OR -> isMet(left, before) || isMet(right, before);
                        // What one package must provide together, several may provide here; that
                        // only makes a package look met which then is erased in the last batch.
                        case WITH -> isMet(left, before) && isMet(right, before);
                        case WITHOUT -> isMet(left, before);
                        case IF -> isMetIf(left, right, before, true);
                        case UNLESS -> isMetIf(left, right, before, false);
                        case ELSE -> throw new IllegalStateException("an else without its if");
                    };
        };
    }

    private boolean isMetIf(Dep left, Dep right, boolean before, boolean wanted) {
        Dep condition = right;
        Dep otherwise = null;
        if (right instanceof Dep.Rich(var op, Dep inner, Dep other) && op == Dep.RichOp.ELSE) {
            condition = inner;
            otherwise = other;
        }
        if (isMet(condition, before) == wanted) {
            return isMet(left, before);
        }
        return otherwise == null || isMet(otherwise, before);
    }

    private boolean isMetSimple(Dep.Simple dep, boolean before) {
        if (dep.name().startsWith("rpmlib(")) {
            return true;
        }
        for (PackageRef pkg : Match.providers(installed, dep)) {
            if (before || !gone.contains(pkg)) {
                return true;
            }
        }
        if (before) {
            return false;
        }
        for (Dep.Simple provide : provides.getOrDefault(dep.name(), List.of())) {
            if (Match.meet(dep, provide)) {
                return true;
            }
        }
        return dep.name().startsWith("/") && isIncomingFile(dep.name());
    }

    private boolean isIncomingFile(String path) {
        for (var entry : incoming.entrySet()) {
            for (int owner : entry.getKey().owners(path)) {
                if (entry.getValue().contains(owner)) {
                    return true;
                }
            }
        }
        return false;
    }
}
