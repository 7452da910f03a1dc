package opm.solve;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import opm.base.DepKind;
import org.jspecify.annotations.Nullable;

/// The packages of a testcase, numbered in the order in which they were read; the engine's own
/// words for who replays testcases.
///
/// A set sorts its packages and knows rpm's dependencies only. Testcases count on the order of
/// reading, since every tie ends in "lower number first", and use namespaces, architectures and
/// null dependencies. So this room shows its numbers here, and to `opm.testcase` alone: packages
/// from 2 (1 is the system), words positive, relations of dependencies negative, 0 for none.
public final class TagsPool extends Pool {
    /// The package that stands for the system itself.
    public static final int SYSTEM_PACKAGE = SYSTEM;

    private static final int[] NONE = {};

    private boolean debian;
    private @Nullable String machine;
    private long[] built = new long[16];
    private int[][] files = new int[16][];
    private int[][] ignored = new int[16][];
    private boolean links;

    /// Where the providers of a word start in [#rows]; absent until asked for.
    private int @Nullable [] starts;

    private int[] rows = NONE;

    /// Who supplements or enhances; absent until asked for.
    private @Nullable IntList supplementing;

    /// Makes a pool without packages and without a policy on architectures.
    public TagsPool() {}

    // ---------------------------------------------------------------- words and relations

    /// Returns the number of a word, a new one where it is new.
    public int word(String text) {
        return words.id(text);
    }

    /// Returns the number of a word, or 0 where nobody uses it.
    public int findWord(String text) {
        return words.find(text);
    }

    public String wordText(int word) {
        return words.text(word);
    }

    /// Returns one more than the highest number of a word.
    public int wordCount() {
        return words.count();
    }

    /// Returns the number of a relation; `op` is one of [Rels].
    public int rel(int left, int op, int right) {
        return rels.id(left, op, right);
    }

    public int left(int rel) {
        return rels.left(rel);
    }

    public int op(int rel) {
        return rels.op(rel);
    }

    public int right(int rel) {
        return rels.right(rel);
    }

    // ---------------------------------------------------------------- filling

    /// Adds a repository; packages are added to the last one.
    public int addRepo(String repoName, int priority, int subPriority) {
        var repo = new Repo(repoName, repos.size());
        repo.priority = priority;
        repo.subPriority = subPriority;
        repo.start = count;
        repo.end = count;
        repos.add(repo);
        starts = null;
        return repo.index;
    }

    /// Adds a package to the last repository and returns its number.
    public int addPackage(int pkgName, int pkgEvr, int pkgArch) {
        int pkg = addPackages(1);
        Repo repo = repos.getLast();
        repo.end = count;
        facts.set(pkg, Facts.NAME, pkgName);
        facts.set(pkg, Facts.EVR, pkgEvr);
        facts.set(pkg, Facts.ARCH, pkgArch);
        repoOf[pkg] = (char) repo.index;
        if (pkg >= built.length) {
            built = Arrays.copyOf(built, pkg * 2);
            files = Arrays.copyOf(files, pkg * 2);
            ignored = Arrays.copyOf(ignored, pkg * 2);
        }
        String text = words.text(pkgName);
        links |=
                text.startsWith("product:")
                        || text.startsWith("pattern:")
                        || text.startsWith("application:");
        for (int kind = 0; kind < KINDS; kind++) {
            facts.set(pkg, Facts.DEPS + kind, 1);
        }
        return pkg;
    }

    /// Adds all packages of a pool that has but one repository to the last repository here.
    public void addPackages(TagsPool from) {
        int[] word = new int[from.words.count()];
        words.makeRoom(word.length);
        for (int id = 1; id < word.length; id++) {
            word[id] = words.id(from.words.text(id));
        }
        // The parts of a relation have lower numbers than the whole.
        int[] rel = new int[from.rels.count()];
        for (int id = 1; id < rel.length; id++) {
            int left = mapped(from.rels.left(-id), word, rel);
            rel[id] = rels.id(left, from.rels.op(-id), mapped(from.rels.right(-id), word, rel));
        }
        int depShift = appendDeps(from, word, rel);
        for (int old = 2; old < from.count; old++) {
            int pkg =
                    addPackage(
                            word[from.name(old)], word[from.evr(old)], word[from.arch(old)]);
            setVendor(pkg, word[from.vendor(old)]);
            built[pkg] = from.built[old];
            for (int kind = 0; kind < KINDS; kind++) {
                int at = from.deps(kind, old);
                facts.set(pkg, Facts.DEPS + kind, at == 1 ? 1 : at + depShift);
            }
            files[pkg] = mapped(from.files[old], word, rel);
            ignored[pkg] = mapped(from.ignored[old], word, rel);
        }
    }

