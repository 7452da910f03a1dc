package opm.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import opm.base.Digest;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;
import opm.bundle.BundleReader;
import opm.bundle.Entry;
import opm.host.Disk;
import opm.host.Output;
import opm.host.StreamFailure;

/// `opm bundle extract FILE [-o DIR]`: what `unzip` does, with every entry checked.
final class BundleExtractVerb implements Verb {
    private static final int PIECE_BYTES = 64 << 10;

    @Override
    public void accept(Syntax syntax) {
        syntax.value("DIR", "--output", "-o").arguments("FILE", 1, 1);
    }

    @Override
    public int run(Session session) throws OpmException {
        Disk disk = session.host().disk();
        var bundle = BundleReader.open(disk, Path.of(session.arguments().getFirst()));
        String output = session.value("--output");
        Path folder = Path.of(output == null ? "." : output).toAbsolutePath().normalize();
        for (Entry entry : bundle.entries()) {
            // The manifest's paths were checked when it was read; this only says so aloud.
            Path target = folder.resolve(entry.path()).normalize();
            assert target.startsWith(folder) : entry.path();
            disk.createDirectories(java.util.Objects.requireNonNull(target.getParent()));
            extract(disk, bundle, entry, target);
        }
        session.screen().say("extract.done", bundle.entries().size(), folder);
        return 0;
    }

    private static void extract(Disk disk, BundleReader bundle, Entry entry, Path target)
            throws OpmException {
        Path aside = target.resolveSibling(target.getFileName() + ".part");
        MessageDigest sha256 = Digest.Algorithm.SHA256.engine();
        try (InputStream in = bundle.read(entry);
                Output out = disk.create(aside)) {
            byte[] piece = new byte[PIECE_BYTES];
            for (int got; (got = in.read(piece)) >= 0; ) {
                sha256.update(piece, 0, got);
                out.write(piece, 0, got);
            }
        } catch (IOException e) {
            throw StreamFailure.of(e, entry.path());
        }
        if (!Digest.of(Digest.Algorithm.SHA256, sha256.digest()).equals(entry.sha256())) {
            disk.delete(aside);
            throw new Damaged(
                    entry.path() + ": found other bytes than the manifest gives",
                    "Copy the bundle again, or have it made again.");
        }
        disk.rename(aside, target);
    }
}
