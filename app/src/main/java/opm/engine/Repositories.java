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
import opm.base.Digest;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.base.OpmException.Unavailable;
import opm.pkgset.PackageRef;
import opm.rpmmd.Metadata;
import opm.rpmmd.Metadata.Freshness;
import opm.rpmmd.Metadata.Loaded;
import opm.rpmmd.RepoFiles;
import opm.rpmmd.RepositoryConfig;
import opm.rpmmd.Variables;
import org.jspecify.annotations.Nullable;

/// The repositories of one run: which ones, and their sets, opened when they are first asked for.
final class Repositories {
    private final Engine engine;
    private final Metadata metadata;
    private @Nullable Map<String, Loaded> loaded;
    private List<OpenRepo> open = List.of();

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
                engine.watcher()::cancelled);
    }

    /// Returns what is configured and enabled, in order.
    private List<RepositoryConfig> configured() throws OpmException {
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
        var files = new RepoFiles(engine.host().disk(), variables());
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
        List<RepositoryConfig> enabled = all.stream().filter(RepositoryConfig::enabled).toList();
        if (enabled.isEmpty()) {
            throw new BadRequest(
                    "found no enabled repository among " + all.size() + ", expected one",
                    "Name one with --repo ID=URL, or a folder of .repo files with --reposdir.");
        }
        return enabled;
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
                Loaded one = metadata.load(repo, freshness);
                all.put(repo.id(), one);
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

    List<OpenRepo> open() throws OpmException {
        loaded();
        return open;
    }

    List<OpenRepo> refresh(List<String> ids) throws OpmException {
        loaded = load(options().offline() ? Freshness.OFFLINE : Freshness.NOW, new HashSet<>(ids));
        changed();
        return open;
    }

    /// Makes sure that the sets know what file lists say of these paths.
    ///
    /// @return whether any set is another one now
    boolean askPaths(Collection<String> paths) throws OpmException {
        if (paths.isEmpty()) {
            return false;
        }
        boolean changed = false;
        for (Map.Entry<String, Loaded> repo : loaded().entrySet()) {
            Loaded before = repo.getValue();
            if (!before.set().knowsAllFiles()
                    && !new HashSet<>(before.set().askedPaths()).containsAll(paths)) {
                engine.watcher().begins(Watcher.Stage.FILES, repo.getKey());
            }
            Loaded after = metadata.withPaths(before, paths);
            if (!after.set().digest().equals(before.set().digest())
                    || after.set().askedPaths().size() > before.set().askedPaths().size()) {
                repo.setValue(after);
                changed = true;
            }
        }
        if (changed) {
            changed();
        }
        return changed;
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

    private static void put(
            Map<PackageRef, List<String>> files, @Nullable PackageRef pkg, List<String> some) {
        if (pkg != null) {
            files.put(pkg, some.stream().sorted().toList());
        }
    }

    private void changed() throws OpmException {
        var now = new ArrayList<OpenRepo>();
        for (Loaded repo : loaded().values()) {
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