    /// Appends all lists of dependencies; returns how far they moved.
    private int appendDeps(TagsPool from, int[] word, int[] rel) {
        int shift = depSize - 2;
        if (depSize + from.depSize > depData.length) {
            depData = Arrays.copyOf(depData, (depSize + from.depSize) * 3 / 2);
        }
        for (int at = 2; at < from.depSize; at++) {
            depData[depSize++] = mapped(from.depData[at], word, rel);
        }
        return shift;
    }

    private static int mapped(int dep, int[] word, int[] rel) {
        return dep < 0 ? rel[-dep] : word[dep];
    }

    private static int[] mapped(int[] list, int[] word, int[] rel) {
        if (list.length == 0) {
            return NONE;
        }
        int[] mapped = new int[list.length];
        for (int i = 0; i < list.length; i++) {
            mapped[i] = mapped(list[i], word, rel);
        }
        return mapped;
    }

    /// Says what a package depends on, for one kind. For requires, [#preMarker] parts those that
    /// matter always from those that matter before installing.
    public void setDeps(int pkg, DepKind kind, int[] deps) {
        var list = new IntList();
        for (int dep : deps) {
            list.push(dep);
        }
        facts.set(pkg, Facts.DEPS + kind(kind), storeDeps(list));
    }

    /// Says which requires of a package no longer matter once it is installed.
    public void setIgnoredOnceInstalled(int pkg, int[] deps) {
        ignored[pkg] = deps;
    }

    public void setVendor(int pkg, int word) {
        facts.set(pkg, Facts.VENDOR, word);
    }

    public void setBuildTime(int pkg, long seconds) {
        built[pkg] = seconds;
    }

    /// Says which files a package has, as words.
    public void setFiles(int pkg, int[] paths) {
        files[pkg] = paths;
    }

    /// Makes a repository the installed one.
    public void setInstalled(int repo) {
        installed = repos.get(repo);
    }

    /// Says which architectures fit: a machine's name, a policy that starts with `:`, or none for
    /// all; and whether versions follow Debian.
    public void setSystem(@Nullable String newMachine, boolean newDebian) {
        machine = newMachine;
        debian = newDebian;
        archs = new Archs(words, machine);
        order = new EvrOrder(flags.promoteEpoch, debian);
    }

    /// Sets one of libsolv's pool flags; returns whether it is known.
    public boolean setFlag(String flag, boolean on) {
        switch (flag) {
            case "promoteepoch" -> {
                flags.promoteEpoch = on;
                order = new EvrOrder(on, debian);
            }
            case "forbidselfconflicts" -> flags.forbidSelfConflicts = on;
            case "obsoleteusesprovides" -> flags.obsoleteUsesProvides = on;
            case "implicitobsoleteusesprovides" -> flags.implicitObsoleteUsesProvides = on;
            case "obsoleteusescolors" -> flags.obsoleteUsesColors = on;
            case "implicitobsoleteusescolors" -> flags.implicitObsoleteUsesColors = on;
            case "noinstalledobsoletes" -> flags.noInstalledObsoletes = on;
            case "whatprovideswithdisabled" -> flags.whatProvidesWithDisabled = on;
            // A default of the solver that testcases set again, and three that change nothing here:
            // how epochs of distributions are written, and how libsolv stores files and providers.
            case "noobsoletesmultiversion",
                    "havedistepoch",
                    "addfileprovidesfiltered",
                    "nowhatprovidesaux" -> {}
            default -> {
                return false;
            }
        }
        return true;
    }

