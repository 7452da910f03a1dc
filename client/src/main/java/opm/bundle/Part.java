package opm.bundle;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;
import opm.base.ChunkSums;
import opm.base.Digest;
import opm.base.OpmException;
import opm.host.StreamFailure;

/// One entry to be written: what it is known to be, and where its bytes come from.
///
/// @param path in the bundle
/// @param sizeBytes exact
/// @param sha256 of the bytes
/// @param crc32 of the bytes
/// @param chunks of their pieces
record Part(
        String path,
        long sizeBytes,
        Digest sha256,
        int crc32,
        ChunkSums chunks,
        Content content) {
    /// Bytes that can be written out as often as one likes, always the same.
    interface Content {
        void writeTo(OutputStream out) throws OpmException, IOException;
    }

    /// Makes a part of a few bytes in memory.
    static Part of(String path, byte[] bytes) throws OpmException {
        return measured(path, out -> out.write(bytes));
    }

    /// Makes a part by writing its content to nowhere once.
    static Part measured(String path, Content content) throws OpmException {
        var measure = new Measure(path, OutputStream.nullOutputStream());
        measure.write(content);
        return new Part(
                path,
                measure.sizeBytes,
                measure.sha256(),
                measure.crc32(),
                measure.chunks(),
                content);
    }

    /// Counts and digests what passes through.
    static final class Measure extends OutputStream {
        private final String path;
        private final OutputStream out;
        private final MessageDigest sha = Digest.Algorithm.SHA256.engine();
        private final CRC32 crc = new CRC32();
        private final ChunkSums.Counter chunks = new ChunkSums.Counter();
        private long sizeBytes;

        Measure(String path, OutputStream out) {
            this.path = path;
            this.out = new DigestOutputStream(new CheckedOutputStream(out, crc), sha);
        }

        /// Lets a whole content pass.
        void write(Content content) throws OpmException {
            try {
                content.writeTo(this);
            } catch (IOException e) {
                throw StreamFailure.of(e, path);
            }
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
            chunks.add(bytes, offset, length);
            sizeBytes += length;
        }

        long sizeBytes() {
            return sizeBytes;
        }

        Digest sha256() {
            return Digest.of(Digest.Algorithm.SHA256, sha.digest());
        }

        int crc32() {
            return (int) crc.getValue();
        }

        /// To be called once.
        ChunkSums chunks() {
            return chunks.end();
        }
    }

    /// Copies a stream in pieces of 64 KiB.
    static void copy(InputStream in, OutputStream out) throws IOException {
        byte[] piece = new byte[64 << 10];
        for (int length; (length = in.read(piece)) >= 0; ) {
            out.write(piece, 0, length);
        }
    }
}
