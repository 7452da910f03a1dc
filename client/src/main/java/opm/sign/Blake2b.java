package opm.sign;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// BLAKE2b-512 without a key (RFC 7693), which the JDK does not have.
final class Blake2b {
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int BLOCK_BYTES = 128;
    private static final int DIGEST_BYTES = 64;
    private static final int ROUNDS = 12;

    private static final long[] IV = {
        0x6a09e667f3bcc908L, 0xbb67ae8584caa73bL, 0x3c6ef372fe94f82bL, 0xa54ff53a5f1d36f1L,
        0x510e527fade682d1L, 0x9b05688c2b3e6c1fL, 0x1f83d9abfb41bd6bL, 0x5be0cd19137e2179L
    };

    private static final byte[][] SIGMA = {
        {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
        {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
        {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4},
        {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
        {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13},
        {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
        {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11},
        {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
        {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5},
        {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0}
    };

    private final long[] state = IV.clone();
    private final long[] work = new long[16];
    private final long[] message = new long[16];
    private final byte[] block = new byte[BLOCK_BYTES];
    private int pending;
    private long count;

    Blake2b() {
        state[0] ^= 0x01010000L ^ DIGEST_BYTES;
    }

    void update(byte[] bytes, int offset, int length) {
        for (int at = 0; at < length; ) {
            if (pending == BLOCK_BYTES) {
                count += BLOCK_BYTES;
                compress(false);
                pending = 0;
            }
            int more = Math.min(length - at, BLOCK_BYTES - pending);
            System.arraycopy(bytes, offset + at, block, pending, more);
            pending += more;
            at += more;
        }
    }

    /// Ends it. To be called once.
    byte[] digest() {
        count += pending;
        Arrays.fill(block, pending, BLOCK_BYTES, (byte) 0);
        compress(true);
        byte[] digest = new byte[DIGEST_BYTES];
        for (int word = 0; word < state.length; word++) {
            LONG.set(digest, word * Long.BYTES, state[word]);
        }
        return digest;
    }

    private void compress(boolean last) {
        long[] v = work;
        System.arraycopy(state, 0, v, 0, 8);
        System.arraycopy(IV, 0, v, 8, 8);
        v[12] ^= count;
        if (last) {
            v[14] = ~v[14];
        }
        for (int word = 0; word < 16; word++) {
            message[word] = (long) LONG.get(block, word * Long.BYTES);
        }
        for (int round = 0; round < ROUNDS; round++) {
            byte[] s = SIGMA[round % SIGMA.length];
            mix(v, 0, 4, 8, 12, message[s[0]], message[s[1]]);
            mix(v, 1, 5, 9, 13, message[s[2]], message[s[3]]);
            mix(v, 2, 6, 10, 14, message[s[4]], message[s[5]]);
            mix(v, 3, 7, 11, 15, message[s[6]], message[s[7]]);
            mix(v, 0, 5, 10, 15, message[s[8]], message[s[9]]);
            mix(v, 1, 6, 11, 12, message[s[10]], message[s[11]]);
            mix(v, 2, 7, 8, 13, message[s[12]], message[s[13]]);
            mix(v, 3, 4, 9, 14, message[s[14]], message[s[15]]);
        }
        for (int word = 0; word < 8; word++) {
            state[word] ^= v[word] ^ v[word + 8];
        }
    }

    private static void mix(long[] v, int a, int b, int c, int d, long x, long y) {
        v[a] = v[a] + v[b] + x;
        v[d] = Long.rotateRight(v[d] ^ v[a], 32);
        v[c] = v[c] + v[d];
        v[b] = Long.rotateRight(v[b] ^ v[c], 24);
        v[a] = v[a] + v[b] + y;
        v[d] = Long.rotateRight(v[d] ^ v[a], 16);
        v[c] = v[c] + v[d];
        v[b] = Long.rotateRight(v[b] ^ v[c], 63);
    }
}
