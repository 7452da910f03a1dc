package opm.solve;

import java.util.ArrayList;
import java.util.List;
import opm.base.Sense;

/// Finds the packages of repositories that filters keep out.
final class Barred {
    private final SetPool pool;
    private final Universe universe;
    private final List<Filter> filters;

    Barred(SetPool pool, Universe universe, List<String> excluded) {
        this.pool = pool;
        this.universe = universe;
        filters = new ArrayList<>(universe.filters());
        for (String pattern : excluded) {
            filters.add(new Filter(Filter.Kind.EXCLUDE, "", pattern));
        }
    }

    /// Returns the packages that stay out, ascending.
    IntList all() {
        var all = new IntList();
        if (filters.isEmpty()) {
            return all;
        }
        Bits out = lockedOut();
        for (Universe.Source source : universe.repositories()) {
            if (source.set().packageCount() == 0) {
                continue;
            }
            var in = new Bits(pool.count);
            boolean some = false;
            for (Filter filter : filters) {
                if (!filter.source().isEmpty() && !filter.source().equals(source.id())) {
                    continue;
                }
                if (filter.kind() == Filter.Kind.EXCLUDE) {
                    mark(filter, out, source);
                } else if (filter.kind() == Filter.Kind.INCLUDE) {
                    mark(filter, in, source);
                    some = true;
                }
            }
            int first = pool.pkg(source.set().ref(0));
            for (int pkg = first; pkg < first + source.set().packageCount(); pkg++) {
                if (out.has(pkg) || some && !in.has(pkg)) {
                    all.push(pkg);
                }
            }
        }
        return all;
    }

    /// Marks what a filter means: by the first way to read it that anything matches.
    private void mark(Filter filter, Bits marks, Universe.Source source) {
        int first = pool.pkg(source.set().ref(0));
        int end = first + source.set().packageCount();
        for (NevraPattern way : NevraPattern.of(filter.pattern())) {
            IntList found = matching(way, filter.conditions());
            for (int i = 0; i < found.size; i++) {
                if (found.at[i] >= first && found.at[i] < end) {
                    marks.set(found.at[i]);
                }
            }
            if (!found.isEmpty()) {
                return;
            }
        }
    }

    // ---------------------------------------------------------------- locks

    /// Returns the packages of locked names in other versions, and those that obsolete locked ones.
    /// What a lock lets in are all ways to read it.
    private Bits lockedOut() {
        var out = new Bits(pool.count);
        var locked = new Bits(pool.count);
        var names = new IntList();
        for (Filter filter : filters) {
            if (filter.kind() != Filter.Kind.LOCK) {
                continue;
            }
            for (NevraPattern way : NevraPattern.of(filter.pattern())) {
                pool.matchNames(way.name(), false, names);
                IntList found = matching(way, filter.conditions());
                for (int i = 0; i < found.size; i++) {
                    locked.set(found.at[i]);
                }
            }
        }
        for (int i = 0; i < names.size; i++) {
            int name = names.at[i];
            for (int at = pool.provides(name); pool.data[at] != 0; at++) {
                int pkg = pool.data[at];
                if (pool.name(pkg) == name && !locked.has(pkg)) {
                    out.set(pkg);
                }
            }
        }
        if (!names.isEmpty()) {
            markObsoleters(locked, out);
        }
        return out;
    }

    private void markObsoleters(Bits locked, Bits out) {
        IntList candidates = pool.obsoleting();
        for (int i = 0; i < candidates.size; i++) {
            int pkg = candidates.at[i];
            for (int at = pool.deps(Pool.OBSOLETES, pkg); pool.depData[at] != 0; at++) {
                int dep = pool.depData[at];
                for (int list = pool.provides(dep); pool.data[list] != 0; list++) {
                    int old = pool.data[list];
                    if (locked.has(old)
                            && pool.name(old) != pool.name(pkg)
                            && pool.matchesName(old, dep)) {
                        out.set(pkg);
                    }
                }
            }
        }
    }

    // ---------------------------------------------------------------- matching

    private IntList matching(NevraPattern way, List<Filter.Condition> conditions) {
        var names = new IntList();
        pool.matchNames(way.name(), false, names);
        var found = new IntList();
        for (int i = 0; i < names.size; i++) {
            int name = names.at[i];
            for (int at = pool.provides(name); pool.data[at] != 0; at++) {
                int pkg = pool.data[at];
                if (pool.name(pkg) == name && fits(way, conditions, pkg)) {
                    found.push(pkg);
                }
            }
        }
        return found;
    }

    private boolean fits(NevraPattern way, List<Filter.Condition> conditions, int pkg) {
        String evr = pool.evrText(pkg);
        String arch = pool.words.text(pool.arch(pkg));
        if (!way.fits(evr, arch)) {
            return false;
        }
        for (Filter.Condition condition : conditions) {
            if (!holds(condition, evr, arch)) {
                return false;
            }
        }
        return true;
    }

    private boolean holds(Filter.Condition condition, String evr, String arch) {
        String value = condition.value();
        return switch (condition.key()) {
            case "arch" -> Globs.matches(value, arch) == (condition.sense() == Sense.EQ);
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
