package opm.pkgset;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import opm.base.Dep;
import opm.base.DepKind;
import opm.base.Evr;
import opm.base.Nevra;
import opm.base.OpmException.Damaged;
import opm.base.Sense;
import org.jspecify.annotations.Nullable;

/// Answers people's questions about several sets at once, straight from the maps.
///
/// All answers come sorted by name, version, architecture; packages of earlier sets first where
/// these are equal.
public final class Queries {
    private final List<PackageSet> sets;
    private final @Nullable SearchMemory memory;

    public Queries(List<PackageSet> sets) {
        this(sets, null);
    }

    /// @param memory of who searches again and again; null for who asks once
    public Queries(List<PackageSet> sets, @Nullable SearchMemory memory) {
        this.sets = List.copyOf(sets);
        this.memory = memory;
    }

    /// Tells whether a word has wildcards.
    public static boolean isGlob(String word) {
        return Glob.isGlob(word);
    }

    /// One package that a search found.
    ///
    /// @param inName whether every word stands in the name
    /// @param inSummary whether every word stands in the summary
    public record Found(PackageRef pkg, boolean inName, boolean inSummary) {}

    /// Returns all packages.
    public List<PackageRef> all() throws Damaged {
        return collect(
                (set, hits) -> {
                    hits.set(0, set.packageCount());
                });
    }

    /// Returns the packages that a spec names: `vim`, `vim.x86_64`, `vim-9.1`, `vim-9.1-1`,
    /// `vim-2:9.1-1.x86_64`, or a glob that matches one of these.
    ///
    /// Where some package has such a name, other forms do not count, as in dnf: `gcc-*` does not
    /// give `gcc-12.1-1.x86_64`.
    public List<PackageRef> named(String spec) throws Damaged {
        List<PackageRef> byName = collect((set, hits) -> markNames(set, spec, hits));
        return byName.isEmpty() ? collect((set, hits) -> markLonger(set, spec, hits)) : byName;
    }

    private static void markNames(PackageSet set, String spec, BitSet hits) {
        if (Glob.isGlob(spec)) {
            forMatches(
                    set,
                    new Glob(spec),
                    name -> hits.set(set.packagesStart(name), set.packagesEnd(name)));
            return;
        }
        int name = set.nameId(spec);
        if (name >= 0) {
            hits.set(set.packagesStart(name), set.packagesEnd(name));
        }
    }

    private static void markLonger(PackageSet set, String spec, BitSet hits) {
        boolean isGlob = Glob.isGlob(spec);
        var glob = new Glob(spec);
        // What stands before a dash or dot may be the name, what follows version or architecture.
        String literal = isGlob ? glob.prefix() : spec;
        for (int at = 1; at < literal.length(); at++) {
            if (literal.charAt(at) == '-' || literal.charAt(at) == '.') {
                int name = set.nameId(literal.substring(0, at));
                if (name >= 0) {
                    markForms(set, name, spec, glob, isGlob, hits);
                }
            }
        }
        if (isGlob) {
            forNames(set, glob.prefix(), name -> markForms(set, name, spec, glob, true, hits));
        }
    }

    private static void markForms(
            PackageSet set, int name, String spec, Glob glob, boolean isGlob, BitSet hits) {
        int end = set.packagesEnd(name);
        for (int pkg = set.packagesStart(name); pkg < end; pkg++) {
            if (matchesForm(set.nevra(pkg), spec, glob, isGlob)) {
                hits.set(pkg);
            }
        }
    }

    private static boolean matchesForm(Nevra nevra, String spec, Glob glob, boolean isGlob) {
        Evr evr = nevra.evr();
        String[] forms = {
            nevra.nameArch(),
            nevra.toString(),
            nevra.full(),
            nevra.name() + "-" + evr.version(),
            nevra.name() + "-" + evr.versionRelease(),
            nevra.name() + "-" + evr.versionRelease() + "." + nevra.arch(),
            nevra.name() + "-" + evr.full(),
        };
        for (String form : forms) {
            if (isGlob ? glob.matches(form) : form.equals(spec)) {
                return true;
            }
        }
        return false;
    }

    /// Returns the packages that provide what a text asks: a name, a name with a version, a path,
    /// or a glob over names and paths.
    public List<PackageRef> whatProvides(String text) throws Damaged {
        return collect((set, hits) -> markProviders(set, text, hits));
    }

    private static void markProviders(PackageSet set, String text, BitSet hits) {
        if (Glob.isGlob(text) && !text.startsWith("(")) {
            var glob = new Glob(text);
            forMatches(set, glob, name -> markProviders(set, name, Sense.NONE, Evr.NONE, hits));
            if (text.startsWith("/") || text.startsWith("*")) {
                markOwners(set, text, hits);
            }
            return;
        }
        Dep asked = parse(text);
        if (asked instanceof Dep.Simple simple) { // no switch: see docs/decisions/0002
            int id = set.nameId(simple.name());
            if (id >= 0) {
                markProviders(set, id, simple.sense(), simple.evr(), hits);
            }
            if (simple.name().startsWith("/")) {
                markOwners(set, simple.name(), hits);
            }
        } else if (asked instanceof Dep.Rich rich) {
            markProviders(set, rich.left().toString(), hits);
            markProviders(set, rich.right().toString(), hits);
        }
    }

