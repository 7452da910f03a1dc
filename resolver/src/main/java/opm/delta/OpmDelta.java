package opm.delta;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import opm.base.Digest;
import opm.base.Limits;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.host.Disk;
import opm.host.Host;
import opm.host.Output;
import opm.host.StreamFailure;

/// A delta of opm's own format. Format: docs/formats/delta.md
///
/// @param base the old package
/// @param baseHeader SHA-256 of its main header, as profiles and rpm's database have it
/// @param baseArchive SHA-256 of its payload, unpacked
/// @param target the new package
/// @param digest SHA-256 of the new package's file
/// @param sizeBytes of that file
/// @param frontBytes of it before the payload
/// @param archiveBytes of its payload, unpacked
/// @param packing of its payload
/// @param stream what differs, packed; empty where only the facts were read
@SuppressWarnings("ArrayRecordComponent") // one owner, never compared
record OpmDelta(
        Nevra base,
        Digest baseHeader,
        Digest baseArchive,
        Nevra target,
        Digest digest,
        long sizeBytes,
        int frontBytes,
        int archiveBytes,
        Rebuild.Packing packing,
        byte[] stream) {
    private static final String MAGIC = "opm-delta 1\n";
    private static final String ANY = "opm-delta ";
    private static final String END = "\nend ";
    private static final Rebuild.Packing USUAL = new Rebuild.Packing("gzip", "9");
    private static final int LEVEL = 19;
    private static final int WINDOW_BITS = 27;
    private static final int COUNTS_BYTES = 12;

    /// Tells whether a file is one, of this version or a later one.
    static boolean isOne(Disk disk, Path file) throws OpmException {
        try (InputStream in = disk.read(file)) {
            return new String(in.readNBytes(ANY.length()), US_ASCII).equals(ANY);
        } catch (IOException e) {
            throw StreamFailure.of(e, file.toString());
        }
    }

    /// Makes one in memory; whether the new package can be packed again is not asked here.
    static OpmDelta between(WholeRpm old, WholeRpm fresh, Digest digest, long sizeBytes)
            throws OpmException {
        byte[] made = Arrays.copyOf(fresh.front(), fresh.front().length + fresh.archive().length);
        System.arraycopy(fresh.archive(), 0, made, fresh.front().length, fresh.archive().length);
        Diff.Result diff = Diff.of(old.base(), made);
        return new OpmDelta(
                old.head().words().nevra(),
                old.head().headerDigest(),
                old.archiveDigest(),
                fresh.head().words().nevra(),
                digest,
                sizeBytes,
                fresh.front().length,
                fresh.archive().length,
                fresh.packed()
                        ? Rebuild.packing(fresh.front(), USUAL, "the new package")
                        : new Rebuild.Packing("", ""),
                packed(diff));
    }

    private static byte[] packed(Diff.Result diff) {
        var bytes = new ByteArrayOutputStream();
        try (var zstd = new ZstdOutputStreamNoFinalizer(bytes, LEVEL)) {
            zstd.setLong(WINDOW_BITS);
            zstd.setChecksum(false);
            var counts = ByteBuffer.allocate(COUNTS_BYTES);
            counts.putInt(diff.copies().length).putInt(diff.differences().length);
            counts.putInt(diff.extras().length);
            zstd.write(counts.array());
            zstd.write(diff.copies());
            zstd.write(diff.differences());
            zstd.write(diff.extras());
        } catch (IOException e) {
            throw new AssertionError("memory cannot fail", e);
        }
        return bytes.toByteArray();
    }

    void write(Disk disk, Path to) throws OpmException {
        String facts =
                MAGIC
                        + line("base", base.full(), baseHeader.hex(), baseArchive.hex())
                        + line("target", target.full(), digest.hex(), sizeBytes)
                        + line("front", frontBytes)
                        + line("archive", archiveBytes)
                        + line("pack", word(packing.format()), word(packing.flags()))
                        + line("stream", stream.length, Digest.sha256Of(stream).hex());
        String end = "end " + Digest.sha256Of(facts.getBytes(US_ASCII)).hex() + "\n";
        byte[] head = (facts + end).getBytes(US_ASCII);
        Path aside = to.resolveSibling(to.getFileName() + ".part");
        boolean whole = false;
        try (Output out = disk.create(aside)) {
            out.write(head, 0, head.length);
            out.write(stream, 0, stream.length);
            out.force();
            whole = true;
        } finally {
            if (whole) {
                disk.rename(aside, to);
            } else {
                disk.delete(aside);
            }
        }
    }

    private static String line(String word, Object... facts) {
        var line = new StringBuilder(word);
        for (Object fact : facts) {
            line.append(' ').append(fact);
        }
        return line.append('\n').toString();
    }

    private static String word(String text) {
        return text.matches("[!-~]+") ? text : "-";
    }

    /// Reads the facts and checks them; then the stream, and checks that.
    static OpmDelta read(Disk disk, Path file) throws OpmException {
        String subject = file.getFileName().toString();
        try (InputStream in = disk.read(file)) {
            byte[] bytes = in.readNBytes(Limits.DELTA_HEAD_BYTES);
            String start = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1);
            int endAt = start.indexOf(END) + 1;
            int headBytes = endAt + END.length() - 1 + 64 + 1;
            if (!start.startsWith(MAGIC) || endAt == 0 || headBytes > bytes.length) {
                throw Unpacking.damaged(subject, "no facts of an opm-delta of version 1", "some");
            }
            String facts = start.substring(0, endAt);
            String sum = Digest.sha256Of(Arrays.copyOf(bytes, endAt)).hex();
            if (!start.substring(endAt, headBytes).equals("end " + sum + "\n")) {
                throw Unpacking.damaged(subject, "facts of another sum", sum);
            }
            OpmDelta delta = parse(facts.split("\n"), subject);
            // The facts are whole now, so what they say of the stream is what was written.
            String[] wanted =
                    facts.lines()
                            .filter(l -> l.startsWith("stream "))
                            .findFirst()
                            .orElse("stream 0 -")
                            .split(" ");
            int streamBytes = Integer.parseInt(wanted[1]);
            byte[] begun = Arrays.copyOfRange(bytes, headBytes, bytes.length);
            byte[] rest = in.readNBytes(Math.max(0, streamBytes + 1 - begun.length));
            byte[] stream = Arrays.copyOf(begun, begun.length + rest.length);
            System.arraycopy(rest, 0, stream, begun.length, rest.length);
            if (stream.length != streamBytes || !Digest.sha256Of(stream).hex().equals(wanted[2])) {
                throw Unpacking.damaged(subject, "another stream", "that of its facts");
            }
            return delta.with(stream);
        } catch (IOException | RuntimeException e) {
            throw Unpacking.failure(e, subject);
        }
    }

    private OpmDelta with(byte[] bytes) {
        return new OpmDelta(
                base,
                baseHeader,
                baseArchive,
                target,
                digest,
                sizeBytes,
                frontBytes,
                archiveBytes,
                packing,
                bytes);
    }

    private static OpmDelta parse(String[] lines, String subject) throws OpmException {
        String[] base = fact(lines, "base", 3, subject);
        String[] target = fact(lines, "target", 3, subject);
        String[] pack = fact(lines, "pack", 2, subject);
        int front = Integer.parseInt(fact(lines, "front", 1, subject)[1]);
        int archive = Integer.parseInt(fact(lines, "archive", 1, subject)[1]);
        int stream = Integer.parseInt(fact(lines, "stream", 2, subject)[1]);
        if (front < 0
                || archive < 0
                || stream < 0
                || front > Limits.HEADER_BYTES
                || archive >= Unpacking.most()
                || stream >= Unpacking.most()) {
            throw Unpacking.damaged(
                    subject, "lengths that no delta has", "fewer than fit into memory here");
        }
        return new OpmDelta(
                Nevra.parse(base[1]),
                Digest.sha256(base[2]),
                Digest.sha256(base[3]),
                Nevra.parse(target[1]),
                Digest.sha256(target[2]),
                Long.parseLong(target[3]),
                front,
                archive,
                new Rebuild.Packing(pack[1].replace("-", ""), pack[2].replace("-", "")),
                new byte[0]);
    }

    private static String[] fact(String[] lines, String word, int count, String subject)
            throws OpmException {
        for (String line : lines) {
            String[] words = line.split(" ");
            if (words[0].equals(word) && words.length == count + 1) {
                return words;
            }
        }
        throw Unpacking.damaged(subject, "no line '" + word + "' of " + count + " facts", "one");
    }

    /// Makes the new package.
    void apply(Host host, Path basePath, Path folder, Path to) throws OpmException {
        String subject = basePath.getFileName().toString();
        WholeRpm old = WholeRpm.read(host.disk(), basePath);
        Deltas.requireFits(
                old.head().headerDigest().equals(baseHeader)
                        && old.archiveDigest().equals(baseArchive),
                base.toString(),
                subject);
        byte[] made = made(old.base(), to.getFileName().toString());
        byte[] front = Arrays.copyOf(made, frontBytes);
        byte[] archive = Arrays.copyOfRange(made, frontBytes, made.length);
        if (!new Rebuild(host, folder).write(front, archive, packing, digest, to)) {
            throw Deltas.cannotPack(subject, packing);
        }
    }

    private byte[] made(byte[] old, String subject) throws OpmException {
        long most = 3L * (frontBytes + (long) archiveBytes) + (1 << 20);
        byte[] plain =
                Unpacking.all(
                        new ByteArrayInputStream(stream),
                        (int) Math.min(most, Math.min(2L * Unpacking.most(), 1L << 30)),
                        subject);
        var counts = ByteBuffer.wrap(plain);
        if (plain.length < COUNTS_BYTES) {
            throw Unpacking.damaged(subject, "a stream without lengths", "three");
        }
        int copies = counts.getInt();
        int differences = counts.getInt();
        int extras = counts.getInt();
        if (copies < 0
                || differences < 0
                || extras < 0
                || (long) COUNTS_BYTES + copies + differences + extras != plain.length) {
            throw Unpacking.damaged(subject, "lengths of another stream", "those of this one");
        }
        int differencesAt = COUNTS_BYTES + copies;
        int extrasAt = differencesAt + differences;
        byte[] made =
                Diff.applied(
                        old,
                        new Diff.Result(
                                Arrays.copyOfRange(plain, COUNTS_BYTES, differencesAt),
                                Arrays.copyOfRange(plain, differencesAt, extrasAt),
                                Arrays.copyOfRange(plain, extrasAt, plain.length)),
                        frontBytes + archiveBytes);
        if (made.length == 0) {
            throw Unpacking.damaged(subject, "copies from where nothing is", "none");
        }
        return made;
    }
}
