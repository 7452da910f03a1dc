package opm.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.zip.CRC32;
import opm.base.ChunkSums;
import opm.base.Digest;
import opm.base.OpmException;
import opm.host.StreamFailure;
import org.jspecify.annotations.Nullable;

/// Everything that is computed over the bytes of an object, in one pass: the digest that names it,
/// SHA-256 where that is another, CRC-32, and that of its pieces.
final class Checksums {
    static final int BUFFER_BYTES = 64 << 10;

    private static final int WARM_UP_BYTES = 4 << 20;
    private static final long WARM_UP_NANOS = 300_000_000;

    private final Digest.Algorithm algorithm;
    private final MessageDigest named;
    private final @Nullable MessageDigest sha256;
    private final CRC32 crc32 = new CRC32();
    private final ChunkSums.Counter chunks = new ChunkSums.Counter();
    private long count;

    Checksums(Digest.Algorithm algorithm) {
        this.algorithm = algorithm;
        this.named = algorithm.engine();
        this.sha256 =
                algorithm == Digest.Algorithm.SHA256 ? null : Digest.Algorithm.SHA256.engine();
    }

    /// Where the system cannot hash for us, hashes zeros on a thread of its own until the compiler
    /// knows how.
    ///
    /// C2 puts the processor's own instructions in the place of SHA-256 (1.4 GB/s instead of 60
    /// MB/s), but only once it has been called often; a download need not wait for that.
    static void warmUp() {
        if (Digest.soon(WARM_UP_BYTES)) {
            return;
        }
        Thread.ofPlatform()
                .daemon()
                .name("warm-up")
                .start(
                        () -> {
                            long end = System.nanoTime() + WARM_UP_NANOS;
                            var checksums = new Checksums(Digest.Algorithm.SHA256);
                            var zeros = new byte[BUFFER_BYTES];
                            while (checksums.count() < WARM_UP_BYTES && System.nanoTime() < end) {
                                checksums.add(zeros, 0, zeros.length);
                            }
                        });
    }

    void add(byte[] bytes, int offset, int length) {
        named.update(bytes, offset, length);
        if (sha256 != null) {
            sha256.update(bytes, offset, length);
        }
        crc32.update(bytes, offset, length);
        chunks.add(bytes, offset, length);
        count += length;
    }

    /// Adds all that a stream still has.
    void addAll(InputStream in, String subject) throws OpmException {
        var buffer = new byte[BUFFER_BYTES];
        try {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                add(buffer, 0, read);
            }
        } catch (IOException e) {
            throw StreamFailure.of(e, subject);
        }
    }

    long count() {
        return count;
    }

    /// Ends the computation. To be called once.
    Stored at(Path path) {
        Digest name = Digest.of(algorithm, named.digest());
        Digest strong = sha256 == null ? name : Digest.of(Digest.Algorithm.SHA256, sha256.digest());
        return new Stored(name, path, count, (int) crc32.getValue(), strong, chunks.end());
    }
}
