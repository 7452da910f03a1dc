package opm.presolve;

import java.util.HashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import opm.base.Dep;
import opm.base.DepKind;
import opm.base.Nevra;
import opm.pkgset.PackageRef;
import opm.pkgset.PackageSet;
import opm.planner.Meets;
import org.jspecify.annotations.Nullable;

/// Which installed packages meet what others require: what an answer relies on.
///
/// Rich requirements are left out: which side of them holds is rpm's to say. One thread.
final class Reliance {
    private static final int UNKNOWN = 0;
    private static final int NOBODY = -1;

    private final @Nullable PackageSet installed;
    private final Map<PackageSet, int[]> known = new HashMap<>();
    private final Map<PackageSet, @Nullable String[]> texts = new HashMap<>();

    Reliance(@Nullable PackageSet installed) {
        this.installed = installed;
    }

    /// Returns the installed package that meets a dependency, or -1. The first one of several.
    int provider(PackageSet set, int rel) {
        PackageSet system = installed;
        if (system == null || set.isRich(rel)) {
            return NOBODY;
        }
        int[] rows = known.computeIfAbsent(set, s -> new int[s.relationCount()]);
        if (rows[rel] == UNKNOWN) {
            rows[rel] = find(system, set, rel);
        }
        return rows[rel] == NOBODY ? NOBODY : rows[rel] - 1;
    }

    /// Tells whether what is installed meets a dependency for as long as it stays. Of rich ones
    /// only where one side is enough, or both are met: with a condition, what comes in decides.
    boolean isMet(PackageSet set, int rel) {
        if (!set.isRich(rel)) {
            return provider(set, rel) >= 0;
        }
        int left = set.richLeft(rel);
        int right = set.richRight(rel);
        return switch (set.richOp(rel)) {
            case OR -> isMet(set, left) || isMet(set, right);
            case AND -> isMet(set, left) && isMet(set, right);
            default -> false;
        };
    }

    /// Tells whether a conflict or an obsoletes may mean something installed: by what that
    /// provides, or by its name without regard to versions.
    boolean hits(PackageSet set, int rel) {
        if (set.isRich(rel) || provider(set, rel) >= 0) {
            return true;
        }
        PackageSet system = installed;
        int name = system == null ? -1 : system.translateName(set, set.relationName(rel));
        return system != null
                && name >= 0
                && system.providersStart(name) == system.providersEnd(name)
                && system.hasPackage(name);
    }

    private static int find(PackageSet system, PackageSet set, int rel) {
        int name = system.translateName(set, set.relationName(rel));
        String text = name >= 0 ? "" : set.string(set.relationName(rel));
        if (name < 0 && !text.startsWith("/")) {
            return NOBODY;
        }
        if (set.dep(rel) instanceof Dep.Simple dep) {
            for (PackageRef one : Meets.installed(system, dep)) {
                return one.pkg() + 1;
            }
        }
        return NOBODY;
    }

    /// Returns what some packages that come in require and installed ones provide, by the
    /// installed package's full name, both sorted.
    ///
    /// @param goes installed packages that leave
    SequencedMap<String, Set<String>> of(Iterable<PackageRef> coming, Set<Nevra> goes) {
        var found = new TreeMap<String, Set<String>>();
        PackageSet system = installed;
        if (system == null) {
            return found;
        }
        var byPkg = new TreeMap<Integer, Set<String>>();
        for (PackageRef pkg : coming) {
            for (int rel : pkg.set().relations(pkg.pkg(), DepKind.REQUIRES)) {
                int by = provider(pkg.set(), rel);
                if (by >= 0) {
                    byPkg.computeIfAbsent(by, _ -> new TreeSet<>()).add(text(pkg.set(), rel));
                }
            }
        }
        byPkg.forEach(
                (pkg, deps) -> {
                    Nevra nevra = system.nevra(pkg);
                    if (!goes.contains(nevra)) {
                        found.put(nevra.full(), deps);
                    }
                });
        return found;
    }

    private String text(PackageSet set, int rel) {
        @Nullable String[] row =
                texts.computeIfAbsent(set, s -> new @Nullable String[s.relationCount()]);
        String text = row[rel];
        if (text == null) {
            text = set.dep(rel).toString();
            row[rel] = text;
        }
        return text;
    }
}
