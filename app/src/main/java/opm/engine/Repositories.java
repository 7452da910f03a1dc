package opm.engine;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import opm.base.Digest;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.base.OpmException.Unavailable;
import opm.pkgset.PackageRef;
import opm.pkgset.PackageSet;
import opm.profile.SystemProfile;
import opm.rpmmd.Advisory;
import opm.rpmmd.Change;
import opm.rpmmd.Components;
import opm.rpmmd.Group;
import opm.rpmmd.Metadata;
import opm.rpmmd.Metadata.Freshness;
import opm.rpmmd.Metadata.Loaded;
import opm.rpmmd.Modules;
import opm.rpmmd.OfferedDelta;
import opm.rpmmd.RepoFiles;
import opm.rpmmd.Repomd;
import opm.rpmmd.RepositoryConfig;
import opm.rpmmd.Variables;
import opm.solve.Filter;
import org.jspecify.annotations.Nullable;

/// The repositories of one run: which ones, and their sets, opened when they are first asked for.
final class Repositories {
    private final Engine engine;
    private final Metadata metadata;
    private @Nullable Map<String, Loaded> loaded;
    private List<OpenRepo> open = List.of();
    private @Nullable List<Nevra> hidden;
    private List<RepositoryConfig> disabled = List.of();

    Repositories(Engine engine) {
        this.engine = engine;
        metadata = metadata(engine);
    }

    /// Returns what brings metadata into the engine's state folder.
    static Metadata metadata(Engine engine) {
        return new Metadata(
                engine.host(),
                engine.options().state(),
                engine.store(),
                engine.fetcher(),
                engine.watcher().downloads(),
                engine.watcher()::cancelled,
                new RepomdKeys(engine));
    }

    /// Returns what is configured and enabled, in order, and what counts besides.
    private List<RepositoryConfig> configured() throws OpmException {
        Options.Switches switches = options().switches();
        var enabled = new ArrayList<RepositoryConfig>();
        var others = new ArrayList<RepositoryConfig>();
        List<RepositoryConfig> all = all();
        for (RepositoryConfig repo : all) {
            (repo.enabled() ? enabled : others).add(repo);
        }
        disabled = List.copyOf(others);
        switches.beside().forEach((id, url) -> enabled.add(RepositoryConfig.ofUrl(id, url)));
        if (enabled.isEmpty()) {
            throw new BadRequest(
                    "found no enabled repository among " + all.size() + ", expected one",
                    "Name one with --repo ID=URL, or a folder of .repo files with --reposdir.");
        }
        return enabled;
    }

    /// Returns all that are configured, each with whether it counts.
    List<RepositoryConfig> all() throws OpmException {
        Options options = engine.options();
        if (!options.repos().isEmpty()) {
            var named = new ArrayList<RepositoryConfig>();
            Variables variables = variables();
            options.repos()
                    .forEach(
                            (id, url) ->
                                    named.add(RepositoryConfig.ofUrl(id, variables.fill(url))));
            return named;
        }
        var disk = engine.host().disk();
        var files = new RepoFiles(disk, variables(), RepoFiles.main(disk, options.root()));
        Path folder = options.reposDir();
        List<RepositoryConfig> all;
        if (folder != null) {
            all = files.read(List.of(folder));
        } else if (options.profile() != null) {
            all = files.of(engine.machine());
        } else {
            // Not by way of the profile, from which the passwords are gone.
            all = files.read(RepoFiles.usualFolders(options.root()));
        }
        Options.Switches switches = options.switches();
        return all.stream()
                .map(repo -> repo.enabled(switches.enabled(repo.id(), repo.enabled())))
                .toList();
    }

    /// `$releasever` and its kin. The machine is asked only where an address needs it.
    private Variables variables() throws OpmException {
        Options options = engine.options();
        boolean plain = options.repos().values().stream().noneMatch(url -> url.contains("$"));
        if (!options.repos().isEmpty() && plain) {
            return Variables.of("", "", Map.of());
        }
        String release = options.releasever();
        return Variables.of(
                release == null ? engine.releasever() : release,
                engine.arch(),
                engine.configuration().variables());
    }

    /// Returns the names of the configured repositories that are not looked at.
    List<String> disabled() {
        return disabled.stream().map(RepositoryConfig::id).toList();
    }