    /// Adds a class of vendors between which packages may change: globs, `!glob` for exceptions.
    public void addVendorClass(String[] globs) {
        var all = new ArrayList<>(vendorClasses);
        all.add(globs);
        vendorClasses = List.copyOf(all);
    }

    /// Leaves a package out of consideration.
    public void disable(int pkg) {
        Bits map = considered;
        if (map == null) {
            map = new Bits(count);
            for (int other = 1; other < count; other++) {
                map.set(other);
            }
            considered = map;
        }
        map.unset(pkg);
    }

    /// Forgets what was found out about providers, as repositories or flags have changed; what
    /// [#setProviders] said about relations is forgotten as well.
    public void prepare() {
        starts = null;
        supplementing = null;
        forgetProviders(true);
        forgetObsoleters();
    }

    /// Says who meets a relation of a namespace.
    public void setProviders(int dep, int[] pkgs) {
        setProviders(dep, pkgs.length == 0 ? NOBODY : store(pkgs, pkgs.length));
    }

    // ---------------------------------------------------------------- asking

    /// Returns one more than the highest number of a package.
    public int packageCount() {
        return count;
    }

    public int repoCount() {
        return repos.size();
    }

    public String repoName(int repo) {
        return repos.get(repo).name;
    }

    public int repoOf(int pkg) {
        return repoOf[pkg];
    }

    public int repoStart(int repo) {
        return repos.get(repo).start;
    }

    /// Returns the number after the last package of a repository.
    public int repoEnd(int repo) {
        return repos.get(repo).end;
    }

    /// Returns the installed repository, or -1.
    public int installedRepo() {
        Repo repo = installed;
        return repo == null ? -1 : repo.index;
    }

    /// Tells whether the machine cannot run a package.
    public boolean foreign(int pkg) {
        return !archs.fits(arch(pkg));
    }

    /// Tells whether a word is an architecture of the policy.
    public boolean fitsMachine(int archWord) {
        return archs.fits(archWord);
    }

    public int sourceArch() {
        return archs.src;
    }

    public int sourceWithoutSourceArch() {
        return archs.nosrc;
    }

    public int noArch() {
        return archs.noarch;
    }

    public boolean debian() {
        return debian;
    }

    /// Returns the word that parts requires, see [#setDeps].
    public int preMarker() {
        return preMarker;
    }

    /// Returns a package's dependencies of one kind in the order given.
    public int[] dependencies(int pkg, DepKind kind) {
        return run(depData, deps(kind(kind), pkg));
    }

    /// Returns the files of a package as words.
    public int[] files(int pkg) {
        int[] paths = pkg < files.length ? files[pkg] : null;
        return paths == null ? NONE : paths;
    }

    /// Returns who meets a dependency, ascending.
    public int[] providers(int dep) {
        return run(data, provides(dep));
    }

    /// Orders two versions for sorting and updating: -1, 0, 1.
    public int compare(String one, String two) {
        return order.compare(one, two);
    }

    /// Orders two versions for matching: -2 when only the first lacks a release, 2 when only the
    /// second does.
    public int matchOrder(String one, String two) {
        return order.match(one, two);
    }

    private static int[] run(int[] from, int start) {
        int end = start;
        while (from[end] != 0) {
            end++;
        }
        return Arrays.copyOfRange(from, start, end);
    }

    private static int kind(DepKind kind) {
        return switch (kind) {
            case REQUIRES -> REQUIRES;
            case PROVIDES -> PROVIDES;
            case CONFLICTS -> CONFLICTS;
            case OBSOLETES -> OBSOLETES;
            case RECOMMENDS -> RECOMMENDS;
            case SUGGESTS -> SUGGESTS;
            case SUPPLEMENTS -> SUPPLEMENTS;
            case ENHANCES -> ENHANCES;
        };
    }

    // ---------------------------------------------------------------- what the engine asks

    @Override
    int loadName(int pkg) {
        return 0;
    }

    @Override
    int loadEvr(int pkg) {
        return 0;
    }

    @Override
    int loadArch(int pkg) {
        return 0;
    }

    @Override
    int loadVendor(int pkg) {
        return 0;
    }

