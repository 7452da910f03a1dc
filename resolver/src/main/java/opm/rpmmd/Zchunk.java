package opm.rpmmd;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import opm.base.Digest.Algorithm;

/// The head of a zchunk file: which pieces it is made of, each packed by itself.
///
/// A number has seven bits a byte, least first; its last byte has bit 7 set. Checksums: 0 SHA-1,
/// 1 SHA-256, 2 SHA-512, 3 the first 16 bytes of SHA-512.
///
/// | part | what |
/// |---|---|
/// | lead | `\0ZCK1`, kind of checksum, bytes of the rest of the head, checksum of lead and rest |
/// | preface | checksum of all behind the head, flags, packing (0 none, 2 zstd), perhaps elements |
/// | index | its bytes, kind of checksum, count; for each chunk checksum, packed and open bytes |
/// | signatures | how many; each kind, bytes |
///
/// The first chunk is the dictionary of the others. (zchunk_format.txt of zchunk 1.2.)
final class Zchunk {
    private static final byte[] MAGIC = {0, 'Z', 'C', 'K', '1'};

    /// Bytes that hold any lead: magic, two numbers, the longest checksum.
    static final int LEAD_BYTES = 5 + 5 + 5 + 64;

    static final int PLAIN = 0;
    static final int ZSTD = 2;

    private static final int STREAMS = 1;
    private static final int ELEMENTS = 2;
    private static final int OPEN_CHECKSUMS = 4;

    /// A head of more than a million chunks.
    private static final int MOST_HEAD = 64 << 20;

    /// One chunk, packed or not: createrepo_c makes one for each source package.
    private static final int MOST_CHUNK = 64 << 20;

    /// Digests of one kind, cut to their length in the file.
    private enum Sum {
        SHA1(Algorithm.SHA1, 20),
        SHA256(Algorithm.SHA256, 32),
        SHA512(Algorithm.SHA512, 64),
        SHA512_128(Algorithm.SHA512, 16);

        private final Algorithm algorithm;
        private final int length;

        Sum(Algorithm algorithm, int length) {
            this.algorithm = algorithm;
            this.length = length;
        }

        static Sum of(int kind) throws IOException {
            if (kind < 0 || kind >= values().length) {
                throw new IOException("zchunk: checksums of kind " + kind);
            }
            return values()[kind];
        }
    }

    /// A piece of the file.
    ///
    /// @param sum its checksum in hexadecimal, packed; all zeros for one without bytes
    /// @param start in the file
    record Chunk(String sum, long start, int bytes, int openBytes) {}

    private final int headBytes;
    private final int packing;
    private final List<Chunk> chunks;
    private final Sum dataSum;
    private final byte[] dataChecksum;
    private final Sum chunkSum;

    private Zchunk(byte[] head, int preface) throws IOException {
        headBytes = head.length;
        var in = new Numbers(head, MAGIC.length);
        dataSum = Sum.of(in.number());
        in.number();
        in.at = preface;
        dataChecksum = in.bytes(dataSum.length);
        int flags = in.number();
        if ((flags & ~(ELEMENTS | OPEN_CHECKSUMS)) != 0) {
            // Data streams, which nothing writes.
            throw new IOException("zchunk: flags " + flags + ", of which " + STREAMS + " is no");
        }
        packing = in.number();
        if (packing != PLAIN && packing != ZSTD) {
            throw new IOException("zchunk: packed in way " + packing);
        }
        int elements = (flags & ELEMENTS) == 0 ? 0 : in.number();
        for (int at = 0; at < elements; at++) {
            in.number();
            in.bytes(in.number());
        }
        in.number();
        chunkSum = Sum.of(in.number());
        int count = in.number();
        if (count > head.length / chunkSum.length) {
            throw new IOException("zchunk: " + count + " chunks in a head of " + head.length);
        }
        var list = new ArrayList<Chunk>();
        long start = headBytes;
        for (int at = 0; at < count; at++) {
            String sum = java.util.HexFormat.of().formatHex(in.bytes(chunkSum.length));
            if ((flags & OPEN_CHECKSUMS) != 0) {
                in.bytes(chunkSum.length);
            }
            int bytes = in.number();
            int openBytes = in.number();
            if (bytes > MOST_CHUNK || openBytes > MOST_CHUNK) {
                throw new IOException("zchunk: a chunk of " + bytes + " bytes");
            }
            list.add(new Chunk(sum, start, bytes, openBytes));
            start += bytes;
        }
        chunks = List.copyOf(list);
    }

