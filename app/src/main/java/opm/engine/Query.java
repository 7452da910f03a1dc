package opm.engine;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import opm.base.Dep;
import opm.base.DepKind;
import opm.base.Nevra;
import opm.base.Sense;
import opm.pkgset.PackageRef;
import opm.pkgset.PackageSet;
import org.jspecify.annotations.Nullable;

/// Looks packages up in sets, for people: by name, glob, words, files and dependencies.
///
/// Answers are sorted by name, version from new to old, architecture.
public final class Query {
    /// Name up, version down: the newest first.
    public static final Comparator<PackageRef> NEWEST_FIRST =
            Comparator.comparing((PackageRef pkg) -> pkg.nevra().name())
                    .thenComparing((PackageRef pkg) -> pkg.nevra().evr(), Comparator.reverseOrder())
                    .thenComparing(pkg -> pkg.nevra().arch());

    private final List<PackageSet> sets;

    public Query(List<PackageSet> sets) {
        this.sets = List.copyOf(sets);
    }

    /// Finds packages whose name, name.arch or full name matches; `*`, `?` and `[...]` count.
    public List<PackageRef> named(String spec) {
        var found = new ArrayList<PackageRef>();
        boolean glob = isGlob(spec);
        Pattern pattern = pattern(spec);
        for (PackageSet set : sets) {
            if (!glob) {
                exact(set, spec, found);
                continue;
            }
            // Names are sorted, so what stands before the first wildcard bounds the search.
            String fixed = fixedPart(spec);
            for (int name = set.namesStart(fixed); name < set.nameCount(); name++) {
                String text = set.string(name);
                if (!text.startsWith(fixed)) {
                    break;
                }
                boolean whole = pattern.matcher(text).matches();
                for (int pkg = set.packagesStart(name); pkg < set.packagesEnd(name); pkg++) {
                    if (whole
                            || forms(set.nevra(pkg)).stream()
                                    .anyMatch(f -> pattern.matcher(f).matches())) {
                        found.add(set.ref(pkg));
                    }
                }
            }
            longer(set, fixed, pattern, found);
        }
        return sorted(found);
    }

    /// Looks at names that are shorter than the fixed part: `vim-9*` names `vim` by its version.
    private static void longer(
            PackageSet set, String fixed, Pattern pattern, List<PackageRef> found) {
        for (int dash = fixed.lastIndexOf('-'); dash > 0; dash = fixed.lastIndexOf('-', dash - 1)) {
            int name = set.nameId(fixed.substring(0, dash));
            for (int pkg = name < 0 ? 0 : set.packagesStart(name);
                    name >= 0 && pkg < set.packagesEnd(name);
                    pkg++) {
                if (forms(set.nevra(pkg)).stream().anyMatch(f -> pattern.matcher(f).matches())) {
                    found.add(set.ref(pkg));
                }
            }
        }
    }

    private static void exact(PackageSet set, String spec, List<PackageRef> found) {
        // NAME, or a longer form whose name ends at some `-` or `.`.
        for (int end = spec.length(); end > 0; end = lastMark(spec, end)) {
            int name = set.nameId(spec.substring(0, end));
            if (name < 0) {
                continue;
            }
            for (int pkg = set.packagesStart(name); pkg < set.packagesEnd(name); pkg++) {
                if (end == spec.length() || forms(set.nevra(pkg)).contains(spec)) {
                    found.add(set.ref(pkg));
                }
            }
        }
    }

    private static int lastMark(String spec, int end) {
        return Math.max(spec.lastIndexOf('-', end - 1), spec.lastIndexOf('.', end - 1));
    }

    private static List<String> forms(Nevra pkg) {
        String evr = pkg.evr().toString();
        String version = pkg.evr().version();
        return List.of(
                pkg.nameArch(),
                pkg.name() + "-" + version,
                pkg.name() + "-" + evr,
                pkg.name() + "-" + pkg.evr().versionRelease(),
                pkg.name() + "-" + pkg.evr().versionRelease() + "." + pkg.arch(),
                pkg.toString(),
                pkg.full());
    }

