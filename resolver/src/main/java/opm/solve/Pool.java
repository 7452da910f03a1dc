package opm.solve;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// All packages of a universe under one numbering, with what they depend on and who provides what.
///
/// Package 1 is the system itself; the packages of each repository follow in one range. A
/// dependency is a word (positive) or a relation of two dependencies (negative); equal ones have
/// equal ids. Lists are runs in [#depData] and [#data] that end with 0. Everything is found when
/// first asked for and kept: the pool is the part that requests share.
abstract sealed class Pool permits TagsPool, SetPool {
    static final int SYSTEM = 1;

    static final int REQUIRES = 0;
    static final int PROVIDES = 1;
    static final int CONFLICTS = 2;
    static final int OBSOLETES = 3;
    static final int RECOMMENDS = 4;
    static final int SUGGESTS = 5;
    static final int SUPPLEMENTS = 6;
    static final int ENHANCES = 7;
    static final int KINDS = 8;

    /// The empty list in [#data], and the list of just the system.
    static final int NOBODY = 1;

    static final int SYSTEM_ONLY = 2;

    /// A repository: the packages `[start, end)`; a higher priority wins.
    static final class Repo {
        final String name;
        final int index;
        int priority;
        int subPriority;
        int start;
        int end;

        Repo(String name, int index) {
            this.name = name;
            this.index = index;
        }
    }

    final Words words = new Words();
    final Rels rels = new Rels();
    final List<Repo> repos = new ArrayList<>();
    Archs archs;
    EvrOrder order = new EvrOrder(false, false);
    PoolFlags flags = new PoolFlags();
    @Nullable Repo installed;

    /// The number of packages plus 2: ids are below it.
    int count = 2;

    /// Words of packages and where their dependencies start; 0 while not asked for, or absent.
    final Facts facts = new Facts();

    char[] repoOf = new char[2];
    int[] depData = new int[1024];
    int depSize = 2;

    int[] data = new int[4096];
    int dataSize = 4;
    private int[] byWord = new int[1024];
    private int[] byRel = new int[1024];

    /// Packages that may be used; absent when all may.
    @Nullable Bits considered;

    /// Marks where the requirements start that matter only before installing.
    final int preMarker = words.id("solvable:prereqmarker");

    final int otherProviders = words.id("namespace:otherproviders");
    final int splitProvides = words.id("namespace:splitprovides");

    List<String[]> vendorClasses = List.of();

    Pool() {
        archs = new Archs(words, null);
        data[SYSTEM_ONLY] = SYSTEM;
    }

    // ---------------------------------------------------------------- facts of packages

    public final boolean isInstalled(int pkg) {
        Repo repo = installed;
        return repo != null && pkg >= repo.start && pkg < repo.end;
    }

    public final int name(int pkg) {
        int word = facts.get(pkg, Facts.NAME);
        return word != 0 ? word : loadName(pkg);
    }

    public final int evr(int pkg) {
        int word = facts.get(pkg, Facts.EVR);
        return word != 0 ? word : loadEvr(pkg);
    }

    public final int arch(int pkg) {
        int word = facts.get(pkg, Facts.ARCH);
        return word != 0 ? word : loadArch(pkg);
    }

    final int vendor(int pkg) {
        int word = facts.get(pkg, Facts.VENDOR);
        return word != 0 ? word : loadVendor(pkg);
    }

    /// Fills in a word not asked for before; 0 where there is none.
    abstract int loadName(int pkg);

    abstract int loadEvr(int pkg);

    abstract int loadArch(int pkg);

    abstract int loadVendor(int pkg);

    final Repo repo(int pkg) {
        return repos.get(repoOf[pkg]);
    }

    final int priority(int pkg) {
        return repos.get(repoOf[pkg]).priority;
    }

    final int subPriority(int pkg) {
        return repos.get(repoOf[pkg]).subPriority;
    }

    public final boolean disabled(int pkg) {
        Bits map = considered;
        return map != null && !map.has(pkg);
    }

    public final boolean isSource(int pkg) {
        return arch(pkg) == archs.src || arch(pkg) == archs.nosrc;
    }

    final boolean installable(int pkg) {
        return !isSource(pkg) && archs.fits(arch(pkg)) && !disabled(pkg);
    }

    final int archScore(int pkg) {
        return archs.score(arch(pkg));
    }

    /// Tells whether two packages exclude each other where colours count.
    final boolean colorsMeet(int one, int two) {
        return archs.colorsMeet(arch(one), arch(two));
    }

