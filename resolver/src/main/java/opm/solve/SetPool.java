package opm.solve;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import opm.base.Dep;
import opm.base.DepKind;
import opm.base.Sense;
import opm.pkgset.PackageRef;
import opm.pkgset.PackageSet;
import org.jspecify.annotations.Nullable;

/// The pool of a universe of package sets: reads from the maps what a request reaches, once.
final class SetPool extends Pool {
    private static final DepKind[] SET_KINDS = {
        DepKind.REQUIRES,
        DepKind.PROVIDES,
        DepKind.CONFLICTS,
        DepKind.OBSOLETES,
        DepKind.RECOMMENDS,
        DepKind.SUGGESTS,
        DepKind.SUPPLEMENTS,
        DepKind.ENHANCES
    };

    /// A set and what was read of it: its own numbers to ours, 0 while unread.
    private static final class Part {
        final PackageSet set;
        final Repo repo;
        final SparseInts words;
        final SparseInts evrs;
        final SparseInts rels;

        Part(PackageSet set, Repo repo) {
            this.set = set;
            this.repo = repo;
            words = new SparseInts(set.stringCount());
            evrs = new SparseInts(set.evrCount());
            rels = new SparseInts(set.relationCount());
        }
    }

    private final Part[] parts;

    /// Packages that the universe hides.
    final Bits hidden;

    private @Nullable IntList obsoleting;
    private @Nullable IntList supplementing;

    SetPool(Universe universe) {
        archs = new Archs(words, universe.arch());
        List<Universe.Source> sources = universe.repositories();
        PackageSet system = universe.installed();
        parts = new Part[sources.size() + (system == null ? 0 : 1)];
        int next = 0;
        if (system != null) {
            parts[next] = new Part(system, addRepo("@System", system));
            installed = parts[next++].repo;
        }
        for (Universe.Source source : sources) {
            Repo repo = addRepo(source.id(), source.set());
            repo.priority = -source.priority();
            repo.subPriority = -source.cost();
            parts[next++] = new Part(source.set(), repo);
        }
        hidden = new Bits(count);
    }

    private Repo addRepo(String id, PackageSet set) {
        var repo = new Repo(id, repos.size());
        repos.add(repo);
        repo.start = addPackages(set.packageCount());
        repo.end = count;
        java.util.Arrays.fill(repoOf, repo.start, repo.end, (char) repo.index);
        return repo;
    }

    /// Whether requests share rules.
    boolean shares = true;

    private final Map<String, RuleBase> bases = new HashMap<>();

    /// Returns rules that requests share, made when first needed.
    RuleBase base(String key, Supplier<RuleBase> make) {
        RuleBase base = bases.get(key);
        if (base == null) {
            base = make.get();
            bases.put(key, base);
        }
        return base;
    }

    /// Returns the handle of a package.
    PackageRef ref(int pkg) {
        Part part = part(pkg);
        return part.set.ref(pkg - part.repo.start);
    }

    /// Returns our number of a package of a set.
    int pkg(PackageRef ref) {
        for (Part part : parts) {
            if (part.set == ref.set()) {
                return part.repo.start + ref.pkg();
            }
        }
        throw new IllegalArgumentException(ref + " is not of this universe");
    }

    /// Returns where the installed set would list a name, or -1.
    private Part part(int pkg) {
        return parts[repoOf[pkg]];
    }

    private int word(Part part, int string) {
        int word = part.words.get(string);
        if (word == 0) {
            word = words.id(part.set.string(string));
            part.words.set(string, word);
        }
        return word;
    }

    private int evrWord(Part part, int evr) {
        int word = part.evrs.get(evr);
        if (word == 0) {
            word = words.id(part.set.evrValue(evr).toString());
            part.evrs.set(evr, word);
        }
        return word;
    }

    @Override
    int loadName(int pkg) {
        Part part = part(pkg);
        return pkg == SYSTEM
                ? 0
                : facts.set(pkg, Facts.NAME, word(part, part.set.name(pkg - part.repo.start)));
    }

    @Override
    int loadEvr(int pkg) {
        Part part = part(pkg);
        return pkg == SYSTEM
                ? 0
                : facts.set(pkg, Facts.EVR, evrWord(part, part.set.evr(pkg - part.repo.start)));
    }

    @Override
    int loadArch(int pkg) {
        Part part = part(pkg);
        return pkg == SYSTEM
                ? 0
                : facts.set(pkg, Facts.ARCH, word(part, part.set.arch(pkg - part.repo.start)));
    }

    @Override
    int loadVendor(int pkg) {
        Part part = part(pkg);
        return pkg == SYSTEM
                ? 0
                : facts.set(pkg, Facts.VENDOR, word(part, part.set.vendor(pkg - part.repo.start)));
    }

