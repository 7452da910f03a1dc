package opm.engine;

import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import opm.apply.Packages;
import opm.base.Awaited;
import opm.base.Digest;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;
import opm.bundle.BundleReader;
import opm.bundle.Entry;
import opm.host.Disk;
import opm.plan.Artifact;
import opm.plan.Plan;
import opm.store.Store;
import opm.store.Stored;

/// The packages inside a bundle, laid down one batch at a time, each checked on the way.
final class BundlePackages implements Packages {
    private final BundleReader bundle;
    private final Disk disk;
    private final Store store;
    private final Plan plan;

    /// Reads every byte of the bundle while packages are laid down, which are hashed there.
    private final FutureTask<Void> whole;

    private final AtomicBoolean begun = new AtomicBoolean();
    private final Set<String> checked = ConcurrentHashMap.newKeySet();

    BundlePackages(BundleReader bundle, Disk disk, Store store) throws OpmException {
        this.bundle = bundle;
        this.disk = disk;
        this.store = store;
        plan = bundle.plan();
        Set<String> packages =
                plan.artifacts().stream().map(Artifact::path).collect(Collectors.toSet());
        whole =
                new FutureTask<>(
                        () -> {
                            read(packages);
                            return null;
                        });
    }

    private void read(Set<String> packages) throws OpmException {
        try {
            bundle.verify(entry -> !packages.contains(entry.path()));
        } catch (Damaged e) {
            bundle.verify(); // which names what is damaged
            throw e;
        }
    }

    @Override
    public boolean mayLayAhead() {
        return true;
    }

    @Override
    public void requireWhole() throws OpmException {
        requireSealed();
        for (Artifact artifact : plan.artifacts()) {
            if (checked.add(artifact.path())) { // a change that goes on lays down only the rest
                bundle.verify(entry(artifact));
            }
        }
    }

    private void requireSealed() throws OpmException {
        begin();
        Awaited.of(whole);
    }

    /// Begins to read the bundle, on a thread of its own.
    void begin() {
        if (!begun.getAndSet(true)) {
            Thread.ofPlatform().daemon().start(whole);
        }
    }

    @Override
    public void lay(Artifact artifact, Path file) throws OpmException {
        begin();
        try {
            layDown(artifact, file);
        } catch (Damaged e) {
            requireSealed(); // which names what is damaged
            throw e;
        }
    }

    private void layDown(Artifact artifact, Path file) throws OpmException {
        // The manifest, which the seal covers, holds SHA-256; the plan may hold what a repository
        // has.
        Digest found = bundle.extract(entry(artifact), file, artifact.digest().algorithm());
        if (!found.equals(artifact.digest())) {
            disk.delete(file);
            throw damaged(artifact, "other bytes than the plan names");
        }
        checked.add(artifact.path());
    }

    private Entry entry(Artifact artifact) throws OpmException {
        Entry entry =
                bundle.find(artifact.path())
                        .orElseThrow(() -> damaged(artifact, "nothing of that name"));
        if (artifact.sizeBytes() != entry.sizeBytes()) {
            throw damaged(artifact, "other bytes than the plan names");
        }
        return entry;
    }

    private static Damaged damaged(Artifact artifact, String found) {
        return new Damaged(
                "bundle: " + artifact.path() + ": found " + found + ", expected the package",
                "Copy the bundle again, or have it made again.");
    }

    @Override
    public long stageBytes(Artifact artifact) {
        return artifact.sizeBytes();
    }

    /// What lay in the stage is on the medium by now, and the store wants it for a later undo:
    /// where it can be had as a second name, nothing is read again for that.
    @Override
    public void installed(Artifact artifact, Path file) {
        try {
            Entry entry = entry(artifact);
            if (OldPackages.hasRoom(disk, store, plan)) {
                var facts =
                        new Stored(
                                artifact.digest(),
                                file,
                                entry.sizeBytes(),
                                entry.crc32(),
                                entry.sha256());
                store.adopt(file, facts);
            }
        } catch (OpmException e) {
            assert e.getMessage() != null; // the store is asked once more when all is done
        }
    }
}