    /// Finds packages that hold every word, ignoring case: in their names first, then in summaries.
    ///
    /// @param everywhere also in descriptions and addresses
    public List<PackageRef> words(List<String> words, boolean everywhere) {
        List<String> wanted = words.stream().map(word -> word.toLowerCase(Locale.ROOT)).toList();
        var byName = new ArrayList<PackageRef>();
        var bySummary = new ArrayList<PackageRef>();
        for (PackageSet set : sets) {
            for (int pkg = 0; pkg < set.packageCount(); pkg++) {
                PackageRef ref = set.ref(pkg);
                String name = set.string(set.name(pkg)).toLowerCase(Locale.ROOT);
                if (wanted.stream().allMatch(name::contains)) {
                    byName.add(ref);
                    continue;
                }
                String text = name + "\n" + ref.summary().toLowerCase(Locale.ROOT);
                if (everywhere) {
                    text += "\n" + (ref.description() + "\n" + ref.url()).toLowerCase(Locale.ROOT);
                }
                if (wanted.stream().allMatch(text::contains)) {
                    bySummary.add(ref);
                }
            }
        }
        var found = new ArrayList<>(sorted(byName));
        found.addAll(sorted(bySummary));
        return found;
    }

    /// Finds packages that provide a dependency: a name, `name >= 1`, a glob, a path.
    public List<PackageRef> providing(String spec) {
        var found = new LinkedHashSet<PackageRef>();
        boolean glob = isGlob(spec);
        for (PackageSet set : sets) {
            if (spec.startsWith("/") && !glob) {
                for (int pkg : set.files().owners(spec)) {
                    found.add(set.ref(pkg));
                }
            }
            if (glob) {
                for (int name : names(set, spec)) {
                    providers(set, name, null, found);
                }
            } else if (parsed(spec) instanceof Dep.Simple wanted) {
                providers(set, set.nameId(wanted.name()), wanted, found);
            }
        }
        return sorted(found);
    }

    private static void providers(
            PackageSet set, int name, Dep.@Nullable Simple wanted, Set<PackageRef> found) {
        if (name < 0) {
            return;
        }
        for (int row = set.providersStart(name); row < set.providersEnd(name); row++) {
            if (wanted == null
                    || set.dep(set.providerRelation(row)) instanceof Dep.Simple provided
                            && meets(wanted, provided)) {
                found.add(set.ref(set.provider(row)));
            }
        }
    }

    /// Finds packages that depend on what `spec` names: on itself, or on anything that the packages
    /// of that name provide.
    public List<PackageRef> depending(DepKind kind, String spec) {
        var wanted = new ArrayList<Dep.Simple>();
        var paths = new TreeSet<String>();
        if (!isGlob(spec) && parsed(spec) instanceof Dep.Simple simple) {
            wanted.add(simple);
        }
        for (PackageRef pkg : named(spec)) {
            for (Dep dep : pkg.deps(DepKind.PROVIDES)) {
                if (dep instanceof Dep.Simple simple) {
                    wanted.add(simple);
                }
            }
            paths.addAll(pkg.files());
        }
        paths.forEach(path -> wanted.add((Dep.Simple) Dep.on(path)));
        var found = new LinkedHashSet<PackageRef>();
        for (PackageSet set : sets) {
            holders(set, kind, relations(set, wanted), found);
        }
        return sorted(found);
    }

    /// Returns which relations of a set one of `wanted` meets, rich ones by their parts.
    private static BitSet relations(PackageSet set, List<Dep.Simple> wanted) {
        var met = new BitSet(set.relationCount());
        for (Dep.Simple one : wanted) {
            int name = set.nameId(one.name());
            for (int rel = name < 0 ? 0 : set.relationsStart(name);
                    name >= 0 && rel < set.relationsEnd(name);
                    rel++) {
                if (set.dep(rel) instanceof Dep.Simple needed && meets(one, needed)) {
                    met.set(rel);
                }
            }
        }
        // A rich relation follows its parts, so one pass suffices.
        for (int rel = set.simpleCount(); rel < set.relationCount(); rel++) {
            if (met.get(set.richLeft(rel)) || met.get(set.richRight(rel))) {
                met.set(rel);
            }
        }
        return met;
    }

