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

    /// Where each hash was seen last, counted on from block to block: what is below [#base] was in
    /// another one. Made when first needed: who packs nothing needs no tables.
    private int[] heads = new int[0];

    /// For each place the one before it with the same hash, or a number below 0.
    private int[] before = new int[0];

    /// What the first place of a block counts as.
    private int base;

    private int matchStart;

    /// Packs some bytes behind what `out` holds.
    void pack(byte[] raw, int length, VarOutput out) {
        assert length <= MOST_BYTES;
        int last = length - LEAST_MATCH;
        if (last >= 0) {
            link(raw, last);
        }
        int at = 0;
        int literals = 0;
        while (at <= last) {
            int size = longest(raw, at, length, LEAST_MATCH - 1);
            if (size < LEAST_MATCH) {
                at++;
                continue;
            }
            int start = matchStart;
            while (at < last) {
                int later = longest(raw, at + 1, length, size);
                if (later == size) {
                    break;
                }
                size = later;
                start = matchStart;
                at++;
            }
            step(raw, literals, at, at - start, size, out);
            at += size;
            literals = at;
        }
        step(raw, literals, length, 0, 0, out);
    }

    /// Finds for each place up to the last one the place before it with the same hash.
    private void link(byte[] raw, int last) {
        if (heads.length == 0) {
            heads = new int[1 << HASH_BITS];
            before = new int[MOST_BYTES];
            base = 1;
        } else if (base > Integer.MAX_VALUE - 2 * MOST_BYTES) {
            Arrays.fill(heads, 0);
            base = 1;
        }
        int[] heads = this.heads;
        int[] before = this.before;
        int base = this.base;
        int four = (raw[0] & 0xff) << 8 | (raw[1] & 0xff) << 16 | raw[2] << 24;
        for (int at = 0; at <= last; at++) {
            four = four >>> 8 | raw[at + 3] << 24;
            int hash = four * 0x9E3779B1 >>> 32 - HASH_BITS;
            before[at] = heads[hash] - base;
            heads[hash] = base + at;
        }
        this.base = base + MOST_BYTES;
    }

    /// Looks for a repetition of more than `least` bytes. Returns the length of the longest, and
    /// leaves its place in [#matchStart]; `least` where there is none.
    private int longest(byte[] raw, int at, int length, int least) {
        int[] before = this.before;
        int most = length - at;
        int best = least;
        if (best >= most) {
            return best;
        }
        byte next = raw[at + best];
        byte last = raw[at + best - 1];
        int place = before[at];
        for (int tries = TRIES; place >= 0 && tries > 0; tries--) {
            if (raw[place + best] == next && raw[place + best - 1] == last) {
                int size = same(raw, place, at, most);
                if (size > best) {
                    best = size;
                    matchStart = place;
                    if (size == most) {
                        break;
                    }
                    next = raw[at + size];
                    last = raw[at + size - 1];
                }
            }
            place = before[place];
        }
        return best;
    }

    /// Returns how many bytes are the same at two places.
    private static int same(byte[] raw, int one, int two, int most) {
        int size = 0;
        while (size < most && raw[one + size] == raw[two + size]) {
            size++;
        }
        return size;
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
