package opm.workshop;

import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import opm.base.Digest;
import opm.base.Limits;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.base.OpmException.Unavailable;
import opm.engine.Chain;
import opm.engine.Engine;
import opm.engine.Ground;
import opm.engine.Solution;
import opm.engine.WarmSolver;
import opm.engine.Watcher;
import opm.fetch.Wanted;
import opm.pkgset.PackageRef;
import opm.pkgset.PackageSet;
import opm.pkgset.Queries;
import opm.plan.Artifact;
import opm.plan.Batch;
import opm.plan.Plan;
import opm.plan.Step;
import opm.profile.JobText;
import opm.profile.SystemProfile;
import opm.solve.Change;
import opm.solve.Policy;
import opm.solve.Reason;
import opm.solve.Repair;
import opm.solve.Request;
import opm.solve.Solver;
import opm.solve.Verdict;
import org.jspecify.annotations.Nullable;

/// One machine that somebody brought, and what they chose for it. Its methods wait for each other,
/// then for their turn among all visits.
public final class Visit {
    private final Workshop workshop;
    private final String id;
    private final SystemProfile machine;
    private final int profileBytes;
    private final Engine engine;
    private final Map<String, Cost> costs = new HashMap<>();
    private volatile @Nullable Ground ground;
    private volatile @Nullable Groups groups;
    private Basket basket = Basket.EMPTY;
    private Basket before = Basket.EMPTY;
    private @Nullable Answer answer;
    private volatile @Nullable Engine releaseEngine;
    private long lineBytesPerSecond;
    private @Nullable Building building;
    private Map<String, Wanted> wanted = Map.of();
    private volatile Gate.@Nullable Turn turn;
    private volatile int quotaSeconds;
    private volatile long touched;

    /// @param profileBytes that its profile had, unpacked: what it takes of the memory
    Visit(Workshop workshop, String id, SystemProfile machine, int profileBytes)
            throws OpmException {
        this.profileBytes = profileBytes;
        this.workshop = workshop;
        this.id = id;
        this.machine = machine;
        engine = workshop.engine(machine, watcher());
        WarmSolver.of(engine).keep();
        touch();
    }

    private Watcher watcher() {
        return Watcher.until(this::isLate, this::breathesOrIsLate);
    }

    /// Tells whether work takes longer than it may, or nobody waits for it.
    private boolean isLate() {
        Gate.Turn now = turn;
        return now != null
                && (now.spentNanos() > TimeUnit.SECONDS.toNanos(quotaSeconds) || now.isGone());
    }

    /// The same, where others may go first: the solver has no lock that anybody wants.
    private boolean breathesOrIsLate() {
        Gate.Turn now = turn;
        if (now != null) {
            now.breathe();
        }
        return isLate();
    }

    public String id() {
        return id;
    }

    int profileBytes() {
        return profileBytes;
    }

    public SystemProfile machine() {
        return machine;
    }

    /// Returns the machine and what was chosen for it, as a file to go on with elsewhere.
    public synchronized byte[] job() {
        return JobText.write(JobLines.of(basket), machine);
    }

    void touch() {
        touched = workshop.nanos();
    }

    long idleNanos(long now) {
        return now - touched;
    }

    private synchronized <T> T think(Task<T> work) throws OpmException {
        return workshop.thinking.pass(now -> timed(now, Limits.SOLVE_SECONDS, work));
    }

    private interface Task<T> {
        T run() throws OpmException;
    }

    private <T> T timed(Gate.Turn now, int seconds, Task<T> work) throws OpmException {
        quotaSeconds = seconds;
        turn = now;
        try {
            T done = work.run();
            if (now.isGone()) {
                // What was cut off for that is no answer for whoever comes next.
                throw new Unavailable("nobody waited for the answer", "Ask again.");
            }
            return done;
        } finally {
            turn = null;
        }
    }

    /// Opens what every question needs, while it is this visit's turn already.
    synchronized void warm(Gate.Turn now) throws OpmException {
        ground = timed(now, Limits.VISIT_OPEN_SECONDS, () -> Ground.of(engine));
    }

    private Ground ground() throws OpmException {
        Ground known = ground;
        // A request may have asked for file lists: then the repositories have other sets.
        if (known == null || !known.repos().equals(engine.repos())) {
            known = Ground.of(engine);
            ground = known;
        }
        return known;
    }

    /// Forgets what would make the next answer quick; any thread may say so.
    void cool() {
        WarmSolver.of(engine).forget();
        Engine other = releaseEngine;
        if (other != null) {
            WarmSolver.of(other).forget();
        }
    }

