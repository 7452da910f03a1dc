package opm.engine;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import opm.base.Digest;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.bundle.BundleReader;
import opm.history.SetPlan;
import opm.host.Disk;
import opm.host.StreamFailure;
import opm.plan.Artifact;
import opm.plan.Batch;
import opm.plan.Plan;
import opm.profile.InstalledPackage;
import opm.repack.Regenerated;
import opm.repack.Repack;
import opm.rpm.RpmFile;
import opm.store.Ref;
import opm.store.Store;
import opm.store.Stored;
import org.jspecify.annotations.Nullable;

/// Packages for an undo: those that a change is about to remove are made again before it, unless
/// the store has them, and those of a bundle are taken into the store after it.
final class OldPackages {
    /// What stays free on the store's disk whatever is taken in for later.
    private static final long RESERVE_BYTES = 256L << 20;

    private final Engine engine;
    private final Store store;

    OldPackages(Engine engine) {
        this.engine = engine;
        this.store = engine.store();
    }

    /// The name under which packages that were made again are kept.
    private String refName() {
        return engine.options().root() + " made again";
    }

    /// Makes every package again that batches remove and that the store does not have.
    ///
    /// @param there by full name, those of which the store is known to have the file
    void keep(List<Batch> batches, Map<String, Digest> there) throws OpmException {
        var lacking = new TreeSet<Nevra>();
        Map<String, Digest> again = madeAgain();
        for (Batch batch : batches) {
            for (Nevra pkg : batch.goes()) {
                Digest known = there.getOrDefault(pkg.full(), again.get(pkg.full()));
                if (known == null || !store.has(known)) {
                    lacking.add(pkg);
                }
            }
        }
        if (lacking.isEmpty()) {
            return;
        }
        if (!hasRoom(lacking)) {
            engine.watcher().noRoomToKeep(lacking.size());
            return;
        }
        engine.watcher().begins(Watcher.Stage.KEEP, "");
        var kept = new ArrayList<>(again.values());
        try (var folder = new TemporaryFolder(engine.host(), engine.options().state())) {
            var troubles = new ConcurrentLinkedQueue<OpmException>();
            new Repack(engine.host(), engine.rpm())
                    .regenerate(
                            List.copyOf(lacking),
                            folder.path(),
                            one -> {
                                switch (one) {
                                    case Regenerated.Made made -> take(made, kept, troubles);
                                    case Regenerated.Impossible impossible -> {
                                        synchronized (kept) {
                                            engine.watcher().cannotKeep(impossible);
                                        }
                                    }
                                }
                            });
            if (!troubles.isEmpty()) {
                throw troubles.element();
            }
        }
        keepOnly(kept);
    }

    /// Tells whether the disk holds all of some installed packages beside what the change takes. A
    /// part of them would be no way back.
    private boolean hasRoom(TreeSet<Nevra> packages) throws OpmException {
        var disk = engine.host().disk();
        long bytes = RESERVE_BYTES;
        if (disk.isOneFileSystem(store.root(), engine.options().root())) {
            bytes += engine.takesBytes;
        }
        for (InstalledPackage one : engine.machine().packages()) {
            bytes += packages.contains(one.nevra()) ? one.sizeBytes() : 0;
        }
        return bytes <= disk.freeBytes(store.root());
    }

    private void take(Regenerated.Made made, List<Digest> kept, Queue<OpmException> troubles) {
        try {
            if (!store.adopt(made.file(), made.facts())) {
                copy(made);
            }
            synchronized (kept) {
                kept.add(made.facts().digest());
            }
        } catch (OpmException e) {
            troubles.add(e);
        }
    }

    private void copy(Regenerated.Made made) throws OpmException {
        try (InputStream in = engine.host().disk().read(made.file())) {
            store.put(in, made.facts().digest(), made.facts().sizeBytes());
        } catch (IOException e) {
            throw StreamFailure.of(e, made.file().toString());
        }
    }

