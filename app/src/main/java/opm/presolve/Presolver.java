package opm.presolve;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import opm.base.Awaited;
import opm.base.Digest;
import opm.base.InstalledList;
import opm.base.OpmException;
import opm.base.OpmException.Refused;
import opm.base.OpmException.Unavailable;
import opm.engine.Applications;
import opm.engine.Engine;
import opm.engine.Ground;
import opm.engine.OpenRepo;
import opm.host.Commands;
import opm.pkgset.PackageRef;
import opm.pkgset.PackageSet;
import opm.sign.FileSignature;
import opm.sign.SignKey;
import opm.thin.Platform;
import opm.thin.Reference;
import org.jspecify.annotations.Nullable;

/// Builds a platform's tree, or brings it up to date.
public final class Presolver {
    /// Ways that a name's answer is made change with this number: then all are made anew.
    private static final int RULES = 1;

    /// So many answers mention most packages several times.
    private static final int MANY = 1000;

    private final Engine engine;
    private final Path tree;
    private final Commands commands;
    private final InstantSource clock;
    private final BooleanSupplier cancelled;
    private final Runnable longWork;

    /// @param longWork run before anything is written when there is much to solve; need not return
    public Presolver(
            Engine engine,
            Path tree,
            Commands commands,
            InstantSource clock,
            BooleanSupplier cancelled,
            Runnable longWork) {
        this.engine = engine;
        this.tree = tree;
        this.commands = commands;
        this.clock = clock;
        this.cancelled = cancelled;
        this.longWork = longWork;
    }

    /// What is wanted.
    ///
    /// @param platform null for what the baseline says of itself
    /// @param names what to answer for; null for all names of the repositories
    /// @param lanes how many threads solve
    /// @param anew whether nothing of an earlier build counts
    /// @param mayShrink whether many names may lose their answer
    /// @param packages whether the packages belong into the tree
    /// @param signer null when nothing is signed
    /// @param map names that stand for other packages
    public record Wanted(
            @Nullable Platform platform,
            @Nullable Set<String> names,
            int lanes,
            boolean anew,
            boolean mayShrink,
            boolean packages,
            @Nullable SignKey signer,
            EntryMap map) {}

    /// What came of it.
    ///
    /// @param answers that there are now
    /// @param solved names that were solved this time
    /// @param written answers that are new or other than before
    /// @param gone names that have no answer any more
    /// @param unsolvable names of the catalogue that cannot be had
    /// @param bytes of the answers that were solved, of both forms
    public record Built(
            Platform platform,
            long serial,
            int answers,
            int solved,
            int written,
            int gone,
            SortedMap<String, String> unsolvable,
            long bytes) {}

    /// Builds; a failure leaves what is published, and is written down for those who watch.
    public Built buildOrAlarm(Wanted wanted) throws OpmException {
        Path alarm = Shelf.failed(tree);
        try {
            Built built = build(wanted);
            Publication.remove(alarm);
            return built;
        } catch (OpmException e) {
            String line = clock.instant().getEpochSecond() + " " + e.getMessage() + "\n";
            Publication.write(alarm, Publication.utf8(line));
            throw e;
        }
    }

    private Built build(Wanted wanted) throws OpmException {
        Platform named = wanted.platform();
        boolean everything = wanted.names() == null;
        if (everything && (wanted.anew() || named != null && !Published.isThere(tree, named))) {
            longWork.run();
        }
        Future<There> reading =
                named == null ? null : begin(() -> There.read(tree, named, commands));
        Ground ground = Ground.of(engine);
        There there =
                reading == null
                        ? There.read(tree, platformOf(ground), commands)
                        : Awaited.of(reading);
        Platform platform = there.platform;
        Path folder = platform.in(tree);
        Path own = Tree.build(tree, platform);
        Publication publication = there.publication;
        Published before = there.published;
        Set<String> asked = wanted.names();
        EntryMap map = wanted.map().beside(Applications.of(engine), asked);
        SortedMap<String, List<String>> entries = map.on(platform);
        var names = new TreeSet<>(asked == null ? allNames(ground) : asked);
        names.addAll(entries.keySet());
        Kept kept = before == null || wanted.anew() ? null : Kept.read(own);
        if (kept != null
                && before != null
                && !kept.root().equals(before.reference().root())) {
            kept = null; // a build ended between the two: which sets those answers had is not known
        }
        // Beside finding out what is to be solved; it is seldom nothing.
        Ground opened = ground;
        Future<Answerer> answerer =
                kept == null || kept.isOf(ground)
                        ? null
                        : begin(() -> new Answerer(opened, cancelled).begin());
        String inputs = inputs(ground, wanted.map());
        Set<String> affected =
                before == null || kept == null || !before.reference().inputs().equals(inputs)
                        ? names
                        : affected(new Affected(kept, ground), names, entries);
        var pending = new TreeSet<>(EntryMap.changed(entries, own));
        affected.stream().filter(names::contains).forEach(pending::add);
        if (before != null && kept != null) {
            List<String> unknown = Sorted.without(names, there.names);
            pending.addAll(Sorted.without(unknown, kept.unsolvable().keySet()));
        }
        if (pending.size() > MANY) {
            longWork.run();
        }
        var run =
                new Run(
                        publication,
                        before == null ? null : before.index(),
                        wanted.packages(),
                        entries,
                        answerer);
        try {
            ground = solve(ground, pending, run, wanted.lanes());
        } finally {
            run.writer.finish();
        }
        if (wanted.packages()) {
            new PackageFiles(engine, folder).bring(run.files);
        }
        inputs = inputs(ground, wanted.map());
        return publish(wanted, ground, there, kept, names, pending, run, inputs);
    }

