package opm.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import opm.base.Digest;
import opm.base.OpmException;
import opm.bundle.BundleReader;
import opm.bundle.Entry;
import opm.host.StreamFailure;

/// What a guard between two networks wants to know before it lets a bundle pass: the file, and each
/// entry in it, with size and SHA-256. CSV as in RFC 4180, but for line feeds alone.
final class HashList {
    private static final int BUFFER_BYTES = 256 << 10;

    private HashList() {}

    static void print(Session session, Path file, BundleReader bundle) throws OpmException {
        Screen screen = session.screen();
        screen.line("path,bytes,sha256");
        Digest whole = digest(session, file);
        screen.line(row(file.getFileName().toString(), bundle.sizeBytes(), whole));
        for (Entry entry : bundle.entries()) {
            screen.line(row(entry.path(), entry.sizeBytes(), entry.sha256()));
        }
    }

    /// Returns the SHA-256 of a whole file.
    static Digest digest(Session session, Path file) throws OpmException {
        MessageDigest sha = Digest.Algorithm.SHA256.engine();
        try (InputStream in = session.host().disk().read(file)) {
            var piece = new byte[BUFFER_BYTES];
            for (int count; (count = in.read(piece)) >= 0; ) {
                sha.update(piece, 0, count);
            }
        } catch (IOException e) {
            throw StreamFailure.of(e, file.toString());
        }
        return Digest.of(Digest.Algorithm.SHA256, sha.digest());
    }

    private static String row(String path, long bytes, Digest sha256) {
        boolean plain = path.matches("[^\",\\p{Cntrl}]*");
        String word = plain ? path : '"' + path.replace("\"", "\"\"") + '"';
        return word + "," + bytes + "," + sha256.hex();
    }
}
