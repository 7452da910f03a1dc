package opm.pkgset;

import java.util.Arrays;

/// Packs blocks of up to 64 KiB by repeating what came before; the same bytes pack the same way
/// for ever, which no library promises, so that sets stay canonical.
///
/// A packed block is a row of steps: a token, its high four bits how many literal bytes follow, its
/// low four how many bytes to repeat less 4; 15 in either means that bytes follow which are added,
/// up to one below 255; then the literals; then, unless the block ends here, the distance back to
/// what repeats, u16. (The layout of LZ4's blocks.)
///
/// The encoder takes, at each place, the longest of the last 24 places that begin with the same
/// four bytes (the nearest of equally long ones), and waits one byte when the next place has a
/// longer one.
final class Lz {
    static final int MOST_BYTES = 1 << 16;
    private static final int LEAST_MATCH = 4;
    private static final int TRIES = 24;
    private static final int HASH_BITS = 15;

    /// Made when first needed: who packs nothing needs no tables.
    private int[] heads = new int[0];

    private int[] before = new int[0];
    private int matchStart;

    /// Packs some bytes behind what `out` holds.
    void pack(byte[] raw, int length, VarOutput out) {
        assert length <= MOST_BYTES;
        if (length < LEAST_MATCH) {
            step(raw, 0, length, 0, 0, out);
            return;
        }
        if (heads.length == 0) {
            heads = new int[1 << HASH_BITS];
            before = new int[MOST_BYTES];
        }
        Arrays.fill(heads, -1);
        int at = 0;
        int literals = 0;
        while (at + LEAST_MATCH <= length) {
            int size = longest(raw, at, length);
            int start = matchStart;
            note(raw, at);
            if (size < LEAST_MATCH) {
                at++;
                continue;
            }
            if (at + 1 + LEAST_MATCH <= length && longest(raw, at + 1, length) > size) {
                at++;
                continue;
            }
            step(raw, literals, at, at - start, size, out);
            int end = at + size;
            for (at++; at < end; at++) {
                if (at + LEAST_MATCH <= length) {
                    note(raw, at);
                }
            }
            literals = end;
        }
        step(raw, literals, length, 0, 0, out);
    }

    private static int hash(byte[] raw, int at) {
        int four = raw[at] & 0xff | (raw[at + 1] & 0xff) << 8 | (raw[at + 2] & 0xff) << 16;
        return ((four | raw[at + 3] << 24) * 0x9E3779B1) >>> 32 - HASH_BITS;
    }

    private void note(byte[] raw, int at) {
        int hash = hash(raw, at);
        before[at] = heads[hash];
        heads[hash] = at;
    }

    /// Returns the length of the longest repetition, and leaves its place in [#matchStart].
    private int longest(byte[] raw, int at, int length) {
        int best = 0;
        int place = heads[hash(raw, at)];
        for (int tries = 0; place >= 0 && tries < TRIES; tries++) {
            if (best == 0 || at + best < length && raw[place + best] == raw[at + best]) {
                int size = Arrays.mismatch(raw, place, length, raw, at, length);
                size = size < 0 || size > length - at ? length - at : size;
                if (size > best) {
                    best = size;
                    matchStart = place;
                }
            }
            place = before[place];
        }
        return best;
    }

    private static void step(
            byte[] raw, int literals, int at, int distance, int size, VarOutput out) {
        int count = at - literals;
        int repeat = size == 0 ? 0 : size - LEAST_MATCH;
        out.u8(Math.min(count, 15) << 4 | Math.min(repeat, 15));
        more(count, out);
        out.bytes(raw, literals, count);
        if (size > 0) {
            out.u8(distance);
            out.u8(distance >>> 8);
            more(repeat, out);
        }
    }

    private static void more(int count, VarOutput out) {
        if (count >= 15) {
            int rest = count - 15;
            while (rest >= 255) {
                out.u8(255);
                rest -= 255;
            }
            out.u8(rest);
        }
    }

    /// Unpacks all of `packed` into the first `length` bytes of `raw`.
    ///
    /// @throws BrokenSet when the steps do not give exactly that many
    static void unpack(byte[] packed, int packedLength, byte[] raw, int length) {
        int at = 0;
        int to = 0;
        try {
            while (true) {
                int token = packed[at++] & 0xff;
                int count = token >>> 4;
                if (count == 15) {
                    int b;
                    do {
                        b = packed[at++] & 0xff;
                        count += b;
                    } while (b == 255);
                }
                if (count > length - to || count > packedLength - at) {
                    throw new BrokenSet("a packed block: literals beyond its end");
                }
                System.arraycopy(packed, at, raw, to, count);
                at += count;
                to += count;
                if (at == packedLength) {
                    break;
                }
                int distance = packed[at] & 0xff | (packed[at + 1] & 0xff) << 8;
                at += 2;
                int size = (token & 15) + LEAST_MATCH;
                if ((token & 15) == 15) {
                    int b;
                    do {
                        b = packed[at++] & 0xff;
                        size += b;
                    } while (b == 255);
                }
                if (distance == 0 || distance > to || size > length - to) {
                    throw new BrokenSet("a packed block: repeats what is not there");
                }
                if (distance >= size) {
                    System.arraycopy(raw, to - distance, raw, to, size);
                    to += size;
                } else {
                    for (int end = to + size; to < end; to++) {
                        raw[to] = raw[to - distance];
                    }
                }
            }
        } catch (IndexOutOfBoundsException e) {
            throw new BrokenSet("a packed block: ends inside a step");
        }
        if (to != length) {
            throw new BrokenSet("a packed block: " + to + " bytes, expected " + length);
        }
    }
}
