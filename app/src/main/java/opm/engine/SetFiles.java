package opm.engine;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.host.Host;
import opm.host.Output;
import opm.pkgset.ByteSink;
import opm.pkgset.FileListBuilder;
import opm.pkgset.Increment;
import opm.pkgset.PackageSet;
import opm.pkgset.PackageSetBuilder;
import opm.pkgset.SetMerge;
import opm.rpmmd.Importer;
import opm.rpmmd.Metadata;
import opm.rpmmd.RepositoryConfig;

/// Makes package sets as files of their own, and compares them.
public final class SetFiles {
    private final Engine engine;
    private final Host host;
    private final Watcher watcher;

    SetFiles(Engine engine) {
        this.engine = engine;
        host = engine.host();
        watcher = engine.watcher();
    }

    /// Makes the set of a repository that lies in a folder or on a server.
    ///
    /// @param place a folder with `repodata`, or an address
    /// @param allFiles whether the set knows all files of its packages
    /// @param bulk whether it has advisories, groups, module streams and changelogs, too
    public PackageSet build(String place, Path file, boolean allFiles, boolean bulk)
            throws OpmException {
        if (place.startsWith("http://") || place.startsWith("https://")) {
            Metadata metadata = Repositories.metadata(engine);
            var repo = RepositoryConfig.ofUrl("set", place.endsWith("/") ? place : place + "/");
            watcher.begins(Watcher.Stage.REFRESH, place);
            Metadata.Loaded loaded = metadata.load(repo, Metadata.Freshness.NOW);
            Metadata.Loaded whole = allFiles ? metadata.withAllFiles(loaded) : loaded;
            return write(file, bulk ? metadata.bulk(whole)::writeTo : whole.set()::copyTo);
        }
        Path folder = place.startsWith("file:") ? Path.of(URI.create(place)) : Path.of(place);
        if (!host.disk().exists(folder.resolve("repodata/repomd.xml"))) {
            throw new BadRequest(
                    place + ": found no repodata/repomd.xml there, expected a repository",
                    "Name the folder that holds `repodata`, or an address of the network.");
        }
        watcher.begins(Watcher.Stage.REFRESH, place);
        var importer = new Importer(host.disk());
        if (!allFiles && !bulk) {
            return write(file, importer.folder(folder, false)::writeTo);
        }
        // What is read later goes beside what was read before: nothing has the name that was asked
        // for until all of it is there.
        Path plain = file.resolveSibling(file.getFileName() + ".plain");
        Path listed = file.resolveSibling(file.getFileName() + ".files");
        try {
            PackageSet set = write(plain, importer.folder(folder, false)::writeTo);
            FileListBuilder files = allFiles ? importer.folderFiles(folder, set) : null;
            if (bulk) {
                set = files == null ? set : write(listed, files::writeTo);
                return write(file, importer.folderBulk(folder, set)::writeTo);
            }
            return write(file, files == null ? set::copyTo : files::writeTo);
        } finally {
            host.disk().delete(plain);
            host.disk().delete(listed);
        }
    }

    /// Makes one set of the packages of several; those that are equal in everything count once.
    public PackageSet merge(List<PackageSet> sets, Path file) throws OpmException {
        var builder = new PackageSetBuilder();
        SetMerge.copy(sets, builder);
        return write(file, builder::writeTo);
    }

    private interface Content {
        void to(ByteSink sink) throws OpmException;
    }

    /// Writes aside, forces, renames: a set that is mapped somewhere stays as it is.
    private PackageSet write(Path file, Content content) throws OpmException {
        Path aside = file.resolveSibling(file.getFileName() + ".part");
        boolean done = false;
        try {
            try (Output out = host.disk().create(aside)) {
                content.to(out::write);
                out.force();
            }
            host.disk().rename(aside, file);
            done = true;
        } finally {
            if (!done) {
                host.disk().delete(aside);
            }
        }
        return PackageSet.open(file);
    }

    /// What one set has and another has not.
    ///
    /// @param removed packages of the first alone, sorted
    /// @param added packages of the second alone, sorted
    /// @param changed packages whose name, version and architecture are the same in both, and
    ///     whose content is not
    public record Difference(List<String> removed, List<String> added, List<String> changed) {
        public Difference {
            removed = List.copyOf(removed);
            added = List.copyOf(added);
            changed = List.copyOf(changed);
        }

        public boolean isEmpty() {
            return removed.isEmpty() && added.isEmpty() && changed.isEmpty();
        }
    }

    public static Difference diff(PackageSet before, PackageSet after) throws OpmException {
        // What only one of them was made to know is no difference of the packages.
        boolean files = before.knowsAllFiles() && after.knowsAllFiles();
        boolean changelogs = before.bulk() != null && after.bulk() != null;
        Map<String, SortedSet<String>> old = Increment.contents(before, files, changelogs);
        Map<String, SortedSet<String>> now = Increment.contents(after, files, changelogs);
        var removed = new ArrayList<String>();
        var added = new ArrayList<String>();
        var changed = new ArrayList<String>();
        old.forEach(
                (name, content) -> {
                    SortedSet<String> other = now.get(name);
                    if (other == null) {
                        removed.add(name);
                    } else if (!other.equals(content)) {
                        changed.add(name);
                    }
                });
        now.keySet().stream().filter(name -> !old.containsKey(name)).forEach(added::add);
        return new Difference(removed, added, changed);
    }
}
