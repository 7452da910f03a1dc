package opm.engine;

import java.net.URI;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import opm.apply.Applier;
import opm.apply.Job;
import opm.apply.Outcome;
import opm.apply.Packages;
import opm.apply.Progress;
import opm.base.Digest;
import opm.base.InstalledList;
import opm.base.Limits;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.base.OpmException.Refused;
import opm.bundle.BundleReader;
import opm.fetch.Allowance;
import opm.fetch.Fetcher;
import opm.fetch.Folders;
import opm.fetch.Pause;
import opm.fetch.RateLimit;
import opm.fetch.Wanted;
import opm.history.Change;
import opm.history.Journal;
import opm.history.StateFolder;
import opm.host.Host;
import opm.host.Output;
import opm.host.RpmCommand;
import opm.pkgset.PackageRef;
import opm.pkgset.PackageSet;
import opm.pkgset.Queries;
import opm.plan.Plan;
import opm.plan.PlanText;
import opm.planner.Planned;
import opm.planner.Planner;
import opm.planner.RunSize;
import opm.profile.InstalledPackage;
import opm.profile.ProfileCapture;
import opm.profile.ProfileText;
import opm.profile.SystemProfile;
import opm.rpmmd.Advisory;
import opm.rpmmd.Group;
import opm.rpmmd.InstalledCache;
import opm.rpmmd.InstalledCache.Installed;
import opm.solve.Policy;
import opm.solve.Request;
import opm.solve.Universe;
import opm.solve.Verdict;
import opm.store.Lease;
import opm.store.Store;
import org.jspecify.annotations.Nullable;

/// One machine, its repositories, and what opm does with them; opened when needed, by one thread.
public final class Engine {
    /// The repository of what is installed, as dnf calls it.
    public static final String SYSTEM = "@System";

    private final Host host;
    private final Options options;
    private final Watcher watcher;
    private final Store store;
    private List<Path> folders = List.of();
    private final Map<Digest, List<URI>> cameFrom = new ConcurrentHashMap<>();
    @Nullable SystemProfile machine;
    final WarmSolver warmSolver = new WarmSolver();
    @Nullable Guest guest; // whose machine it thinks for, if it is a stranger's
    private final RpmCommand rpm;
    private @Nullable Ahead ahead;
    private @Nullable SystemProfile configuration;
    private @Nullable Installed installed;
    private @Nullable Repositories repositories;
    boolean keepsOld = true;
    private long partBytes;
    long takesBytes; // on all disks, at the worst moment of the change that was looked at last

    public Engine(Host host, Options options, Watcher watcher) {
        this.host = host;
        this.options = options;
        this.watcher = watcher;
        Path own = options.stores().own();
        Path place = own == null ? options.state().resolve("store") : own;
        store = new Store(host.disk(), place, options.stores().below());
        rpm = RpmCommand.at(options.root(), host.commands());
    }

    Host host() {
        return host;
    }

    public Options options() {
        return options;
    }

    Watcher watcher() {
        return watcher;
    }

    /// Returns what brings files into the store, at the speed that is allowed.
    Fetcher fetcher() {
        var clock = host.clock();
        var limit = new RateLimit(clock, Pause.real(), options.limitBytesPerSecond(), allowance());
        return new Fetcher(store, host.net(), clock, Pause.real(), Lanes.of(this), limit);
    }

    /// Returns the desk at which package sets are made as files of their own.
    public SetFiles setFiles() {
        return new SetFiles(this);
    }

    /// Plans for a bundle in parts of so many bytes.
    public void planForParts(long bytes) {
        partBytes = bytes;
    }

    private RunSize runSize() {
        RunSize usual = partBytes > 0 ? RunSize.parts(partBytes) : RunSize.USUAL;
        return options.oneBatch() ? RunSize.ALL : usual;
    }

    /// Lets changes go without making what they replace again for an undo: that takes time.
    public void keepNoOld() {
        keepsOld = false;
    }

    /// Returns the store of fetched packages.
    public Store store() {
        return store;
    }