    /// Tells whether a package is listed as a provider of anything.
    final boolean indexable(int pkg) {
        return isInstalled(pkg)
                || !isSource(pkg)
                        && archs.fits(arch(pkg))
                        && (flags.whatProvidesWithDisabled || !disabled(pkg));
    }

    final String nameText(int pkg) {
        return words.text(name(pkg));
    }

    final String evrText(int pkg) {
        return words.text(evr(pkg));
    }

    /// Orders two packages by version.
    final int compareEvr(int one, int two) {
        return evr(one) == evr(two) ? 0 : order.compare(evrText(one), evrText(two));
    }

    /// Writes `name-evr.arch`.
    final String text(int pkg) {
        if (pkg == SYSTEM) {
            return "system:system";
        }
        String base = nameText(pkg) + "-" + evrText(pkg);
        return arch(pkg) == 0 ? base : base + "." + words.text(arch(pkg));
    }

    /// Returns the start of a list of dependencies in [#depData].
    final int deps(int kind, int pkg) {
        int at = facts.get(pkg, Facts.DEPS + kind);
        return at != 0 ? at : loadDeps(kind, pkg);
    }

    final boolean has(int kind, int pkg) {
        // The call comes first: it may move the array.
        int at = deps(kind, pkg);
        return depData[at] != 0;
    }

    /// Fills in a list of dependencies not asked for before and returns its start.
    abstract int loadDeps(int kind, int pkg);

    /// Adds those that provide a word, ascending, files included.
    abstract void findProviders(int word, IntList into);

    /// Returns when a package was built, in seconds, or 0.
    abstract long buildTime(int pkg);

    /// Tells whether the file list of a package has a path.
    abstract boolean ownsFile(int pkg, String path);

    /// Returns the requirements that no longer matter once the package is installed.
    IntList ignoredOnceInstalled(int pkg) {
        return new IntList();
    }

    /// Tells whether versions and provides follow Debian.
    boolean deb() {
        return false;
    }

    /// Tells whether any package may have linked partners (`product:`, `pattern:` packages).
    boolean mayHaveLinks() {
        return false;
    }

    /// Makes room for `more` packages and returns the id of the first.
    final int addPackages(int more) {
        int first = count;
        count += more;
        facts.grow(count);
        if (count > repoOf.length) {
            repoOf = Arrays.copyOf(repoOf, Math.max(count, repoOf.length * 2));
        }
        return first;
    }

    /// Stores a list of dependencies and returns its start.
    final int storeDeps(IntList deps) {
        if (deps.isEmpty()) {
            return 1;
        }
        if (depSize + deps.size + 1 > depData.length) {
            depData = Arrays.copyOf(depData, Math.max(depData.length * 2, depSize + deps.size + 1));
        }
        int start = depSize;
        System.arraycopy(deps.at, 0, depData, start, deps.size);
        depSize += deps.size;
        depData[depSize++] = 0;
        return start;
    }

    /// Tells whether two packages are the same build: equal names, versions, vendors and the like.
    final boolean identical(int one, int two) {
        if (name(one) != name(two) || arch(one) != arch(two) || evr(one) != evr(two)) {
            return false;
        }
        if (Math.max(1, vendor(one)) != Math.max(1, vendor(two))) {
            return nameText(one).startsWith("product:");
        }
        long oneTime = buildTime(one);
        long twoTime = buildTime(two);
        if (oneTime != 0 && twoTime != 0) {
            return oneTime == twoTime;
        }
        String text = nameText(one);
        if (text.startsWith("product:") || text.startsWith("application:")) {
            return true;
        }
        return requiresMix(one) == requiresMix(two);
    }

    private int requiresMix(int pkg) {
        int mix = 0;
        for (int at = deps(REQUIRES, pkg); depData[at] != 0; at++) {
            // Mixed, so that sums of small numbers do not meet by chance.
            int mixed = depData[at] * 0x9e3779b1;
            mix ^= mixed ^ mixed >>> 15;
        }
        return mix;
    }

    // ---------------------------------------------------------------- who provides what

    /// Returns the start in [#data] of the packages that meet a dependency, ascending.
    final int provides(int dep) {
        int found;
        if (dep >= 0) {
            found = dep < byWord.length ? byWord[dep] : 0;
        } else {
            found = -dep < byRel.length ? byRel[-dep] : 0;
        }
        return found != 0 ? found : compute(dep);
    }