    private Map<String, Loaded> loaded() throws OpmException {
        if (loaded == null) {
            loaded = load(options().offline() ? Freshness.OFFLINE : Freshness.EXPIRED, Set.of());
            changed();
        }
        return loaded;
    }

    private Options options() {
        return engine.options();
    }

    /// @param ids those that matter; all when empty
    private Map<String, Loaded> load(Freshness freshness, Set<String> ids) throws OpmException {
        var all = new LinkedHashMap<String, Loaded>();
        for (RepositoryConfig repo : configured()) {
            if (!ids.isEmpty() && !ids.contains(repo.id())) {
                continue;
            }
            engine.watcher().begins(Watcher.Stage.REFRESH, repo.id());
            try {
                Loaded one = load(repo, freshness);
                all.put(repo.id(), shared(one));
                if (one.unreadable() > 0) {
                    engine.watcher().unreadable(repo.id(), one.unreadable());
                }
            } catch (Unavailable e) {
                if (!repo.skipIfUnavailable()) {
                    throw e;
                }
                engine.watcher().skipped(repo.id(), e);
            }
        }
        for (String id : ids) {
            if (!all.containsKey(id)) {
                throw new BadRequest(
                        "repository '" + id + "': found none of that name, expected one",
                        "`opm refresh` without a name lists them.");
            }
        }
        return all;
    }

    /// For strangers what is there is good enough: whoever runs the server looks for what is new,
    /// and a mirror that has turned bad meanwhile is no concern of theirs.
    private Loaded load(RepositoryConfig repo, Freshness freshness) throws OpmException {
        if (engine.guest != null && freshness == Freshness.EXPIRED) {
            try {
                Loaded there = metadata.load(repo, Freshness.OFFLINE);
                Loaded more = metadata.knowingAllFiles(there);
                return more == null ? there : more;
            } catch (Unavailable _) {
                // Nobody has asked for it before.
            }
        }
        return metadata.load(repo, freshness);
    }

    /// Looks at each repository, whatever became of the others.
    ///
    /// @return what stood in the way, by the repository's id
    Map<String, OpmException> refreshEach() throws OpmException {
        var failures = new LinkedHashMap<String, OpmException>();
        for (RepositoryConfig repo : configured()) {
            try {
                shared(metadata.load(repo, Freshness.NOW));
            } catch (OpmException e) {
                failures.put(repo.id(), e);
            }
        }
        return failures;
    }

    private Loaded shared(Loaded one) {
        return new Loaded(
                one.repo(),
                engine.guest == null ? one.set() : engine.guest.shared(one.set()),
                one.repomd(),
                one.repomdDigest(),
                one.baseUrls(),
                one.changed(),
                one.unreadable());
    }

    List<OpenRepo> open() throws OpmException {
        loaded();
        return open;
    }

    /// Returns what the configuration keeps out.
    List<Filter> filters() throws OpmException {
        return ConfiguredFilters.of(
                engine.configuration(), loaded().values().stream().map(Loaded::repo).toList());
    }

    /// Returns the packages that are hidden by module streams: all that are in none of the active
    /// streams, and others of the names of those that are.
    List<Nevra> hidden() throws OpmException {
        List<Nevra> known = hidden;
        if (known == null) {
            var all = new ArrayList<Modules>();
            var sets = new ArrayList<PackageSet>();
            for (Loaded repo : loaded().values()) {
                all.add(metadata.modules(repo));
                sets.add(repo.set());
            }
            Modules modules = Modules.of(all);
            Map<String, String> streams = streams(modules);
            known =
                    modules.streams().isEmpty()
                            ? List.of()
                            : modules.hidden(streams, sets).stream().map(Nevra::parse).toList();
            hidden = known;
        }
        return known;
    }

