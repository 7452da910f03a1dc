package opm.delta;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import opm.base.Digest;
import opm.base.OpmException;
import opm.host.Disk;
import opm.rpm.RpmFile;
import opm.rpm.Tag;

/// A delta of the program deltarpm, versions `DLT1` to `DLT3`, of both kinds.
///
/// A *standard* one is an rpm whose payload is the delta, and whose main header is the new
/// package's but for the word `drpm` in the place of `cpio`; it starts from the installed files in
/// the order that `sequence` gives. An *rpm-only* one begins with `drpm` itself, starts from the
/// old package file, header included, and makes the new header too.
///
/// What follows, packed, all numbers big-endian: `DLT` and the version's digit; the old package's
/// name; the sequence; MD5 of the new file; from version 2 on its size, how it is packed (low byte
/// the format, next byte the level) and parameters of that; from version 3 on the length of the new
/// header in an rpm-only one, and pairs of numbers for who combines deltas; lead and signature
/// header; where the word `cpio` goes in the header's data; how often bytes come from the delta and
/// how often from the old data, and for each its numbers; length of old data; in a standard one,
/// bytes that are added to those of the old data (packed by themselves); length of new bytes; new
/// bytes. Lengths have 8 bytes from version 3 on.
///
/// Source: deltarpm 3.6's own output, and the deltas of its users.
///
/// @param rpmOnly of which kind it is
/// @param source name, version and release of the old package
/// @param sequence which files of the old package, and in which order; begins with an MD5
/// @param target MD5 of the new file
/// @param packing how the new payload is packed; its header may say more
/// @param header of the new package; empty in an rpm-only one, which makes it
/// @param headerBytes of the new header within what is made; 0 in a standard one
/// @param lead lead and signature header of the new package
/// @param inner pairs: copies from the old data that go before, bytes from `fresh`
/// @param outer pairs: how far from where the last copy of old data ended, in the lower 31 bits,
///     and backwards when the highest is set; bytes from there
/// @param oldBytes length of the old data
/// @param added is added to bytes of the old data, one after the other; packed
/// @param fresh bytes that are new
@SuppressWarnings("ArrayRecordComponent") // one owner, never compared
record Drpm(
        boolean rpmOnly,
        String source,
        byte[] sequence,
        Digest target,
        Rebuild.Packing packing,
        byte[] header,
        int headerBytes,
        byte[] lead,
        int[] inner,
        int[] outer,
        long oldBytes,
        byte[] added,
        byte[] fresh) {
    private static final int RPM_ONLY = 0x6472706d;
    private static final int VERSION = 0x444c5400;
    private static final int MD5_BYTES = 16;
    private static final int INTRO_BYTES = 16;
    private static final int ENTRY_BYTES = 16;
    private static final String[] FORMATS = {
        "", "gzip", "bzip2", "gzip", "bzip2", "lzma", "xz", "zstd"
    };

    static Drpm read(Disk disk, Path file) throws OpmException {
        String subject = file.getFileName().toString();
        try (var in = new BufferedInputStream(disk.read(file))) {
            in.mark(4);
            int magic = new Reader(in, subject).number();
            if (magic == RPM_ONLY) {
                var front = new Reader(in, subject);
                requireVersion(front.number(), subject);
                front.counted(); // name, version and release of the new package
                byte[] added = front.counted();
                return rest(in, true, new byte[0], added, subject);
            }
            in.reset();
            RpmFile head = RpmFile.read(in, subject);
            byte[] front = WholeRpm.front(disk, file, head);
            int start = Math.toIntExact(head.headerStart());
            if (!"drpm".equals(head.words().header().string(Tag.PAYLOADFORMAT))) {
                throw Unpacking.damaged(subject, "an ordinary package", "a delta");
            }
            byte[] header = Arrays.copyOfRange(front, start, front.length);
            return rest(in, false, header, new byte[0], subject);
        } catch (IOException | RuntimeException e) {
            throw Unpacking.failure(e, subject);
        }
    }

    private static void requireVersion(int word, String subject) throws OpmException {
        int version = word - VERSION - '0';
        if (version < 1 || version > 3) {
            throw Unpacking.damaged(subject, "no word DLT1, DLT2 or DLT3", "one");
        }
    }

    private static Drpm rest(
            InputStream packed, boolean rpmOnly, byte[] header, byte[] addedBefore, String subject)
            throws OpmException, IOException {
        try (InputStream in = Unpacking.of(packed)) {
            var reader = new Reader(in, subject);
            int word = reader.number();
            requireVersion(word, subject);
            int version = word - VERSION - '0';
            String source = reader.text().replace("\0", "");
            byte[] sequence = reader.counted();
            if (sequence.length < MD5_BYTES) {
                throw Unpacking.damaged(subject, "a sequence of " + sequence.length, "16 or more");
            }
            Digest target = Digest.of(Digest.Algorithm.MD5, reader.bytes(MD5_BYTES));
            int packing = 0;
            int headerBytes = 0;
            if (version >= 2) {
                reader.number(); // size of the new file
                packing = reader.number();
                reader.counted(); // parameters
            }
            if (version >= 3) {
                headerBytes = reader.number();
                pairs(reader, reader.number()); // of use to who combines deltas
            }
            byte[] lead = reader.counted();
            int formatAt = reader.number();
            int innerCount = reader.number();
            int outerCount = reader.number();
            int[] inner = pairs(reader, innerCount);
            int[] outer = pairs(reader, outerCount);
            long oldBytes = length(reader, version);
            byte[] added = reader.counted();
            long freshBytes = length(reader, version);
            if (freshBytes < 0
                    || freshBytes > Unpacking.most()
                    || oldBytes < 0
                    || headerBytes < 0
                    || rpmOnly != headerBytes > 0) {
                throw Unpacking.damaged(subject, "lengths that cannot be", "others");
            }
            byte[] fresh = reader.bytes((int) freshBytes);
            byte[] whole = header.clone();
            if (!rpmOnly) {
                nameCpio(whole, formatAt, subject);
            }
            return new Drpm(
                    rpmOnly,
                    source,
                    sequence,
                    target,
                    packing(packing, subject),
                    whole,
                    headerBytes,
                    lead,
                    inner,
                    outer,
                    oldBytes,
                    added.length > 0 ? added : addedBefore,
                    fresh);
        }
    }

    private static long length(Reader reader, int version) throws OpmException {
        return version >= 3 ? reader.largeNumber() : Integer.toUnsignedLong(reader.number());
    }

    /// First the first of all pairs, then the second of all.
    private static int[] pairs(Reader reader, int count) throws OpmException {
        int[] firsts = reader.numbers(count);
        int[] seconds = reader.numbers(count);
        var pairs = new int[2 * count];
        for (int pair = 0; pair < count; pair++) {
            pairs[2 * pair] = firsts[pair];
            pairs[2 * pair + 1] = seconds[pair];
        }
        return pairs;
    }

    /// Makes the header that of the new package.
    private static void nameCpio(byte[] header, int at, String subject) throws OpmException {
        byte[] found = {'d', 'r', 'p', 'm'};
        int store = INTRO_BYTES + ENTRY_BYTES * ByteBuffer.wrap(header).getInt(8);
        int place = at < 0 ? -1 : store + at;
        if (place < 0
                || place > header.length - 4
                || !Arrays.equals(header, place, place + 4, found, 0, 4)) {
            throw Unpacking.damaged(subject, "no word drpm where its header has it", "one");
        }
        System.arraycopy(new byte[] {'c', 'p', 'i', 'o'}, 0, header, place, 4);
    }

    private static Rebuild.Packing packing(int word, String subject) throws OpmException {
        int format = word & 0xff;
        if (format >= FORMATS.length) {
            throw Unpacking.damaged(subject, "a packing of number " + format, "0 to 7");
        }
        return new Rebuild.Packing(FORMATS[format], String.valueOf(word >>> 8 & 0xff));
    }

    /// Makes what it describes: header and archive of an rpm-only one, else the archive.
    ///
    /// @param old what it starts from, of `oldBytes` at least
    byte[] made(byte[] old, String subject) throws OpmException {
        long size = 0;
        for (int[] pairs : new int[][] {inner, outer}) {
            for (int pair = 1; pair < pairs.length; pair += 2) {
                size += Integer.toUnsignedLong(pairs[pair]);
            }
        }
        if (size >= Unpacking.most()) {
            throw Unpacking.damaged(
                    subject, size + " bytes to make", "fewer than fit into memory here");
        }
        var copy = new Copying(old, new byte[(int) size], subject);
        int freshAt = 0;
        for (int pair = 0; pair < inner.length; pair += 2) {
            copy.outer(inner[pair]);
            int count = inner[pair + 1];
            if (count < 0 || count > fresh.length - freshAt) {
                throw Unpacking.damaged(subject, "too few new bytes", "more");
            }
            System.arraycopy(fresh, freshAt, copy.made, copy.at, count);
            copy.at += count;
            freshAt += count;
        }
        copy.outer((outer.length - copy.next) / 2);
        return copy.made;
    }

    /// How far it came.
    private final class Copying {
        final byte[] old;
        final byte[] made;
        final String subject;
        final Reader more;
        int at;
        int next;
        long oldAt;

        Copying(byte[] old, byte[] made, String subject) throws OpmException {
            this.old = old;
            this.made = made;
            this.subject = subject + ": bytes to add";
            byte[] plain =
                    Unpacking.all(new ByteArrayInputStream(added), Unpacking.most(), this.subject);
            more = new Reader(new ByteArrayInputStream(plain), this.subject);
        }

        void outer(int copies) throws OpmException {
            if (copies < 0 || copies > (outer.length - next) / 2) {
                throw Unpacking.damaged(subject, copies + " copies", "fewer");
            }
            for (int copy = 0; copy < copies; copy++) {
                int move = outer[next] & Integer.MAX_VALUE;
                oldAt += outer[next] < 0 ? -move : move;
                int count = outer[next + 1];
                next += 2;
                if (count < 0 || oldAt < 0 || oldAt + count > old.length) {
                    throw Unpacking.damaged(subject, "a copy from beyond the old data", "none");
                }
                System.arraycopy(old, (int) oldAt, made, at, count);
                if (added.length > 0) {
                    byte[] plus = more.bytes(count);
                    for (int n = 0; n < count; n++) {
                        made[at + n] += plus[n];
                    }
                }
                at += count;
                oldAt += count;
            }
        }
    }
}