    static boolean isMagic(byte[] bytes) {
        return bytes.length >= MAGIC.length
                && Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
    }

    /// Returns how long the head is that begins with these bytes.
    static int headBytes(byte[] lead) throws IOException {
        if (!isMagic(lead)) {
            throw new IOException("zchunk: the magic bytes are missing");
        }
        var in = new Numbers(lead, MAGIC.length);
        int length = Sum.of(in.number()).length;
        int rest = in.number();
        if (rest > MOST_HEAD) {
            throw new IOException("zchunk: a head of " + rest + " bytes");
        }
        return in.at + length + rest;
    }

    /// Reads a head from the beginning of a stream, and leaves the stream behind it.
    static Zchunk read(InputStream in) throws IOException {
        byte[] lead = in.readNBytes(LEAD_BYTES);
        int length = headBytes(lead);
        if (length < lead.length) {
            throw new IOException("zchunk: a head of " + length + " bytes");
        }
        var head = Arrays.copyOf(lead, length);
        int count = in.readNBytes(head, lead.length, length - lead.length);
        return of(Arrays.copyOf(head, lead.length + count));
    }

    /// Reads a whole head.
    static Zchunk of(byte[] head) throws IOException {
        int length = headBytes(head);
        if (length != head.length) {
            throw new IOException("zchunk: a head of " + head.length + " of " + length + " bytes");
        }
        var in = new Numbers(head, MAGIC.length);
        Sum sum = Sum.of(in.number());
        in.number();
        int lead = in.at;
        byte[] expected = in.bytes(sum.length);
        MessageDigest engine = sum.algorithm.engine();
        engine.update(head, 0, lead);
        engine.update(head, in.at, head.length - in.at);
        if (!Arrays.equals(Arrays.copyOf(engine.digest(), sum.length), expected)) {
            throw new IOException("zchunk: the head does not match its checksum");
        }
        return new Zchunk(head, in.at);
    }

    int headBytes() {
        return headBytes;
    }

    int packing() {
        return packing;
    }

    /// Returns the chunks in the order of the file; the first is the dictionary.
    List<Chunk> chunks() {
        return chunks;
    }

    /// Returns how long the whole file is.
    long fileBytes() {
        Chunk last = chunks.isEmpty() ? null : chunks.getLast();
        return last == null ? headBytes : last.start() + last.bytes();
    }

    /// Tells whether some bytes are those of a chunk.
    boolean isRight(Chunk chunk, byte[] bytes) {
        byte[] sum = Arrays.copyOf(chunkSum.algorithm.engine().digest(bytes), chunkSum.length);
        return bytes.length == chunk.bytes()
                && (bytes.length == 0
                        || java.util.HexFormat.of().formatHex(sum).equals(chunk.sum()));
    }

    /// Returns what adds up everything behind the head.
    MessageDigest dataEngine() {
        return dataSum.algorithm.engine();
    }

    boolean isWhole(MessageDigest data) {
        return Arrays.equals(Arrays.copyOf(data.digest(), dataSum.length), dataChecksum);
    }

    /// The numbers of a head.
    private static final class Numbers {
        private final byte[] bytes;
        private int at;

        Numbers(byte[] bytes, int at) {
            this.bytes = bytes;
            this.at = at;
        }

        int number() throws IOException {
            long number = 0;
            for (int shift = 0; shift < 35; shift += 7) {
                if (at == bytes.length) {
                    throw new IOException("zchunk: the head ends inside a number");
                }
                byte b = bytes[at++];
                number |= (long) (b & 0x7f) << shift;
                if (b < 0) {
                    if (number > Integer.MAX_VALUE) {
                        break;
                    }
                    return (int) number;
                }
            }
            throw new IOException("zchunk: a number beyond 2^31");
        }

        byte[] bytes(int length) throws IOException {
            if (length > bytes.length - at) {
                throw new IOException("zchunk: the head ends early");
            }
            at += length;
            return Arrays.copyOfRange(bytes, at - length, at);
        }
    }
}