    /// Tells whether anybody meets a dependency.
    final boolean isProvided(int dep) {
        // The call comes first: it may move the array.
        int at = provides(dep);
        return data[at] != 0;
    }

    private int compute(int dep) {
        int list;
        if (dep == 0) {
            list = NOBODY;
        } else if (dep > 0) {
            var found = new IntList();
            findProviders(dep, found);
            list = store(found);
        } else {
            list = new Providers(this).ofRel(dep);
        }
        setProviders(dep, list);
        return list;
    }

    /// Says who meets a dependency.
    final void setProviders(int dep, int list) {
        if (dep >= 0) {
            if (dep >= byWord.length) {
                byWord = Arrays.copyOf(byWord, Math.max(dep + 1, byWord.length * 2));
            }
            byWord[dep] = list;
        } else {
            if (-dep >= byRel.length) {
                byRel = Arrays.copyOf(byRel, Math.max(-dep + 1, byRel.length * 2));
            }
            byRel[-dep] = list;
        }
    }

    /// Forgets who provides what; the relations only, or the words too.
    final void forgetProviders(boolean wordsToo) {
        Arrays.fill(byRel, 0);
        if (wordsToo) {
            Arrays.fill(byWord, 0);
            dataSize = 4;
        }
    }

    /// Stores a list of packages and returns its start.
    final int store(IntList pkgs) {
        return pkgs.isEmpty() ? NOBODY : store(pkgs.at, pkgs.size);
    }

    final int store(int[] pkgs, int size) {
        if (size == 1 && pkgs[0] == SYSTEM) {
            return SYSTEM_ONLY;
        }
        if (dataSize + size + 1 > data.length) {
            data = Arrays.copyOf(data, Math.max(data.length * 2, dataSize + size + 1));
        }
        int start = dataSize;
        System.arraycopy(pkgs, 0, data, start, size);
        dataSize += size;
        data[dataSize++] = 0;
        return start;
    }

    // ---------------------------------------------------------------- matching

    /// Tells whether a package is *called* so: its own name and version, not what it provides.
    public final boolean matchesName(int pkg, int dep) {
        if (dep >= 0) {
            return name(pkg) == dep;
        }
        int left = rels.left(dep);
        int right = rels.right(dep);
        return switch (rels.op(dep)) {
            case Rels.ARCH ->
                    (arch(pkg) == right || right == archs.src && arch(pkg) == archs.nosrc)
                            && matchesName(pkg, left);
            case Rels.OR -> matchesName(pkg, left) || matchesName(pkg, right);
            case Rels.AND, Rels.WITH -> matchesName(pkg, left) && matchesName(pkg, right);
            case Rels.WITHOUT -> matchesName(pkg, left) && !matchesName(pkg, right);
            case Rels.MULTIARCH -> words.text(right).equals("any") && matchesName(pkg, left);
            case 1, 2, 3, 4, 5, 6, 7 ->
                    matchesName(pkg, left) && evrMeets(evr(pkg), rels.op(dep), right);
            default -> false;
        };
    }

    private boolean evrMeets(int own, int op, int bound) {
        if (op == 7) {
            return true;
        }
        if (own == bound) {
            return (op & Rels.EQ) != 0;
        }
        return switch (order.match(words.text(own), words.text(bound))) {
            case EvrOrder.LEFT_OPEN -> true;
            case -1 -> (op & Rels.LT) != 0;
            case 0 -> (op & Rels.EQ) != 0;
            case 1 -> (op & Rels.GT) != 0;
            default -> (op & Rels.EQ) != 0;
        };
    }

    /// Tells whether two ranges of versions meet.
    public final boolean rangesMeet(int op, int bound, int wantedOp, int wanted) {
        if (op == 0 || wantedOp == 0 || op >= 8 || wantedOp >= 8) {
            return false;
        }
        if (op == 7 || wantedOp == 7 || (op & wantedOp & (Rels.LT | Rels.GT)) != 0) {
            return true;
        }
        if (bound == wanted) {
            return (op & wantedOp & Rels.EQ) != 0;
        }
        if (bound < 0 || wanted < 0) {
            return false;
        }
        return switch (order.match(words.text(bound), words.text(wanted))) {
            case EvrOrder.LEFT_OPEN -> (op & Rels.EQ) != 0;
            case -1 -> (wantedOp & Rels.LT) != 0 || (op & Rels.GT) != 0;
            case 0 -> (op & wantedOp & Rels.EQ) != 0;
            case 1 -> (wantedOp & Rels.GT) != 0 || (op & Rels.LT) != 0;
            default -> (wantedOp & Rels.EQ) != 0;
        };
    }