    /// Returns the streams that somebody decided about: the machine's, and those of this run.
    private Map<String, String> streams(Modules modules) throws OpmException {
        var streams = new HashMap<String, String>();
        for (SystemProfile.Module module : engine.configuration().modules()) {
            switch (module.state()) {
                case "enabled" -> streams.put(module.name(), module.stream());
                case "disabled" -> streams.put(module.name(), "");
                default -> {}
            }
        }
        for (Map.Entry<String, String> wanted : options().modules().entrySet()) {
            List<String> known = modules.streamsOf(wanted.getKey());
            if (!wanted.getValue().isEmpty() && !known.contains(wanted.getValue())) {
                throw new BadRequest(
                        "--module: found '"
                                + wanted.getKey()
                                + ":"
                                + wanted.getValue()
                                + "', expected "
                                + (known.isEmpty()
                                        ? "a module that a repository has"
                                        : "one of the streams " + String.join(", ", known)),
                        "For example --module nodejs:20; --module nodejs: takes none.");
            }
            streams.put(wanted.getKey(), wanted.getValue());
        }
        return streams;
    }

    /// Returns what all repositories say about updates.
    List<Advisory> advisories() throws OpmException {
        var all = new ArrayList<Advisory>();
        PackageSet installed = engine.installed();
        for (Loaded repo : loaded().values()) {
            engine.watcher().begins(Watcher.Stage.REFRESH, repo.repo().id());
            all.addAll(metadata.advisories(repo, installed::hasPackage));
        }
        return all;
    }

    /// Returns the deltas that a repository offers, where to know them costs little beside what
    /// they may save.
    ///
    /// @param wanted tells by its name whether a package matters
    /// @param fullBytes what these packages have
    List<OfferedDelta> deltas(String id, Predicate<String> wanted, long fullBytes)
            throws OpmException {
        Loaded repo = loaded().get(id);
        Repomd.Item item = repo == null ? null : repo.repomd().item("prestodelta");
        return repo == null || item == null || item.sizeBytes() > fullBytes / 4
                ? List.of()
                : metadata.deltas(repo, wanted);
    }

    /// Returns the groups of all repositories; of two with one id the first counts.
    List<Group> groups() throws OpmException {
        var all = new LinkedHashMap<String, Group>();
        for (Loaded repo : loaded().values()) {
            engine.watcher().begins(Watcher.Stage.REFRESH, repo.repo().id());
            Guest guest = engine.guest;
            List<Group> groups =
                    guest == null
                            ? metadata.groups(repo)
                            : guest.groups(repo.repomdDigest(), () -> metadata.groups(repo));
            groups.forEach(group -> all.putIfAbsent(group.id(), group));
        }
        return List.copyOf(all.values());
    }

    /// Returns the packages of applications by AppStream's ids; of two repositories that have one
    /// id the first counts.
    SortedMap<String, List<String>> components() throws OpmException {
        var all = new TreeMap<String, List<String>>();
        for (Loaded repo : loaded().values()) {
            engine.watcher().begins(Watcher.Stage.REFRESH, repo.repo().id());
            Components.of(metadata, repo).forEach(all::putIfAbsent);
        }
        return all;
    }

    List<OpenRepo> refresh(List<String> ids, boolean complete) throws OpmException {
        loaded = load(options().offline() ? Freshness.OFFLINE : Freshness.NOW, new HashSet<>(ids));
        changed();
        if (complete) {
            for (Loaded repo : loaded.values()) {
                engine.watcher().begins(Watcher.Stage.FILES, repo.repo().id());
                metadata.complete(repo);
            }
        }
        lookAtDates();
        return open;
    }

    /// Notices repositories that went back in time, or stand still.
    private void lookAtDates() throws OpmException {
        var snapshots = new Snapshots(engine.host().disk(), options().state());
        long clock = engine.host().clock().instant().getEpochSecond();
        for (Loaded repo : loaded().values()) {
            String id = repo.repo().id();
            switch (snapshots.look(repo.repo(), revision(repo.repomd().revision()), clock)) {
                case Snapshots.Finding.Ordinary _ -> {}
                case Snapshots.Finding.Older(long now, long before) ->
                        engine.watcher().wentBack(id, now, before);
                case Snapshots.Finding.Quiet(long since, long days) ->
                        engine.watcher().quiet(id, since, days);
            }
        }
        snapshots.write(engine);
    }

    /// Makes sure that the sets know what file lists say of these paths.
    ///
    /// @return whether any set is another one now
    boolean askPaths(Collection<String> wanted) throws OpmException {
        if (wanted.isEmpty()) {
            return false;
        }
        boolean changed = false;
        for (Map.Entry<String, Loaded> repo : loaded().entrySet()) {
            Loaded before = repo.getValue();
            Loaded after = knowing(before, wanted);
            if (!after.set().digest().equals(before.set().digest())
                    || after.set().askedPaths().size() > before.set().askedPaths().size()) {
                repo.setValue(shared(after));
                changed = true;
            }
        }
        if (changed) {
            changed();
        }
        return changed;
    }