    /// Returns the machine to think for: of `--profile`, else what the root holds now.
    public SystemProfile machine() throws OpmException {
        if (machine == null) {
            Path file = options.profile();
            if (file != null) {
                byte[] text = host.disk().readAll(file, Limits.PROFILE_BYTES);
                machine = ProfileText.read(text, file.toString());
            } else {
                watcher.begins(Watcher.Stage.CAPTURE, options.root().toString());
                machine = ProfileCapture.capture(rpm, host.disk(), host.commands(), 0);
            }
        }
        return machine;
    }

    /// Returns the machine without what only rpm knows: its packages, keys, architecture. Of a root
    /// that takes a fraction of the time.
    SystemProfile configuration() throws OpmException {
        if (options.profile() != null) {
            return machine();
        }
        if (configuration == null) {
            configuration = ProfileCapture.configuration(options.root(), host.disk());
        }
        return configuration;
    }

    /// Returns the rpm that looks at the root.
    public RpmCommand rpm() {
        return rpm;
    }

    /// Returns the machine's packages as a set.
    public PackageSet installed() throws OpmException {
        return whatIsInstalled().set();
    }

    private Installed whatIsInstalled() throws OpmException {
        if (installed == null) {
            if (options.profile() != null) {
                installed = Installed.of(machine());
            } else {
                Ahead rpmFacts = ahead();
                configuration();
                rpmFacts.join();
                installed =
                        new InstalledCache(host, options.state(), rpm)
                                .get(configuration(), this::machine);
            }
            installed = new OnBase(host, options, watcher).of(installed);
        }
        return installed;
    }

    /// Begins to ask rpm what it alone knows, while this thread does other things.
    Ahead ahead() {
        if (ahead == null) {
            ahead = Ahead.begin(rpm, host.commands());
        }
        return ahead;
    }

    String releasever() throws OpmException {
        return whatIsInstalled().releasever();
    }

    /// Returns the architecture that the machine's rpm installs for.
    private String machineArch() throws OpmException {
        return options.profile() != null || machine != null ? machine().arch() : ahead().arch();
    }

    Repositories repositories() throws OpmException {
        if (repositories == null) {
            repositories = new Repositories(this);
        }
        return repositories;
    }

    /// Returns the repositories; their metadata is fetched where there is none or it is old.
    public List<OpenRepo> repos() throws OpmException {
        return repositories().open();
    }

    /// Fetches what is new of the repositories' metadata.
    ///
    /// @param ids which ones; all when empty
    /// @param complete also what is otherwise fetched when it is first needed: file lists,
    ///     advisories, groups
    public List<OpenRepo> refresh(List<String> ids, boolean complete) throws OpmException {
        return repositories().refresh(ids, complete);
    }

    /// Has the sets know these paths of file lists; returns whether any set is another one now.
    public boolean askPaths(Collection<String> paths) throws OpmException {
        return repositories().askPaths(paths);
    }

    /// Makes sure that the repositories' sets can answer who holds these paths, among which are
    /// globs.
    public void askFiles(Collection<String> paths) throws OpmException {
        if (paths.stream().anyMatch(Queries::isGlob)) {
            repositories().askAllFiles();
        } else {
            askPaths(paths);
        }
    }

    /// Returns every file of some packages: of installed ones as rpm lists them (of a profile's,
    /// those that it knows), of others from the file lists.
    public Map<PackageRef, List<String>> files(List<PackageRef> packages) throws OpmException {
        var files = new HashMap<PackageRef, List<String>>();
        boolean offered = false;
        for (PackageRef pkg : packages) {
            if (!isInstalled(pkg)) {
                offered = true;
            } else if (options.profile() != null || options.base().place() != null) {
                files.put(pkg, pkg.files());
            } else {
                String name = pkg.nevra().toString();
                var said = rpm().run("-q", "--qf", "[%{FILENAMES}\\n]", name);
                files.put(pkg, said.outText().lines().sorted().toList());
            }
        }
        if (offered) {
            files.putAll(repositories().files(packages));
        }
        return files;
    }