    /// Tells whether a dependency needs rules of its own: it has `and`, `if` or `unless` outside.
    final boolean isRich(int dep) {
        int rest = dep;
        while (rest < 0) {
            int op = rels.op(rest);
            if (op == Rels.AND || op == Rels.COND || op == Rels.UNLESS) {
                return true;
            }
            if (op != Rels.OR) {
                return false;
            }
            if (isRich(rels.left(rest))) {
                return true;
            }
            rest = rels.right(rest);
        }
        return false;
    }

    /// Tells whether an obsoletes of one package reaches another; the caller looked at providers.
    final boolean obsoletes(int pkg, int obsoletes, int other) {
        return (flags.obsoleteUsesProvides || matchesName(other, obsoletes))
                && (!flags.obsoleteUsesColors || colorsMeet(pkg, other));
    }

    // ---------------------------------------------------------------- room

    private @Nullable Room spare;

    /// Returns arrays for a solve: those that the one before gave back, if it did.
    final Room takeRoom() {
        Room room = spare;
        spare = null;
        return room == null || room.level.length != count ? new Room(count) : room;
    }

    /// Takes back what a solve used that nobody asks any more.
    final void giveBack(Sat sat) {
        sat.room.takeBack(sat);
        spare = sat.room;
    }

    // ---------------------------------------------------------------- who obsoletes the installed

    private int[] obsoleterStart = new int[0];
    private int[] obsoleterLists = new int[0];

    /// Returns where in [#obsoleterData] the packages of other names start that obsolete an
    /// installed one.
    final int obsoleters(int pkg) {
        if (obsoleterLists.length == 0) {
            indexObsoleters();
        }
        Repo repo = installed;
        return repo == null ? 0 : obsoleterStart[pkg - repo.start];
    }

    final int[] obsoleterData() {
        return obsoleterLists;
    }

    /// Forgets what takes the place of installed packages.
    final void forgetObsoleters() {
        obsoleterLists = new int[0];
        facts.forget(Facts.INSTALLED_FOR);
        updates.clear();
    }

    /// Returns the installed package that one updates or obsoletes; 0 while not asked, -1 for none.
    /// Whoever asks first says so.
    final int installedFor(int pkg) {
        return facts.get(pkg, Facts.INSTALLED_FOR);
    }

    final void setInstalledFor(int pkg, int old) {
        facts.set(pkg, Facts.INSTALLED_FOR, old);
    }

    private final Map<Integer, @Nullable IntList[]> updates = new HashMap<>();

    /// Returns what may update each installed package, under a key of what is allowed; filled in by
    /// whoever asks first.
    final @Nullable IntList[] updates(int key) {
        Repo repo = installed;
        int size = repo == null ? 0 : repo.end - repo.start;
        return updates.computeIfAbsent(key, k -> new @Nullable IntList[size]);
    }

    private void indexObsoleters() {
        Repo repo = installed;
        if (repo == null) {
            obsoleterLists = new int[1];
            return;
        }
        IntList[] found = new IntList[repo.end - repo.start];
        IntList candidates = obsoleting();
        for (int i = 0; i < candidates.size; i++) {
            int pkg = candidates.at[i];
            if (!installable(pkg)) {
                continue;
            }
            for (int at = deps(OBSOLETES, pkg); depData[at] != 0; at++) {
                int dep = depData[at];
                for (int list = provides(dep); data[list] != 0; list++) {
                    int other = data[list];
                    if (!isInstalled(other)
                            || name(other) == name(pkg)
                            || !obsoletes(pkg, dep, other)) {
                        continue;
                    }
                    IntList of = found[other - repo.start];
                    if (of == null) {
                        of = new IntList();
                        found[other - repo.start] = of;
                    }
                    if (of.isEmpty() || of.last() != pkg) {
                        of.push(pkg);
                    }
                }
            }
        }
        var all = new IntList();
        all.push(0);
        obsoleterStart = new int[found.length];
        for (int i = 0; i < found.length; i++) {
            if (found[i] != null) {
                obsoleterStart[i] = all.size;
                all.pushAll(found[i]);
                all.push(0);
            }
        }
        obsoleterLists = all.toArray();
    }

    /// Returns the packages that may obsolete an installed one, ascending.
    abstract IntList obsoleting();

    /// Returns the packages that supplement or enhance something, ascending.
    abstract IntList supplementing();
}
