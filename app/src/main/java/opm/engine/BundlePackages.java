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
    public Path file(Artifact artifact, Path stage) throws OpmException {
        Entry entry =
                bundle.find(artifact.path())
                        .orElseThrow(() -> damaged(artifact, "nothing of that name"));
        boolean planned =
                artifact.digest().algorithm() != Digest.Algorithm.SHA256
                        || artifact.digest().equals(entry.sha256());
        if (!planned || artifact.sizeBytes() != entry.sizeBytes()) {
            throw damaged(artifact, "other bytes than the plan names");
        }
        Path file = stage.resolve(artifact.fileName());
        MessageDigest sha256 = Digest.Algorithm.SHA256.engine();
        try (InputStream in = bundle.read(entry);
                Output out = disk.create(file)) {
            byte[] piece = new byte[PIECE_BYTES];
            for (int got; (got = in.read(piece)) >= 0; ) {
                sha256.update(piece, 0, got);
                out.write(piece, 0, got);
            }
        } catch (IOException e) {
            throw StreamFailure.of(e, artifact.path());
        }
        if (!Digest.of(Digest.Algorithm.SHA256, sha256.digest()).equals(entry.sha256())) {
            disk.delete(file);
            throw damaged(artifact, "other bytes than the manifest gives");
        }
        return file;
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