    private boolean isInstalled(PackageRef pkg) {
        return installed != null && pkg.set() == installed.set();
    }

    /// Returns the id of the repository that a package comes from, [#SYSTEM] for an installed one.
    public String repoOf(PackageRef pkg) throws OpmException {
        OpenRepo repo = isInstalled(pkg) ? null : repo(pkg);
        return repo == null ? SYSTEM : repo.id();
    }

    private @Nullable OpenRepo repo(PackageRef pkg) throws OpmException {
        for (OpenRepo repo : repos()) {
            if (repo.set() == pkg.set()) {
                return repo;
            }
        }
        return null;
    }

    /// Returns the address of a repository's package at its first mirror; of an installed one the
    /// empty text.
    public String address(PackageRef pkg) throws OpmException {
        OpenRepo repo = repo(pkg);
        if (repo == null || pkg.location().contains("://") || repo.bases().isEmpty()) {
            return pkg.location();
        }
        return repo.bases().getFirst() + pkg.location();
    }

    /// Solves a request for the machine and plans what it takes.
    ///
    /// @param asked the request in words, for the plan
    public Solution solve(Request request, List<String> asked) throws OpmException {
        return solve(request, asked, policy -> policy);
    }

    /// Solves a request by another policy than the machine's configuration and the options say.
    public Solution solve(Request request, List<String> asked, UnaryOperator<Policy> change)
            throws OpmException {
        if (options.profile() == null) {
            ahead().wantArch();
        }
        // As with dnf, a removal brings nothing in, and needs no metadata.
        boolean alone = Policies.removesOnly(request);
        if (!alone) {
            repos();
        }
        Policy usual = Policies.of(configuration(), installed(), options, request);
        Policy policy = change.apply(usual);
        while (true) {
            List<OpenRepo> open = alone ? List.of() : repos();
            Universe universe = universe(open);
            Verdict verdict =
                    PackageSet.reading(
                            () -> warmSolver.of(universe).solve(request, policy, watcher::givesUp));
            // A dependency on a path that primary.xml does not list needs the file lists. Each
            // round asks for more paths, so this ends.
            if (!open.isEmpty()
                    && !verdict.missingPaths().isEmpty()
                    && repositories().askPaths(verdict.missingPaths())) {
                continue;
            }
            Planned planned =
                    verdict instanceof Verdict.Solved solved
                            ? Planner.plan(
                                    solved,
                                    universe,
                                    target(),
                                    open.stream().map(OpenRepo::source).toList(),
                                    asked,
                                    this::mayBeUnsigned,
                                    runSize())
                            : null;
            return new Solution(policy, universe, request, verdict, planned);
        }
    }

    Plan.Target target() throws OpmException {
        SystemProfile.Distro distro = configuration().distro();
        return new Plan.Target(
                distro.id(), distro.version(), machineArch(), whatIsInstalled().digest());
    }

    /// Returns what publishers say about updates in the repositories.
    public List<Advisory> advisories() throws OpmException {
        return repositories().advisories();
    }

    /// Returns the groups of packages of all repositories.
    public List<Group> groups() throws OpmException {
        return repositories().groups();
    }

    /// Tells whether the user named a package as one that needs no signature. Those that turn out
    /// to be signed are taken off the list when they are here.
    private boolean mayBeUnsigned(String name) {
        List<String> names = options.unsigned();
        return names != null && (names.isEmpty() || names.contains(name));
    }

    public String arch() throws OpmException {
        String wanted = options.arch();
        return wanted == null ? machineArch() : wanted;
    }

    Universe universe(List<OpenRepo> repos) throws OpmException {
        return new Universe(
                arch(),
                installed(),
                repos.stream()
                        .map(r -> new Universe.Source(r.id(), r.set(), r.priority(), r.cost()))
                        .toList(),
                repos.isEmpty() ? List.of() : hidden(),
                repos.isEmpty() ? List.of() : repositories().filters());
    }

    /// Returns the packages of repositories that module streams hide.
    public List<Nevra> hidden() throws OpmException {
        return repositories().hidden();
    }