    /// Lets go of what was made again and is needed no more.
    void keepOnly(Collection<Digest> digests) throws OpmException {
        String name = refName();
        if (digests.isEmpty()) {
            store.refs().remove(Ref.Type.ROLLBACK, name);
            return;
        }
        var ref =
                new Ref(
                        Ref.Type.ROLLBACK,
                        name,
                        System.getProperty("user.name", ""),
                        "made again before they were replaced",
                        0,
                        List.copyOf(digests));
        store.refs().put(ref);
    }

    /// Returns the packages that were made again and are still kept, by full name.
    Map<String, Digest> madeAgain() throws OpmException {
        var found = new LinkedHashMap<String, Digest>();
        Ref ref = store.refs().get(Ref.Type.ROLLBACK, refName());
        if (ref != null) {
            for (Digest digest : ref.keeps()) {
                RpmFile file = front(digest);
                if (file != null) {
                    found.put(file.words().nevra().full(), digest);
                }
            }
        }
        return found;
    }

    /// Tells whether the packages of a plan may be taken in for later.
    static boolean hasRoom(Disk disk, Store store, Plan plan) throws OpmException {
        return disk.freeBytes(store.root()) >= plan.fetchBytes() + RESERVE_BYTES;
    }

    /// Takes the packages of a bundle into the store, as far as there is room: they are what a
    /// later undo needs.
    void take(BundleReader bundle) throws OpmException {
        Plan plan = bundle.plan();
        if (!hasRoom(engine.host().disk(), store, plan)) {
            return;
        }
        for (Artifact artifact : plan.artifacts()) {
            var entry = bundle.find(artifact.path());
            if (entry.isEmpty() || store.has(artifact.digest())) {
                continue;
            }
            try (InputStream in = bundle.read(entry.get())) {
                store.put(in, artifact.digest(), artifact.sizeBytes());
            } catch (IOException e) {
                throw StreamFailure.of(e, artifact.path());
            }
        }
    }

    /// Looks for packages in the store, whoever brought them there: first among those that are kept
    /// for an undo, then among all.
    ///
    /// @param wanted full names
    Map<Nevra, SetPlan.Known> find(Set<String> wanted) throws OpmException {
        var found = new HashMap<Nevra, SetPlan.Known>();
        var left = new TreeSet<>(wanted);
        var first = new ArrayList<Digest>();
        for (Ref ref : store.refs().all()) {
            if (ref.type() == Ref.Type.ROLLBACK || ref.type() == Ref.Type.INSTALLED) {
                first.addAll(ref.keeps());
            }
        }
        look(first, left, found);
        if (!left.isEmpty()) {
            look(store.objects(), left, found);
        }
        return found;
    }

    private void look(List<Digest> digests, Set<String> left, Map<Nevra, SetPlan.Known> found)
            throws OpmException {
        for (Digest digest : digests) {
            RpmFile file = left.isEmpty() ? null : front(digest);
            Stored stored = file == null ? null : store.noted(digest);
            if (file == null || stored == null || !left.remove(file.words().nevra().full())) {
                continue;
            }
            Nevra pkg = file.words().nevra();
            String name = pkg.name() + "-" + pkg.evr().versionRelease() + "." + pkg.arch();
            String path = "Packages/" + name.charAt(0) + "/" + name + ".rpm";
            var artifact = new Artifact(digest, stored.sizeBytes(), path, "");
            found.put(pkg, new SetPlan.Known(artifact, opm.plan.Reason.USER, !file.isSigned()));
        }
    }

    /// Reads the front of a package of the store; null for anything else.
    private @Nullable RpmFile front(Digest digest) throws OpmException {
        Stored stored = store.has(digest) ? store.noted(digest) : null;
        if (stored == null) {
            return null;
        }
        try (InputStream in = engine.host().disk().read(stored.path())) {
            return RpmFile.read(in, digest.hex());
        } catch (OpmException.Damaged notAPackage) {
            return null;
        } catch (IOException e) {
            throw StreamFailure.of(e, stored.path().toString());
        }
    }
}
