package opm.bundle;

import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import opm.base.Digest;
import opm.base.OpmException;
import opm.host.Output;
import opm.host.StreamFailure;

/// An `OutputStream` over a file, which digests every byte for the seal and writes in large pieces.
final class SealedOutput extends OutputStream {
    private final Output file;
    private final MessageDigest sha = Digest.Algorithm.SHA256.engine();
    private final byte[] pending = new byte[64 << 10];
    private int pendingBytes;
    private long position;

    SealedOutput(Output file) {
        this.file = file;
    }

    /// Returns how many bytes were written.
    long position() {
        return position;
    }

    /// Returns the digest of all bytes so far; further bytes start anew.
    Digest seal() {
        return Digest.of(Digest.Algorithm.SHA256, sha.digest());
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        sha.update(bytes, offset, length);
        position += length;
        if (length >= pending.length) {
            flush();
            toFile(bytes, offset, length);
            return;
        }
        if (pendingBytes + length > pending.length) {
            flush();
        }
        System.arraycopy(bytes, offset, pending, pendingBytes, length);
        pendingBytes += length;
    }

    @Override
    public void flush() throws IOException {
        toFile(pending, 0, pendingBytes);
        pendingBytes = 0;
    }

    private void toFile(byte[] bytes, int offset, int length) throws IOException {
        try {
            file.write(bytes, offset, length);
        } catch (OpmException failure) {
            throw new StreamFailure(failure);
        }
    }
}
