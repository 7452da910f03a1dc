package opm.bundle;

import java.io.InputStream;
import java.util.HashMap;
import java.util.List;
import opm.base.ChunkSums;
import opm.base.Digest;
import opm.base.OpmException;
import opm.host.Disk;
import opm.plan.Artifact;
import opm.store.Store;
import opm.store.Stored;
import org.jspecify.annotations.Nullable;

/// Where the writer gets the packages of a plan: the store, or a folder in a test.
public interface PackageSource {
    /// Opens a package's file; the caller closes it. May be called several times.
    InputStream open(Artifact artifact) throws OpmException;

    /// Returns what somebody noted about the file while reading it for another purpose, null when
    /// nobody did; the writer then reads the file once more.
    @Nullable Noted noted(Artifact artifact) throws OpmException;

    /// Sums that were taken earlier. The writer compares them with what it copies.
    record Noted(Digest sha256, int crc32, ChunkSums chunks) {}

    /// Returns the packages that lie in bundles.
    static PackageSource of(List<BundleReader> bundles) throws OpmException {
        var places = new HashMap<String, BundleReader>();
        var notes = new HashMap<String, Noted>();
        for (BundleReader bundle : bundles) {
            ChunkList chunks = bundle.chunks();
            for (Entry entry : bundle.entries()) {
                places.put(entry.path(), bundle);
                ChunkSums sums = chunks.of(entry);
                notes.put(entry.path(), new Noted(entry.sha256(), entry.crc32(), sums));
            }
        }
        return new PackageSource() {
            @Override
            public InputStream open(Artifact artifact) throws OpmException {
                BundleReader bundle = places.get(artifact.path());
                if (bundle == null) {
                    throw new OpmException.Damaged(
                            artifact.path() + ": the package is in no part",
                            "Name all parts.");
                }
                return bundle.read(bundle.find(artifact.path()).orElseThrow());
            }

            @Override
            public @Nullable Noted noted(Artifact artifact) {
                return notes.get(artifact.path());
            }
        };
    }

    /// Returns the packages that lie in a store.
    static PackageSource of(Store store, Disk disk) {
        return new PackageSource() {
            @Override
            public InputStream open(Artifact artifact) throws OpmException {
                Stored stored = store.noted(artifact.digest());
                if (stored == null) {
                    stored = store.get(artifact.digest());
                }
                if (stored == null) {
                    throw new OpmException.Unavailable(
                            artifact.path() + ": the package is not in the store",
                            "Download what the plan needs first.");
                }
                return disk.read(stored.path());
            }

            @Override
            public @Nullable Noted noted(Artifact artifact) throws OpmException {
                Stored stored = store.noted(artifact.digest());
                return stored == null
                        ? null
                        : new Noted(stored.sha256(), stored.crc32(), stored.chunks());
            }
        };
    }
}
