package opm.solve;

import java.util.ArrayList;
import java.util.List;
import opm.base.Sense;

/// Finds the packages of repositories that filters keep out.
final class Barred {
    private final SetPool pool;
    private final Universe universe;
    private final List<Filter> excludes = new ArrayList<>();
    private final List<Filter> includes = new ArrayList<>();
    private final List<Filter> locks = new ArrayList<>();

    /// Names that locks speak of, as words.
    private final Bits lockedNames;

    /// Packages that locks let in, installed ones among them.
    private final Bits locked;

    Barred(SetPool pool, Universe universe, List<String> excluded) {
        this.pool = pool;
        this.universe = universe;
        for (String pattern : excluded) {
            excludes.add(new Filter(Filter.Kind.EXCLUDE, "", pattern));
        }
        for (Filter filter : universe.filters()) {
            switch (filter.kind()) {
                case EXCLUDE -> excludes.add(filter);
                case INCLUDE -> includes.add(filter);
                case LOCK -> locks.add(filter);
            }
        }
        locked = new Bits(pool.count);
        for (int pkg = 2; !locks.isEmpty() && pkg < pool.count; pkg++) {
            if (any(locks, pkg, "")) {
                locked.set(pkg);
            }
        }
        // Only now: words are made as packages are looked at.
        lockedNames = new Bits(pool.words.count() + locks.size());
        for (int pkg = locked.next(2); pkg >= 0; pkg = locked.next(pkg + 1)) {
            lockedNames.set(pool.name(pkg));
        }
        for (Filter lock : locks) {
            lockedNames.set(pool.words.id(nameOf(lock.pattern())));
        }
    }

    /// Returns the name in `name-version-release.arch`; the whole where it is not of that form.
    private static String nameOf(String pattern) {
        int dash = pattern.lastIndexOf('-', pattern.lastIndexOf('-') - 1);
        return dash > 0 ? pattern.substring(0, dash) : pattern;
    }

    /// Returns the packages that stay out, ascending.
    IntList all() {
        var all = new IntList();
        if (excludes.isEmpty() && includes.isEmpty() && locks.isEmpty()) {
            return all;
        }
        for (Universe.Source source : universe.repositories()) {
            String id = source.id();
            boolean includesHere =
                    includes.stream()
                            .anyMatch(f -> f.source().isEmpty() || f.source().equals(id));
            int first = pool.pkg(source.set().ref(0));
            for (int local = 0; local < source.set().packageCount(); local++) {
                int pkg = first + local;
                if (any(excludes, pkg, id)
                        || includesHere && !any(includes, pkg, id)
                        || isLockedOut(pkg)) {
                    all.push(pkg);
                }
            }
        }
        return all;
    }

    private boolean isLockedOut(int pkg) {
        if (locks.isEmpty()) {
            return false;
        }
        int name = pool.name(pkg);
        if (lockedNames.has(name) && !locked.has(pkg)) {
            return true;
        }
        for (int at = pool.deps(Pool.OBSOLETES, pkg); pool.depData[at] != 0; at++) {
            int dep = pool.depData[at];
            for (int list = pool.provides(dep); pool.data[list] != 0; list++) {
                int old = pool.data[list];
                if (locked.has(old) && pool.name(old) != name && pool.matchesName(old, dep)) {
                    return true;
                }
            }
        }
        return false;
    }

    // ---------------------------------------------------------------- matching

    private boolean any(List<Filter> filters, int pkg, String source) {
        for (Filter filter : filters) {
            if ((filter.source().isEmpty() || filter.source().equals(source))
                    && matches(filter, pkg)) {
                return true;
            }
        }
        return false;
    }

    private boolean matches(Filter filter, int pkg) {
        if (!matches(filter.pattern(), pkg)) {
            return false;
        }
        for (Filter.Condition condition : filter.conditions()) {
            if (!holds(condition, pkg)) {
                return false;
            }
        }
        return true;
    }

    private boolean matches(String pattern, int pkg) {
        String name = pool.nameText(pkg);
        if (!mayBegin(pattern, name)) {
            return false;
        }
        if (Globs.matches(pattern, name)) {
            return true;
        }
        String arch = pool.words.text(pool.arch(pkg));
        if (Globs.matches(pattern, name + "." + arch)) {
            return true;
        }
        if (pattern.indexOf('-') < 0) {
            return false;
        }
        String evr = pool.evrText(pkg);
        String bare = evr.substring(evr.indexOf(':') + 1);
        String full = evr.indexOf(':') < 0 ? "0:" + evr : evr;
        return version(pattern, name, arch, bare) || version(pattern, name, arch, full);
    }

    private static boolean version(String pattern, String name, String arch, String evr) {
        return Globs.matches(pattern, name + "-" + evr + "." + arch)
                || Globs.matches(pattern, name + "-" + evr)
                || Globs.matches(
                        pattern, name + "-" + evr.substring(0, Math.max(0, evr.lastIndexOf('-'))));
    }

    /// Tells quickly that a pattern cannot mean packages of a name.
    private static boolean mayBegin(String pattern, String name) {
        int end = Math.min(pattern.length(), name.length());
        for (int at = 0; at < end; at++) {
            char c = pattern.charAt(at);
            if (c == '*' || c == '?' || c == '[' || c == '\\') {
                return true;
            }
            if (c != name.charAt(at)) {
                return false;
            }
        }
        return true;
    }

    private boolean holds(Filter.Condition condition, int pkg) {
        String value = condition.value();
        String evr = pool.evrText(pkg);
        return switch (condition.key()) {
            case "arch" ->
                    Globs.matches(value, pool.words.text(pool.arch(pkg)))
                            == (condition.sense() == Sense.EQ);
            case "epoch" -> {
                int colon = evr.indexOf(':');
                yield compares(condition.sense(), colon < 0 ? "0" : evr.substring(0, colon), value);
            }
            default -> compares(condition.sense(), evr, value);
        };
    }

    private boolean compares(Sense sense, String own, String bound) {
        int order = pool.order.match(own, bound);
        // One without a release means all of them.
        int sign = order == EvrOrder.LEFT_OPEN || order == EvrOrder.RIGHT_OPEN ? 0 : order;
        int op = SetPool.op(sense);
        return (sign < 0 ? op & Rels.LT : sign > 0 ? op & Rels.GT : op & Rels.EQ) != 0;
    }
}
