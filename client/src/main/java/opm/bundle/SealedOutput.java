package opm.bundle;

import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import opm.base.Digest;
import opm.base.OpmException;
import opm.host.Output;
import opm.host.StreamFailure;

/// An `OutputStream` over a file, which digests every byte for the seal and writes in large pieces.
///
/// The seal is computed on a thread of its own: who writes a package digests that package at the
/// same time, so that both together take as long as one. All writing stays on the caller's thread.
final class SealedOutput extends OutputStream {
    private static final int PIECE_BYTES = 256 << 10;
    private static final int PIECES = 4;

    private final Output file;
    private final MessageDigest sha = Digest.Algorithm.SHA256.engine();
    private final ExecutorService sealing =
            Executors.newSingleThreadExecutor(
                    task -> Thread.ofPlatform().daemon().name("seal").unstarted(task));
    private final Piece[] pieces = new Piece[PIECES];
    private int current;
    private int pendingBytes;
    private long position;

    /// A piece, and when its bytes have been digested.
    private static final class Piece {
        final byte[] bytes = new byte[PIECE_BYTES];
        CompletableFuture<Void> digested = CompletableFuture.completedFuture(null);
    }

    SealedOutput(Output file) {
        this.file = file;
        for (int piece = 0; piece < PIECES; piece++) {
            pieces[piece] = new Piece();
        }
    }

    /// Returns how many bytes were written.
    long position() {
        return position;
    }

    /// Returns the digest of all bytes so far. What is written afterwards belongs to no seal.
    Digest seal() throws IOException {
        flush();
        for (Piece piece : pieces) {
            piece.digested.join();
        }
        return Digest.of(Digest.Algorithm.SHA256, sha.digest());
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        position += length;
        for (int done = 0; done < length; ) {
            int some = Math.min(PIECE_BYTES - pendingBytes, length - done);
            System.arraycopy(bytes, offset + done, pieces[current].bytes, pendingBytes, some);
            pendingBytes += some;
            done += some;
            if (pendingBytes == PIECE_BYTES) {
                flush();
            }
        }
    }

    @Override
    public void flush() throws IOException {
        Piece full = pieces[current];
        int count = pendingBytes;
        full.digested = CompletableFuture.runAsync(() -> sha.update(full.bytes, 0, count), sealing);
        current = (current + 1) % PIECES;
        pendingBytes = 0;
        try {
            file.write(full.bytes, 0, count);
        } catch (OpmException failure) {
            throw new StreamFailure(failure);
        }
        pieces[current].digested.join();
    }

    /// Ends the thread; the file stays open.
    @Override
    public void close() {
        sealing.shutdown();
    }
}
