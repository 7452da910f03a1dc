package opm.engine;

import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import opm.apply.Packages;
import opm.base.Digest;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;
import opm.bundle.BundleReader;
import opm.bundle.Entry;
import opm.host.Disk;
import opm.plan.Artifact;

/// The packages inside a bundle, laid down one batch at a time, each checked on the way.
final class BundlePackages implements Packages {
    private final BundleReader bundle;
    private final Disk disk;

    /// Reads every byte of the bundle while packages are laid down.
    private final FutureTask<Void> whole;

    private final AtomicBoolean begun = new AtomicBoolean();

    BundlePackages(BundleReader bundle, Disk disk) {
        this.bundle = bundle;
        this.disk = disk;
        whole =
                new FutureTask<>(
                        () -> {
                            bundle.verify();
                            return null;
                        });
    }

    @Override
    public boolean mayLayAhead() {
        return true;
    }

    @Override
    public void requireWhole() throws OpmException {
        begin();
        try {
            whole.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof OpmException failure) {
                throw failure;
            }
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void begin() {
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
            requireWhole(); // which names what is damaged
            throw e;
        }
    }

    private void layDown(Artifact artifact, Path file) throws OpmException {
        Entry entry =
                bundle.find(artifact.path())
                        .orElseThrow(() -> damaged(artifact, "nothing of that name"));
        if (artifact.sizeBytes() != entry.sizeBytes()) {
            throw damaged(artifact, "other bytes than the plan names");
        }
        // The manifest, which the seal covers, holds SHA-256; the plan may hold what a repository
        // has.
        Digest found = bundle.extract(entry, file, artifact.digest().algorithm());
        if (!found.equals(artifact.digest())) {
            disk.delete(file);
            throw damaged(artifact, "other bytes than the plan names");
        }
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
}