    /// What is published, once an interrupted publication was brought to its end.
    ///
    /// @param names that have an answer, sorted
    private record There(
            Platform platform,
            Publication publication,
            @Nullable Published published,
            List<String> names) {
        static There read(Path tree, Platform platform, Commands commands)
                throws OpmException {
            Path own = Tree.build(tree, platform);
            var publication = new Publication(platform.in(tree), own, commands);
            publication.recover();
            Published published = Published.read(tree, platform);
            List<String> names = published == null ? List.of() : names(own, published);
            return new There(platform, publication, published, names);
        }

        private static List<String> names(Path own, Published published) throws OpmException {
            List<String> kept = Kept.names(own, published.reference().root());
            return kept == null ? List.copyOf(published.index().entries().keySet()) : kept;
        }
    }

    /// Begins something that goes on beside what follows.
    private static <T> Future<T> begin(Callable<T> work) {
        var task = new FutureTask<>(work);
        Thread.ofPlatform().daemon().start(task);
        return task;
    }

    private static Set<String> affected(
            Affected affected, Set<String> names, SortedMap<String, List<String>> entries) {
        var all = new TreeSet<>(names);
        entries.values().forEach(all::addAll);
        Set<String> found = affected.names(all);
        entries.forEach(
                (entry, packages) -> {
                    if (packages.stream().anyMatch(found::contains)) {
                        found.add(entry);
                    }
                });
        return found;
    }

    private Built publish(
            Wanted wanted,
            Ground ground,
            There there,
            @Nullable Kept kept,
            Set<String> names,
            Set<String> pending,
            Run run,
            String inputs)
            throws OpmException {
        Platform platform = there.platform;
        Published before = there.published;
        Path folder = platform.in(tree);
        Path own = Tree.build(tree, platform);
        long last = before == null ? 0 : before.reference().seconds();
        long seconds = nextSecond(last, clock.instant().getEpochSecond());
        var gone = new TreeSet<>(Sorted.without(there.names, names));
        for (String name : run.unsolvable.keySet()) {
            if (Collections.binarySearch(there.names, name) >= 0) {
                gone.add(name);
            }
        }
        List<AnswerIndex.Entry> came =
                run.written.values().stream().map(it -> it.at(seconds)).toList();
        List<String> answered =
                Sorted.with(Sorted.without(there.names, gone), run.written.keySet());
        var unsolvable = new TreeMap<String, String>();
        if (kept != null) {
            unsolvable.putAll(kept.unsolvable());
            unsolvable.keySet().retainAll(names);
            unsolvable.keySet().removeAll(run.written.keySet());
        }
        unsolvable.putAll(run.unsolvable);
        if (before != null && !wanted.mayShrink()) {
            requireMost(there.names.size(), gone, unsolvable);
        }
        AnswerIndex index =
                before == null
                        ? AnswerIndex.of(came)
                        : before.index().with(came, gone, answered.size());
        boolean same =
                before != null
                        && before.reference().root().equals(index.root())
                        && before.reference().inputs().equals(inputs)
                        && before.reference().repos().equals(repos(ground));
        long serial = before != null && same ? before.reference().serial() : seconds;
        byte[] list = list(answered);
        SortedSet<String> nodes = index.nodes();
        // The signature of a text that changed is no signature.
        String signature = Tree.OWN + "/ref.minisig";
        if (!same) {
            var stale = new ArrayList<String>();
            for (String name : gone) {
                stale.add(name);
                stale.add(name + Tree.PLAN);
            }
            stale.addAll(stageNodes(index, nodes, run.publication, before));
            var reference =
                    new Reference(
                            platform,
                            ground.target().arch(),
                            ground.target().base().hex(),
                            serial,
                            seconds,
                            answered.size(),
                            index.depth(),
                            index.root(),
                            inputs,
                            repos(ground),
                            mirrors(ground));
            if (!run.written.isEmpty() || !gone.isEmpty() || before == null) {
                run.publication.stage(Tree.UPDATES, list);
            }
            run.publication.stage("-/unsolvable", lines(unsolvable));
            run.publication.stage("-/baseline", InstalledList.text(ground.installed()));
            run.publication.stage("-/ref", reference.text());
            SignKey signer = wanted.signer();
            if (signer != null) {
                String comment = "opm-presolve " + platform + " " + serial;
                var signed = FileSignature.of(reference.text(), signer, comment);
                run.publication.stage("-/ref.minisig", Publication.utf8(signed.text()));
                Publication.write(
                        tree.resolve("key.pub"), Publication.utf8(signer.publicHalf().text()));
            }
            if (wanted.signer() == null) {
                stale.add(signature);
            }
            run.publication.ready(seconds, stale);
            run.publication.move();
        }
        if (wanted.packages()) {
            new PackageFiles(engine, folder).sweep(ground);
        }
        Kept.write(own, index.root(), answered, ground, unsolvable);
        EntryMap.keep(run.entries, own);
        Listing.write(tree, platform, answered, list, nodes);
        return new Built(
                platform,
                serial,
                answered.size(),
                pending.size(),
                run.written.size(),
                gone.size(),
                unsolvable,
                run.bytes);
    }