    @Override
    int loadDeps(int kind, int pkg) {
        if (pkg == SYSTEM) {
            return facts.set(pkg, Facts.DEPS + kind, 1);
        }
        Part part = part(pkg);
        int list = part.set.list(pkg - part.repo.start, SET_KINDS[kind]);
        int size = part.set.listSize(list);
        if (size == 0) {
            return facts.set(pkg, Facts.DEPS + kind, 1);
        }
        var deps = new IntList();
        for (int at = 0; at < size; at++) {
            deps.push(dep(part, part.set.listItem(list, at)));
        }
        return facts.set(pkg, Facts.DEPS + kind, storeDeps(deps));
    }

    private int dep(Part part, int rel) {
        int dep = part.rels.get(rel);
        if (dep != 0) {
            return dep;
        }
        PackageSet set = part.set;
        if (set.isRich(rel)) {
            int left = dep(part, set.richLeft(rel));
            int right = dep(part, set.richRight(rel));
            dep = rels.id(left, op(set.richOp(rel)), right);
        } else {
            dep = word(part, set.relationName(rel));
            int op = op(set.relationSense(rel));
            if (op != 0) {
                dep = rels.id(dep, op, evrWord(part, set.relationEvr(rel)));
            }
        }
        part.rels.set(rel, dep);
        return dep;
    }

    static int op(Sense sense) {
        int bits = sense.bits();
        return ((bits & 4) != 0 ? Rels.GT : 0)
                | ((bits & 8) != 0 ? Rels.EQ : 0)
                | ((bits & 2) != 0 ? Rels.LT : 0);
    }

    static int op(Dep.RichOp op) {
        return switch (op) {
            case AND -> Rels.AND;
            case OR -> Rels.OR;
            case IF -> Rels.COND;
            case UNLESS -> Rels.UNLESS;
            case ELSE -> Rels.ELSE;
            case WITH -> Rels.WITH;
            case WITHOUT -> Rels.WITHOUT;
        };
    }

    /// Returns our number of a dependency.
    int dep(Dep dep) {
        return switch (dep) {
            case Dep.Simple(var name, var sense, var evr) -> {
                int word = words.id(name);
                yield sense == Sense.NONE
                        ? word
                        : rels.id(word, op(sense), words.id(evr.toString()));
            }
            case Dep.Rich(var op, var left, var right) -> rels.id(dep(left), op(op), dep(right));
        };
    }

    @Override
    void findProviders(int word, IntList into) {
        String text = words.text(word);
        boolean path = text.startsWith("/");
        for (Part part : parts) {
            int before = into.size;
            int name = part.set.nameId(text);
            if (name >= 0) {
                int end = part.set.providersEnd(name);
                for (int row = part.set.providersStart(name); row < end; row++) {
                    add(part, part.set.provider(row), before, into);
                }
            }
            if (path) {
                boolean both = into.size > before;
                for (int owner : part.set.owners(text)) {
                    add(part, owner, before, into);
                }
                if (both) {
                    unify(into, before);
                }
            }
        }
    }

    private void add(Part part, int local, int before, IntList into) {
        int pkg = part.repo.start + local;
        if ((into.size == before || into.last() != pkg) && indexable(pkg)) {
            into.push(pkg);
        }
    }

    private static void unify(IntList list, int from) {
        IntList.sort(list.at, from, list.size, Integer::compare);
        int kept = from;
        for (int i = from; i < list.size; i++) {
            if (kept == from || list.at[kept - 1] != list.at[i]) {
                list.at[kept++] = list.at[i];
            }
        }
        list.truncate(kept);
    }

    @Override
    long buildTime(int pkg) {
        Part part = part(pkg);
        return pkg == SYSTEM ? 0 : part.set.facts().buildSeconds(pkg - part.repo.start);
    }

    @Override
    boolean ownsFile(int pkg, String path) {
        Part part = part(pkg);
        for (int owner : part.set.owners(path)) {
            if (owner == pkg - part.repo.start) {
                return true;
            }
        }
        return false;
    }

    @Override
    IntList obsoleting() {
        IntList found = obsoleting;
        if (found == null) {
            found = new IntList();
            for (Part part : parts) {
                for (int local = 0; local < part.set.packageCount(); local++) {
                    int list = part.set.list(local, DepKind.OBSOLETES);
                    if (list != 0 && mayReachInstalled(part, list)) {
                        found.push(part.repo.start + local);
                    }
                }
            }
            obsoleting = found;
        }
        return found;
    }

