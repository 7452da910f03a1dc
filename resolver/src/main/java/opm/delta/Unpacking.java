package opm.delta;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import opm.base.Limits;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;
import opm.host.StreamFailure;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.tukaani.xz.LZMAInputStream;
import org.tukaani.xz.XZInputStream;

/// Unpacks by the first bytes, in every format that payloads and deltas have.
final class Unpacking {
    private static final int XZ_MEMORY_KIB = 96 << 10;
    private static final int ZSTD_WINDOW_BITS = 27;
    private static final int MAGIC_BYTES = 6;
    private static final int BUFFER_BYTES = 1 << 16;

    private Unpacking() {}

    /// Returns how many bytes of an archive are taken into memory here: there are up to three of
    /// them at a time, and a machine too small for that takes the whole package.
    static int most() {
        return (int) Math.min(Limits.DELTA_ARCHIVE_BYTES, Runtime.getRuntime().maxMemory() / 4);
    }

    static InputStream of(InputStream packed) throws IOException {
        var in = new BufferedInputStream(packed, BUFFER_BYTES);
        in.mark(MAGIC_BYTES);
        byte[] magic = in.readNBytes(MAGIC_BYTES);
        in.reset();
        if (starts(magic, 0x1f, 0x8b)) {
            return new GZIPInputStream(in, BUFFER_BYTES);
        }
        if (starts(magic, 0xfd, '7', 'z', 'X', 'Z', 0)) {
            return new XZInputStream(in, XZ_MEMORY_KIB);
        }
        if (starts(magic, 0x5d, 0, 0)) {
            return new LZMAInputStream(in, XZ_MEMORY_KIB);
        }
        if (starts(magic, 0x28, 0xb5, 0x2f, 0xfd)) {
            var zstd = new ZstdInputStreamNoFinalizer(in);
            zstd.setLongMax(ZSTD_WINDOW_BITS);
            return zstd;
        }
        return starts(magic, 'B', 'Z', 'h') ? new BZip2CompressorInputStream(in, true) : in;
    }

    private static boolean starts(byte[] bytes, int... magic) {
        for (int at = 0; at < magic.length; at++) {
            if (at >= bytes.length || (bytes[at] & 0xff) != magic[at]) {
                return false;
            }
        }
        return true;
    }

    /// Reads to the end.
    ///
    /// @throws Damaged when it cannot be unpacked, or has more bytes than allowed
    static byte[] all(InputStream packed, int limit, String subject) throws OpmException {
        try {
            byte[] bytes = of(packed).readNBytes(limit);
            if (bytes.length == limit) {
                throw damaged(subject, limit + " bytes or more", "less");
            }
            return bytes;
        } catch (IOException | RuntimeException e) {
            throw failure(e, subject);
        }
    }

    /// Returns the failure behind what a codec or the disk threw; some codecs throw unchecked when
    /// they meet bytes that they did not expect.
    static OpmException failure(Exception e, String subject) {
        if (e instanceof StreamFailure travelled) {
            return travelled.failure();
        }
        return ((Damaged) damaged(subject, "bytes that cannot be unpacked", "a whole file"))
                .because(e);
    }

    static OpmException damaged(String subject, String found, String expected) {
        return new Damaged(
                subject + ": found " + found + ", expected " + expected,
                "Fetch it again, or take the whole package.");
    }
}