    @Override
    int loadDeps(int kind, int pkg) {
        return 1;
    }

    @Override
    void findProviders(int word, IntList into) {
        int[] index = starts;
        if (index == null) {
            index = new Index().build();
            starts = index;
        }
        if (word + 1 < index.length) {
            for (int row = index[word]; row < index[word + 1]; row++) {
                into.push(rows[row]);
            }
        }
    }

    @Override
    long buildTime(int pkg) {
        return pkg < built.length ? built[pkg] : 0;
    }

    @Override
    boolean ownsFile(int pkg, String path) {
        int word = words.find(path);
        for (int file : files(pkg)) {
            if (file == word) {
                return true;
            }
        }
        return false;
    }

    @Override
    IntList ignoredOnceInstalled(int pkg) {
        var list = new IntList();
        if (pkg < ignored.length && ignored[pkg] != null) {
            for (int dep : ignored[pkg]) {
                list.push(dep);
            }
        }
        return list;
    }

    @Override
    boolean deb() {
        return debian;
    }

    @Override
    boolean mayHaveLinks() {
        return links;
    }

    @Override
    IntList obsoleting() {
        var found = new IntList();
        for (int pkg = 2; pkg < count; pkg++) {
            if (has(OBSOLETES, pkg)) {
                found.push(pkg);
            }
        }
        return found;
    }

    @Override
    IntList supplementing() {
        IntList found = supplementing;
        if (found == null) {
            found = new IntList();
            for (int pkg = 2; pkg < count; pkg++) {
                if (has(SUPPLEMENTS, pkg) || has(ENHANCES, pkg)) {
                    found.push(pkg);
                }
            }
            supplementing = found;
        }
        return found;
    }

    /// Finds out which packages provide which words: what they say, and those of their files that
    /// some dependency names.
    private final class Index {
        private static final byte BY_INSTALLED = 1;
        private static final byte BY_ALL = 2;

        private final int[] from = new int[words.count() + 1];
        private final byte[] asked = new byte[words.count()];
        private final int[] last = new int[words.count()];

        int[] build() {
            for (int pkg = 2; pkg < count; pkg++) {
                for (int kind = 0; kind < KINDS; kind++) {
                    for (int at = deps(kind, pkg); kind != PROVIDES && depData[at] != 0; at++) {
                        askFiles(depData[at], BY_ALL);
                    }
                }
            }
            pass(false);
            int sum = 0;
            for (int word = 0; word < from.length; word++) {
                int size = from[word];
                from[word] = sum;
                sum += size;
            }
            rows = new int[sum];
            Arrays.fill(last, 0);
            pass(true);
            System.arraycopy(from, 0, from, 1, from.length - 1);
            from[0] = 0;
            return from;
        }

        private void askFiles(int dep, byte whose) {
            if (dep >= 0) {
                if (dep > 0 && words.text(dep).startsWith("/") && asked[dep] < whose) {
                    asked[dep] = whose;
                }
                return;
            }
            boolean split = rels.op(dep) == Rels.NAMESPACE && rels.left(dep) == splitProvides;
            askFiles(rels.left(dep), whose);
            askFiles(rels.right(dep), split ? BY_INSTALLED : whose);
        }

        /// Counts the providers of each word in [#from], or puts them where `from` says.
        private void pass(boolean put) {
            for (int pkg = 2; pkg < count; pkg++) {
                if (!indexable(pkg)) {
                    continue;
                }
                for (int at = deps(PROVIDES, pkg); depData[at] != 0; at++) {
                    int dep = depData[at];
                    while (dep < 0) {
                        dep = rels.left(dep);
                    }
                    row(dep, pkg, put);
                }
                for (int file : files(pkg)) {
                    if (asked[file] == BY_ALL || asked[file] == BY_INSTALLED && isInstalled(pkg)) {
                        row(file, pkg, put);
                    }
                }
            }
        }

        private void row(int word, int pkg, boolean put) {
            if (last[word] == pkg) {
                return;
            }
            last[word] = pkg;
            if (put) {
                rows[from[word]] = pkg;
            }
            from[word]++;
        }
    }
}