    /// Brings every package of a plan into the store, checks digests and signatures.
    ///
    /// @return the plan, with the packages named that are unsigned and may be
    public Fetched fetch(Solution solution) throws OpmException {
        Planned planned = Objects.requireNonNull(solution.planned(), "solved");
        List<Wanted> wanted = wanted(planned);
        List<Digest> digests = wanted.stream().map(Wanted::digest).toList();
        try (Lease lease = store.lease(digests)) {
            assert lease != null;
            new DeltaPackages(this).bring(planned, wanted);
            fetch(wanted);
            Fetched fetched = new Signatures(this).check(planned.plan());
            new Keeping(this).planned(fetched.plan(), false);
            return fetched;
        }
    }

    /// Keeps what was fetched for a plan until it is applied, however long that takes.
    public void keepForLater(Plan plan) throws OpmException {
        new Keeping(this).planned(plan, true);
    }

    /// What came of fetching a plan.
    ///
    /// @param plan names the packages that are unsigned and may be, and no others
    /// @param signaturesChecked false where nobody could say who signed
    public record Fetched(Plan plan, boolean signaturesChecked) {}

    /// Brings files into the store.
    public void fetch(List<Wanted> wanted) throws OpmException {
        new PlanPackages(this).fetch(wanted);
    }

    /// Returns what a plan's files are and where they may be had.
    public List<Wanted> wanted(Planned planned) throws OpmException {
        List<Wanted> wanted = new PlanPackages(this).wanted(planned);
        if (folders.isEmpty()) {
            return wanted;
        }
        var found = new Folders(host.disk(), folders);
        return wanted.stream().map(found::with).toList();
    }

    /// Returns what a solution's files are and where they may be had.
    public List<Wanted> wanted(Solution solution) throws OpmException {
        return wanted(Objects.requireNonNull(solution.planned(), "solved"));
    }

    List<Path> folders() {
        return folders;
    }

    /// Looks for packages in folders too, whoever brought them there, before the network is asked.
    public void lookInto(List<Path> more) {
        folders = List.copyOf(more);
    }

    /// Returns which sources the files came from that were fetched since this engine was made.
    public Map<Digest, List<URI>> cameFrom() {
        return cameFrom;
    }

    /// Returns how fast and how much may be downloaded.
    public Allowance allowance() {
        return Metered.allowance(this);
    }

    /// Returns what packages of repositories are as files and where they may be had.
    public List<Wanted> wanted(Collection<PackageRef> packages) throws OpmException {
        return new PlanPackages(this).wanted(packages);
    }

    /// Makes a bundle of a solution: proves that the bundle alone is enough, writes.
    public Bundled bundle(Solution solution, Fetched fetched, Path file) throws OpmException {
        return new Bundling(this).write(solution, fetched, file);
    }

    /// What was written.
    ///
    /// @param seal SHA-256 of every byte before the closing comment: the bundle's name
    public record Bundled(Digest seal, long sizeBytes, Plan plan, boolean signaturesChecked) {}

    /// Does what a plan says to the root; its packages are in the store.
    ///
    /// @param stop asked between two batches
    public Outcome apply(Plan plan, Progress progress, BooleanSupplier stop) throws OpmException {
        var job = new Job(plan, installedNames(), "-", stored());
        new Keeping(this).ahead(plan);
        return new Keeping(this).after(BootGuard.apply(this, job, progress, stop), plan, null);
    }

    /// Returns what is done with a bundle here.
    public FromBundle from(BundleReader bundle) throws OpmException {
        return new FromBundle(this, bundle, bundle.plan(), bundle.installed());
    }

    /// Says what stands in the way of a plan here; changes nothing.
    ///
    /// @throws Refused when it was made for other packages than those that are installed
    public Outcome check(Plan plan) throws OpmException {
        if (!machine().installedDigest().equals(plan.target().base())) {
            throw new Refused(
                    "the plan: found other packages installed than those it was made for",
                    "Solve again; a bundle would name what differs.");
        }
        var job = new Job(plan, installedNames(), "-", stored());
        return applier().check(job);
    }