    /// Returns the second of a publication: later than that of the one before, and than any in
    /// which somebody may have looked at what is there now.
    static long nextSecond(long last, long now) {
        return Math.max(last, now) + 1;
    }

    /// Stages the nodes that are not there, and returns those that no longer count.
    private static List<String> stageNodes(
            AnswerIndex index,
            Set<String> now,
            Publication publication,
            @Nullable Published before)
            throws OpmException {
        Set<String> old = before == null ? Set.of() : before.index().nodes();
        for (Map.Entry<String, byte[]> node : index.fresh().entrySet()) {
            if (!old.contains(node.getKey())) {
                publication.stage(Reference.nodePath(node.getKey()), node.getValue());
            }
        }
        return old.stream()
                .filter(hex -> !now.contains(hex))
                .map(Reference::nodePath)
                .toList();
    }

    /// A mirror in the middle of a change shows a part of its packages: then the old answers stay.
    private static void requireMost(
            int before, SortedSet<String> gone, SortedMap<String, String> unsolvable)
            throws Refused {
        if (gone.size() > 10 && gone.size() > before / 10) {
            String first = gone.getFirst();
            throw new Refused(
                    "presolve: "
                            + gone.size()
                            + " of "
                            + before
                            + " names would lose their answer, "
                            + first
                            + " first: "
                            + unsolvable.getOrDefault(first, "no repository has it"),
                    "The old answers stay. Is a repository half copied? If this is meant:"
                            + " --may-shrink.");
        }
    }

    private Platform platformOf(Ground ground) throws OpmException {
        String release = ground.target().release();
        return Platform.parse(
                ground.target().distro() + "/" + (release.isEmpty() ? "rolling" : release));
    }

    private static Set<String> allNames(Ground ground) throws OpmException {
        var names = new TreeSet<String>();
        for (OpenRepo repo : ground.repos()) {
            new String(repo.set().nameLines(), java.nio.charset.StandardCharsets.UTF_8)
                    .lines()
                    .forEach(names::add);
        }
        return names;
    }

    private static String inputs(Ground ground, EntryMap map) {
        var text = new StringBuilder("rules " + RULES + "\n");
        text.append(ground.target()).append('\n').append(ground.policy()).append('\n');
        text.append(Digest.sha256Of(Publication.utf8(map.text())).hex()).append('\n');
        var installed = ground.universe().installed();
        text.append(installed == null ? "-" : installed.digest().hex()).append('\n');
        text.append(ground.universe().arch()).append(ground.universe().hidden());
        text.append(ground.universe().filters()).append('\n');
        for (OpenRepo repo : ground.repos()) {
            text.append(repo.id()).append(' ').append(repo.priority()).append(' ');
            text.append(repo.cost()).append(' ').append(repo.set().askedPaths()).append('\n');
        }
        return Digest.sha256Of(Publication.utf8(text.toString())).hex();
    }

    private static List<String> repos(Ground ground) {
        return ground.repos().stream()
                .map(r -> r.id() + " " + r.repomd().hex() + " " + r.revisionSeconds())
                .toList();
    }

    private static List<String> mirrors(Ground ground) {
        var found = new ArrayList<String>();
        for (OpenRepo repo : ground.repos()) {
            repo.bases().stream()
                    .filter(base -> !"file".equals(base.getScheme()))
                    .limit(3)
                    .forEach(base -> found.add(repo.id() + " " + base));
        }
        return found;
    }

    static byte[] list(Collection<String> names) {
        var out = new JsonLines().raw("[");
        boolean first = true;
        for (String name : names) {
            out.raw(first ? "\n" : ",\n").item(name);
            first = false;
        }
        return out.raw("\n]\n").bytes();
    }