    /// Returns the ids of the repositories that are looked at, and when each was made, in seconds
    /// since 1970.
    public synchronized Map<String, Long> repositories() throws OpmException {
        var found = new LinkedHashMap<String, Long>();
        ground().repos().forEach(repo -> found.put(repo.id(), repo.revisionSeconds()));
        return found;
    }

    /// Returns the addresses of the repositories that anybody may ask.
    public synchronized List<URI> bases() throws OpmException {
        return ground().repos().stream()
                .flatMap(repo -> shown(repo.bases().stream()))
                .toList();
    }

    private static Stream<URI> shown(Stream<URI> addresses) {
        return addresses.filter(Visit::isPublic).limit(Limits.MIRRORS_SHOWN);
    }

    private static boolean isPublic(URI address) {
        boolean web = "http".equals(address.getScheme()) || "https".equals(address.getScheme());
        return web && address.getUserInfo() == null;
    }

    // ---------------------------------------------------------------- search

    /// Returns packages that a text names: words of names and summaries, something provided, a
    /// path. Names that begin so come first.
    ///
    /// @param deep whether file lists may be read for a path; who types does not wait for that
    public List<Hit> search(String text, boolean deep) throws OpmException {
        String clean = text.strip();
        if (clean.length() < 2) {
            return List.of();
        }
        if (clean.length() > Limits.SEARCH_CHARS) {
            throw new BadRequest(
                    "search: found " + clean.length() + " letters", "Search for fewer words.");
        }
        List<Hit> hits = found(clean);
        if (!hits.isEmpty() || !deep || !clean.startsWith("/") || Queries.isGlob(clean)) {
            return hits;
        }
        readPaths(clean);
        return found(clean);
    }

    /// Needs nothing that another thread may change, so it waits for no solve of this visit, and
    /// for none of others.
    private List<Hit> found(String text) throws OpmException {
        Ground known = ground;
        Ground seen = known == null ? think(this::ground) : known;
        return workshop.looking.pass(_ -> Finder.of(seen, workshop.searched).found(text));
    }

    /// May take long, the first time: those who do the same wait for it, and nobody else.
    private synchronized void readPaths(String path) throws OpmException {
        workshop.reading.pass(
                now ->
                        timed(
                                now,
                                Limits.SOLVE_SECONDS,
                                () -> {
                                    if (engine.askPaths(List.of(path))) {
                                        ground = Ground.of(engine);
                                    }
                                    return true;
                                }));
    }

    /// Returns what it takes to install a package on this machine as it is, or to update it there,
    /// nothing else chosen.
    ///
    /// @param spec of packages; `@` and the id of a group for one
    public Cost cost(String spec) throws OpmException {
        synchronized (this) {
            Cost known = costs.get(spec);
            if (known != null) {
                return known;
            }
        }
        return think(
                () -> {
                    Solver solver = WarmSolver.of(engine).of(ground().universe());
                    Cost cost = cost(solver, new Request(costly(spec)));
                    workshop.keepWarm(this);
                    if (costs.size() >= Limits.SEARCH_RESULTS * Limits.SEARCH_HITS) {
                        costs.clear();
                    }
                    costs.put(spec, cost);
                    return cost;
                });
    }

    private List<Request.Item> costly(String spec) throws OpmException {
        if (spec.startsWith("@")) {
            return groups().items(List.of(spec.substring(1)));
        }
        boolean has = !new Queries(List.of(engine.installed())).named(spec).isEmpty();
        return List.of(Basket.item(has ? "upgrade" : "install", spec));
    }

    /// Returns groups of packages, by name.
    ///
    /// @param text in their names or descriptions; empty for all
    public List<GroupHit> groups(String text) throws OpmException {
        Groups known = groups;
        return (known == null ? think(this::groups) : known).hits(text);
    }

    private synchronized Groups groups() throws OpmException {
        Groups known = groups;
        if (known == null) {
            known = Groups.of(engine);
            groups = known;
        }
        return known;
    }

    /// Returns the packages of a group.
    public List<Hit> members(String group) throws OpmException {
        return think(
                () -> Finder.of(ground(), workshop.searched).called(groups().names(group)));
    }

    /// Returns what publishers say about updates that the machine lacks, the gravest first.
    public List<Notice> notices() throws OpmException {
        return think(() -> Notices.of(engine));
    }

