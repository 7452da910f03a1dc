package opm.engine;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import opm.apply.Packages;
import opm.base.Digest;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;
import opm.bundle.BundleReader;
import opm.bundle.Entry;
import opm.host.Disk;
import opm.host.Output;
import opm.host.StreamFailure;
import opm.plan.Artifact;

/// The packages inside a bundle, laid down one batch at a time, each checked on the way.
final class BundlePackages implements Packages {
    private static final int PIECE_BYTES = 64 << 10;
    private final BundleReader bundle;
    private final Disk disk;

    BundlePackages(BundleReader bundle, Disk disk) {
        this.bundle = bundle;
        this.disk = disk;
    }

    @Override
    public void lay(Artifact artifact, Path file) throws OpmException {
        Entry entry =
                bundle.find(artifact.path())
                        .orElseThrow(() -> damaged(artifact, "nothing of that name"));
        if (artifact.sizeBytes() != entry.sizeBytes()) {
            throw damaged(artifact, "other bytes than the plan names");
        }
        // The manifest, which the seal covers, holds SHA-256; the plan may hold what a repository
        // has.
        MessageDigest sha256 = Digest.Algorithm.SHA256.engine();
        Digest.Algorithm algorithm = artifact.digest().algorithm();
        boolean same = algorithm == Digest.Algorithm.SHA256;
        MessageDigest planned = algorithm.engine();
        try (InputStream in = bundle.read(entry);
                Output out = disk.create(file)) {
            byte[] piece = new byte[PIECE_BYTES];
            for (int got; (got = in.read(piece)) >= 0; ) {
                sha256.update(piece, 0, got);
                if (!same) {
                    planned.update(piece, 0, got);
                }
                out.write(piece, 0, got);
            }
        } catch (IOException e) {
            throw StreamFailure.of(e, artifact.path());
        }
        if (!Digest.of(Digest.Algorithm.SHA256, sha256.digest()).equals(entry.sha256())) {
            disk.delete(file);
            throw damaged(artifact, "other bytes than the manifest gives");
        }
        Digest found = same ? entry.sha256() : Digest.of(algorithm, planned.digest());
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