    private static byte[] lines(SortedMap<String, String> map) {
        var out = new StringBuilder();
        map.forEach((name, why) -> out.append(name).append('\t').append(why).append('\n'));
        return Publication.utf8(out.toString());
    }

    /// What lanes bring together.
    private static final class Run {
        final Publication publication;
        final StagingThread writer;
        final @Nullable AnswerIndex before;
        final TreeMap<String, AnswerIndex.Entry> written = new TreeMap<>();
        final TreeMap<String, String> unsolvable = new TreeMap<>();
        final Map<String, Set<String>> paths = new TreeMap<>();
        final SortedMap<String, PackageRef> files = new TreeMap<>();
        final boolean wantsFiles;
        final SortedMap<String, List<String>> entries;

        /// For the first lane.
        final AtomicReference<@Nullable Future<Answerer>> answerer = new AtomicReference<>();

        long bytes;

        Run(
                Publication publication,
                @Nullable AnswerIndex before,
                boolean wantsFiles,
                SortedMap<String, List<String>> entries,
                @Nullable Future<Answerer> answerer) {
            this.wantsFiles = wantsFiles;
            this.answerer.set(answerer);
            this.entries = entries;
            this.publication = publication;
            writer = new StagingThread(publication);
            this.before = before;
        }

        void take(Answer answer, Set<String> missing) throws OpmException {
            AnswerIndex.Entry entry = null;
            if (answer instanceof Answer.Found(var name, var json, var plan, _)) {
                var made =
                        new AnswerIndex.Entry(
                                name,
                                0,
                                Digest.sha256Of(json).hex(),
                                Digest.sha256Of(plan).hex());
                AnswerIndex.Entry old = before == null ? null : before.entry(name);
                if (old == null
                        || !old.json().equals(made.json())
                        || !old.plan().equals(made.plan())) {
                    writer.write(name, json);
                    writer.write(name + Tree.PLAN, plan);
                    entry = made;
                }
            }
            synchronized (this) {
                if (!missing.isEmpty()) {
                    paths.put(answer.name(), missing);
                }
                written.remove(answer.name());
                unsolvable.remove(answer.name());
                switch (answer) {
                    case Answer.Found(_, var json, var plan, var there) -> {
                        if (wantsFiles) {
                            files.putAll(there);
                        }
                        bytes += json.length + plan.length;
                        if (entry != null) {
                            written.put(answer.name(), entry);
                        }
                    }
                    case Answer.None(var name, var why) -> unsolvable.put(name, why);
                }
            }
        }
    }

    /// Solves names; where an answer would need more of the file lists they are read, and it is
    /// solved again.
    private Ground solve(Ground ground, Set<String> names, Run run, int lanes)
            throws OpmException {
        Ground now = ground;
        Collection<String> pending = names;
        while (true) {
            run.paths.clear();
            solve(now, List.copyOf(pending), run, lanes);
            var paths = new TreeSet<String>();
            run.paths.values().forEach(paths::addAll);
            Ground more = Ground.knowing(engine, paths);
            if (more == null) {
                return now;
            }
            now = more;
            pending = List.copyOf(run.paths.keySet());
        }
    }

    private void solve(Ground ground, List<String> names, Run run, int lanes)
            throws OpmException {
        if (names.size() > MANY) {
            keepRead(ground);
        }
        var next = new AtomicInteger();
        try (var threads = Executors.newFixedThreadPool(lanes)) {
            var tasks = new ArrayList<Callable<Boolean>>();
            for (int lane = 0; lane < Math.min(lanes, names.size()); lane++) {
                tasks.add(() -> lane(ground, names, next, run));
            }
            for (Future<Boolean> one : threads.invokeAll(tasks)) {
                Awaited.of(one);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unavailable("presolve: interrupted", "Build again.").because(e);
        }
    }

    private static void keepRead(Ground ground) {
        ground.repos().forEach(repo -> repo.set().keepRead());
        PackageSet installed = ground.universe().installed();
        if (installed != null) {
            installed.keepRead();
        }
    }

    private boolean lane(Ground ground, List<String> names, AtomicInteger next, Run run)
            throws OpmException {
        Future<Answerer> begun = run.answerer.getAndSet(null);
        Answerer answerer =
                begun == null ? new Answerer(ground, cancelled) : Awaited.of(begun);
        for (int at = next.getAndIncrement(); at < names.size(); at = next.getAndIncrement()) {
            if (cancelled.getAsBoolean()) {
                throw new Unavailable("presolve: interrupted", "What was published stays.");
            }
            var missing = new HashSet<String>();
            String name = names.get(at);
            List<String> packages = run.entries.getOrDefault(name, List.of(name));
            run.take(answerer.answer(name, packages, missing), missing);
        }
        return true;
    }
}