    /// Returns the shortest chain of packages that pull each other in, from one that comes or is
    /// installed to one that was asked for; empty where nobody knows.
    ///
    /// @param spec of one package
    public List<Reason> why(String spec) throws OpmException {
        Solution now = solution();
        if (now != null) {
            Map<Nevra, Reason> reasons = now.reasons();
            for (Nevra pkg : reasons.keySet()) {
                if (pkg.full().equals(spec) || pkg.toString().equals(spec)) {
                    return chain(reasons, pkg);
                }
            }
        }
        return think(
                () -> {
                    var named = new Queries(List.of(engine.installed())).named(spec);
                    return named.isEmpty()
                            ? List.<Reason>of()
                            : Chain.of(engine, named.getFirst());
                });
    }

    private static List<Reason> chain(Map<Nevra, Reason> reasons, Nevra from) {
        var chain = new ArrayList<Reason>();
        Reason next = reasons.get(from);
        while (next != null && !chain.contains(next)) {
            chain.add(next);
            PackageRef by = next.by();
            next = by == null ? null : reasons.get(by.nevra());
        }
        return chain;
    }

    private Cost cost(Solver solver, Request request) throws OpmException {
        Policy policy = ground().policy();
        Verdict verdict =
                PackageSet.reading(
                        () ->
                                solver.solve(request, policy, this::breathesOrIsLate));
        if (!(verdict instanceof Verdict.Solved solved)) {
            return new Cost(false, 0, 0, 0);
        }
        int comes = 0;
        int goes = 0;
        long bytes = 0;
        for (Change change : solved.changes()) {
            PackageRef pkg = change.comes();
            if (pkg != null) {
                comes++;
                bytes += pkg.packageBytes();
            } else {
                goes++;
            }
        }
        return new Cost(true, comes, goes, bytes);
    }

    // ---------------------------------------------------------------- choices

    public synchronized Basket basket() {
        return basket;
    }

    /// Puts other things into the basket; what was planned or built for the old ones is forgotten.
    public synchronized void choose(Basket chosen) {
        if (!chosen.equals(basket)) {
            if (!chosen.wishes().release().equals(basket.wishes().release())) {
                releaseEngine = null;
            }
            before = basket;
            basket = chosen;
            answer = null;
            wanted = Map.of();
            stopBuilding();
        }
    }

    /// Undoes the last change of the basket: what came of it was no request at all.
    public synchronized void back() {
        Basket last = before;
        choose(last.equals(basket) ? Basket.EMPTY : last);
        before = Basket.EMPTY;
    }

    /// Takes one of the ways out of a problem.
    ///
    /// @param problem from 0, as the last answer had them
    /// @param repair from 0
    public void repair(int problem, int repair) throws OpmException {
        Solution now = solution();
        if (now == null
                || !(now.verdict() instanceof Verdict.Unsolvable(var problems, _))
                || problem < 0
                || problem >= problems.size()
                || repair < 0
                || repair >= problems.get(problem).repairs().size()) {
            throw new BadRequest(
                    "repair: found no such way out, expected one of those shown",
                    "Look at the page again: the choices have changed.");
        }
        Basket changed = basket();
        for (Repair.Act act : problems.get(problem).repairs().get(repair).acts()) {
            changed =
                    switch (act) {
                        case Repair.Drop(var item) -> changed.doingWithout(item);
                        case Repair.Erase(var pkg) -> changed.with(named("remove", pkg));
                        case Repair.Replace(_, var by) -> changed.with(named("install", by));
                        case Repair.Accept(var pkg) -> changed.with(named("install", pkg));
                    };
        }
        choose(changed);
    }

    private static Request.Item named(String verb, PackageRef pkg) throws BadRequest {
        return Basket.item(verb, pkg.nevra().toString());
    }

    /// Returns how fast the line is of who fetches; 0 where nobody said.
    public long lineBytesPerSecond() {
        return lineBytesPerSecond;
    }

    public void line(long bytesPerSecond) {
        lineBytesPerSecond = bytesPerSecond;
    }

    /// Returns the releases to which this machine may be brought, the nearest first.
    public List<String> releases() {
        return workshop.releases(machine);
    }

    /// The engine that solves and fetches what is chosen: that of another release, perhaps.
    private Engine planner() throws OpmException {
        String release = basket.wishes().release();
        if (release.isEmpty()) {
            return engine;
        }
        Engine known = releaseEngine;
        if (known == null) {
            known = workshop.engine(machine, watcher(), release);
            WarmSolver.of(known).keep();
            releaseEngine = known;
        }
        return known;
    }