    /// Names such as `libc.so.6()(64bit)` hold what globs and rich dependencies use.
    private static Dep parse(String text) {
        try {
            return Dep.parse(text);
        } catch (IllegalArgumentException e) {
            return Dep.on(text.isEmpty() ? " " : text);
        }
    }

    private static void markProviders(PackageSet set, int name, Sense sense, Evr evr, BitSet hits) {
        int end = set.providersEnd(name);
        for (int row = set.providersStart(name); row < end; row++) {
            int rel = set.providerRelation(row);
            if (sense == Sense.NONE
                    || overlap(
                            set.relationSense(rel),
                            set.evrValue(set.relationEvr(rel)),
                            sense,
                            evr)) {
                hits.set(set.provider(row));
            }
        }
    }

    /// Tells whether two ranges share a version, as rpm decides it (`rpmdsCompare`).
    public static boolean overlap(Sense one, Evr oneEvr, Sense two, Evr twoEvr) {
        if (one == Sense.NONE || two == Sense.NONE) {
            return true;
        }
        int order = oneEvr.matches(twoEvr);
        if (order < 0) {
            return one.accepts(1) || two.accepts(-1);
        }
        if (order > 0) {
            return one.accepts(-1) || two.accepts(1);
        }
        return (one.bits() & two.bits()) != 0;
    }

    private interface NameUse {
        void of(int name);
    }

    private static void forNames(PackageSet set, String prefix, NameUse use) {
        for (int name = set.namesStart(prefix); name < set.nameCount(); name++) {
            if (!set.string(name).startsWith(prefix)) {
                break;
            }
            use.of(name);
        }
    }

    private static void forMatches(PackageSet set, Glob glob, NameUse use) {
        forNames(
                set,
                glob.prefix(),
                name -> {
                    if (glob.matches(set.string(name))) {
                        use.of(name);
                    }
                });
    }

    /// Returns the packages that need what a text names, in any way of a kind: directly, or by
    /// something that a package of this name provides or owns.
    public List<PackageRef> whatNeeds(DepKind kind, String text) throws Damaged {
        return collect(
                (set, hits) -> {
                    var wanted = new BitSet(set.relationCount());
                    markRelations(set, text, wanted);
                    markHolders(set, kind, wanted, hits);
                });
    }

    public List<PackageRef> whatRequires(String text) throws Damaged {
        return whatNeeds(DepKind.REQUIRES, text);
    }

    /// Marks the relations of a set that a text, or a package of that name in any set, would meet.
    private void markRelations(PackageSet set, String text, BitSet wanted) {
        if (Glob.isGlob(text) && !text.startsWith("(")) {
            forMatches(
                    set,
                    new Glob(text),
                    name -> wanted.set(set.relationsStart(name), set.relationsEnd(name)));
        } else if (parse(text) instanceof Dep.Simple asked) {
            markMet(set, asked, wanted);
        }
        for (PackageSet other : sets) {
            var named = new BitSet();
            markNames(other, text, named);
            if (named.isEmpty()) {
                markLonger(other, text, named);
            }
            // Turning all files round is dearer than looking for those of a few packages.
            FilesByPackage all = named.cardinality() < 16 ? null : new FilesByPackage(other);
            for (int pkg = named.nextSetBit(0); pkg >= 0; pkg = named.nextSetBit(pkg + 1)) {
                for (Dep provided : other.deps(pkg, DepKind.PROVIDES)) {
                    if (provided instanceof Dep.Simple simple) {
                        markMet(set, simple, wanted);
                    }
                }
                for (String path : all == null ? other.files().of(pkg) : all.of(pkg)) {
                    markMet(set, new Dep.Simple(path, Sense.NONE, Evr.NONE), wanted);
                }
            }
        }
        closeRich(set, wanted);
    }

    private static void markMet(PackageSet set, Dep.Simple provided, BitSet wanted) {
        int name = set.nameId(provided.name());
        if (name < 0) {
            return;
        }
        int end = set.relationsEnd(name);
        for (int rel = set.relationsStart(name); rel < end; rel++) {
            if (overlap(
                    provided.sense(),
                    provided.evr(),
                    set.relationSense(rel),
                    set.evrValue(set.relationEvr(rel)))) {
                wanted.set(rel);
            }
        }
    }

    private static void closeRich(PackageSet set, BitSet wanted) {
        for (int rel = set.simpleCount(); rel < set.relationCount(); rel++) {
            if (wanted.get(set.richLeft(rel)) || wanted.get(set.richRight(rel))) {
                wanted.set(rel);
            }
        }
    }