    /// Tells whether any name in a list of obsoletes is that of an installed package.
    private boolean mayReachInstalled(Part part, int list) {
        if (flags.obsoleteUsesProvides) {
            return true;
        }
        PackageSet system = parts[0].set;
        for (int at = 0, size = part.set.listSize(list); at < size; at++) {
            int rel = part.set.listItem(list, at);
            if (part.set.isRich(rel)) {
                return true;
            }
            int name = system.translateName(part.set, part.set.relationName(rel));
            if (system.hasPackage(name)) {
                return true;
            }
        }
        return false;
    }

    @Override
    IntList supplementing() {
        IntList found = supplementing;
        if (found == null) {
            found = new IntList();
            for (Part part : parts) {
                for (int local : part.set.supplementing()) {
                    found.push(part.repo.start + local);
                }
            }
            supplementing = found;
        }
        return found;
    }

    private @Nullable IntList doneWithout;

    /// Returns [DoneWithout#of], found once.
    IntList doneWithout() {
        IntList found = doneWithout;
        if (found == null) {
            found = DoneWithout.of(this);
            doneWithout = found;
        }
        return found;
    }

    private String kernel = "";
    private IntList running = new IntList();

    /// Returns [Running#of], found once for the requests about one machine.
    IntList running(String uname) {
        if (!uname.equals(kernel)) {
            running = Running.of(this, uname);
            kernel = uname;
        }
        return running;
    }

    /// Tells whether a package of this one's name is installed.
    boolean isInstalledName(int pkg) {
        Part part = part(pkg);
        PackageSet system = parts[0].set;
        return system.hasPackage(
                system.translateName(part.set, part.set.name(pkg - part.repo.start)));
    }

    /// Tells whether a repository may have more owners of a path than its set shows.
    boolean mayBeHidden(String path) {
        for (Part part : parts) {
            if (part.repo != installed && part.set.mayHide(path)) {
                return true;
            }
        }
        return false;
    }

    /// Adds the names of packages that a pattern matches, each once, in the order of sets.
    void matchNames(String glob, boolean installedOnly, IntList into) {
        String prefix = literalPrefix(glob);
        var there = new Bits();
        for (int i = 0; i < into.size; i++) {
            there.add(into.at[i]);
        }
        for (Part part : parts) {
            if (installedOnly && part.repo != installed) {
                continue;
            }
            PackageSet set = part.set;
            for (int name = set.namesStart(prefix); name < set.nameCount(); name++) {
                String text = set.string(name);
                if (!text.startsWith(prefix)) {
                    break;
                }
                if (Globs.matches(glob, text) && set.hasPackage(name)) {
                    int word = word(part, name);
                    if (!there.has(word)) {
                        there.add(word);
                        into.push(word);
                    }
                }
            }
        }
    }

    /// Tells whether filters keep out any package that a spec means.
    boolean keepsOut(String spec) {
        if (considered == null) {
            return false;
        }
        for (NevraPattern way : NevraPattern.of(spec)) {
            var names = new IntList();
            matchNames(way.name(), false, names);
            for (int i = 0; i < names.size; i++) {
                if (keepsOut(way, words.text(names.at[i]))) {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean keepsOut(NevraPattern way, String name) {
        for (Part part : parts) {
            int id = part.set.nameId(name);
            int end = id < 0 ? 0 : part.set.packagesEnd(id);
            for (int local = id < 0 ? 0 : part.set.packagesStart(id); local < end; local++) {
                int pkg = part.repo.start + local;
                if (disabled(pkg)
                        && !hidden.has(pkg)
                        && way.fits(evrText(pkg), words.text(arch(pkg)))) {
                    return true;
                }
            }
        }
        return false;
    }

    /// Adds the names that packages provide and that a pattern matches.
    void matchProvides(String glob, IntList into) {
        String prefix = literalPrefix(glob);
        for (Part part : parts) {
            PackageSet set = part.set;
            for (int name = set.namesStart(prefix); name < set.nameCount(); name++) {
                String text = set.string(name);
                if (!text.startsWith(prefix)) {
                    break;
                }
                if (Globs.matches(glob, text)
                        && set.providersStart(name) < set.providersEnd(name)) {
                    into.pushUnique(word(part, name));
                }
            }
        }
    }

    private static String literalPrefix(String glob) {
        int end = 0;
        while (end < glob.length() && "*?[\\".indexOf(glob.charAt(end)) < 0) {
            end++;
        }
        return glob.substring(0, end);
    }

    /// Adds the packages of a name, of all sets or the installed one, also those that providers do
    /// not list.
    void packagesOf(String name, IntList into) {
        for (Part part : parts) {
            int local = part.set.nameId(name);
            if (local >= 0) {
                int end = part.set.packagesEnd(local);
                for (int pkg = part.set.packagesStart(local); pkg < end; pkg++) {
                    into.push(part.repo.start + pkg);
                }
            }
        }
    }
}
