package opm.base;

import java.security.MessageDigest;
import java.util.Arrays;

/// SHA-256 (FIPS 180-4, 6.2), which goes on with [FastSha256] where much is hashed.
///
/// The JDK has its own; but the first use of it in a process reads the security configuration and
/// starts the providers, which takes 8 ms, as long as hashing everything that an ordinary command
/// hashes; and it is fast under C2 alone.
final class Sha256 extends MessageDigest {
    static final int BLOCK = 64;

    /// The first 32 bits of the fractional parts of the cube roots of the first 64 primes.
    private static final int[] K = {
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
        0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
        0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
        0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
        0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
        0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
        0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
        0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
        0xc67178f2
    };

    /// The same of the square roots of the first 8.
    private static final int[] START = {
        0x6a09e667,
        0xbb67ae85,
        0x3c6ef372,
        0xa54ff53a,
        0x510e527f,
        0x9b05688c,
        0x1f83d9ab,
        0x5be0cd19
    };

    /// The state, and behind it what [FastSha256] wants to find there.
    private final int[] state = start();

    private final int[] words = new int[BLOCK];

    /// What came since the last whole block.
    private final byte[] rest = new byte[BLOCK];

    private long length;

    Sha256() {
        super("SHA-256");
    }

    /// Returns a new `SHA256_CTX`.
    static int[] start() {
        int[] context = Arrays.copyOf(START, FastSha256.CONTEXT_INTS);
        context[FastSha256.CONTEXT_INTS - 1] = 4 * START.length;
        return context;
    }

    /// Returns the state after some whole blocks, as this class alone computes it.
    static int[] stateAfter(byte[] blocks) {
        var own = new Sha256();
        for (int at = 0; at < blocks.length; at += BLOCK) {
            own.block(blocks, at);
        }
        return own.state;
    }

    @Override
    protected void engineUpdate(byte input) {
        engineUpdate(new byte[] {input}, 0, 1);
    }

    @Override
    protected void engineUpdate(byte[] input, int offset, int count) {
        int at = offset;
        int end = offset + count;
        int filled = (int) (length % BLOCK);
        length += count;
        if (filled > 0) {
            int some = Math.min(BLOCK - filled, count);
            System.arraycopy(input, at, rest, filled, some);
            at += some;
            if (filled + some < BLOCK) {
                return;
            }
            block(rest, 0);
        }
        int whole = end - at & -BLOCK;
        if (whole > 0 && FastSha256.hash(state, input, at, whole)) {
            at += whole;
        }
        for (; at + BLOCK <= end; at += BLOCK) {
            block(input, at);
        }
        System.arraycopy(input, at, rest, 0, end - at);
    }

    @Override
    protected byte[] engineDigest() {
        // A bit of one, zeros, and the length in bits as the last eight bytes of a block.
        int filled = (int) (length % BLOCK);
        var last = new byte[filled + 9 <= BLOCK ? BLOCK : 2 * BLOCK];
        System.arraycopy(rest, 0, last, 0, filled);
        last[filled] = (byte) 0x80;
        long bits = length * 8;
        for (int at = 1; at <= 8; at++) {
            last[last.length - at] = (byte) bits;
            bits >>>= 8;
        }
        for (int at = 0; at < last.length; at += BLOCK) {
            block(last, at);
        }
        var digest = new byte[4 * START.length];
        for (int at = 0; at < digest.length; at++) {
            digest[at] = (byte) (state[at >> 2] >>> (24 - 8 * (at & 3)));
        }
        engineReset();
        return digest;
    }

    @Override
    protected void engineReset() {
        System.arraycopy(START, 0, state, 0, START.length);
        Arrays.fill(rest, (byte) 0);
        length = 0;
    }

    @Override
    protected int engineGetDigestLength() {
        return 4 * START.length;
    }

    private void block(byte[] from, int offset) {
        int[] w = words;
        for (int t = 0; t < 16; t++) {
            int at = offset + 4 * t;
            w[t] =
                    from[at] << 24
                            | (from[at + 1] & 0xff) << 16
                            | (from[at + 2] & 0xff) << 8
                            | from[at + 3] & 0xff;
        }
        for (int t = 16; t < BLOCK; t++) {
            int x = w[t - 15];
            int y = w[t - 2];
            int s0 = (x >>> 7 | x << 25) ^ (x >>> 18 | x << 14) ^ x >>> 3;
            int s1 = (y >>> 17 | y << 15) ^ (y >>> 19 | y << 13) ^ y >>> 10;
            w[t] = w[t - 16] + s0 + w[t - 7] + s1;
        }
        int a = state[0];
        int b = state[1];
        int c = state[2];
        int d = state[3];
        int e = state[4];
        int f = state[5];
        int g = state[6];
        int h = state[7];
        for (int t = 0; t < BLOCK; t++) {
            int s1 = (e >>> 6 | e << 26) ^ (e >>> 11 | e << 21) ^ (e >>> 25 | e << 7);
            int t1 = h + s1 + (e & f ^ ~e & g) + K[t] + w[t];
            int s0 = (a >>> 2 | a << 30) ^ (a >>> 13 | a << 19) ^ (a >>> 22 | a << 10);
            int t2 = s0 + (a & b ^ a & c ^ b & c);
            h = g;
            g = f;
            f = e;
            e = d + t1;
            d = c;
            c = b;
            b = a;
            a = t1 + t2;
        }
        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
        state[4] += e;
        state[5] += f;
        state[6] += g;
        state[7] += h;
    }
}