    /// Returns a repository whose set knows paths; for strangers, who share it, all of them.
    private Loaded knowing(Loaded repo, Collection<String> wanted) throws OpmException {
        Guest guest = engine.guest;
        if (guest != null) {
            return guest.files.of(repo, engine.watcher());
        }
        if (!repo.set().knowsAllFiles()
                && !new HashSet<>(repo.set().askedPaths()).containsAll(wanted)) {
            engine.watcher().begins(Watcher.Stage.FILES, repo.repo().id());
        }
        return metadata.withPaths(repo, wanted);
    }

    /// Makes sure that the sets know all files.
    void askAllFiles() throws OpmException {
        for (Map.Entry<String, Loaded> repo : loaded().entrySet()) {
            if (!repo.getValue().set().knowsAllFiles()) {
                engine.watcher().begins(Watcher.Stage.FILES, repo.getKey());
                repo.setValue(metadata.withAllFiles(repo.getValue()));
            }
        }
        changed();
    }

    /// Returns every file of some packages, by package.
    Map<PackageRef, List<String>> files(List<PackageRef> packages) throws OpmException {
        var files = new HashMap<PackageRef, List<String>>();
        for (Map.Entry<String, Loaded> repo : loaded().entrySet()) {
            var byId = new HashMap<String, PackageRef>();
            for (PackageRef pkg : packages) {
                Digest digest = pkg.checksum();
                boolean here = pkg.set() == repo.getValue().set();
                if (here && pkg.set().knowsAllFiles()) {
                    files.put(pkg, pkg.set().allFiles(pkg.pkg()));
                } else if (here && digest != null) {
                    byId.put(digest.hex(), pkg);
                }
            }
            if (byId.isEmpty()) {
                continue;
            }
            engine.watcher().begins(Watcher.Stage.FILES, repo.getKey());
            metadata.filesOf(repo.getValue(), byId.keySet())
                    .forEach((id, some) -> put(files, byId.get(id), some));
        }
        return files;
    }

    /// Returns what changed in some packages of repositories, by package; the newest first.
    Map<PackageRef, List<Change>> changes(List<PackageRef> packages) throws OpmException {
        var changes = new HashMap<PackageRef, List<Change>>();
        for (Map.Entry<String, Loaded> repo : loaded().entrySet()) {
            var byId = new HashMap<String, PackageRef>();
            var asked = new HashMap<String, Integer>();
            for (PackageRef pkg : packages) {
                Digest digest = pkg.checksum();
                if (pkg.set() == repo.getValue().set() && digest != null) {
                    byId.put(digest.hex(), pkg);
                    asked.put(digest.hex(), pkg.pkg());
                }
            }
            engine.watcher().begins(Watcher.Stage.FILES, repo.getKey());
            Map<String, List<Change>> found = metadata.changes(repo.getValue(), asked);
            byId.forEach((id, pkg) -> changes.put(pkg, found.getOrDefault(id, List.of())));
        }
        return changes;
    }

    private static void put(
            Map<PackageRef, List<String>> files, @Nullable PackageRef pkg, List<String> some) {
        if (pkg != null) {
            files.put(pkg, some.stream().sorted().toList());
        }
    }

    private void changed() throws OpmException {
        hidden = null;
        var now = new ArrayList<OpenRepo>();
        for (Loaded repo : loaded().values()) {
            repo.repo().teach(engine.host().net(), repo.baseUrls());
            now.add(
                    new OpenRepo(
                            repo.repo().id(),
                            repo.set(),
                            repo.repo().priority(),
                            repo.repo().cost(),
                            repo.repomdDigest(),
                            revision(repo.repomd().revision()),
                            repo.baseUrls().stream()
                                    .map(url -> URI.create(repo.repo().withUser(url)))
                                    .toList()));
        }
        open = List.copyOf(now);
    }

    /// Most repositories write the time there; others write anything.
    private static long revision(String text) {
        return text.matches("\\d{1,12}") ? Long.parseLong(text) : 0;
    }
}