    private static void holders(
            PackageSet set, DepKind kind, BitSet relations, Set<PackageRef> found) {
        if (relations.isEmpty()) {
            return;
        }
        for (int pkg = 0; pkg < set.packageCount(); pkg++) {
            int list = set.list(pkg, kind);
            for (int at = 0; at < set.listSize(list); at++) {
                if (relations.get(set.listItem(list, at))) {
                    found.add(set.ref(pkg));
                    break;
                }
            }
        }
    }

    /// Tells whether two ranges have a version in common (rpm 4.18, `rpmdsCompareIndex`).
    private static boolean meets(Dep.Simple one, Dep.Simple other) {
        if (one.sense() == Sense.NONE || other.sense() == Sense.NONE) {
            return true;
        }
        int order = one.evr().matches(other.evr());
        int mine = one.sense().bits();
        int theirs = other.sense().bits();
        if (order < 0) {
            return (mine & Sense.GT.bits()) != 0 || (theirs & Sense.LT.bits()) != 0;
        }
        if (order > 0) {
            return (mine & Sense.LT.bits()) != 0 || (theirs & Sense.GT.bits()) != 0;
        }
        return (mine & theirs) != 0;
    }

    private static @Nullable Dep parsed(String spec) {
        try {
            return Dep.parse(spec);
        } catch (IllegalArgumentException notADependency) {
            return null;
        }
    }

    /// Returns the names that a glob matches, perhaps of dependencies only.
    private static List<Integer> names(PackageSet set, String glob) {
        var names = new ArrayList<Integer>();
        Pattern pattern = pattern(glob);
        String fixed = fixedPart(glob);
        for (int name = set.namesStart(fixed); name < set.nameCount(); name++) {
            String text = set.string(name);
            if (!text.startsWith(fixed)) {
                break;
            }
            if (pattern.matcher(text).matches()) {
                names.add(name);
            }
        }
        return names;
    }

    /// Tells whether a word has wildcards.
    public static boolean isGlob(String spec) {
        return spec.indexOf('*') >= 0 || spec.indexOf('?') >= 0 || spec.indexOf('[') >= 0;
    }

    private static String fixedPart(String glob) {
        int end = 0;
        while (end < glob.length() && "*?[\\".indexOf(glob.charAt(end)) < 0) {
            end++;
        }
        return glob.substring(0, end);
    }

    private static Pattern pattern(String glob) {
        var regex = new StringBuilder();
        for (int at = 0; at < glob.length(); at++) {
            char c = glob.charAt(at);
            int close = c == '[' ? glob.indexOf(']', at + 2) : -1;
            if (c == '*') {
                regex.append(".*");
            } else if (c == '?') {
                regex.append('.');
            } else if (close > 0) {
                boolean not = glob.charAt(at + 1) == '!';
                regex.append(not ? "[^" : "[");
                for (char inside : glob.substring(at + (not ? 2 : 1), close).toCharArray()) {
                    boolean plain = inside == '-' || Character.isLetterOrDigit(inside);
                    regex.append(plain ? "" : "\\").append(inside);
                }
                regex.append(']');
                at = close;
            } else {
                regex.append(Pattern.quote(String.valueOf(c)));
            }
        }
        try {
            return Pattern.compile(regex.toString(), Pattern.DOTALL);
        } catch (PatternSyntaxException reversedRange) {
            // `[z-a]`: a shell takes such a pattern as it is written.
            return Pattern.compile(Pattern.quote(glob));
        }
    }

    private static List<PackageRef> sorted(Collection<PackageRef> found) {
        return found.stream().distinct().sorted(NEWEST_FIRST).toList();
    }
}
