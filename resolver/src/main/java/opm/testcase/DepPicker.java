package opm.testcase;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import opm.base.DepKind;
import opm.solve.Rels;
import opm.solve.TagsPool;
import org.jspecify.annotations.Nullable;

/// Selects packages by one kind of their dependencies, or by their own name and version.
///
/// Source: facts on solver test cases, 12.
final class DepPicker {
    private final TagsPool pool;
    private final Refs refs;
    private final DepText deps;

    DepPicker(TagsPool pool, Refs refs, DepText deps) {
        this.pool = pool;
        this.refs = refs;
        this.deps = deps;
    }

    /// Selects packages with a dependency on a name, as typed.
    Selection byText(
            Selection before, @Nullable DepKind kind, String text, EnumSet<SelFlag> flags) {
        boolean whole = flags.contains(SelFlag.DEPSTR);
        SplitRel split = flags.contains(SelFlag.REL) && !whole ? SplitRel.of(text) : null;
        boolean badRel =
                flags.contains(SelFlag.REL)
                        && !whole
                        && split == null
                        && text.chars().anyMatch(c -> "<=>".indexOf(c) >= 0);
        String name = split == null ? text : split.name();
        int op = split == null ? 0 : split.op();
        int evr = split == null ? 0 : pool.word(split.evr());
        Predicate<String> test = Picker.test(name, flags);
        boolean plain =
                !flags.contains(SelFlag.NOCASE)
                        && !(flags.contains(SelFlag.GLOB) && opm.solve.Globs.isGlob(name))
                        && !whole;
        if (badRel) {
            return Picker.join(before, flags, rest -> new Selection(pool, refs));
        }
        if (plain) {
            int dep = pool.word(name);
            return byDep(before, kind, op == 0 ? dep : pool.rel(dep, op, evr), flags);
        }
        IntPredicate inRange = pkg -> op == 0 || pool.rangesMeet(op, evr, Rels.EQ, pool.evr(pkg));
        IntPredicate ofPackage =
                pkg ->
                        whole
                                ? test.test(nameAndVersion(pkg))
                                : test.test(pool.wordText(pool.name(pkg))) && inRange.test(pkg);
        IntPredicate ofDep = dep -> whole ? test.test(deps.human(dep)) : named(dep, test, op, evr);
        return packages(before, kind, flags, ofPackage, ofDep);
    }

    private String nameAndVersion(int pkg) {
        return pool.wordText(pool.name(pkg)) + " = " + pool.wordText(pool.evr(pkg));
    }

    private boolean named(int dep, Predicate<String> test, int op, int evr) {
        if (dep >= 0) {
            return dep != 0 && test.test(pool.wordText(dep));
        }
        if (DepMatch.isRich(pool, dep)) {
            return DepMatch.anyPart(pool, dep, part -> named(part, test, op, evr));
        }
        if (pool.op(dep) == Rels.ARCH) {
            return named(pool.left(dep), test, op, evr);
        }
        return named(pool.left(dep), test, op, evr)
                && (op == 0 || pool.rangesMeet(pool.op(dep), pool.right(dep), op, evr));
    }

    /// Selects packages with a dependency that matches a given one, or is just that one.
    Selection byDep(Selection before, @Nullable DepKind kind, int wanted, EnumSet<SelFlag> flags) {
        boolean same = flags.contains(SelFlag.DEPSTR);
        boolean ofName = kind == null && same;
        if (ofName && (wanted >= 0 || pool.op(wanted) != Rels.EQ)) {
            return Picker.join(before, flags, rest -> new Selection(pool, refs));
        }
        IntPredicate ofPackage =
                pkg ->
                        same
                                ? pool.name(pkg) == pool.left(wanted)
                                        && pool.evr(pkg) == pool.right(wanted)
                                : pool.matchesName(pkg, wanted);
        IntPredicate ofDep = dep -> same ? dep == wanted : DepMatch.matches(pool, dep, wanted);
        return packages(before, kind, flags, ofPackage, ofDep);
    }

    /// Selects packages with a dependency that a given package meets.
    Selection byPackage(Selection before, DepKind kind, int wanted, EnumSet<SelFlag> flags) {
        IntPredicate ofDep =
                dep -> IntStream.of(pool.providers(dep)).anyMatch(pkg -> pkg == wanted);
        return packages(before, kind, flags, pkg -> false, ofDep, wanted);
    }

    private Selection packages(
            Selection before,
            @Nullable DepKind kind,
            EnumSet<SelFlag> flags,
            IntPredicate ofPackage,
            IntPredicate ofDep) {
        return packages(before, kind, flags, ofPackage, ofDep, 0);
    }

    /// Selects from all packages, or from those selected before where the result is joined anyway.
    private Selection packages(
            Selection before,
            @Nullable DepKind kind,
            EnumSet<SelFlag> flags,
            IntPredicate ofPackage,
            IntPredicate ofDep,
            int except) {
        return Picker.join(
                before,
                flags,
                rest -> {
                    var found = new Selection(pool, refs);
                    for (int pkg = 2; pkg < pool.packageCount(); pkg++) {
                        boolean candidate =
                                pkg != except
                                        && found.allowed(pkg, rest)
                                        && (!rest.contains(SelFlag.INSTALLEDONLY)
                                                || pool.isInstalled(pkg));
                        if (candidate
                                && (kind == null
                                        ? ofPackage.test(pkg)
                                        : anyDep(pkg, kind, ofDep))) {
                            found.parts.add(Job.packages(0, new int[] {pkg}));
                        }
                    }
                    if (rest.contains(SelFlag.FLAT)) {
                        found.flatten();
                    }
                    return found;
                });
    }

    private boolean anyDep(int pkg, DepKind kind, IntPredicate ask) {
        return Arrays.stream(pool.dependencies(pkg, kind))
                .anyMatch(dep -> dep != pool.preMarker() && ask.test(dep));
    }
}
