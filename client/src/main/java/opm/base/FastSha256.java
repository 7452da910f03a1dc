package opm.base;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// What the machine has for SHA-256 that is faster than Java, if somebody offers it.
///
/// To get it ready takes about as long as hashing [#MUCH] bytes in Java. So a thread aside does
/// that once the process has hashed so much, or knows that it will; Java hashes until then.
public final class FastSha256 {
    /// Ints of what [Blocks] changes, laid out as OpenSSL's `SHA256_CTX` (openssl/sha.h): the
    /// state, the count of bits in two, a block, how much of that is filled, the digest's length.
    static final int CONTEXT_INTS = 8 + 2 + 16 + 1 + 1;

    private static final int STATE_INTS = 8;
    private static final long MUCH = 2 << 20;

    /// Bytes below which a call costs more than it saves.
    private static final int LEAST = 1 << 10;

    private static volatile @Nullable Offer offered;
    private static volatile @Nullable Blocks ready;
    private static final AtomicLong hashed = new AtomicLong();
    private static final AtomicBoolean begun = new AtomicBoolean();

    private FastSha256() {}

    /// Hashes whole blocks of 64 bytes.
    public interface Blocks {
        /// @param context of which the first eight ints are the state, which changes
        void hash(int[] context, byte[] from, int offset, int length);
    }

    /// Something that can be got ready.
    public interface Offer {
        /// Gets it ready; null when that cannot be.
        @Nullable Blocks prepare();
    }

    /// Offers one to this process; the first counts.
    public static synchronized void offer(Offer offer) {
        if (offered == null && !begun.get()) {
            offered = offer;
        }
    }

    /// Tells whether there is one, or will be soon.
    static boolean isOffered() {
        return offered != null;
    }

    /// Tells how much is about to be hashed.
    static void soon(long bytes) {
        if (hashed.addAndGet(bytes) >= MUCH && isOffered() && begun.compareAndSet(false, true)) {
            Thread.ofPlatform().daemon().name("sha256").start(FastSha256::prepare);
        }
    }

    /// Gets it ready here and now. One that does not compute what Java computes is not used.
    static synchronized void prepare() {
        Offer offer = offered;
        if (offer == null || ready != null) {
            return;
        }
        begun.set(true);
        Blocks blocks = offer.prepare();
        if (blocks != null && isRight(blocks)) {
            ready = blocks;
        } else {
            offered = null;
        }
    }

    /// Compares it with Java.
    static boolean isRight(Blocks blocks) {
        var bytes = new byte[3 * Sha256.BLOCK];
        for (int at = 0; at < bytes.length; at++) {
            bytes[at] = (byte) (at * 7);
        }
        int[] found = Sha256.start();
        blocks.hash(found, bytes, Sha256.BLOCK, 2 * Sha256.BLOCK);
        int[] expected = Sha256.stateAfter(Arrays.copyOfRange(bytes, Sha256.BLOCK, bytes.length));
        return Arrays.equals(expected, 0, STATE_INTS, found, 0, STATE_INTS);
    }

    /// Hashes whole blocks, where it is ready and they are many.
    ///
    /// @return whether it did
    static boolean hash(int[] context, byte[] from, int offset, int length) {
        Blocks blocks = ready;
        if (blocks == null) {
            soon(length);
            return false;
        }
        if (length < LEAST) {
            return false;
        }
        blocks.hash(context, from, offset, length);
        return true;
    }
}