    /// Marks the packages that have one of some relations.
    private static void markHolders(PackageSet set, DepKind kind, BitSet wanted, BitSet hits) {
        BitSet holds = set.listsWith(wanted);
        int[] lists = set.lists(kind);
        for (int pkg = 0; pkg < lists.length; pkg++) {
            if (holds.get(lists[pkg])) {
                hits.set(pkg);
            }
        }
    }

    /// Returns the owners of a path, or of all paths that a glob matches, among the files that the
    /// sets know.
    public List<PackageRef> owners(String path) throws Damaged {
        return collect((set, hits) -> markOwners(set, path, hits));
    }

    private static void markOwners(PackageSet set, String path, BitSet hits) {
        FileList all = set.fileList();
        if (all != null) {
            if (Glob.isGlob(path)) {
                all.match(new Glob(path), (_, _, pkg) -> hits.set(pkg));
            } else {
                for (int pkg : all.owners(path)) {
                    hits.set(pkg);
                }
            }
            return;
        }
        if (!Glob.isGlob(path)) {
            for (int pkg : set.files().owners(path)) {
                hits.set(pkg);
            }
            return;
        }
        set.files().match(new Glob(path), (_, pkg) -> hits.set(pkg));
    }

    /// Returns the known paths that a glob matches, each with its owners, sorted by path.
    public Map<String, List<PackageRef>> paths(String glob) throws Damaged {
        var found = new java.util.TreeMap<String, List<PackageRef>>();
        for (PackageSet set : sets) {
            PackageSet.reading(
                    () -> {
                        set.files()
                                .match(
                                        new Glob(glob),
                                        (path, pkg) ->
                                                found.computeIfAbsent(path, _ -> new ArrayList<>())
                                                        .add(set.ref(pkg)));
                        return true;
                    });
        }
        return new LinkedHashMap<>(found);
    }

    /// Returns the packages in which all words stand, in name or summary, or else description;
    /// lower and upper case letters of ASCII count as equal.
    ///
    /// Those with all words in the name come first, then those with all in the summary, then the
    /// others; sorted within each.
    ///
    /// @param inDescriptions whether to look into descriptions too
    public List<Found> search(List<String> words, boolean inDescriptions) throws Damaged {
        return search(words, inDescriptions, Integer.MAX_VALUE);
    }

    /// The same, for who looks at the first ones alone: a short word stands in ten thousand
    /// summaries, and to sort these takes longer than to find them.
    ///
    /// @param most so many of the first are among what is returned, and no more of each set and
    ///     kind
    public List<Found> search(List<String> words, boolean inDescriptions, int most)
            throws Damaged {
        var found = new ArrayList<Found>();
        boolean sorted = true;
        for (PackageSet set : sets) {
            int before = found.size();
            PackageSet.reading(
                    () -> {
                        var texts = memory == null ? null : memory.of(set);
                        new TextSearch(set, words, inDescriptions, texts).addTo(found, most);
                        return true;
                    });
            sorted = sorted && (before == 0 || before == found.size());
        }
        if (sorted) {
            return found;
        }
        found.sort(
                (one, two) -> {
                    int order = Boolean.compare(two.inName(), one.inName());
                    if (order == 0) {
                        order = Boolean.compare(two.inSummary(), one.inSummary());
                    }
                    return order == 0 ? one.pkg().nevra().compareTo(two.pkg().nevra()) : order;
                });
        return found;
    }

    /// Returns the names of packages that start with a prefix, sorted.
    ///
    /// @param most so many of the first
    public List<String> namesFrom(String prefix, int most) throws Damaged {
        var names = new TreeSet<String>();
        for (PackageSet set : sets) {
            PackageSet.reading(
                    () -> {
                        int left = most;
                        for (int name = set.namesStart(prefix); left > 0; name++) {
                            String words = name < set.nameCount() ? set.string(name) : "";
                            if (name >= set.nameCount() || !words.startsWith(prefix)) {
                                break;
                            }
                            if (set.hasPackage(name)) {
                                names.add(words);
                                left--;
                            }
                        }
                        return true;
                    });
        }
        return names.stream().limit(most).toList();
    }

    private interface Marking {
        void mark(PackageSet set, BitSet hits);
    }

    private List<PackageRef> collect(Marking marking) throws Damaged {
        var found = new ArrayList<PackageRef>();
        for (PackageSet set : sets) {
            PackageSet.reading(
                    () -> {
                        var hits = new BitSet();
                        marking.mark(set, hits);
                        hits.stream().forEach(pkg -> found.add(set.ref(pkg)));
                        return true;
                    });
        }
        if (sets.size() > 1) {
            found.sort((one, two) -> one.nevra().compareTo(two.nevra()));
        }
        return found;
    }
}