    Packages stored() {
        return Packages.of(store, host.disk(), options.root());
    }

    /// Returns the names of all installed packages, those that a plan was made for.
    List<Nevra> installedNames(Plan plan) throws OpmException {
        if (!machine().installedDigest().equals(plan.target().base())) {
            throw new Refused(
                    "the machine: found other packages installed than when the request was solved",
                    "Start again.");
        }
        return installedNames();
    }

    List<Nevra> installedNames() throws OpmException {
        return machine().packages().stream().map(InstalledPackage::nevra).toList();
    }

    Applier applier() {
        RpmCommand rpm = rpm();
        return new Applier(host, rpm, StateFolder.in(rpm.root()));
    }

    /// Leaves an interrupted change of the root as it is.
    public Outcome forget() throws OpmException {
        return applier().forget();
    }

    /// Goes on with the interrupted change of the root.
    ///
    /// @param bundle that it came from, where its packages are not in the store
    /// @return also `NothingOpen`; `OtherChangeOpen` when the bundle is another one's
    public Outcome resume(@Nullable BundleReader bundle, Progress progress, BooleanSupplier stop)
            throws OpmException {
        List<Change> changes = history();
        if (changes.isEmpty() || !changes.getLast().isOpen()) {
            return new Outcome.NothingOpen();
        }
        Change open = changes.getLast();
        if (bundle != null) {
            return new Anew(this, bundle).resume(open, progress, stop);
        }
        StateFolder state = StateFolder.in(rpm().root());
        byte[] plan = host.disk().readAll(state.plan(open.number()), Limits.PLAN_BYTES);
        byte[] list = host.disk().readAll(state.installed(open.number()), Limits.PROFILE_BYTES);
        Plan left = PlanText.read(plan);
        Packages packages = open.seal().equals("-") ? Pipelined.resumed(this, left) : stored();
        var job = new Job(left, InstalledList.parse(list), open.seal(), packages);
        return new Keeping(this).after(BootGuard.apply(this, job, progress, stop), left, null);
    }

    /// Takes note of what others changed; does nothing where this user may not write that down.
    public void notice() throws OpmException {
        try {
            applier().notice();
        } catch (Refused notAllowed) {
            assert notAllowed.getMessage() != null; // who may only look sees the history as it is
        }
    }

    /// Returns what was installed earlier, and the ways back.
    public Past past() throws OpmException {
        return new Past(this);
    }

    /// Returns every change that opm made to the root, oldest first.
    public List<Change> history() throws OpmException {
        return Journal.read(host.disk(), host.clock(), StateFolder.in(rpm().root())).changes();
    }

    /// Returns the plan of a change; null when its folder was removed.
    public @Nullable Plan planOf(Change change) throws OpmException {
        Path file = StateFolder.in(rpm().root()).plan(change.number());
        return host.disk().exists(file)
                ? PlanText.read(host.disk().readAll(file, Limits.PLAN_BYTES))
                : null;
    }

    /// Makes sure that a file can be made where it is to be; leaves nothing there.
    ///
    /// @throws BadRequest when its folder is not there, or a folder has its name
    public void requireRoomFor(Path file) throws OpmException {
        Path folder = file.getParent();
        if (folder == null || !host.disk().isDirectory(folder) || host.disk().isDirectory(file)) {
            throw new BadRequest(
                    file + ": found no folder for such a file, expected one",
                    "Name a new file in a folder that is there: mkdir -p " + folder);
        }
        Path aside = file.resolveSibling(file.getFileName() + ".part");
        host.disk().create(aside).close();
        host.disk().delete(aside);
    }

    /// Writes a file, whole or not at all.
    public void write(Path file, byte[] bytes) throws OpmException {
        Path aside = file.resolveSibling(file.getFileName() + ".part");
        try (Output out = host.disk().create(aside)) {
            out.write(bytes, 0, bytes.length);
            out.force();
        }
        host.disk().rename(aside, file);
    }
}
