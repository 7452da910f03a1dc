package opm.rpmmd;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.zip.GZIPInputStream;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;
import opm.host.StreamFailure;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.tukaani.xz.XZInputStream;

/// Unpacks by what the first bytes say, whatever the file is called.
final class Codec {
    /// What `xz -9` needs is 65 MiB; createrepo_c uses 8.
    private static final int XZ_MEMORY_KIB = 96 << 10;

    /// Window of zstd in bits: 128 MiB, as `zstd --long`.
    private static final int ZSTD_WINDOW_BITS = 27;

    private static final int MAGIC_BYTES = 6;
    private static final int BUFFER_BYTES = 1 << 16;

    private Codec() {}

    /// Wraps a stream; closing the result closes it.
    ///
    /// Reading bytes that are not what the codec expects fails with an `IOException` that
    /// [#failure] turns into [Damaged].
    static InputStream unpacked(InputStream in, String subject) throws OpmException {
        try {
            byte[] magic = in.readNBytes(MAGIC_BYTES);
            var whole = new SequenceInputStream(new java.io.ByteArrayInputStream(magic), in);
            if (starts(magic, 0x1f, 0x8b)) {
                return new GZIPInputStream(whole, BUFFER_BYTES);
            }
            if (starts(magic, 0xfd, '7', 'z', 'X', 'Z', 0)) {
                return new XZInputStream(whole, XZ_MEMORY_KIB);
            }
            if (starts(magic, 0x28, 0xb5, 0x2f, 0xfd)) {
                var zstd = new ZstdInputStreamNoFinalizer(whole);
                zstd.setLongMax(ZSTD_WINDOW_BITS);
                return zstd;
            }
            if (starts(magic, 'B', 'Z', 'h')) {
                return new BZip2CompressorInputStream(whole, true);
            }
            if (Zchunk.isMagic(magic)) {
                return new ZchunkStream(whole);
            }
            return whole;
        } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException e) {
            throw failure(e, subject);
        }
    }

    private static boolean starts(byte[] bytes, int... magic) {
        if (bytes.length < magic.length) {
            return false;
        }
        for (int at = 0; at < magic.length; at++) {
            if ((bytes[at] & 0xff) != magic[at]) {
                return false;
            }
        }
        return true;
    }

    /// Returns the failure behind what a codec or the disk threw.
    ///
    /// The doors of `opm.host` throw nothing but [StreamFailure], so everything else is a codec
    /// that met bytes which it did not expect; some throw unchecked then.
    static OpmException failure(Exception e, String subject) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof StreamFailure travelled) {
                return travelled.failure();
            }
        }
        return new Damaged(
                        subject + ": cannot be unpacked: " + e.getMessage(),
                        "Fetch it again, or use another mirror.")
                .because(e);
    }
}
