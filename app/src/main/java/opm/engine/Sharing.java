package opm.engine;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import opm.base.Digest;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;
import opm.base.OpmException.Refused;
import opm.bundle.PackageSource;
import opm.bundle.RepodataFolder;
import opm.host.Disk;
import opm.pkgset.PackageRef;
import opm.pkgset.PackageSet;
import opm.plan.Artifact;
import opm.rpm.RpmFile;
import opm.store.Lease;
import opm.store.Store;
import opm.store.Stored;
import org.jspecify.annotations.Nullable;

/// What this machine lets its neighbours have: packages of the store, as a repository whose
/// locations are digests, and as a package set.
///
/// | path              | what                                                                  |
/// |-------------------|-----------------------------------------------------------------------|
/// | `sha256/HEX`      | an object of the store                                                |
/// | `repodata/…`      | what any package manager reads; its locations are `sha256/HEX`        |
/// | `packages.opmset` | the same as a package set                                             |
///
/// Each package was hashed when this was made; who gets it hashes it again.
public final class Sharing implements AutoCloseable {
    private static final String SET = "packages.opmset";

    private final Disk disk;
    private final Path folder;
    private final Disk.Lock lock;
    private final Lease lease;
    private final Map<String, Path> files = new TreeMap<>();
    private final List<Artifact> packages;

    private Sharing(
            Disk disk, Path folder, Disk.Lock lock, Lease lease, List<Artifact> packages) {
        this.disk = disk;
        this.folder = folder;
        this.lock = lock;
        this.lease = lease;
        this.packages = List.copyOf(packages);
    }

    /// Lays down the repository, in the state folder.
    ///
    /// @param installed whether only packages that are installed are shared
    /// @param chosen which of them
    /// @throws Refused when another process shares from this state folder
    public static Sharing of(Engine engine, boolean installed, Predicate<Nevra> chosen)
            throws OpmException {
        Disk disk = engine.host().disk();
        Path folder = engine.options().state().resolve("share");
        disk.createDirectories(folder);
        Disk.Lock lock = disk.tryLock(folder.resolveSibling("share.lock"));
        if (lock == null) {
            throw new Refused(
                    "share: another process shares from " + engine.options().state(),
                    "End that one first.");
        }
        boolean done = false;
        try {
            Store store = engine.store();
            Set<String> here = installed ? installed(engine) : Set.of();
            var packages = new ArrayList<Artifact>();
            for (Digest digest : store.objects()) {
                Stored stored =
                        digest.algorithm() == Digest.Algorithm.SHA256 ? whole(store, digest) : null;
                Nevra pkg = stored == null ? null : nevra(disk, stored);
                boolean may =
                        pkg != null
                                && (!installed || here.contains(pkg.full()))
                                && chosen.test(pkg);
                if (stored != null && may) {
                    String path = "sha256/" + digest.hex();
                    packages.add(new Artifact(digest, stored.sizeBytes(), path, ""));
                }
            }
            Lease lease = store.lease(packages.stream().map(Artifact::digest).toList());
            var sharing = new Sharing(disk, folder, lock, lease, packages);
            sharing.layDown(engine);
            done = true;
            return sharing;
        } finally {
            if (!done) {
                lock.close();
            }
        }
    }

    private static Set<String> installed(Engine engine) throws OpmException {
        PackageSet set = engine.installed();
        return PackageSet.reading(
                () -> {
                    var names = new HashSet<String>();
                    for (int pkg = 0; pkg < set.packageCount(); pkg++) {
                        names.add(new PackageRef(set, pkg).nevra().full());
                    }
                    return names;
                });
    }

    /// A damaged object is not shared; it is gone from the store now.
    private static @Nullable Stored whole(Store store, Digest digest) throws OpmException {
        try {
            return store.get(digest);
        } catch (Damaged _) {
            return null;
        }
    }

    /// Returns null when an object is no package, or a source package.
    private static @Nullable Nevra nevra(Disk disk, Stored stored) {
        try (InputStream in = disk.read(stored.path())) {
            return RpmFile.read(in, stored.digest().toString()).words().nevra();
        } catch (IOException | OpmException _) {
            return null;
        }
    }

    private void layDown(Engine engine) throws OpmException {
        for (Path old : disk.list(folder.resolve("repodata"))) {
            disk.delete(old);
        }
        long seconds = engine.host().clock().instant().getEpochSecond();
        PackageSource source = PackageSource.of(engine.store(), disk);
        RepodataFolder.write(packages, seconds, source, disk, folder);
        engine.setFiles().build(folder.toString(), folder.resolve(SET), false, false);
        for (Path file : disk.list(folder.resolve("repodata"))) {
            files.put("repodata/" + file.getFileName(), file);
        }
        files.put(SET, folder.resolve(SET));
        for (Artifact artifact : packages) {
            Stored stored = engine.store().get(artifact.digest());
            if (stored != null) {
                files.put(artifact.path(), stored.path());
            }
        }
    }

    /// Returns the files by path.
    public Map<String, Path> files() {
        return Map.copyOf(files);
    }

    /// Returns how many packages are shared.
    public int packageCount() {
        return packages.size();
    }

    /// Returns how large all packages are together.
    public long bytes() {
        return packages.stream().mapToLong(Artifact::sizeBytes).sum();
    }

    @Override
    public void close() throws OpmException {
        try {
            lease.close();
        } finally {
            lock.close();
        }
    }
}