    /// Returns what the choices come to; null when nothing is chosen.
    public synchronized @Nullable Answer answer() throws OpmException {
        if (basket.isEmpty()) {
            return null;
        }
        if (answer == null) {
            answer = think(this::solved);
        }
        return answer;
    }

    private Answer solved() throws OpmException {
        Answer found = Answer.of(planner(), basket);
        workshop.keepWarm(this);
        return found;
    }

    /// Returns the solution of [#answer]; null when nothing is chosen.
    public @Nullable Solution solution() throws OpmException {
        Answer now = answer();
        return now == null ? null : now.solution();
    }

    /// Returns the lines of a plan, in the order in which they happen.
    public static List<Row> rows(Solution solution) {
        Plan plan = solution.plan();
        if (plan == null) {
            return List.of();
        }
        Map<Digest, Artifact> artifacts = plan.artifactsByDigest();
        Map<Nevra, Reason> reasons = solution.reasons();
        var rows = new ArrayList<Row>();
        for (Batch batch : plan.batches()) {
            for (Step step : batch.steps()) {
                Row row =
                        switch (step) {
                            case Step.Install(var pkg, var rpm, _) ->
                                    row(Row.Kind.INSTALL, pkg, null, artifacts.get(rpm));
                            case Step.Upgrade(var from, var to, var rpm) ->
                                    row(Row.Kind.UPGRADE, to, from, artifacts.get(rpm));
                            case Step.Downgrade(var from, var to, var rpm) ->
                                    row(Row.Kind.DOWNGRADE, to, from, artifacts.get(rpm));
                            case Step.Reinstall(var pkg, var rpm) ->
                                    row(Row.Kind.REINSTALL, pkg, null, artifacts.get(rpm));
                            case Step.Replaced(var pkg, _) ->
                                    row(Row.Kind.REMOVE, pkg, null, null);
                            case Step.Erase(var pkg) -> row(Row.Kind.REMOVE, pkg, null, null);
                        };
                rows.add(
                        new Row(
                                row.kind(),
                                row.pkg(),
                                row.from(),
                                row.bytes(),
                                reasons.get(row.pkg())));
            }
        }
        return rows;
    }

    private static Row row(
            Row.Kind kind, Nevra pkg, @Nullable Nevra from, @Nullable Artifact artifact) {
        return new Row(kind, pkg, from, artifact == null ? 0 : artifact.sizeBytes(), null);
    }

    // ---------------------------------------------------------------- files

    /// Returns the files that the plan fetches, by the hex of their digests; empty without a plan.
    public synchronized Map<String, Wanted> files() throws OpmException {
        Solution now = solution();
        if (now == null || now.planned() == null) {
            return Map.of();
        }
        if (wanted.isEmpty()) {
            var byDigest = new LinkedHashMap<String, Wanted>();
            for (Wanted one : planner().wanted(now)) {
                byDigest.put(one.digest().hex(), one);
            }
            wanted = byDigest;
        }
        return wanted;
    }

    /// Returns addresses of a file that anybody may be sent to, the best first: at most
    /// [Limits#MIRRORS_SHOWN].
    public static List<URI> mirrors(Wanted file) {
        return shown(file.sources().stream()).toList();
    }

    /// Opens a file of the plan from some byte on: out of the store, else from its mirrors.
    public Relay relay(Wanted file, long from, long until) throws OpmException {
        return Relay.open(engine.store(), workshop.host().net(), file, from, until);
    }

    /// Begins to build the bundle of what is chosen; does nothing while one is built or done.
    ///
    /// @throws BadRequest when there is nothing to build
    public synchronized Building build() throws OpmException {
        Building begun = building;
        if (begun != null && !begun.status().state().equals(Building.State.FAILED)) {
            return begun;
        }
        Solution now = solution();
        Plan plan = now == null ? null : now.plan();
        if (plan == null || plan.batches().isEmpty()) {
            throw new BadRequest(
                    "build: found nothing to do, expected a plan", "Choose packages first.");
        }
        begun = new Building(workshop, machine, basket, id);
        building = begun;
        begun.start();
        return begun;
    }

    /// Returns the building that was begun last for what is chosen; null when none was.
    public synchronized @Nullable Building building() {
        return building;
    }

    private void stopBuilding() {
        Building begun = building;
        building = null;
        if (begun != null) {
            begun.close();
        }
    }

    synchronized void close() {
        stopBuilding();
    }
}
